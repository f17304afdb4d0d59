"""Guards and fixtures of all tests: no test reaches anything but this machine."""

from __future__ import annotations

import gc
import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings

# Machines are shared: how long an example takes tells nothing.
settings.register_profile("tickmark", deadline=None)
settings.load_profile("tickmark")

MOST_WORKERS = 8
"""Processes that test at once; each takes up to a gigabyte."""

LOOPBACK = ("127.", "::1", "localhost")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:  # noqa: ARG001 - the hook's signature
    """One more than there are cores, since tests mostly wait for processes of their own."""
    return min(MOST_WORKERS, 1 + (os.cpu_count() or 1))


def pytest_collection_finish() -> None:
    """Look through what was collected, thousands of tests, for garbage no more."""
    gc.freeze()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection that is not to loopback fails loudly; no key of the machine is seen."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = str(address[0]) if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not host.startswith(LOOPBACK):
            message = f"a test tried to reach {host}; only loopback is allowed"
            raise AssertionError(message)
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in list(os.environ):  # noqa: TID251 - the guard cleans what settings would read
        if name.startswith(("ANTHROPIC_", "TICKMARK_")) and name != "TICKMARK_CORPUS":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, cache and keychain of the user are neither read nor written."""
    monkeypatch.setenv("TICKMARK_HOME", str(tmp_path / "tickmark-home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of real workbooks, named by TICKMARK_CORPUS."""
    folder = os.environ.get("TICKMARK_CORPUS", "")  # noqa: TID251 - names test data, no setting
    if not folder or not Path(folder).is_dir():
        pytest.skip("TICKMARK_CORPUS names no folder of real workbooks")
    return Path(folder)
