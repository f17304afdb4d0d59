"""A sheet part, read in one pass: cells into columns, and the layout around them.

The handlers for cells run a few million times for a large sheet; they only sort texts into lists,
without knowing namespaces, and CellColumns converts the lists block by block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from tickmark.model.address import MAX_COLUMN, MAX_ROW, cell_address
from tickmark.model.grid import NO_FORMULA
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet
from tickmark.read.addresses import rows_and_columns
from tickmark.read.assembly import assemble
from tickmark.read.book_part import SheetEntry
from tickmark.read.cells import BLOCK, MISSING, CellColumns
from tickmark.read.details import sheet_details
from tickmark.read.formulas import Formulas
from tickmark.read.layout import Layout
from tickmark.read.markup import (
    Attributes,
    End,
    Start,
    feed,
    main_prefix,
    new_parser,
    too_deep,
    unprefixed,
)
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.problems import Problems
from tickmark.read.sheet_source import sheet_source
from tickmark.read.sheet_tail import SheetTail
from tickmark.read.styles import CellFormats
from tickmark.read.tables import read_tables
from tickmark.read.texts import MARK, take, trim


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What every sheet needs to know about its workbook; `part` is the workbook's."""

    part: str
    strings: Sequence[str]
    formats: CellFormats
    date1904: bool = False
    details: bool = True


@dataclass(slots=True, eq=False)
class _Pass:
    """One reading of one part.

    `pieces` are the texts since the last value, `runs` those of an inline string, `pending` the
    attributes of formulas that are open, `row_begin` the number of cells begun before this row.
    """

    package: Package
    part: str
    parser: expat.XMLParserType
    cells: CellColumns
    layout: Layout
    tail: SheetTail
    most: int
    pieces: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    pending: list[Attributes] = field(default_factory=list)
    row_begin: int = 0
    depth: int = 0
    phonetic: int = 0
    prefix: str = ""
    inside: bool = False
    full: bool = False


def read_sheet(
    package: Package,
    part: str,
    entry: SheetEntry,
    facts: BookFacts,
    *,
    most: int,
    lost: tuple[str, ...] = (),
) -> Sheet:
    """A sheet from its part; `most` bounds its cells, those without value counted too.

    `lost` are sentences about the workbook that hold for its cells. Raises PartUnreadable.
    """
    name = entry.name
    limits = package.limits
    problems = Problems()
    cells = CellColumns(
        strings=facts.strings,
        formats=facts.formats,
        formulas=Formulas(name, limits.formula_length, problems),
        problems=problems,
        longest=limits.string_length,
        date1904=facts.date1904,
    )
    parser = new_parser(package, namespaces=False)
    tail = SheetTail(name, limits.ranges)
    one = _Pass(package, part, parser, cells, Layout(name, limits.ranges), tail, most)
    parser.StartElementHandler = lambda root, attributes: _root(one, root, attributes)
    feed(package, part, parser, lambda: _after(one))
    if not one.full:
        cells.convert()
    layout = one.layout
    source, unrelated = sheet_source(package, part, name, facts.part)
    tables, unread = read_tables(source, layout.tables)
    details = SheetDetails()
    not_told: tuple[str, ...] = ()
    if facts.details:
        details, not_told = sheet_details(source, tail, layout)
    read = assemble(cells)
    cut = (f"Only the first {most:,} cells were read.",) if one.full else ()
    return Sheet(
        name=name,
        cells=read,
        state=entry.state,
        merges=tuple(layout.merges),
        tables=tables,
        hidden_rows=layout.hidden_rows(),
        hidden_columns=layout.hidden_columns(),
        problems=lost
        + cut
        + problems.sentences()
        + layout.problems()
        + unrelated
        + unread
        + not_told,
        details=details,
    )


def _root(one: _Pass, name: str, attributes: Attributes) -> None:
    one.prefix = main_prefix(name, attributes)
    if name != f"{one.prefix}worksheet":
        raise PartUnreadable(f"its part {one.part} is not that of a worksheet")
    one.tail.start(name, attributes)
    _outside(one)


def _outside(one: _Pass) -> None:
    """Set the handlers for everything but the cells."""
    length = len(one.prefix)
    tail = one.tail

    def start(full_name: str, attributes: Attributes) -> None:
        _deeper(one)
        tail.start(full_name, attributes)
        name = full_name[length:] if full_name.startswith(one.prefix) else ""
        if name == "sheetData":
            _inside(one)
        elif name == "tablePart" and len(one.layout.tables) < one.layout.most:
            keys = (value for key, value in attributes.items() if key.endswith(":id"))
            one.layout.tables.append(next(keys, ""))
        else:
            one.layout.element(name, attributes)

    def end(full_name: str) -> None:
        one.depth -= 1
        tail.end(full_name)

    one.inside = False
    one.parser.StartElementHandler = start
    one.parser.EndElementHandler = end
    one.parser.CharacterDataHandler = tail.text


def _inside(one: _Pass) -> None:
    """Set the handlers for the cells."""
    one.inside = True
    _handle(one, _cell_start(one), _cell_end(one))
    one.parser.CharacterDataHandler = one.pieces.append


