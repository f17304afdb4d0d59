"""The password of workbooks as it is given on the command line."""

from __future__ import annotations

import sys

from tickmark.errors import SettingError

ASKED = "-"


def given_password(password: str | None, *, listed: bool = False) -> str | None:
    """The password of an option: the text itself, or for `-` typed unseen or from stdin.

    `listed` tells that stdin is taken by something else; raises SettingError then.
    """
    if password != ASKED:
        return password
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass("Password of the workbooks: ")
    if listed:
        raise SettingError("Standard input cannot hold both the paths and the password.")
    return sys.stdin.readline().rstrip("\r\n")
