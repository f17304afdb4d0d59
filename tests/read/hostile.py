"""Hostile workbooks, made on the fly: each with what has to become of it.

Large ones are streamed into the archive piece by piece. Nothing in them can be executed.
"""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.read.parts import MAIN, OFFICE, SHEET, Content, parts, relationships

CELL = '<c r="A1"><v>1</v></c>'
ROW = f'<row r="1">{CELL}</row>'
HEAD = f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
BOOK = "xl/workbook.xml"
BOOK_RELS = "xl/_rels/workbook.xml.rels"
SHEET_RELS = "xl/worksheets/_rels/sheet1.xml.rels"

DTD = "{} was refused: it holds a document type (DTD), which workbooks never have and attacks use."

Streamed = Content | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file: how it is made, and the cells, problems or refusal that it comes to.

    `{}` in a sentence stands for the path. `extension` is that of the file's name. Where `cells` is
    None their number depends on how the file is cut into pieces.
    """

    name: str
    make: Callable[[Path], None]
    cells: int | None = 0
    problems: tuple[str, ...] = ()
    refusal: str = ""
    extension: str = "xlsx"


def write(path: Path, contents: Mapping[str, Streamed], *, level: int = 1) -> None:
    """Write a zip archive of parts; a part that is no text or bytes is streamed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in contents.items():
            if isinstance(content, (str, bytes)):
                archive.writestr(name, content)
                continue
            with archive.open(name, "w", force_zip64=True) as part:
                for piece in content:
                    part.write(piece)


def book(
    cells: str = CELL,
    *,
    replaced: Mapping[str, Streamed] | None = None,
    dropped: Iterable[str] = (),
    level: int = 1,
    **rest: str,
) -> Callable[[Path], None]:
    """What writes a workbook of `parts` with some replaced, added or left out."""

    def make(path: Path) -> None:
        made: dict[str, Streamed] = {**parts(cells, **rest), **(replaced or {})}
        for name in dropped:
            del made[name]
        write(path, made, level=level)

    return make


def sheet(
    body: str | Iterable[bytes], head: str = HEAD, tail: str = "</worksheet>"
) -> Callable[[Path], None]:
    """What writes a workbook whose sheet part is a head, a body, perhaps streamed, and a tail."""

    def make(path: Path) -> None:
        inside = [body.encode()] if isinstance(body, str) else body
        write(path, {**parts(), SHEET: itertools.chain([head.encode()], inside, [tail.encode()])})

    return make


class Repeated:
    """A piece of a part over and over, with a beginning and an end; can be gone through again."""

    def __init__(self, piece: str, times: int, begin: str = "", end: str = "") -> None:
        self.piece, self.times, self.begin, self.end = piece.encode(), times, begin, end

    def __iter__(self) -> Iterator[bytes]:
        yield self.begin.encode()
        block = self.piece * 1_000
        for _ in range(self.times // 1_000):
            yield block
        yield self.piece * (self.times % 1_000)
        yield self.end.encode()


@dataclass(frozen=True, slots=True)
class Numbered:
    """Pieces made from their numbers, from 1 on, with a beginning and an end."""

    piece: Callable[[int], str]
    times: int
    begin: str = ""
    end: str = ""

    def __iter__(self) -> Iterator[bytes]:
        yield self.begin.encode()
        for first in range(1, self.times + 1, 1_000):
            last = min(first + 1_000, self.times + 1)
            yield "".join(map(self.piece, range(first, last))).encode()
        yield self.end.encode()


def column_letters(number: int) -> str:
    """The letters of a column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def entity(name: str, text: str) -> str:
    """A part that begins with declarations of entities."""
    return f'<?xml version="1.0"?><!DOCTYPE x [{name}]>{text}'


def cells_lost(count: int, kind: str, what: str, first: str) -> str:
    """The sentence of the sheet `Data` for cells with a problem."""
    cells = "1 cell" if count == 1 else f"{count:,} cells"
    return f"Data: {cells} {kind}: {what} (first: {first})."


def failed(clause: str) -> str:
    """The sentence for a sheet that could not be read."""
    return f"{{}}: sheet 'Data' could not be read: {clause}."


def sheet_relationships(*entries: tuple[str, str, str]) -> dict[str, Streamed]:
    """The relationships part of the sheet."""
    return {SHEET_RELS: relationships(*entries)}
