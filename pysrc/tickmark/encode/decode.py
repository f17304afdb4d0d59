"""An encoded text read back into the claims it makes about cells: the oracle of every encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tickmark.encode.claim import Claim, DecodedSheet
from tickmark.encode.decoding.claims import ClaimReader, Line
from tickmark.encode.decoding.header import header_of
from tickmark.encode.decoding.items import Spelling
from tickmark.encode.decoding.overlap import check_apart
from tickmark.encode.decoding.references import EarlierLines
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError

_BOOK: Final = "# book "
_NAMED_BOOK: Final = re.compile(r"# book [^|]*+\|(?:[A-Z]{1,3}[0-9]++(?::[A-Z]{1,3}[0-9]++)?)?")
_CONTINUED: Final = re.compile(r"(?:[0-9]{1,7}|[A-Z]{1,3}) ")
_UNSEEN: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def decode(text: str) -> tuple[DecodedSheet, ...]:
    """The sheets of an encoded text with every claim of theirs, in order.

    What stands before the first sheet about the whole workbook is passed over. Raises
    EncodingError, with the number of the line, for every text that breaks the notation, tells a
    cell twice or lists more than 20 million cells.
    """
    text = text.replace("\r\n", "\n")
    unseen = _UNSEEN.search(text)
    if unseen is not None:
        line = text.count("\n", 0, unseen.start()) + 1
        message = f"the character U+{ord(unseen[0]):04X} stands where it has to be escaped."
        raise EncodingError(message, line=line)
    if not text.strip("\n"):
        raise EncodingError("the text is empty; an encoded sheet begins with # NAME|USED RANGE.")
    work = Work()
    sheets: list[DecodedSheet] = []
    names: set[str] = set()
    for at, lines in enumerate(_blocks_of(text)):
        if at == 0 and _is_book(lines):
            continue
        sheet = _sheet(lines, work)
        if sheet.name in names:
            raise EncodingError(f"the sheet {sheet.name!r} is there twice.", line=lines[0][0])
        names.add(sheet.name)
        sheets.append(sheet)
    return tuple(sheets)


def _blocks_of(text: str) -> Iterator[list[Line]]:
    """The lines of each sheet, before them those about the workbook; blank lines part them."""
    found: list[Line] = []
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        if line:
            found.append((number, line))
        elif found:
            yield found
            found = []
        else:
            raise EncodingError("a blank line stands before no sheet.", line=number)
    if found:
        yield found


def _is_book(lines: Sequence[Line]) -> bool:
    """Whether lines are about the workbook, and no empty sheet whose name begins with `book`."""
    if len(lines) == 1 and _NAMED_BOOK.fullmatch(lines[0][1]):
        return False
    return all(line.startswith(_BOOK) for _, line in lines)


def _sheet(lines: Sequence[Line], work: Work) -> DecodedSheet:
    above = [lines[0], *(line for line in lines[1:] if line[1].startswith("#"))]
    header = header_of(above, work)
    reader = ClaimReader(header.name, Spelling(header.date1904), work, EarlierLines(work))
    claims: list[Claim] = []
    for told in _told(lines[1:]):
        claims += reader.claims(told)
    check_apart(claims, header, work)
    return DecodedSheet(
        name=header.name,
        used_range=header.used_range,
        claims=(*claims, *header.hidden_claims()),
        left_out=header.left_out,
        header=tuple(header.lines),
        more_left_out=header.more_left_out,
        date1904=header.date1904,
        more_hidden=header.more_hidden,
    )


def _told(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of each claim: its first one and those that go on with it."""
    found: list[Line] = []
    for number, line in lines:
        if _CONTINUED.match(line):
            if not found:
                raise EncodingError("the line goes on with nothing.", line=number)
            found.append((number, line))
            continue
        if found:
            yield found
            found = []
        if not line.startswith("#"):
            found = [(number, line)]
    if found:
        yield found
