"""The API key: from the environment or the system's keychain, and in no file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from tickmark.errors import SettingError

KEYCHAIN_SERVICE = "tickmark"
KEYCHAIN_USER = "anthropic"

_KEY_VARIABLES = ("TICKMARK_API_KEY", "ANTHROPIC_API_KEY")


@dataclass(frozen=True, slots=True)
class Key:
    """An API key and where it came from; its text shows neither in repr nor in str."""

    secret: str = field(repr=False)
    origin: str

    def __str__(self) -> str:
        return f"set ({self.origin})"


def find_key() -> Key | None:
    """The API key from the environment or the keychain; None where there is none."""
    for variable in _KEY_VARIABLES:
        secret = os.environ.get(variable, "").strip()
        if secret:
            return Key(secret, variable)
    import keyring  # noqa: PLC0415 - opens the system's keychain, not needed for most commands
    from keyring.errors import KeyringError  # noqa: PLC0415 - as above

    try:
        secret = (keyring.get_password(KEYCHAIN_SERVICE, KEYCHAIN_USER) or "").strip()
    except KeyringError:
        return None
    return Key(secret, "keychain") if secret else None


def store_key(secret: str) -> None:
    """Keep the API key in the system's keychain; raises SettingError where there is none."""
    import keyring  # noqa: PLC0415 - as in find_key
    from keyring.errors import KeyringError  # noqa: PLC0415 - as in find_key

    refused = SettingError(
        "This system offers no keychain; set the environment variable ANTHROPIC_API_KEY instead."
    )
    try:
        keyring.set_password(KEYCHAIN_SERVICE, KEYCHAIN_USER, secret)
        kept = keyring.get_password(KEYCHAIN_SERVICE, KEYCHAIN_USER)
    except KeyringError:
        raise refused from None
    if kept != secret:
        raise refused
