"""The formula graph as one self-contained HTML page: sheets, their blocks, cells on demand."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_letters, quote_sheet_name
from tickmark.report.graph_data import by_size, page_data, script_json
from tickmark.report.graph_facts import BlockFacts, GraphFacts, Reach
from tickmark.report.graph_reading import facts_of
from tickmark.report.rows import fair_shares
from tickmark.report.sheet_drawing import Drawing, Station, drawing_of
from tickmark.report.wording import counted, first_few, number, plain
from tickmark.structure.graph import FormulaGraph
from tickmark.structure.pieces import a1_text
from tickmark.templates import render_html, render_text, template_text

MOST_ROWS: Final = 300
MOST_SECTIONS: Final = 150
MOST_BLOCK_ROWS: Final = 600
_MOST_ROWS_A_SHEET: Final = 40

_STYLES: Final = ("reports/run.css", "reports/graph.css")
_SCRIPT: Final = "reports/graph_script.js"
_SHOWN: Final = 1_084
_SMALLEST: Final = 0.7
_LONGEST_FORMULA: Final = 240
_LONGEST_REFERS: Final = 4
_FOOTER: Final = (
    "Made by Tickmark from the formulas alone: nothing was calculated, and no other file was "
    "opened. The page asks for nothing from the network."
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line of the table of all sheets; `anchor` is empty where the page has no more of it."""

    name: str
    state: str
    anchor: str
    step: str
    formulas: str
    unique: str
    blocks: str
    takes: str
    feeds: str


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A line of the table of a sheet's blocks."""

    cells: str
    number: str
    formula: str
    refers: str
    label: str


@dataclass(frozen=True, slots=True)
class SheetSection:
    """The blocks of one sheet that are listed without script."""

    name: str
    anchor: str
    summary: str
    blocks: tuple[BlockRow, ...]
    more: str


def graph_page(graph: FormulaGraph) -> str:
    """The page of a workbook's formula graph, at most some 5 MB.

    It holds no text of the workbook that is not escaped, runs its own script only and loads
    nothing.
    """
    return page_of(facts_of(graph))