def _handle(one: _Pass, start: Start, end: End) -> None:
    parser = one.parser
    parser.StartElementHandler, parser.EndElementHandler = unprefixed(one.prefix, start, end)


def _deeper(one: _Pass) -> None:
    one.depth += 1
    if one.depth > one.package.limits.depth:
        raise too_deep(one.package, one.part)


def _cell_start(one: _Pass) -> Start:
    cells = one.cells
    add_address = cells.addresses.append
    add_type = cells.types.append
    add_style = cells.styles.append
    add_pending = one.pending.append
    add_piece = one.pieces.append
    cell: Attributes = {}

    def start(name: str, attributes: Attributes) -> None:
        nonlocal cell
        if name == "c":
            get = attributes.get
            try:
                add_address(attributes["r"])
            except KeyError:
                add_address(_next_address(one))
            add_type(get("t"))
            add_style(get("s", "0"))
            cell = attributes
        elif name == "v":
            add_piece(MARK)
        elif name == "f":
            add_piece(MARK)
            if attributes and "cm" in cell:
                attributes["cm"] = cell["cm"]
            add_pending(attributes)
        else:
            _other_start(one, name, attributes)

    return start


def _cell_end(one: _Pass) -> End:
    pieces = one.pieces
    clear = pieces.clear
    add_value = one.cells.values.append
    add_formula = _formula_end(one)
    value = MISSING

    def end(name: str) -> None:
        nonlocal value
        if name == "c":
            add_value(value)
            value = MISSING
        elif name == "v":
            if len(pieces) == 2 and pieces[0] is MARK:  # noqa: PLR2004 - a mark and one text
                value = pieces[1]
                clear()
            else:
                value = take(pieces)
        elif name == "f":
            if len(pieces) == 2 and pieces[0] is MARK:  # noqa: PLR2004 - a mark and one text
                add_formula(pieces[1])
                clear()
            else:
                add_formula(take(pieces))
        elif name == "is":
            value = _inline(one)
        else:
            _other_end(one, name)

    return end


def _formula_end(one: _Pass) -> End:
    cells = one.cells
    addresses = cells.addresses
    values = cells.values
    pending = one.pending
    plain = cells.formulas.plain
    special = cells.formulas.special
    add_at = cells.formula_at.append
    add_of = cells.formula_of.append

    def add(text: str) -> None:
        attributes = pending.pop()
        at = len(values)
        if at >= len(addresses):
            return  # it stands in no cell
        if attributes:
            index = special(text, attributes, addresses[at])
        else:
            index = plain(text, addresses[at])
        if index != NO_FORMULA:
            add_at(at)
            add_of(index)

    return add


def _inline(one: _Pass) -> str:
    """The text of an inline string that ends; its cell is one of text, whatever it said."""
    one.depth -= 1
    if one.cells.types:
        one.cells.types[-1] = "inlineStr"
    text = "".join(one.runs)
    one.runs.clear()
    return text


def _other_start(one: _Pass, name: str, attributes: Attributes) -> None:
    """Everything inside the cells that is rarer than they: rows, texts, unknown elements."""
    _deeper(one)
    if name == "row":
        one.layout.start_row(attributes)
        one.row_begin = one.cells.begun
    elif name == "t":
        one.pieces.append(MARK)
    elif name == "rPh":
        one.phonetic += 1


def _other_end(one: _Pass, name: str) -> None:
    one.depth -= 1
    if name == "t":
        text = take(one.pieces)
        if not one.phonetic:
            one.runs.append(text)
    elif name == "rPh":
        one.phonetic -= 1
    elif name == "sheetData":
        one.tail.end(f"{one.prefix}sheetData")
        _outside(one)


def _next_address(one: _Pass) -> str:
    """Address of a cell that has none: right of the one before it, or the row's first."""
    cells = one.cells
    row, column = one.layout.row, 1
    if cells.begun > one.row_begin:
        last = cells.addresses[-1] if cells.addresses else cells.last
        rows, columns = rows_and_columns([last])
        row, column = int(rows[0]), int(columns[0]) + 1
    if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
        return "?"
    return cell_address(row, column)


def _after(one: _Pass) -> None:
    """Behind each piece of the part: bound what is kept, convert, stop at the limit of cells."""
    trim(one.pieces, one.package.limits.string_length)
    cells = one.cells
    if one.full:
        return
    if cells.begun > one.most:
        one.full = True
        cells.convert(one.most - cells.seen)
        if one.inside:
            _pass_over(one)
    elif len(cells.addresses) >= BLOCK:
        cells.convert()


def _pass_over(one: _Pass) -> None:
    """Read no more cells, only what stands behind them."""
    parser = one.parser
    name = f"{one.prefix}sheetData"

    def end(ended: str) -> None:
        if ended == name:
            one.depth = 1
            one.tail.end(name)
            _outside(one)

    parser.StartElementHandler = None
    parser.EndElementHandler = end
    parser.CharacterDataHandler = None
    one.pieces.clear()
