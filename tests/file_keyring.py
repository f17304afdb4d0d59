"""A keychain for tests: one password in the file named by TICKMARK_TEST_KEYRING."""

from __future__ import annotations

import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps the last password that was set."""

    priority = 1

    def _file(self) -> Path:
        return Path(os.environ["TICKMARK_TEST_KEYRING"])  # noqa: TID251 - the test names the file

    def get_password(self, service: str, username: str) -> str | None:
        del service, username
        return self._file().read_text() if self._file().exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username
        self._file().write_text(password)

    def delete_password(self, service: str, username: str) -> None:
        del service, username
        self._file().unlink()
