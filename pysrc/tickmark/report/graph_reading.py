"""Facts for the page of a formula graph, read from the graph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath
from typing import Final
from urllib.parse import unquote

import numpy as np

from tickmark.errors import AddressError
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.report.graph_facts import (
    SURE,
    BlockFacts,
    GraphFacts,
    NameFacts,
    Reach,
    SheetFacts,
    Sides,
    TemplateFacts,
)
from tickmark.report.wording import counted, number, plain
from tickmark.structure.block_edges import block_edges_of
from tickmark.structure.block_index import BlockIndex, boxes_of
from tickmark.structure.cycles import Cycles
from tickmark.structure.formulas import Formulas
from tickmark.structure.graph import FormulaGraph
from tickmark.structure.labels import labels_of
from tickmark.structure.lattices import Lattice, Lattices, Numbers
from tickmark.structure.outline import outline
from tickmark.structure.pieces import Pieces
from tickmark.structure.places import areas_named
from tickmark.structure.statistics import unknown_count
from tickmark.structure.template import Template
from tickmark.structure.tokens import displayed

MOST_BLOCKS: Final = 60_000
MOST_LABELLED: Final = 3_000
MOST_REACHES: Final = 300_000
MOST_NAMES: Final = 2_000
LONGEST_FORMULA: Final = 1_500

_MOST_OUTLINES: Final = 120
_MOST_PROBLEMS: Final = 20
_MOST_OF_A_BLOCK: Final = (200, 50, 12, MOST_REACHES // MOST_BLOCKS)


def facts_of(graph: FormulaGraph) -> GraphFacts:
    """The facts of a graph; of more than MOST_BLOCKS blocks the largest are told."""
    formulas = graph.formulas
    workbook = formulas.workbook
    chosen = _chosen(graph.blocks.lattices)
    reading = _Blocks(graph, chosen)
    blocks = tuple(reading.facts())
    books, links = _links(graph)
    return GraphFacts(
        book=plain(PurePath(workbook.path.replace("\\", "/")).name, 200),
        sheets=tuple(_sheets(graph)),
        books=books,
        links=links,
        templates=tuple(reading.templates),
        blocks=blocks,
        names=tuple(islice(_names(formulas), MOST_NAMES)),
        formulas=workbook.formula_count,
        available=workbook.formulas_available,
        totals=_totals(graph, len(books)) if workbook.formulas_available else (),
        notes=tuple(_notes(formulas)),
    )


def _chosen(lattices: Lattices) -> Numbers:
    """The numbers of the blocks to tell of, in the order of the workbook."""
    order = np.lexsort((-lattices.cells, lattices.sheet))
    sheets = lattices.sheet[order]
    rank = np.arange(len(order)) - np.searchsorted(sheets, sheets)
    late = np.empty(len(order), np.bool_)
    late[order] = rank >= SURE
    return np.sort(np.lexsort((-lattices.cells, late))[:MOST_BLOCKS])


class _Blocks:
    """Facts of the chosen blocks; templates are numbered as they come."""

    def __init__(self, graph: FormulaGraph, chosen: Numbers) -> None:
        self.graph = graph
        self.chosen = chosen
        self._index = BlockIndex.of(graph.blocks.lattices)
        self.templates: list[TemplateFacts] = []
        self._numbers: dict[TemplateFacts, int] = {}
        self._known: dict[tuple[int, int], int] = {}

    def facts(self) -> Iterator[BlockFacts]:
        graph, lattices = self.graph, self.graph.blocks.lattices
        levels = graph.levels().of_block
        circular = _circular(graph, self._index)
        sizes = lattices.cells[self.chosen]
        large = np.argsort(-sizes, kind="stable")[:MOST_LABELLED]
        labelled = set(self.chosen[large].tolist())
        reaches, more = _reaches(graph, self._index, self.chosen)
        for block in self.chosen.tolist():
            lattice = lattices[block]
            yield BlockFacts(
                lattice.sheet,
                lattice[1:],
                self._template(lattice.sheet, int(graph.blocks.templates[block])),
                int(levels[block]),
                circular=block in circular,
                labels=self._labels(lattice) if block in labelled else ("", ""),
                reaches=tuple(dict.fromkeys(reaches.get(block, ()))),
                more=int(more[block]),
            )

    def _template(self, sheet: int, template: int) -> int:
        known = self._known.get((sheet, template))
        if known is None:
            formulas = self.graph.formulas
            own = formulas.sheets[sheet].templates[template]
            facts = _template_facts(own, unknown=formulas.unknown[sheet][template])
            known = self._numbers.setdefault(facts, len(self.templates))
            if known == len(self.templates):
                self.templates.append(facts)
            self._known[sheet, template] = known
        return known

    def _labels(self, lattice: Lattice) -> tuple[str, str]:
        sheet = self.graph.formulas.sheets[lattice.sheet].sheet
        area = RangeRef(sheet.name, lattice.top, lattice.left, lattice.bottom, lattice.right)
        row, column = labels_of(self.graph.formulas.workbook, sheet).parts(area)
        return plain(row, 80), plain(column, 80)


def _template_facts(template: Template, *, unknown: bool) -> TemplateFacts:
    filled = template.fills is not None
    return TemplateFacts(
        _shown(template.pieces),
        (template.row, template.column) if filled else None,
        is_table=not template.computed,
        unknown=unknown,
    )


def _shown(pieces: Pieces) -> Pieces:
    """The pieces as Excel shows them; a very long formula ends early, in an ellipsis."""
    made: list[str | tuple[int, int, int, int, int]] = []
    left = LONGEST_FORMULA
    for piece in pieces:
        if left <= 0:
            return (*made, "…")
        if isinstance(piece, str):
            made.append(plain(displayed(piece), left))
            left -= len(piece)
        else:
            made.append(piece)
            left -= 8  # about what a reference takes
    return tuple(made)


def _reaches(
    graph: FormulaGraph, index: BlockIndex, chosen: Numbers
) -> tuple[dict[int, list[Reach]], Numbers]:
    """The areas that chosen blocks refer to, and for each block how many more there are."""
    blocks = graph.blocks
    cut = block_edges_of(blocks, graph.edges, index)
    wanted = np.zeros(len(blocks), np.bool_)
    wanted[chosen] = True
    order = np.argsort(cut.block, kind="stable")
    owners = cut.block[order]
    rank = np.arange(len(order)) - np.searchsorted(owners, owners)
    kept = next(
        kept
        for most in _MOST_OF_A_BLOCK
        if (kept := wanted[owners] & (rank < most)).sum() <= MOST_REACHES
    )
    at = order[kept]
    more = np.bincount(owners[~kept], minlength=len(blocks))
    edges = cut.edges
    own = (edges.dependents.table[at] == blocks.lattices.table[cut.block[at]]).all(axis=1)
    columns = (
        cut.block[at].tolist(),
        edges.sheet[at].tolist(),
        edges.base[at].tolist(),
        edges.by_row[at].tolist(),
        edges.by_column[at].tolist(),
        own.tolist(),
        edges.dependents.table[at, 1:].tolist(),
    )
    found: dict[int, list[Reach]] = {}
    for block, sheet, base, by_row, by_column, whole, lines in zip(*columns, strict=True):
        mine = found.setdefault(block, [])
        cells = None if whole else tuple(lines)
        mine.append(Reach(sheet, tuple(base), tuple(by_row), tuple(by_column), cells))
    return found, more


def _circular(graph: FormulaGraph, index: BlockIndex) -> set[int]:
    """The numbers of the blocks with cells of a circular reference."""
    cells = [cell for one in graph.cycles().found for cell in one.cells]
    if not cells:
        return set()
    sheets, rows, columns = np.array(cells, np.int64).T
    at, block = index.meeting(boxes_of(sheets, np.stack([rows, columns, rows, columns], axis=1)))
    own = Lattices(graph.blocks.lattices.table[block])
    held = (rows[at] - own.top) % own.row_step == 0
    held &= (columns[at] - own.left) % own.column_step == 0
    return set(block[held].tolist())


def _links(graph: FormulaGraph) -> tuple[tuple[str, ...], dict[tuple[int, int], int]]:
    """The other workbooks, and the number of references from sheet to sheet."""
    network = graph.sheet_graph().network
    place = {one.sheet.name: at for at, one in enumerate(graph.formulas.sheets)}
    books = [node for node in network if node not in place]
    place |= {book: len(place) + at for at, book in enumerate(books)}
    links = {
        (place[precedent], place[dependent]): int(known["references"])
        for precedent, dependent, known in network.edges(data=True)
    }
    targets = network.nodes(data="target")
    return tuple(_book_name(book, str(targets[book])) for book in books), links


def _book_name(book: str, target: str) -> str:
    """The file name of another workbook, else its number in brackets."""
    name = PurePath(unquote(target).replace("\\", "/")).name
    return plain(name or book, 200)


def _sheets(graph: FormulaGraph) -> Iterator[SheetFacts]:
    lattices = graph.blocks.lattices
    sheets = graph.formulas.sheets
    formulas = np.bincount(lattices.sheet, lattices.cells, len(sheets)).astype(np.int64)
    blocks = np.bincount(lattices.sheet, minlength=len(sheets))
    referred = np.bincount(graph.edges.sheet, minlength=len(sheets))
    outlined = set(np.flatnonzero(blocks + referred)[:_MOST_OUTLINES].tolist())
    for at, own in enumerate(sheets):
        state = own.sheet.state
        yield SheetFacts(
            plain(own.sheet.name, 200),
            "" if state is SheetState.VISIBLE else _STATES[state],
            int(formulas[at]),
            int(np.count_nonzero(own.counts())),
            int(blocks[at]),
            _area(own.sheet, lattices, at),
            outline(own.sheet) if at in outlined else (),
        )


_STATES: Final = {SheetState.HIDDEN: "hidden", SheetState.VERY_HIDDEN: "very hidden"}


def _area(sheet: Sheet, lattices: Lattices, number: int) -> Sides | None:
    """Top, left, bottom and right around all cells, those that a formula fills among them."""
    used = sheet.used_range
    first, last = np.searchsorted(lattices.sheet, [number, number + 1]).tolist()
    own = lattices.table[first:last]
    edges = [] if used is None else [(used.top, used.left, used.bottom, used.right)]
    if len(own):
        parts = Lattices(own)
        edges.append(
            (
                int(parts.top.min()),
                int(parts.left.min()),
                int(parts.bottom.max()),
                int(parts.right.max()),
            )
        )
    if not edges:
        return None
    top, left, bottom, right = zip(*edges, strict=True)
    return min(top), min(left), max(bottom), max(right)


def _totals(graph: FormulaGraph, books: int) -> tuple[tuple[str, str, str], ...]:
    blocks, edges, formulas = graph.blocks, graph.edges, graph.formulas
    unique = sum(len(own.templates) for own in formulas.sheets)
    references, unknown = edges.pairs, unknown_count(formulas)
    kept = f", {edges.kept / references:.2%} of them" if references else ""
    filled = int(blocks.lattices.cells.sum()) - formulas.workbook.formula_count
    more = f"; arrays fill {counted(filled, 'more cell')}" if filled > 0 else ""
    circles = graph.cycles()
    return (
        (
            "Formulas",
            number(formulas.workbook.formula_count),
            f"{number(unique)} unique, in {counted(len(blocks), 'block')}{more}",
        ),
        ("References", number(references), f"told by {counted(edges.kept, 'edge')}{kept}"),
        ("Levels", number(graph.levels().count), "calculated one after the other"),
        (
            "Circular references",
            number(len(circles.found)) + ("" if circles.complete else "+"),
            _circles(circles),
        ),
        (
            "Unknown precedents",
            number(unknown),
            f"{'' if unknown else 'no '}formulas with INDIRECT, OFFSET and the like",
        ),
        ("Other workbooks", number(books), "linked, never opened" if books else "none linked"),
    )


def _circles(circles: Cycles) -> str:
    if not circles.complete:
        return "there may be more: too many cells to look at all"
    if not circles.found:
        return "no cell needs its own value"
    cells = sum(len(one.cells) for one in circles.found)
    meant = ", calculated in rounds on purpose" if circles.found[0].intended else ""
    return f"among {counted(cells, 'cell')}{meant}"


def _notes(formulas: Formulas) -> Iterator[str]:
    missing = list(_missing(formulas.workbook))
    yield from (plain(sentence, 400) for sentence in missing[:_MOST_PROBLEMS])
    if len(missing) > _MOST_PROBLEMS:
        yield f"And {counted(len(missing) - _MOST_PROBLEMS, 'more problem')} of the reading."
    if not formulas.complete:
        yield "The workbook has too many references: the last ones are not in this page."
    if formulas.unparsed:
        first = formulas.unparsed[0]
        yield (
            f"{counted(len(formulas.unparsed), 'text is', 'texts are')} no formula that could be "
            f"read whole, the first in {plain(str(first.cell), 120)}."
        )


def _missing(workbook: Workbook) -> Iterator[str]:
    yield from (one.message for one in workbook.failures)
    yield from workbook.problems
    yield from () if workbook.formulas_available else workbook.notes
    for sheet in workbook.sheets:
        yield from (f"Sheet {sheet.name}: {problem}" for problem in sheet.problems)


def _names(formulas: Formulas) -> Iterator[NameFacts]:
    """Defined names and tables that mean cells of the workbook."""
    scope = formulas.scope
    for sheet in formulas.workbook.sheets:
        for table in sheet.tables:
            yield _name(formulas, table.name, table.range)
    for name in formulas.workbook.names[:MOST_NAMES]:
        prefix = f"{quote_sheet_name(name.sheet)}!" if name.sheet else ""
        try:
            areas = () if name.hidden else areas_named(scope, prefix + name.name)
        except AddressError:
            continue
        if areas:
            yield _name(formulas, name.name, areas[0])


def _name(formulas: Formulas, name: str, area: RangeRef) -> NameFacts:
    number = formulas.scope.sheets[area.sheet.casefold()]
    return NameFacts(plain(name, 120), number, (area.top, area.left, area.bottom, area.right))
