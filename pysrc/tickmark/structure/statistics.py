"""The formula graph in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.structure.formulas import Formulas


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sizes of a formula graph.

    `formulas` counts cells with a formula, `references` pairs of a formula and different cells
    that it refers to, `unique_formulas` formulas that are no copies of another of their sheet.
    `nodes` are those of the network. `edges` are the compressed edges, one that is repeated in even
    distances counted once; `plain_edges` counts each repetition. `levels` are those of the blocks,
    `unknown` counts the formula cells that also depend on cells which only a calculation can tell.
    Not `complete` where the workbook has too many references to read them all.
    """

    formulas: int
    references: int
    unique_formulas: int
    blocks: int
    nodes: int
    edges: int
    plain_edges: int
    levels: int
    unknown: int
    complete: bool

    @property
    def edge_ratio(self) -> float:
        """Edges for each reference; 0 where there is none."""
        return self.edges / self.references if self.references else 0.0


def unknown_count(formulas: Formulas) -> int:
    """Formula cells whose precedents are not all known before they are calculated."""
    return sum(
        int(own.counts()[[at for at, flag in enumerate(flags) if flag]].sum())
        for own, flags in zip(formulas.sheets, formulas.unknown, strict=True)
    )
