"""The formula graph as a networkx graph with plain attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.workbook import DefinedName, Table
from tickmark.structure.block_index import NO_LATTICE, BlockIndex, boxes_of
from tickmark.structure.blocks import Blocks
from tickmark.structure.formulas import Formulas
from tickmark.structure.lattices import Lattice, Numbers
from tickmark.structure.reference import Reference, ReferenceKind

if TYPE_CHECKING:
    import networkx as nx

MOST_PARTS: Final = 500_000
_CHUNK: Final = 256
_FEW: Final = 16
_WHOLE: Final = "whole"

_Edges = tuple[int, int, int, int]


def network_of(formulas: Formulas, blocks: Blocks) -> nx.DiGraph[str]:
    """Formula blocks, ranges, names, tables and other workbooks; edges lead to what depends.

    Node attributes: `kind` is `block`, `range`, `name`, `table` or `book`. A `block`, a `range` and
    a `table` (or some columns of one) have `sheet`, `range` (without sheet) and `cells`; a block
    has `formula` (of its first cell, with `=`), `r1c1`, and `row_step` and `column_step` where only
    every second row or so of its range belongs to it; a `name` has `refers_to`, a `book` `target`.

    Edge attributes: `references` counts pairs of a formula cell and a reference, `kinds` (joined
    by commas) tells what these are: `address`, `name`, `table`, `3d` or `external`, `uses` what is
    taken (see calls.Use). An edge of the kind `part` leads from a block to a range or table that
    takes in some of its cells, or from what a name means to the name; it has no references of its
    own. The graph attribute `complete` is False where there were more than MOST_PARTS parts.
    """
    return _Builder(formulas, blocks).built()


def node_count(formulas: Formulas, blocks: Blocks) -> int:
    """The number of nodes of the network, counted without making them all."""
    return _Builder(formulas, blocks).counted()


class _Target(NamedTuple):
    """Cells that a node takes: number of the sheet, edges, the node, and how it takes them."""

    sheet: int
    edges: _Edges
    taker: str
    kind: str
    use: str
    references: int


@dataclass(slots=True)
class _Edge:
    references: int = 0
    kinds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)


class _Builder:
    """Collects nodes and edges, then looks up which blocks lie in the areas all at once."""

    def __init__(self, formulas: Formulas, blocks: Blocks) -> None:
        self.formulas = formulas
        self.blocks = blocks
        self.lattices = list(blocks.lattices)
        self.nodes: dict[str, dict[str, str | int]] = {}
        self.edges: dict[tuple[str, str], _Edge] = {}
        self.keys: list[str] = []
        self.index = BlockIndex.of(blocks.lattices)
        self.targets: list[_Target] = []
        self.complete = formulas.complete

    def built(self) -> nx.DiGraph[str]:
        import networkx as nx  # noqa: PLC0415 - costs start-up time

        self.keys = [self._block(number) for number in range(len(self.lattices))]
        for number, key in enumerate(self.keys):
            self._references(number, key)
        self._join_parts(self._aimed())
        graph: nx.DiGraph[str] = nx.DiGraph(complete=self.complete)
        graph.add_nodes_from(self.nodes.items())
        for (tail, head), edge in self.edges.items():
            graph.add_edge(
                tail,
                head,
                references=edge.references,
                kinds=",".join(sorted(edge.kinds)),
                uses=",".join(sorted(edge.uses)),
            )
        return graph

    def counted(self) -> int:
        """The number of nodes: blocks, names, tables and books, and areas outside of one block."""
        for number in range(len(self.lattices)):
            self._references(number, "")
        boxes = self._boxes()
        whole = np.array([one.kind == _WHOLE for one in self.targets], np.bool_)
        ranges = boxes[:, ~whole & (self.index.holding(boxes) == NO_LATTICE)]
        return len(self.lattices) + len(self.nodes) + len(np.unique(ranges.T, axis=0))

    def _block(self, number: int) -> str:
        lattice = self.lattices[number]
        own = self.formulas.sheets[lattice.sheet]
        template = own.templates[int(self.blocks.templates[number])]
        area = _area(own.sheet.name, lattice)
        key = f"block {area}"
        self.nodes[key] = {
            "kind": "block",
            "sheet": own.sheet.name,
            "range": area.a1,
            "cells": lattice.cells,
            "formula": "=" + template.text_at(lattice.top, lattice.left),
            "r1c1": template.r1c1,
        }
        if lattice.row_step > 1:
            self.nodes[key]["row_step"] = lattice.row_step
        if lattice.column_step > 1:
            self.nodes[key]["column_step"] = lattice.column_step
        return key

    def _references(self, number: int, key: str) -> None:
        """The edges into a block: those by names, tables and books at once, others as targets."""
        lattice, template = self.lattices[number], int(self.blocks.templates[number])
        sheet = lattice.sheet
        written = self.formulas.references[sheet][template]
        origin = {one.text: one for one in written}
        for one in written:
            self._named(one, key, lattice)
        for area in dict.fromkeys(self.formulas.precedents[sheet][template]):
            edges = self._cover(area, lattice, template)
            other = self.formulas.scope.sheets[area.sheet.casefold()]
            source = origin.get(area.text)
            use, cells = area.use.value, lattice.cells
            if source is not None and source.kind is ReferenceKind.NAME:
                taker = self._name(source, sheet)
                self.targets.append(_Target(other, edges, taker, "part", "", 0))
            elif source is not None and source.kind is ReferenceKind.TABLE:
                columns = self._columns(source, other, edges, lattice)
                if columns:
                    self._join(columns, key, "table", use, cells)
                else:
                    self.targets.append(_Target(other, edges, key, "table", use, cells))
            else:
                kind = "3d" if source is not None and source.last_sheet else "address"
                self.targets.append(_Target(other, edges, key, kind, use, cells))

    def _named(self, one: Reference, key: str, lattice: Lattice) -> None:
        """The edge of a reference through a name, a table or into another workbook."""
        scope, sheet = self.formulas.scope, lattice.sheet
        if one.book:
            self._join(self._book(one.book), key, "external", one.use.value, lattice.cells)
        elif one.kind is ReferenceKind.NAME:
            taker = self._name(one, sheet)
            if taker:
                self._join(taker, key, "name", one.use.value, lattice.cells)
                for book in scope.books((one,), scope.order[sheet]):
                    self._join(self._book(book), taker, "part", "", 0)

    def _columns(self, one: Reference, number: int, edges: _Edges, lattice: Lattice) -> str:
        """The node of the columns of a table in which an area lies; none beside their data."""
        tables = self.formulas.sheets[number].sheet.tables
        top, left, bottom, right = edges
        table = self.formulas.scope.tables.get(one.name.casefold())
        if table is None:  # `[@Column]` means the table around the formula
            inside = (each for each in tables if each.range.contains(lattice.top, lattice.left))
            table = next(inside, None)
        if table is None:
            return ""
        first = table.range.top + table.header_rows
        last = table.range.bottom - table.totals_rows
        if not (first <= top and bottom <= last and len(table.columns) > right - table.range.left):
            return ""
        return self._table(table, RangeRef(table.range.sheet, first, left, last, right))

    def _name(self, one: Reference, sheet: int) -> str:
        """The node of the name that a reference means, or of the table that is called so."""
        scope = self.formulas.scope
        name = scope.name(one.name, one.sheet or scope.order[sheet])
        if name is not None:
            return self._defined(name)
        table = scope.tables.get(one.name.casefold())
        return "" if table is None else self._table(table, table.range)

    def _defined(self, name: DefinedName) -> str:
        scope = f"{quote_sheet_name(name.sheet)}!" if name.sheet else ""
        key = f"name {scope}{name.name}"
        if key not in self.nodes:
            self.nodes[key] = {"kind": "name", "refers_to": name.refers_to}
        return key

    def _table(self, table: Table, area: RangeRef) -> str:
        """The node of a table or of some of its columns."""
        names = table.columns[area.left - table.range.left : area.right - table.range.left + 1]
        key = f"table {table.name}"
        if len(names) < len(table.columns):
            key += f"[{names[0]}]" if len(names) == 1 else f"[[{names[0]}]:[{names[-1]}]]"
        if key not in self.nodes:
            self.nodes[key] = {"kind": "table", **_placed(area)}
            sheet = self.formulas.scope.sheets[area.sheet.casefold()]
            edges = (area.top, area.left, area.bottom, area.right)
            self.targets.append(_Target(sheet, edges, key, _WHOLE, "", 0))
        return key

    def _book(self, book: str) -> str:
        key = f"book [{book}]"
        if key not in self.nodes:
            links = self.formulas.workbook.external_links
            target = next((link.target for link in links if str(link.index) == book), "")
            self.nodes[key] = {"kind": "book", "target": target}
        return key

    def _cover(self, area: Reference, lattice: Lattice, number: int) -> _Edges:
        """The rectangle around what all cells of a block take by one reference."""
        template = self.formulas.sheets[lattice.sheet].templates[number]
        corners = [
            area.edges(*template.distance(row, column))
            for row in {lattice.top, lattice.bottom}
            for column in {lattice.left, lattice.right}
        ]
        tops, lefts, bottoms, rights = zip(*corners, strict=True)
        return min(tops), min(lefts), max(bottoms), max(rights)

    def _join(self, tail: str, head: str, kind: str, use: str, references: int) -> None:
        edge = self.edges.setdefault((tail, head), _Edge())
        edge.references += references
        edge.kinds.add(kind)
        if use:
            edge.uses.add(use)

    def _aimed(self) -> dict[str, Numbers]:
        """The edges from areas: from a block that holds all of one, else from the range."""
        ranges: dict[str, Numbers] = {}
        boxes = self._boxes()
        held = self.index.holding(boxes).tolist()
        for at, (one, block) in enumerate(zip(self.targets, held, strict=True)):
            if one.kind == _WHOLE:
                ranges[one.taker] = boxes[:, at]
                continue
            key = self.keys[block] if block != NO_LATTICE else self._range(one)
            if block == NO_LATTICE:
                ranges.setdefault(key, boxes[:, at])
            self._join(key, one.taker, one.kind, one.use, one.references)
        return ranges

    def _boxes(self) -> Numbers:
        """The areas of all targets as boxes (4, n), see block_index.boxes_of."""
        sheets = np.array([one.sheet for one in self.targets], np.int64)
        edges = np.array([one.edges for one in self.targets], np.int64).reshape(-1, 4)
        return boxes_of(sheets, edges)

    def _range(self, one: _Target) -> str:
        sheet = self.formulas.scope.order[one.sheet]
        area = RangeRef(sheet, *one.edges)
        key = f"range {area}"
        if key not in self.nodes:
            self.nodes[key] = {"kind": "range", **_placed(area)}
        return key

    def _join_parts(self, ranges: dict[str, Numbers]) -> None:
        """The edges into ranges and tables from the blocks with cells in them."""
        names = list(ranges)
        boxes = np.array(list(ranges.values()), np.int64).reshape(-1, 4).T
        start, size, left = 0, _CHUNK, MOST_PARTS
        while start < len(names):
            at, blocks = self.index.meeting(boxes[:, start : start + size])
            areas = boxes[:, start + at]
            for one, block, area in zip(
                at.tolist(), blocks.tolist(), areas.T.tolist(), strict=True
            ):
                if _has_cells(self.lattices[block], area):
                    left -= 1
                    if left < 0:
                        self.complete = False
                        return
                    self._join(self.keys[block], names[start + one], "part", "", 0)
            start += size
            # Ranges over many blocks are looked up a few at a time, to hold few pairs at once.
            size = size * 2 if len(at) < _FEW * size else max(size // 4, 1)


def _has_cells(lattice: Lattice, area: list[int]) -> bool:
    """Whether a lattice has cells in a box of its sheet that meets the rectangle around it."""
    top, _, bottom, _ = area
    row = lattice.top + max(0, -((lattice.top - top) // lattice.row_step)) * lattice.row_step
    if row > min(bottom, lattice.bottom):
        return False
    left, right = (side % (1 << 15) for side in (area[1], area[3]))
    ahead = max(0, -((lattice.left - left) // lattice.column_step))
    return lattice.left + ahead * lattice.column_step <= min(right, lattice.right)


def _placed(area: RangeRef) -> dict[str, str | int]:
    return {"sheet": area.sheet, "range": area.a1, "cells": area.cells}


def _area(sheet: str, lattice: Lattice) -> RangeRef:
    return RangeRef(sheet, lattice.top, lattice.left, lattice.bottom, lattice.right)
