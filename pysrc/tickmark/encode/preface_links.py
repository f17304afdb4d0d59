"""What ties a sheet to the rest of its workbook: sheets it reads, other workbooks, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tickmark.encode.preface_words import listed, phrase, sheet_word
from tickmark.model.workbook import DefinedName, SheetState, Workbook
from tickmark.structure.concealment import unseen_cells
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.links import readable_target
from tickmark.structure.reference import Reference, ReferenceKind

MOST_SHEETS: Final = 12
MOST_BOOKS: Final = 12
MOST_NAMES_READ: Final = 20_000
"""Names that are looked at; a file may hold any number."""
LONGEST_MEANING: Final = 8_192
UNNAMED: Final = ""
"""Stands for hidden sheets that no visible formula names."""

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SheetLinks:
    """What the visible formulas of a sheet read elsewhere, and those elsewhere read of it.

    `reads` and `read_by` are other sheets with the number of references, most first; `books` the
    brackets of other workbooks; `names` the visible defined names in use, most used first, `named`
    those that may stand for a part of this sheet.
    """

    reads: Counts = ()
    read_by: Counts = ()
    books: tuple[str, ...] = ()
    names: tuple[DefinedName, ...] = ()
    named: tuple[DefinedName, ...] = ()


def sheet_links(formulas: Formulas, *, hidden: bool = False) -> Mapping[str, SheetLinks]:
    """The links of each sheet of a workbook, by its name; of two with one name, the first's.

    Formulas in cells that cannot be seen do not count, unless with `hidden` all may be shown. Equal
    areas of one cell count once. A hidden sheet goes by its name only where a visible formula
    writes it.
    """
    seen = [_seen(formulas, number, hidden=hidden) for number in range(len(formulas.sheets))]
    hushed = set() if hidden else {
        one.name for one in formulas.workbook.sheets if one.state is not SheetState.VISIBLE
    }  # fmt: skip
    read_by: dict[str, Counter[str]] = {}
    for own, one in zip(formulas.sheets, seen, strict=True):
        name = own.sheet.name
        for source, count in one.reads.items():
            reader = UNNAMED if name in hushed else name
            read_by.setdefault(source, Counter())[reader] += count
    found: dict[str, SheetLinks] = {}
    named = named_areas(formulas.workbook)
    for own, one in zip(formulas.sheets, seen, strict=True):
        reads: Counter[str] = Counter()
        for source, count in one.reads.items():
            reads[UNNAMED if source in hushed - one.written else source] += count
        found.setdefault(
            own.sheet.name,
            SheetLinks(
                reads=_ranked(reads),
                read_by=_ranked(read_by.get(own.sheet.name, Counter())),
                books=tuple(sorted(one.books, key=lambda book: (len(book), book))),
                names=tuple(name for name, _ in one.names.most_common()),
                named=named.get(own.sheet.name.casefold(), ()),
            ),
        )
    return found


def named_areas(workbook: Workbook) -> Mapping[str, tuple[DefinedName, ...]]:
    """The visible names that begin with a sheet, by its folded name, in the order of the file."""
    found: dict[str, list[DefinedName]] = {}
    for name in workbook.names[:MOST_NAMES_READ]:
        text = name.refers_to.strip().removeprefix("=")
        if name.hidden or "!" not in text or len(text) > LONGEST_MEANING:
            continue
        sheet = text.rpartition("!")[0].strip("'").replace("''", "'").casefold()
        found.setdefault(sheet, []).append(name)
    return {sheet: tuple(names) for sheet, names in found.items()}


def link_lines(links: SheetLinks) -> Iterator[str]:
    """Which sheets are read, and which read this one."""
    for start, counts in (("# reads ", links.reads), ("# read by ", links.read_by)):
        if counts:
            words = [f"{_sheet(name)} {count}" for name, count in counts]
            yield start + listed(words, MOST_SHEETS, "|")


def book_words(workbook: Workbook, books: Iterator[str] | tuple[str, ...]) -> list[str]:
    """Other workbooks by their brackets and file names, never with the way there."""
    targets = {str(link.index): link.target for link in workbook.external_links}
    return [f"[{book}] {phrase(file_name(targets[book]))}" for book in books if book in targets]


def external_lines(workbook: Workbook, links: SheetLinks) -> Iterator[str]:
    """The other workbooks that formulas name by numbers in brackets."""
    words = book_words(workbook, links.books)
    if words:
        yield f"# external {listed(words, MOST_BOOKS, '|')}"


def file_name(target: str) -> str:
    """The name of a file without folders, server and what follows the name in a web address."""
    text = readable_target(target)
    if "://" in text:
        text = re.split(r"[?#]", text, maxsplit=1)[0]
    return re.split(r"[\\/|]", text.rstrip("\\/| "))[-1].strip() or "lost"


@dataclass(slots=True)
class _Seen:
    """What the visible formulas of a sheet refer to."""

    reads: Counter[str] = field(default_factory=Counter)
    written: set[str] = field(default_factory=set)
    books: set[str] = field(default_factory=set)
    names: Counter[DefinedName] = field(default_factory=Counter)


def _seen(formulas: Formulas, number: int, *, hidden: bool) -> _Seen:
    own = formulas.sheets[number]
    found = _Seen()
    if not own.templates:
        return found
    used = own.template_of
    if not hidden:
        used = used[~unseen_cells(formulas.workbook, own.sheet)]
    counts = np.bincount(used[used != NO_TEMPLATE], minlength=len(own.templates))
    for template in np.flatnonzero(counts).tolist():
        count = int(counts[template])
        _add_sheets(found, formulas.precedents[number][template], own.sheet.name, count)
        written = formulas.references[number][template]
        if any(one.book or one.kind is ReferenceKind.NAME for one in written):
            found.books |= formulas.books(number, template)
        _add_written(found, formulas, written, own.sheet.name, count)
    return found


def _add_sheets(found: _Seen, areas: tuple[Reference, ...], own: str, count: int) -> None:
    others = {(one.sheet, one.area) for one in areas if one.sheet != own}
    for sheet, _ in others:
        found.reads[sheet] += count


def _add_written(
    found: _Seen, formulas: Formulas, written: tuple[Reference, ...], own: str, count: int
) -> None:
    scope = formulas.scope
    for one in written:
        if one.book:
            continue
        for sheet in (one.sheet, one.last_sheet):
            at = scope.sheets.get(sheet.casefold()) if sheet and sheet != own else None
            if at is not None:
                found.written.add(scope.order[at])
        if one.kind is ReferenceKind.NAME:
            name = scope.name(one.name, one.sheet or own)
            if name is not None and not name.hidden:
                found.names[name] += count


def _ranked(counts: Counter[str]) -> Counts:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0] == UNNAMED, one[0])))


def _sheet(name: str) -> str:
    return "hidden sheets" if name == UNNAMED else sheet_word(name)
