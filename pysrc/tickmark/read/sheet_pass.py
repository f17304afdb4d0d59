"""The one pass over a sheet part: usual rows in bulk, everything else through expat.

The handlers for cells run a few million times for a large sheet; they only sort texts into lists,
without knowing namespaces, and CellColumns converts the lists block by block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tickmark.errors import AddressError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, cell_address, parse_cell
from tickmark.model.grid import NO_FORMULA
from tickmark.read.blocks import ROWS, without_units
from tickmark.read.cells import BLOCK, MISSING, CellColumns
from tickmark.read.layout import Layout
from tickmark.read.limits import allows_more
from tickmark.read.markup import (
    Attributes,
    End,
    Start,
    check_encoding,
    feed,
    is_foreign,
    main_prefix,
    new_parser,
    too_deep,
    unprefixed,
)
from tickmark.read.package import Package, PartUnreadable
from tickmark.read.row_scan import RowScan
from tickmark.read.sheet_tail import SheetTail
from tickmark.read.tags import Unusual
from tickmark.read.texts import MARK, NESTED, take, trim

_ROWS_DEPTH = 1  # the root is not counted
_CELL_DEPTH = 2  # nor are cells and what they hold


@dataclass(slots=True, eq=False)
class _Pass:
    """One reading of one part.

    `pieces` are the texts since the last value, `runs` those of an inline string, `pending` the
    attributes of formulas that are open, `row_begin` the number of cells begun before this row;
    `foreign` tells that the part declares another encoding than UTF-8. `elements` counts those
    beside cells, values and formulas, `nested` the open lists of cells inside the list of cells;
    `made` is the last address given to a cell without one. `cut` is the sentence about what was
    passed over.
    """

    package: Package
    part: str
    parser: expat.XMLParserType
    cells: CellColumns
    layout: Layout
    tail: SheetTail | None
    most: int
    pieces: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    pending: list[Attributes] = field(default_factory=list)
    row_begin: int = 0
    depth: int = 0
    phonetic: int = 0
    prefix: str = ""
    inside: bool = False
    foreign: bool = False
    elements: int = 0
    nested: int = 0
    made: tuple[str, int, int] = ("", 0, 0)
    cut: str = ""


def pass_over_sheet(
    package: Package,
    part: str,
    *,
    cells: CellColumns,
    layout: Layout,
    tail: SheetTail | None,
    most: int,
) -> str:
    """Read a sheet part into its cells, at most so many, its layout and its tail if one is given.

    Returns a sentence about what was left out, if anything was. Raises PartUnreadable.
    """
    parser = new_parser(package, namespaces=False)
    one = _Pass(package, part, parser, cells, layout, tail, most)
    parser.StartElementHandler = lambda root, attributes: _root(one, root, attributes)
    parser.XmlDeclHandler = lambda *declared: _declared(one, *declared)
    feed(package, part, parser, lambda: _after(one), lambda pieces: _without_rows(one, pieces))
    if not one.cut:
        cells.convert()
    return one.cut


def _without_rows(one: _Pass, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What the parser has to see of a part: everything but the rows that are read without it."""
    scan = RowScan(one.cells, one.layout)

    def ready() -> bool:
        between_rows = one.depth == _ROWS_DEPTH and len(one.cells.addresses) == len(
            one.cells.values
        )
        return one.inside and between_rows and not (one.cut or one.prefix or one.foreign)

    def take(rows: bytes) -> bool:
        cells = one.cells
        cells.convert()
        try:
            scan.add(rows, one.most - cells.seen)
        except Unusual:
            scan.members.clear()  # the parser may meet new masters of shared formulas
            return False
        return True

    return without_units(pieces, ROWS, ready, take)


def _declared(one: _Pass, version: str, encoding: str | None, standalone: int) -> None:
    check_encoding(version, encoding, standalone)
    one.foreign = is_foreign(encoding)


def _root(one: _Pass, name: str, attributes: Attributes) -> None:
    one.prefix = main_prefix(name, attributes)
    if name != f"{one.prefix}worksheet":
        raise PartUnreadable(f"its part {one.part} is not that of a worksheet")
    if one.tail is not None:
        one.tail.start(name, attributes)
    _outside(one)


def _outside(one: _Pass) -> None:
    """Set the handlers for everything but the cells."""
    length = len(one.prefix)
    tail = one.tail

    def start(full_name: str, attributes: Attributes) -> None:
        _deeper(one)
        if tail is not None:
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
        if tail is not None:
            tail.end(full_name)

    one.inside = False
    one.parser.StartElementHandler = start
    one.parser.EndElementHandler = end
    one.parser.CharacterDataHandler = tail.text if tail is not None else None


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
    one.elements += 1
    if one.depth > one.package.limits.depth:
        raise too_deep(one.package, one.part)


