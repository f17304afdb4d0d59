"""Calls in formulas that reach the network or other programs, and what they take along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from tickmark.structure.calls import takes_ranges
from tickmark.structure.tokens import Token, TokenKind, tokens


class Reach(IntEnum):
    """What a call does, least first.

    OPENS: a link that somebody has to click. FEEDS: data of another program or service. ASKS: data
    or a picture is fetched from a place that does not depend on cells. CLICKS: a link with cells in
    its address. SENDS: an address made from cells is called without a click, or with whole ranges.
    RUNS: another program or code of a library runs.
    """

    OPENS = 0
    FEEDS = 1
    ASKS = 2
    CLICKS = 3
    SENDS = 4
    RUNS = 5


@dataclass(frozen=True, slots=True)
class OutwardCall:
    """One call: the function as Excel shows it, what it does, and the host if it is written."""

    function: str
    reach: Reach
    host: str = ""


def outward_calls(formula: str) -> Iterator[OutwardCall]:
    """The calls of a formula (without `=`) that leave the workbook, in order."""
    capitals = formula.upper()
    if "|" not in formula and not any(name in capitals for name in _ALL):
        return
    found = [token for token in tokens(formula) if token.kind is not TokenKind.SPACE]
    refers = any(token.kind in _CELLS for token in found)
    for at, token in enumerate(found):
        if token.kind is TokenKind.OPERATOR and token.text == "|" and _is_dde(found, at):
            yield OutwardCall("DDE", Reach.RUNS, found[at - 1].text)
        if token.kind not in {TokenKind.FUNCTION, TokenKind.NAME}:
            continue
        function = _STORED.sub("", token.text).upper()
        called = token.kind is TokenKind.FUNCTION or _STORED.match(token.text) is not None
        if called or _is_opened(found, at):
            one = _call(function, _argument(found, at + 1), refers=refers)
            if one is not None:
                yield one


def host_of(text: str) -> str:
    """The scheme and host, or the file server, that an address names; "" for none."""
    match = _HOST.search(text)
    return match[0].rstrip("/\\")[:80] if match is not None else ""


_STORED = re.compile(r"^(?:_xl(?:fn|ws|udf|eta|pm|l)\.)+", re.IGNORECASE)
_HOST = re.compile(r"(?:https?|ftps?|file)://[^/\s\"'?#]+|\\\\[\w.@$-]+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?|ftps?|wss?|file):|www\.|\\\\|mailto:[^\"]*\?", re.IGNORECASE)
_ASKING = re.compile(r"[?&=]")

_CALLED: Final = frozenset(
    """
    WEBSERVICE IMAGE IMPORTDATA IMPORTXML IMPORTHTML IMPORTFEED IMPORTRANGE IMPORTTEXT IMPORTCSV
    """.split()  # noqa: SIM905 - a list of quoted names would be harder to read
)
_FEEDS: Final = frozenset(
    """
    RTD STOCKHISTORY CUBEMEMBER CUBEVALUE CUBESET CUBESETCOUNT CUBERANKEDMEMBER CUBEKPIMEMBER
    CUBEMEMBERPROPERTY
    """.split()  # noqa: SIM905 - a list of quoted names would be harder to read
)
_CODE: Final = frozenset(
    "CALL REGISTER REGISTER.ID EXEC EXECUTE INITIATE POKE FOPEN FWRITE FWRITELN".split()  # noqa: SIM905
)
_ASKED: Final = frozenset({"SQL.REQUEST", "PY"})
_ALL: Final = _CALLED | _FEEDS | _CODE | _ASKED | {"HYPERLINK"}

_CELLS: Final = frozenset(
    {
        TokenKind.CELL,
        TokenKind.AREA,
        TokenKind.COLUMNS,
        TokenKind.ROWS,
        TokenKind.R1C1,
        TokenKind.TABLE,
    }
)


def _call(function: str, argument: Sequence[Token], *, refers: bool) -> OutwardCall | None:
    """What a call does, by its first argument; None for one that stays in the workbook."""
    written = " ".join(token.text for token in argument if token.kind is TokenKind.TEXT)
    host = host_of(written)
    if function in _CODE:
        return OutwardCall(function, Reach.RUNS, host)
    if function in _FEEDS:
        return OutwardCall(function, Reach.FEEDS, host)
    if function in _ASKED:
        return OutwardCall(function, Reach.ASKS, host)
    # A parameter of LET or LAMBDA may hold what was joined before.
    unknown = any(token.kind is TokenKind.NAME for token in argument) and refers
    made = unknown or any(token.kind in _CELLS for token in argument)
    if function in _CALLED:
        joined = made and (len(argument) > 1 or unknown)
        return OutwardCall(function, Reach.SENDS if joined else Reach.ASKS, host)
    if function != "HYPERLINK":
        return None
    return _link(argument, written, host, made=made)


def _link(argument: Sequence[Token], written: str, host: str, *, made: bool) -> OutwardCall | None:
    if _ADDRESS.search(written) is None:
        return None
    if not made:
        return OutwardCall("HYPERLINK", Reach.OPENS, host)
    asks = _ASKING.search(written.partition("://")[2] or written) is not None
    ranges = any(
        token.kind is TokenKind.FUNCTION and takes_ranges(token.text.upper()) for token in argument
    ) and any(token.kind is TokenKind.AREA for token in argument)
    if ranges:
        return OutwardCall("HYPERLINK", Reach.SENDS, host)
    return OutwardCall("HYPERLINK", Reach.CLICKS if asks else Reach.OPENS, host)


def _is_opened(found: Sequence[Token], at: int) -> bool:
    """Whether a parenthesis follows, as behind a function with a blank before it."""
    return at + 1 < len(found) and found[at + 1].text == "("


def _is_dde(found: Sequence[Token], at: int) -> bool:
    """Whether a bar joins a program and a topic, with an item behind a `!`."""
    before = found[at - 1].kind if at else TokenKind.SPACE
    behind = found[at + 1 : at + 4]
    named = before in {TokenKind.NAME, TokenKind.CELL, TokenKind.TEXT}
    return named and any(one.kind is TokenKind.SHEET or one.text == "!" for one in behind)


def _argument(found: Sequence[Token], at: int) -> Sequence[Token]:
    """The tokens of the first argument of the call whose parenthesis is at a place."""
    if at >= len(found) or found[at].text != "(":
        return ()
    depth = 0
    for end in range(at, len(found)):
        text = found[end].text if found[end].kind is TokenKind.OPERATOR else ""
        if text in {"(", "{"}:
            depth += 1
        elif text in {")", "}"}:
            depth -= 1
        if depth == 0 or (depth == 1 and text == ","):
            return found[at + 1 : end]
    return found[at + 1 :]
