"""What an analyst needs to know about a sheet beyond its cells: the lines above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tickmark.encode.preface_drawings import Shown, chart_lines, pivot_lines
from tickmark.encode.preface_hidden import (
    SPANS_IN_SHORT,
    Hidden,
    hidden_line,
    hidden_of,
    shown_line,
    shows_hidden,
)
from tickmark.encode.preface_links import (
    SheetLinks,
    external_lines,
    link_lines,
    named_areas,
    sheet_links,
)
from tickmark.encode.preface_names import (
    MOST_NAMES,
    MOST_USED,
    Meaning,
    name_lines,
    own_words,
    used_words,
)
from tickmark.encode.preface_settings import note_lines, rule_lines, setting_lines
from tickmark.encode.preface_tables import column_lines, table_boxes, table_lines
from tickmark.encode.preface_words import listed, phrase, sheet_title
from tickmark.encode.source import Source
from tickmark.model.grid import CellKind

MOST_ERRORS: Final = 8


@dataclass(frozen=True, slots=True)
class PrefaceLine:
    """One line of the header; the line of rank 0 matters most."""

    text: str
    rank: int


@dataclass(frozen=True, slots=True)
class Preface:
    """The header of an encoded sheet, each line with its `#`.

    `first` has name and used range. `hidden` counts the hidden cells, in `hidden_short` with fewer
    of their rows and columns; `dates` is there where serial numbers count from 1904; each is one
    line or none. `essential` is what the cells do not tell and answers depend on, `further` the
    rest; both are sorted by rank, which counts on from one to the other. `brief` stands for both in
    a skeleton: what is missing, where tables and pivots are, which other books are read.
    """

    first: str
    hidden: tuple[str, ...] = ()
    hidden_short: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    essential: tuple[PrefaceLine, ...] = ()
    further: tuple[PrefaceLine, ...] = ()
    brief: tuple[str, ...] = ()


def preface(source: Source, links: SheetLinks | None = None) -> Preface:
    """The header of a sheet; nothing of hidden cells is told in it.

    `links` are those of the sheet from `sheet_links`; without them the whole workbook is read
    anew, and without `source.book` they are not known.
    """
    sheet = source.sheet
    used = sheet.used_range
    first = f"# {sheet_title(sheet.name)}|{used.a1 if used is not None else ''}"
    counted = tuple(hidden_line(source)), tuple(hidden_line(source, SPANS_IN_SHORT))
    shown = shows_hidden(source)
    hidden = hidden_of(source.workbook, sheet, shown=shown, unseen=source.unseen)
    if hidden.sheet:
        return Preface(first, *counted)
    if links is None:
        links = _links(source, shown=shown)
    essential = _ranked(_essential(source, links, hidden), 0)
    further = _ranked(_further(source, links, hidden), len(essential))
    brief = tuple(_brief(source, links, hidden))
    return Preface(first, *counted, tuple(_dates(source)), essential, further, brief)


def _links(source: Source, *, shown: bool) -> SheetLinks:
    if source.book is not None:
        return sheet_links(source.book, hidden=shown)[source.sheet.name]
    named = named_areas(source.workbook)
    return SheetLinks(named=named.get(source.sheet.name.casefold(), ()))


def _ranked(lines: Iterable[str], first: int) -> tuple[PrefaceLine, ...]:
    return tuple(PrefaceLine(line, rank) for rank, line in enumerate(lines, first))


def _dates(source: Source) -> Iterator[str]:
    if (
        source.workbook.date1904
        and (source.sheet.cells.kinds[source.visible] == CellKind.DATE).any()
    ):
        yield "# dates 1904"


def _brief(source: Source, links: SheetLinks, hidden: Hidden) -> Iterator[str]:
    yield from _missing(source)
    yield from shown_line(source)
    yield from table_boxes(source, hidden)
    yield from external_lines(source.workbook, links)
    yield from pivot_lines(source, _shown(source, hidden))


def _essential(source: Source, links: SheetLinks, hidden: Hidden) -> Iterator[str]:
    shown = _shown(source, hidden)
    yield from _missing(source)
    yield from shown_line(source)
    yield from _errors(source)
    yield from table_lines(source, hidden)
    yield from name_lines(_used(source, links, shown)[:MOST_USED], MOST_USED)
    yield from external_lines(source.workbook, links)
    yield from pivot_lines(source, shown)


def _further(source: Source, links: SheetLinks, hidden: Hidden) -> Iterator[str]:
    shown = _shown(source, hidden)
    yield from link_lines(links)
    yield from chart_lines(source, shown)
    yield from column_lines(source, hidden)
    meaning = Meaning(shown.hidden)
    own = own_words(meaning, source.sheet.name, links.named, links.names)
    yield from name_lines(_used(source, links, shown)[MOST_USED:] + own, MOST_NAMES)
    yield from rule_lines(source, hidden)
    yield from note_lines(source, hidden)
    yield from setting_lines(source, hidden)


def _used(source: Source, links: SheetLinks, shown: Shown) -> list[str]:
    return used_words(Meaning(shown.hidden), source.sheet.name, links.names)


def _shown(source: Source, hidden: Hidden) -> Shown:
    """What may be told of all sheets; what holds for this one goes for the others."""
    everything = shows_hidden(source)
    found: dict[str, Hidden] = {}
    for sheet in source.workbook.sheets:
        found.setdefault(sheet.name.casefold(), hidden_of(source.workbook, sheet, shown=everything))
    return Shown({**found, source.sheet.name.casefold(): hidden})


def _missing(source: Source) -> Iterator[str]:
    if source.sheet.problems:
        yield "# incomplete: parts of this sheet could not be read"
    if not source.workbook.formulas_available:
        yield "# formulas unknown: values only"


def _errors(source: Source) -> Iterator[str]:
    cells = source.sheet.cells
    at = source.visible & (cells.kinds == CellKind.ERROR)
    counts = Counter(cells.texts[int(one)] for one in cells.values[at].tolist())
    if counts:
        words = [f"{phrase(error)} {count}" for error, count in counts.most_common()]
        yield f"# errors {listed(words, MOST_ERRORS, '|')}"
