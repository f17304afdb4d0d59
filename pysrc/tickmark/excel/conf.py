"""`tickmark.conf`: which Python Excel starts, in the form that xlwings' VBA reads.

That VBA reads pairs with `Input #`: two texts a line in double quotes, a comma between, in the
system's code page, nothing escaped; the first pair with a name counts. What cannot be said in that
form is refused with a reason.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Final

from tickmark.errors import InputError
from tickmark.excel.places import System

MARK: Final = "TICKMARK"
MODULES: Final = "xlwings_addin.udfs"

_BOM = b"\xef\xbb\xbf"
_ITEM = re.compile(r'[ \t\r\n]*+(?:"([^"]*)"[ \t]*|([^",\s][^,\r\n]*)?)(,|\r\n|\r|\n|$)')
# What neither /bin/sh nor AppleScript nor VBA reads as anything but itself.
_PLAIN = re.compile(r"[A-Za-z0-9/._+@=-]+")
_EXPANDED = re.compile(r"%[^%]+%")
# A user may change these two; the others follow from the installation.
_DEFAULTS = {"SHOW CONSOLE": "False"}


def interpreter_name(system: System) -> str:
    """The pair that names the Python of a system."""
    return "INTERPRETER_MAC" if system == "macos" else "INTERPRETER_WIN"


def own_pairs(
    system: System, *, version: str, interpreter: str, pythonpath: Sequence[str] = ()
) -> dict[str, str]:
    """The pairs that an installation sets, whatever stood there before."""
    return {
        MARK: version,
        interpreter_name(system): interpreter,
        "PYTHONPATH": ";".join(pythonpath),
        "UDF MODULES": MODULES,
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        "USE UDF SERVER": "False",
    }


def merged(own: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """Our pairs, then the defaults and whatever else the user's file holds."""
    taken = {name.upper() for name in own}
    others = {**_DEFAULTS, **{name.upper(): value for name, value in found.items()}}
    return {**own, **{name: value for name, value in others.items() if name not in taken}}


def users_pairs(found: Mapping[str, str]) -> tuple[str, ...]:
    """Names of pairs that no installation sets."""
    ours = {*own_pairs("windows", version="", interpreter=""), interpreter_name("macos")}
    return tuple(
        name
        for name, value in found.items()
        if name.upper() not in ours and _DEFAULTS.get(name.upper()) != value
    )


def conf_bytes(pairs: Mapping[str, str], *, encoding: str, newline: str) -> bytes:
    """The file; raises InputError where a value cannot be written so that VBA reads it."""
    for name, value in pairs.items():
        problem = unreadable(value, encoding)
        if problem:
            raise InputError(
                f"{name} cannot stand in {value!r} for Excel: it {problem}; install Tickmark in a "
                "folder with a plain name, such as C:\\tickmark, and run this again."
            )
    text = "".join(f'"{name}","{value}"{newline}' for name, value in pairs.items())
    return text.encode(encoding)


def unreadable(value: str, encoding: str) -> str:
    """Why VBA would not read a value as it is; nothing where it would."""
    if any(character in value for character in '"\r\n'):
        return "has a quotation mark or a line break"
    if _EXPANDED.search(value):
        return "has a name between two %, which Windows replaces"
    try:
        value.encode(encoding)
    except UnicodeEncodeError as error:
        return f"has {value[error.start]!r}, which the code page {encoding} lacks"
    return ""


def parse_conf(content: bytes, encoding: str) -> dict[str, str]:
    """Pairs as VBA reads them, names in capitals; raises InputError where it would stumble."""
    if content.startswith(_BOM):
        raise InputError("it begins with a byte order mark, which hides its first line from VBA")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(f"it is not text in {encoding}") from None
    items = _items(text)
    if len(items) % 2:
        raise InputError(f"its last name, {items[-1]!r}, has no value")
    pairs: dict[str, str] = {}
    for name, value in zip(items[::2], items[1::2], strict=True):
        pairs.setdefault(name.upper(), value)
    return pairs


def _items(text: str) -> list[str]:
    items: list[str] = []
    at, rest = 0, text.rstrip()
    while at < len(rest):
        match = _ITEM.match(rest, at)
        if match is None:
            line = rest.count("\n", 0, at) + 1
            raise InputError(f"line {line} is not two texts in quotes with a comma between")
        quoted, bare, _ = match.groups()
        items.append(quoted if quoted is not None else (bare or "").strip())
        at = match.end()
    return items


def usable_interpreter(path: str, encoding: str, shorten: Callable[[str], str]) -> str:
    """A path of this Python that VBA on Windows reads: itself, else its short form.

    `shorten` gives the 8.3 form of a path, or the path where there is none. Raises InputError.
    """
    for form in (path, shorten(path)):
        problem = unreadable(form, encoding)
        if not problem:
            return form
    raise InputError(
        f"Excel cannot start {path}: the path {unreadable(path, encoding)}; install Tickmark in a "
        "folder with a plain name, such as C:\\tickmark, and run this again."
    )


def is_plain(path: str) -> bool:
    """Whether the way from Excel over AppleScript to the shell leaves a path as it is."""
    return _PLAIN.fullmatch(path) is not None


def launcher_bytes(interpreter: str, launcher: PurePath) -> bytes:
    """A script that starts a Python whose path is not plain; raises InputError."""
    if not is_plain(str(launcher)):
        raise InputError(
            f"Excel can start neither {interpreter} nor {launcher}: both paths have blanks or "
            "letters that xlwings does not quote; use an account whose short name is plain."
        )
    return f'#!/bin/sh\nexec {shlex.quote(interpreter)} "$@"\n'.encode()