def page_of(facts: GraphFacts) -> str:
    """The page of some facts."""
    drawing = drawing_of(_stations(facts), facts.links)
    data = page_data(facts)
    scale = max(min(1.0, _SHOWN / drawing.width), _SMALLEST)
    style, script = "".join(map(template_text, _STYLES)), render_text(_SCRIPT)
    return render_html(
        "reports/graph.html.j2",
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        title=f"Formulas of {facts.book}",
        verdict=_verdict(facts),
        totals=facts.totals,
        notes=facts.notes,
        drawing=drawing,
        shown=(round(drawing.width * scale), round(drawing.height * scale)),
        circles=[_names(facts, circle) for circle in drawing.circles],
        apart=_names(facts, drawing.apart),
        example=_example(facts),
        rows=_rows(facts, drawing),
        more_rows=max(0, len(facts.sheets) - MOST_ROWS),
        sections=_sections(facts),
        data=script_json(data.values),
        footer=_FOOTER,
        number=number,
        counted=counted,
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def _stations(facts: GraphFacts) -> list[Station]:
    sheets = [
        Station(one.name, counted(one.formulas, "formula cell"), always=one.formulas > 0)
        for one in facts.sheets
    ]
    return sheets + [Station(one, "other workbook", is_book=True) for one in facts.books]


def _verdict(facts: GraphFacts) -> str:
    sheets = counted(len(facts.sheets), "sheet")
    if not facts.available:
        return f"Formulas could not be read from this kind of file; it has {sheets}."
    if not facts.formulas:
        return f"This workbook has no formulas: {sheets} of values."
    holding = sum(1 for one in facts.sheets if one.formulas)
    blocks = counted(sum(one.blocks for one in facts.sheets), "block")
    return (
        f"{counted(facts.formulas, 'formula')} on {number(holding)} of {sheets}, in {blocks} of "
        "one formula each."
    )


def _station(facts: GraphFacts, at: int) -> str:
    sheets = len(facts.sheets)
    return facts.sheets[at].name if at < sheets else facts.books[at - sheets]


def _names(facts: GraphFacts, circle: Sequence[int]) -> str:
    return first_few([_station(facts, one) for one in circle])


def _example(facts: GraphFacts) -> str:
    """An address to show what can be looked for: the first cell of the largest block."""
    block = max(facts.blocks, key=lambda one: one.size, default=None)
    if block is None:
        return "A1"
    top, left = block.cells[:2]
    return f"{quote_sheet_name(facts.sheets[block.sheet].name)}!{_a1(top, left, top, left)}"


def _rows(facts: GraphFacts, drawing: Drawing) -> list[SheetRow]:
    linked = {one for curve in drawing.curves for one in curve.link}
    steps = {box.number: box.x for box in drawing.boxes if box.number in linked}
    order = {x: step for step, x in enumerate(sorted(set(steps.values())), 1)}
    takes: dict[int, list[str]] = {}
    feeds: dict[int, list[str]] = {}
    for (a, b), _ in sorted(facts.links.items(), key=lambda item: -item[1]):
        if a != b:
            takes.setdefault(b, []).append(_station(facts, a))
            feeds.setdefault(a, []).append(_station(facts, b))
    listed = {one.sheet for one in facts.blocks}
    return [
        SheetRow(
            one.name,
            one.state,
            f"s{at}" if at in listed else "",
            str(order[steps[at]]) if at in steps else "",
            number(one.formulas),
            number(one.unique),
            number(one.blocks),
            first_few(takes.get(at, []), 6),
            first_few(feeds.get(at, []), 6),
        )
        for at, one in enumerate(facts.sheets[:MOST_ROWS])
    ]


def _sections(facts: GraphFacts) -> list[SheetSection]:
    listed: dict[int, list[BlockFacts]] = {}
    for at in by_size(facts.blocks):
        listed.setdefault(facts.blocks[at].sheet, []).append(facts.blocks[at])
    chosen = sorted(listed)[:MOST_SECTIONS]
    wishes = [min(len(listed[sheet]), _MOST_ROWS_A_SHEET) for sheet in chosen]
    shares = fair_shares(wishes, MOST_BLOCK_ROWS)
    return [
        _section(facts, sheet, listed[sheet][:share])
        for sheet, share in zip(chosen, shares, strict=True)
    ]


def _section(facts: GraphFacts, sheet: int, blocks: Sequence[BlockFacts]) -> SheetSection:
    one = facts.sheets[sheet]
    rest = one.blocks - len(blocks)
    cells = one.formulas - sum(block.size for block in blocks)
    return SheetSection(
        one.name,
        f"s{sheet}",
        f"{counted(one.formulas, 'formula cell')}, {counted(one.blocks, 'block')}",
        tuple(_block_row(facts, block) for block in blocks),
        f"{counted(rest, 'more block')} with {counted(cells, 'cell')}." if rest else "",
    )


def _block_row(facts: GraphFacts, block: BlockFacts) -> BlockRow:
    template = facts.templates[block.template]
    at = template.anchor or block.cells[:2]
    areas = dict.fromkeys(_area(facts, reach, block) for reach in block.reaches)
    return BlockRow(
        _cells(block),
        number(block.size),
        plain("=" + a1_text(template.pieces, *at), _LONGEST_FORMULA),
        first_few(list(areas), _LONGEST_REFERS),
        " · ".join(filter(None, block.labels)),
    )


def _cells(block: BlockFacts) -> str:
    top, left, height, width, row_step, column_step = block.cells
    text = _a1(top, left, top + (height - 1) * row_step, left + (width - 1) * column_step)
    steps = [
        f"every {_ORDINALS[step]} {noun}"
        for step, noun in ((row_step, "row"), (column_step, "column"))
        if step > 1
    ]
    return ", ".join([text, *steps])


_ORDINALS: Final = {2: "2nd", 3: "3rd", 4: "4th"}


def _area(facts: GraphFacts, reach: Reach, block: BlockFacts) -> str:
    """The rectangle around all that a block refers to by one reference."""
    height, width = (reach.cells or block.cells)[2:4]
    down = [step * (height - 1) for step in reach.by_row]
    across = [step * (width - 1) for step in reach.by_column]
    moved = list(zip(reach.first, down, across, strict=True))
    top, left = (one + min(y, 0) + min(x, 0) for one, y, x in moved[:2])
    bottom, right = (one + max(y, 0) + max(x, 0) for one, y, x in moved[2:])
    prefix = "" if reach.sheet == block.sheet else _prefix(facts, reach.sheet)
    return prefix + _a1(top, left, bottom, right)


def _prefix(facts: GraphFacts, sheet: int) -> str:
    return quote_sheet_name(facts.sheets[sheet].name) + "!"


def _a1(top: int, left: int, bottom: int, right: int) -> str:
    if (top, bottom) == (1, MAX_ROW):
        return f"{column_letters(left)}:{column_letters(right)}"
    if (left, right) == (1, MAX_COLUMN):
        return f"{top}:{bottom}"
    return RangeRef("", top, left, bottom, right).a1
