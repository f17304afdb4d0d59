"""The formula graph of a workbook, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tickmark.errors import AddressError
from tickmark.model.address import CellRef, RangeRef
from tickmark.structure.arcs import Arcs, arcs_of
from tickmark.structure.blocks import Blocks, blocks_of
from tickmark.structure.calculation import Calculation, CalculationLevel, CriticalPath
from tickmark.structure.calls import Use
from tickmark.structure.cell_set import CellSet
from tickmark.structure.components import Components
from tickmark.structure.cycles import Cycles, cycles_of
from tickmark.structure.edges import Edges, edges_of
from tickmark.structure.formulas import Formulas
from tickmark.structure.impact import Impact, impact_of
from tickmark.structure.inputs import Inputs, UnusedInput, inputs_among, unused_inputs_of
from tickmark.structure.lattices import Lattices
from tickmark.structure.levels import Levels, levels_of
from tickmark.structure.network import network_of, node_count
from tickmark.structure.outputs import Outputs, outputs_of
from tickmark.structure.places import Ref, areas_named
from tickmark.structure.reach import Reach, reach_of
from tickmark.structure.sheet_graph import SheetGraph, sheet_graph_of
from tickmark.structure.statistics import Statistics, unknown_count
from tickmark.structure.unresolved import Unresolved, unresolved

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, eq=False)
class FormulaGraph:
    """Formula blocks and the compressed edges between them; all else is made when asked for.

    A `ref` is a cell, a range or a text (see places.areas_named); one that means no cells of the
    workbook raises AddressError.
    """

    formulas: Formulas
    blocks: Blocks
    edges: Edges

    def precedents(self, ref: Ref, depth: int | None = None) -> CellSet:
        """All cells that some cells need, empty ones too, or those within so many references."""
        return self.reach.precedents(self._areas(ref), depth)

    def dependents(self, ref: Ref, depth: int | None = None) -> CellSet:
        """All formula cells that need some cells, or those within so many references."""
        return self.reach.dependents(self._areas(ref), depth)

    def path(self, precedent: Ref, dependent: Ref) -> tuple[CellRef, ...]:
        """A shortest chain of cells, each referring to the one before; empty for none.

        Raises AddressError for a `ref` of several cells.
        """
        return self.reach.path(self._cell(precedent), self._cell(dependent))

    def impact(self, ref: Ref) -> Impact:
        """The results of the workbook that depend on some cells, ranked."""
        near, far = self.dependents(ref, 1), self.dependents(ref)
        return impact_of(self.formulas, self.outputs, self._all_arcs, near, far)

    def inputs_of(self, output: Ref) -> Inputs:
        """The constants that some cells depend on."""
        return inputs_among(self.formulas, self.precedents(output))

    def unused_inputs(self) -> tuple[UnusedInput, ...]:
        """The numbers that look like inputs and are taken by nothing."""
        return unused_inputs_of(self.formulas, self.outputs.used)

    def unresolved(self) -> tuple[Unresolved, ...]:
        """The references that lead nowhere."""
        return unresolved(self.formulas)

    def statistics(self) -> Statistics:
        """The graph in numbers."""
        return Statistics(
            formulas=self.formulas.workbook.formula_count,
            references=self.edges.pairs,
            unique_formulas=sum(len(own.templates) for own in self.formulas.sheets),
            blocks=len(self.blocks),
            nodes=node_count(self.formulas, self.blocks),
            edges=self.edges.kept,
            plain_edges=len(self.edges),
            levels=self.levels().count,
            unknown=unknown_count(self.formulas),
            complete=self.formulas.complete and self.edges.complete,
        )

    def levels(self) -> Levels:
        """The order in which the blocks can be calculated."""
        return self._levels

    def calculation_levels(self) -> tuple[CalculationLevel, ...]:
        """The cells that can be calculated in parallel, level by level."""
        return self._calculation.calculation_levels()

    def critical_path(self) -> CriticalPath:
        """The blocks that take the most steps one after the other."""
        return self._calculation.critical_path()

    def cycles(self) -> Cycles:
        """The circular references."""
        return self._cycles

    def sheet_graph(self) -> SheetGraph:
        """Which sheet feeds which, and the order to read them in."""
        return self._sheet_graph

    @cached_property
    def unknown(self) -> CellSet:
        """The formula cells that also depend on cells which only their calculation can tell."""
        hidden = [
            self.formulas.unknown[sheet][template]
            for sheet, template in zip(
                self.blocks.lattices.sheet.tolist(), self.blocks.templates.tolist(), strict=True
            )
        ]
        table = self.blocks.lattices.table[np.array(hidden, np.bool_)]
        return CellSet(Lattices(table), self.formulas.scope.order)

    @cached_property
    def network(self) -> nx.DiGraph[str]:
        """Blocks, ranges, names, tables and other workbooks as a graph of networkx."""
        return network_of(self.formulas, self.blocks)

    @cached_property
    def reach(self) -> Reach:
        """What depends on what, cell by cell."""
        return reach_of(self.formulas, self.blocks, self.edges)

    @cached_property
    def arcs(self) -> Arcs:
        """Which block needs the values of which."""
        return arcs_of(self.blocks, self.edges)

    @cached_property
    def components(self) -> Components:
        """The strongly connected components of the blocks."""
        return Components.of(self.arcs.nodes, self.arcs.tail, self.arcs.head)

    @cached_property
    def _levels(self) -> Levels:
        return levels_of(self.arcs, self.components)

    @cached_property
    def _calculation(self) -> Calculation:
        return Calculation(self.formulas, self.blocks, self.arcs, self.components, self._levels)

    @cached_property
    def _all_arcs(self) -> Arcs:
        return arcs_of(self.blocks, self.edges, tuple(Use))

    @cached_property
    def outputs(self) -> Outputs:
        """The results of the workbook."""
        return outputs_of(self.formulas, self.blocks, self.edges)

    def _cell(self, ref: Ref) -> CellRef:
        areas = self._areas(ref)
        if sum(area.cells for area in areas) > 1:
            raise AddressError(f"{ref} is more than one cell; a path leads from cell to cell.")
        return CellRef(areas[0].sheet, areas[0].top, areas[0].left)

    def _areas(self, ref: Ref) -> tuple[RangeRef, ...]:
        return areas_named(self.formulas.scope, ref)

    @cached_property
    def _cycles(self) -> Cycles:
        return cycles_of(self.formulas, self.blocks, self.arcs)

    @cached_property
    def _sheet_graph(self) -> SheetGraph:
        return sheet_graph_of(self.formulas)


def graph_of(formulas: Formulas) -> FormulaGraph:
    """The graph of a workbook's formulas."""
    blocks = blocks_of(formulas)
    return FormulaGraph(formulas, blocks, edges_of(formulas, blocks))
