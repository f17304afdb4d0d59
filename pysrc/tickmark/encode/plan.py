"""What stays the same for a sheet however much of it is told, and finished encodings of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.encode.cell_index import CellIndex, Edges, positions_of
from tickmark.encode.detail import Detail, Header
from tickmark.encode.encoding import Encoding, Level, Lossless
from tickmark.encode.line import Line
from tickmark.encode.lines import LineWriter
from tickmark.encode.literals.cells import Literals, literals_of
from tickmark.encode.merges import Merged, merges_of
from tickmark.encode.parts import Part, parts_of
from tickmark.encode.preface import Preface, preface
from tickmark.encode.selection import selected
from tickmark.encode.source import Source
from tickmark.encode.standing import Mask, Numbers, VisibleCells, visible_cells
from tickmark.encode.summaries import Summaries
from tickmark.encode.type_words import type_codes
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

Tokens = Callable[[str], int]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A text with its lines about cells; `exact` are the visible cells that it tells one by one."""

    detail: Detail
    exact: Mask
    lines: Sequence[Line]
    text: str
    tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A sheet ready to be written in any detail; `words` are the codes of its cells' types.

    `merged` are the merges that may be told; `lossless` encodes parts of the sheet later on.
    """

    source: Source
    index: CellIndex
    cells: VisibleCells
    words: npt.NDArray[np.uint8]
    literals: Literals
    merged: Merged
    preface: Preface
    tokens: Tokens
    lossless: Lossless

    def writer(self, detail: Detail) -> LineWriter:
        """What writes lines in a detail."""
        summaries = Summaries(self.index.cells, self.literals, self.words)
        return LineWriter(
            self.source, self.literals, summaries, detail, self.tokens, self.index, self.merged
        )

    def header(self, detail: Detail) -> list[str]:
        """The lines above the cells, the most important first."""
        told = self.preface
        if detail.header is Header.SHORT:
            return [told.first, *told.dates, *told.hidden_short]
        lines = [told.first, *told.dates, *told.hidden]
        if detail.header is Header.BRIEF:
            return [*lines, *told.brief]
        lines += [line.text for line in told.essential]
        if detail.header is Header.FULL:
            lines += [line.text for line in told.further]
        return lines

    def exact(self, detail: Detail) -> Mask:
        """Which visible cells a detail tells one by one."""
        if detail.whole:
            return np.ones(len(self.cells), np.bool_)
        return selected(self.source, self.cells, detail.limits)

    def parts(self, detail: Detail, exact: Mask) -> list[Part]:
        """The visible cells in parts, the exact ones to be told one by one."""
        words = self.words[self.cells.positions]
        return parts_of(self.index, self.cells, exact, words, apart=detail.apart)

    def draft(self, detail: Detail, exact: Mask, parts: Sequence[Part] | None = None) -> Draft:
        """The text about all visible cells; `parts` are theirs, where they are made already."""
        if parts is None:
            parts = self.parts(detail, exact)
        lines = self.writer(detail).lines(parts)
        text = "\n".join((*self.header(detail), *(line.text for line in lines)))
        return Draft(detail, exact, lines, text, self.tokens(text))

    def told(self, lines: Iterable[Line]) -> Mask:
        """Which visible cells stand in lines."""
        return self._standing((line.areas, line.excepted) for line in lines)

    def finished(
        self, draft: Draft, level: Level = Level.BUDGET, left_out: Sequence[RangeRef] = ()
    ) -> Encoding:
        """The encoding of a draft, with all that stands around its text."""
        lines, longest = draft.lines, draft.detail.text
        told = self.told(lines) if left_out else np.ones(len(self.cells), np.bool_)
        single = ~self._standing((line.untold, line.excepted) for line in lines if line.untold)
        single &= self.text_lengths() <= longest
        name = self.source.sheet.name
        return Encoding(
            text=draft.text,
            legend={
                line.addresses: tuple(RangeRef(name, *edges) for edges in line.areas)
                for line in lines
            },
            tokens=draft.tokens,
            level=level,
            cells=len(self.cells),
            shown_cells=int(np.count_nonzero(told)),
            left_out=tuple(area.a1 for area in left_out),
            hidden_cells=self.source.hidden,
            summarised_cells=int(np.count_nonzero(told & ~single)),
            longest=longest,
            source=self.source,
            lossless=self.lossless,
        )

    def text_lengths(self) -> Numbers:
        """For each visible cell the number of characters of its text, 0 for what is no text."""
        texts = self.index.cells.texts
        known = np.fromiter(map(len, texts), np.int64, len(texts))
        found = np.zeros(len(self.cells), np.int64)
        is_text = self.cells.kinds == CellKind.TEXT
        held = self.index.cells.values[self.cells.positions[is_text]].astype(np.intp)
        found[is_text] = known[held]
        return found

    def formula_lengths(self) -> Numbers:
        """The number of characters of each different formula that is visible."""
        used = np.unique(self.cells.templates[self.cells.is_formula]).tolist()
        templates = self.source.formulas.templates
        return np.array([len(templates[number].text) for number in used], np.int64)

    def _standing(self, claimed: Iterable[tuple[tuple[Edges, ...], tuple[Edges, ...]]]) -> Mask:
        """Which visible cells lie in areas without the excepted ones."""
        found = np.zeros(len(self.index.cells), np.bool_)
        for areas, excepted in claimed:
            found[positions_of(self.index, areas, excepted)] = True
        mask: Mask = found[self.cells.positions]
        return mask


def plan_of(source: Source, tokens: Tokens, lossless: Lossless) -> Plan:
    """The plan for a sheet, whose texts are counted by `tokens`."""
    sheet = source.sheet
    index = CellIndex(sheet.cells)
    merged = merges_of(sheet, index)
    return Plan(
        source=source,
        index=index,
        cells=visible_cells(source, index, merged),
        words=type_codes(source.workbook, sheet),
        literals=literals_of(source.workbook, sheet),
        merged=merged,
        preface=preface(source, source.links),
        tokens=tokens,
        lossless=lossless,
    )