def _cell_start(one: _Pass) -> Start:
    cells = one.cells
    addresses = cells.addresses
    values = cells.values
    add_address = addresses.append
    add_type = cells.types.append
    add_style = cells.styles.append
    add_pending = one.pending.append
    pieces = one.pieces
    add_piece = pieces.append
    cell: Attributes = {}

    def start(name: str, attributes: Attributes) -> None:
        nonlocal cell
        if name == "c":
            if len(addresses) != len(values):
                raise PartUnreadable("its cells stand inside each other")
            get = attributes.get
            try:
                add_address(attributes["r"])
            except KeyError:
                add_address(_next_address(one))
            add_type(get("t"))
            add_style(get("s", "0"))
            cell = attributes
        elif name == "v":
            if MARK in pieces:
                raise PartUnreadable(NESTED)
            add_piece(MARK)
        elif name == "f":
            if MARK in pieces:
                raise PartUnreadable(NESTED)
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
    addresses = one.cells.addresses
    values = one.cells.values
    add_value = values.append
    add_formula = _formula_end(one)
    value = MISSING

    def end(name: str) -> None:
        nonlocal value
        if name == "c":
            add_value(value)
            value = MISSING
        elif name == "v":
            if len(pieces) == 2 and pieces[0] is MARK:  # noqa: PLR2004 - a mark and one text
                text = pieces[1]
                clear()
            else:
                text = take(pieces)
            if len(addresses) > len(values):  # else it stands in no cell
                value = text
        elif name == "f":
            if len(pieces) == 2 and pieces[0] is MARK:  # noqa: PLR2004 - a mark and one text
                add_formula(pieces[1])
                clear()
            else:
                add_formula(take(pieces))
        elif name == "is":
            text = _inline(one)
            if len(addresses) > len(values):
                one.cells.types[-1] = "inlineStr"  # whatever the cell said
                value = text
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
    """The text of an inline string that ends."""
    one.depth -= 1
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
        if MARK in one.pieces:
            raise PartUnreadable(NESTED)
        one.pieces.append(MARK)
    elif name == "rPh":
        one.phonetic += 1
    elif name == "is":
        one.runs.clear()  # of texts that stand in no cell
    elif name == "sheetData":
        one.nested += 1


def _other_end(one: _Pass, name: str) -> None:
    one.depth -= 1
    if name == "t":
        text = take(one.pieces)
        if not one.phonetic:
            one.runs.append(text)
    elif name == "rPh":
        one.phonetic -= 1
    elif name == "sheetData" and one.nested:
        one.nested -= 1
    elif name == "sheetData":
        if one.tail is not None:
            one.tail.end(f"{one.prefix}sheetData")
        _outside(one)


def _next_address(one: _Pass) -> str:
    """Address of a cell that has none: right of the one before it, or the row's first."""
    cells = one.cells
    row, column = one.layout.row, 1
    if cells.begun > one.row_begin:
        last = cells.addresses[-1] if cells.addresses else cells.last
        made, row, column = one.made
        if last is not made:
            try:
                row, column = parse_cell(last.replace("$", "?"))
            except AddressError:
                return "?"
        column += 1
    if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
        return "?"
    address = cell_address(row, column)
    one.made = address, row, column
    return address


def _after(one: _Pass) -> None:
    """Behind each piece of the part: bound what is kept, convert, stop at the limit of cells."""
    trim(one.pieces, one.package.limits.string_length)
    cells = one.cells
    most = one.package.limits.sheet_elements
    if one.elements > most:
        if not one.cut:
            cells.convert()
        _pass_over(one, f"Only the first {most:,} elements were read", "sheet_elements")
    elif one.cut:
        return
    elif cells.begun > one.most:
        cells.convert(one.most - cells.seen)
        _pass_over(one, f"Only the first {one.most:,} cells were read", "sheet_cells")
    elif len(cells.addresses) >= BLOCK:
        cells.convert()


def _pass_over(one: _Pass, cut: str, limit: str) -> None:
    """Read no more cells, only what stands behind them; or nothing more, behind them."""
    parser = one.parser
    one.cut = one.cut or f"{cut}; {allows_more(limit)}."
    inside, one.elements = one.inside, 0
    if not inside and limit == "sheet_cells":
        return
    most = one.package.limits.depth + _CELL_DEPTH
    name = f"{one.prefix}sheetData"

    def start(begun: str, _attributes: Attributes) -> None:
        one.depth += 1
        if one.depth > most:
            raise too_deep(one.package, one.part)
        one.nested += begun == name

    def end(ended: str) -> None:
        one.depth -= 1
        if inside and ended == name and one.nested:
            one.nested -= 1
        elif inside and ended == name:
            one.depth = 1
            if one.tail is not None:
                one.tail.end(name)
            _outside(one)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = None
    one.pieces.clear()
