"""The header lines of an encoded sheet: its name and used range, what is hidden or left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tickmark.encode.claim import Claim
from tickmark.encode.decoding.areas import Areas, area_of, areas_of
from tickmark.encode.decoding.bands import Bands, column_bands, row_bands, within
from tickmark.encode.decoding.claims import Line, told_at
from tickmark.encode.decoding.pieces import shown, string_at
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import RangeRef

_LEFT_OUT: Final = re.compile(r"# left out(?: [0-9,]++ cells?)?\|(.*)")
_HIDDEN: Final = re.compile(r"# hidden(?: [0-9,]++ cells?)?\|(.*)")
_MORE: Final = re.compile(r" and ([0-9,]{1,12}) more(?: areas?)?\Z")
_DATES: Final = "# dates "


@dataclass(slots=True)
class Header:
    """What the header lines of a sheet tell."""

    name: str
    used_range: RangeRef | None
    lines: list[str] = field(default_factory=list)
    date1904: bool = False
    left_out: tuple[RangeRef, ...] = ()
    more_left_out: int = 0
    hidden_rows: Bands = field(default_factory=list)
    hidden_columns: Bands = field(default_factory=list)
    hidden_cells: Areas = ()
    hidden_line: int = 0
    more_hidden: int = 0

    def hidden_claims(self) -> tuple[Claim, ...]:
        """The hidden rows within the used range, the hidden columns without these rows, cells."""
        used = self.used_range
        if used is None:
            return ()
        rows = tuple(
            RangeRef(self.name, first, used.left, last, used.right)
            for first, last in within(self.hidden_rows, used.top, used.bottom)
        )
        columns = tuple(
            RangeRef(self.name, used.top, first, used.bottom, last)
            for first, last in within(self.hidden_columns, used.left, used.right)
        )
        if sum(one.bottom - one.top + 1 for one in rows) == used.bottom - used.top + 1:
            columns = ()
        line = self.hidden_line
        claims = (
            Claim(self.name, rows, hidden=True, line=line),
            Claim(self.name, columns, rows, hidden=True, line=line),
            Claim(self.name, self.hidden_cells, hidden=True, line=line),
        )
        return tuple(one for one in claims if one.areas)


def header_of(lines: Sequence[Line], work: Work) -> Header:
    """The header of a sheet from its lines that begin with `#`; raises EncodingError."""
    (number, first), *rest = lines
    with told_at(number):
        header = _first_line(first)
    for number, line in rest:
        with told_at(number):
            _further_line(header, line, number, work)
    return header


def _first_line(line: str) -> Header:
    if not line.startswith("# "):
        raise EncodingError("a sheet begins with its name: # NAME|USED RANGE.")
    if line.startswith('"', 2):
        name, end = string_at(line, 2)
    else:
        end = line.find("|")
        name = line[2 : end if end >= 0 else len(line)]
    if not name or not line.startswith("|", end):
        raise EncodingError("a sheet begins with its name: # NAME|USED RANGE.")
    used = line[end + 1 :]
    return Header(name, area_of(used, name) if used else None)


def _further_line(header: Header, line: str, number: int, work: Work) -> None:
    header.lines.append(line.removeprefix("#").removeprefix(" "))
    if line.startswith(_DATES):
        if line != "# dates 1904":
            raise EncodingError(f"{shown(line)} names no way to count dates.")
        header.date1904 = True
    elif line.startswith("# left out"):
        match = _LEFT_OUT.fullmatch(line)
        if match is None:
            raise EncodingError("what is left out is written as # left out|AREAS.")
        _leave_out(header, match[1], work)
    elif line.startswith(("# hidden|", "# hidden ")):
        match = _HIDDEN.fullmatch(line)
        if match is None:
            raise EncodingError(
                "what is hidden is written as # hidden|rows 5:9|columns F:H|cells K3."
            )
        header.hidden_line = number
        _hide(header, match[1], work)


def _leave_out(header: Header, text: str, work: Work) -> None:
    text, more = _without_count(text)
    text = text.rstrip("…").rstrip(",")
    header.left_out += areas_of(text, header.name, work) if text else ()
    header.more_left_out += more


def _without_count(text: str) -> tuple[str, int]:
    """A list and the number of those that it only counts at its end: `5:9,12 and 7 more`."""
    more = _MORE.search(text)
    if more is None:
        return text, 0
    return text[: more.start()], int(more[1].replace(",", "") or 0)


def _hide(header: Header, text: str, work: Work) -> None:
    for part in text.split("|"):
        named, more = _without_count(part)
        word, _, rest = named.partition(" ")
        header.more_hidden += more
        if part == "sheet" and header.used_range is not None:
            header.hidden_rows = [(header.used_range.top, header.used_range.bottom)]
        elif word == "rows":
            header.hidden_rows = row_bands(rest)
        elif word == "columns":
            header.hidden_columns = column_bands(rest)
        elif word == "cells":
            header.hidden_cells = areas_of(rest, header.name, work)
        elif part != "sheet":
            raise EncodingError(f"{shown(part)} tells no hidden rows, columns or cells.")
