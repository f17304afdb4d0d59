"""What each encoder tells of the sheets of a workbook within a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.benchmarks.encode_scores.comma_text import comma_lines, comma_told
from tests.benchmarks.encode_scores.markdown_tables import markdown_sheets, markdown_told
from tests.benchmarks.encode_scores.o200k import o200k
from tests.benchmarks.encode_scores.own_texts import budget_texts, sources
from tests.benchmarks.encode_scores.plain_cells import PlainSheet, plain_sheets
from tests.benchmarks.encode_scores.prototype import Line, prototype_lines
from tests.benchmarks.encode_scores.prototype_grid import keys_of
from tests.benchmarks.encode_scores.sheetwise_text import sheetwise_sheets, sheetwise_told
from tests.benchmarks.encode_scores.told_sheet import ToldSheet, whole, within_budget
from tests.benchmarks.encode_scores.vanilla import vanilla_lines, vanilla_told
from tickmark.encode.decode import decode
from tickmark.model.workbook import Workbook

OURS = "Tickmark"
ENCODERS = (OURS, "prototype", "sheetwise", "vanilla", "CSV", "markitdown")
FEWEST = 200
"""Tokens that a sheet gets, however small its share."""

Decoder = Callable[..., ToldSheet]


@dataclass(frozen=True)
class ToldTexts:
    """A workbook, and the texts of the peers that are packages by name, where there are any."""

    workbook: Workbook
    peers: Mapping[str, str]

    @cached_property
    def plain(self) -> Sequence[PlainSheet]:
        """The sheets as plain texts."""
        return plain_sheets(self.workbook)

    @cached_property
    def vanilla(self) -> Mapping[str, int]:
        """Vanilla tokens of each sheet."""
        return {sheet.name: o200k("\n".join(vanilla_lines(sheet))) for sheet in self.plain}

    @cached_property
    def sources(self) -> Sequence[Any]:
        """The sheets for our own encoder."""
        return sources(self.workbook)

    @cached_property
    def _prototype(self) -> Mapping[str, Sequence[Line]]:
        plain = plain_sheets(self.workbook, errors=False)
        return {
            one.name: [*prototype_lines(one, keys_of(sheet), level=1)]
            for one, sheet in zip(plain, self.workbook.sheets, strict=True)
        }

    def budgets(self, budget: int) -> Mapping[str, int]:
        """What each sheet gets: its share of the vanilla tokens, but FEWEST at least.

        A workbook of many sheets may so get more than the budget; all encoders get the same.
        """
        total = max(1, sum(self.vanilla.values()))
        return {
            name: max(FEWEST, budget * tokens // total) for name, tokens in self.vanilla.items()
        }

    def told(self, encoder: str, budget: int) -> Iterator[ToldSheet]:
        """What an encoder tells of each sheet; nothing where it has no text."""
        share = self.budgets(budget)
        if encoder == OURS:
            yield from self._own(share)
        elif encoder == "prototype":
            for name, lines in self._prototype.items():
                kept, cut = within_budget((line.text for line in lines), share[name], o200k)
                claims = [claim for line in lines[: len(kept)] for claim in line.claims]
                yield ToldSheet(name, claims, () if cut else (whole(name),))
        else:
            yield from self._cut(encoder, share)

    def _own(self, share: Mapping[str, int]) -> Iterator[ToldSheet]:
        budgets = [share[source.sheet.name] for source in self.sources]
        for source, text in zip(self.sources, budget_texts(self.sources, budgets), strict=True):
            name = source.sheet.name
            for one in decode(text) if text else ():
                known = () if one.more_left_out else (whole(name),)
                yield ToldSheet(name, one.claims, known, one.left_out)

    def _cut(self, encoder: str, share: Mapping[str, int]) -> Iterator[ToldSheet]:
        """Texts that are cut to their budget at the end of a line."""
        found = self._lines(encoder)
        if found is None:
            return
        decoder, sheets = found
        for name, lines in sheets:
            if name in share:
                kept, cut = within_budget(lines, share[name], o200k)
                yield decoder(name, "\n".join(kept), cut=cut, date1904=self.workbook.date1904)

    def _lines(self, encoder: str) -> tuple[Decoder, Iterator[tuple[str, Iterator[str]]]] | None:
        if encoder == "vanilla":
            return vanilla_told, ((one.name, vanilla_lines(one)) for one in self.plain)
        if encoder == "CSV":
            return comma_told, ((one.name, comma_lines(one)) for one in self.plain)
        if encoder not in self.peers:
            return None
        text = Path(self.peers[encoder]).read_text(encoding="utf-8")
        if encoder == "markitdown":
            sheets = markdown_sheets(text)
            return markdown_told, ((name, iter(lines)) for name, lines in sheets.items())
        sheets = sheetwise_sheets(text)
        return sheetwise_told, ((name, iter(lines)) for name, lines in sheets.items())
