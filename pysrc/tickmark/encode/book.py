"""A workbook as one text: its sheets share a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from tickmark.encode.book_preface import book_preface
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.preface_hidden import shows_hidden
from tickmark.encode.preface_words import listed, sheet_word
from tickmark.encode.sheet import Tokens, encode_sheet
from tickmark.encode.source import Source, sources_of
from tickmark.model.address import RangeRef
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet
from tickmark.structure.formulas import Formulas
from tickmark.structure.regions.detect import sheet_regions

LEAST: Final = 60
"""Tokens without which a sheet is left out, unless it needs less or is the first."""

PREFACE_SHARE: Final = 8
"""Lines about the workbook take at most this part of a budget from its sheets."""

NAMED: Final = (60, 20, 8, 3, 0)
"""How many of the sheets without text are named, as far as there is room."""

WORTH: Final = 16
"""Tokens for which a sheet is not encoded once more."""

BLANK_LINE: Final = "\n\n"


@dataclass(frozen=True, slots=True, eq=False)
class BookEncoding:
    """The sheets of a workbook as one text, parted by blank lines.

    `names` and `sheets` stand in the order of the workbook; a sheet that had no room has an empty
    text. `preface` are the lines about the workbook above them. `tokens` is what `text` counts.
    """

    text: str
    tokens: int
    names: tuple[str, ...]
    sheets: tuple[Encoding, ...]
    preface: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The names of the sheets of which the text tells nothing."""
        return tuple(
            name for name, one in zip(self.names, self.sheets, strict=True) if not one.text
        )

    def __getitem__(self, name: str) -> Encoding:
        for own, sheet in zip(self.names, self.sheets, strict=True):
            if own == name:
                return sheet
        message = f"The encoded workbook has no sheet {name!r}."
        raise KeyError(message)


def sheet_source(formulas: Formulas, sheet: Sheet, *, hidden: bool = False) -> Source:
    """One sheet of a workbook, with its links to the others; with `hidden` all of it is shown."""
    regions: dict[str, tuple[Region, ...]] = {own.sheet.name: () for own in formulas.sheets}
    regions[sheet.name] = sheet_regions(formulas.workbook, sheet, formulas)
    sources = sources_of(formulas, hidden=hidden, regions=regions)
    return next(one for one in sources if one.sheet is sheet)


def encode_book(
    sources: Sequence[Source],
    *,
    tokens: Tokens,
    budget: int | None = None,
    level: Level | None = None,
    question: str = "",
) -> BookEncoding:
    """All sheets of a workbook as one text, counted by `tokens`, never above a `budget`.

    With a budget each sheet first gets what its skeleton needs; where that is too much, small
    sheets stay whole, large ones get equal parts, and sheets for which hardly anything is left are
    named only (first those that the `question` does not name, hidden ones and later ones). What
    is left over tells more of each sheet, and what small sheets do not use goes to the large ones.
    Without a budget the `level` of all sheets decides, by default the skeleton.
    """
    share = _Share(tuple(sources), tokens, question)
    if budget is None:
        return share.whole(level)
    return share.within(max(0, budget))


@dataclass(frozen=True, eq=False)
class _Share:
    """A budget being shared out; the skeletons tell what each sheet needs."""

    sources: tuple[Source, ...]
    tokens: Tokens
    question: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(one.sheet.name for one in self.sources)

    @cached_property
    def preface(self) -> tuple[str, ...]:
        """The lines about the workbook."""
        book = self.sources[0].book if self.sources else None
        if book is None:
            return ()
        return book_preface(book, hidden=any(shows_hidden(one) for one in self.sources))

    @cached_property
    def gap(self) -> int:
        """What a blank line between two sheets costs."""
        return self.tokens(BLANK_LINE)

    @cached_property
    def skeletons(self) -> tuple[Encoding, ...]:
        return tuple(
            encode_sheet(one, tokens=self.tokens, level=Level.SKELETON) for one in self.sources
        )

    @cached_property
    def citable(self) -> frozenset[int]:
        """The sheets without those that have the name of an earlier one, which none can cite."""
        return frozenset({name: at for at, name in reversed(list(enumerate(self.names)))}.values())

    def whole(self, level: Level | None) -> BookEncoding:
        """All sheets at one level."""
        made = [encode_sheet(one, tokens=self.tokens, level=level) for one in self.sources]
        for at in set(range(len(made))) - self.citable:
            made[at] = _emptied(made[at], self.sources[at])
        return self.joined(made, self.preface)

    def joined(self, made: Sequence[Encoding], preface: Sequence[str]) -> BookEncoding:
        """The finished text."""
        parts = ["\n".join(preface), *(one.text for one in made)]
        text = BLANK_LINE.join(part for part in parts if part)
        count = self.tokens(text) if text else 0
        return BookEncoding(text, count, self.names, tuple(made), tuple(preface))

    def within(self, budget: int) -> BookEncoding:
        """The most that a budget allows."""
        lines = _fitting(self.preface, budget // PREFACE_SHARE, self.tokens)
        room = budget - (self.tokens("\n".join(lines)) + self.gap if lines else 0)
        if len(self.sources) == 1:
            return self._bounded([self._encoded(0, room)], lines, budget)
        served, room = self._served(room)
        made = [_emptied(one, own) for one, own in zip(self.skeletons, self.sources, strict=True)]
        for at, encoding in self._shared(served, room).items():
            made[at] = encoding
        return self._bounded(made, lines, budget)

    def _served(self, room: int) -> tuple[list[int], int]:
        """The sheets that get a text, and the room for it beside the names of the others."""
        least = [min(one.tokens, LEAST) + self.gap for one in self.skeletons]
        served: list[int] = []
        left = room
        for place, at in enumerate(self._by_weight()):
            if len(served) < place and not self.sources[at].visible.any():
                continue  # a sheet with something to tell had no room
            if least[at] <= left or not served:
                served.append(at)
                left -= least[at]
        while len(served) < len(self.sources):
            price = self._naming(served, room)
            if price <= left or len(served) <= 1:
                room -= price
                break
            left += least[served.pop()]
        return served, room - self.gap * len(served)

    def _naming(self, served: Sequence[int], room: int) -> int:
        """What it costs to name the sheets without text, or to count them if they are many."""
        others = [name for at, name in enumerate(self.names) if at not in set(served)]
        prices = (self.tokens(_left_out_line(others, most)) + self.gap for most in NAMED)
        price = 0
        for price in prices:
            if price <= room // PREFACE_SHARE:
                break
        return price

    def _by_weight(self) -> list[int]:
        """The sheets, those first that have to be told before others."""
        return sorted(
            self.citable,
            key=lambda at: (
                not _names(self.question, self.names[at]),
                not self.sources[at].visible.any(),
                at,
            ),
        )

    def _shared(self, served: Sequence[int], room: int) -> dict[int, Encoding]:
        """The encodings of sheets, which take as many tokens together at most."""
        needs = {at: self.skeletons[at].tokens for at in served}
        spare = room - sum(needs.values())
        if spare < 0:
            return self._rationed(served, room)
        made = {at: self.skeletons[at] for at in served}
        for _ in range(2):
            waiting = [at for at in served if made[at].level is not Level.LOSSLESS]
            waiting.sort(key=lambda at: len(self.sources[at].visible))
            before = spare
            while waiting and spare // len(waiting) >= WORTH:
                at = waiting.pop(0)
                budget = made[at].tokens + spare // (len(waiting) + 1)
                richer = self._encoded(at, budget)
                if richer.tokens <= budget:
                    spare -= richer.tokens - made[at].tokens
                    made[at] = richer
            if spare < before // 8:
                break
        return made

    def _rationed(self, served: Sequence[int], room: int) -> dict[int, Encoding]:
        """As above, where not even all skeletons fit: the smallest sheets are served first."""
        made: dict[int, Encoding] = {}
        waiting = sorted(served, key=lambda at: self.skeletons[at].tokens)
        while waiting:
            budget = max(0, room) // len(waiting)
            at = waiting.pop(0)
            skeleton = self.skeletons[at]
            made[at] = skeleton if skeleton.tokens <= budget else self._encoded(at, budget)
            room -= made[at].tokens + (0 if made[at].text else -self.gap)
        return made

    def _encoded(self, at: int, budget: int) -> Encoding:
        return encode_sheet(
            self.sources[at], tokens=self.tokens, budget=budget, question=self.question
        )

    def _bounded(self, made: list[Encoding], lines: Sequence[str], budget: int) -> BookEncoding:
        """The finished text with what it lacks; whatever does not fit after all is taken out."""
        kept = list(lines)
        cut: set[int] = set()
        while True:
            book = self._named(made, kept, budget)
            if book.tokens <= budget:
                return book
            told = [at for at, one in enumerate(made) if one.text]
            if told:
                # Only a counter by which a whole costs more than its parts leads here.
                at = max(told, key=lambda one: made[one].tokens)
                room = made[at].tokens - (book.tokens - budget) - 1
                if at in cut or room <= 0:
                    made[at] = _emptied(made[at], self.sources[at])
                else:
                    made[at] = self._encoded(at, room)
                cut.add(at)
            else:
                kept.pop()

    def _named(self, made: Sequence[Encoding], lines: list[str], budget: int) -> BookEncoding:
        """The text with as many names of sheets without text and lines as fit."""
        without = [name for name, one in zip(self.names, made, strict=True) if not one.text]
        if not without:
            whole = self.joined(made, self.preface)
            return whole if whole.tokens <= budget else self.joined(made, lines)
        for most in NAMED:
            named = self.joined(made, [*lines, _left_out_line(without, most)])
            if named.tokens <= budget:
                return named
        return self.joined(made, lines)


def _names(question: str, name: str) -> bool:
    """Whether a question has the name of a sheet in it, as words of their own."""
    written = rf"(?<!\w){re.escape(name.casefold())}(?!\w)"
    return bool(name) and re.search(written, question.casefold()) is not None


def _fitting(lines: Iterable[str], room: int, tokens: Tokens) -> list[str]:
    """The first lines that keep to a number of tokens."""
    kept: list[str] = []
    for line in lines:
        if tokens("\n".join((*kept, line))) > room:
            break
        kept.append(line)
    return kept


def _left_out_line(names: Sequence[str], most: int) -> str:
    """The line about sheets of which nothing is told."""
    if not most:
        return f"# book left out {len(names)} {'sheet' if len(names) == 1 else 'sheets'}"
    return f"# book left out {listed([sheet_word(one) for one in names], most, '|')}"


def _emptied(encoding: Encoding, source: Source) -> Encoding:
    """What remains of an encoding without its text."""
    at = np.flatnonzero(source.visible)
    rows, columns = source.sheet.cells.rows[at], source.sheet.cells.columns[at]
    edges = (rows.min(), columns.min(), rows.max(), columns.max()) if len(at) else ()
    left_out = RangeRef(source.sheet.name, *map(int, edges)).a1 if edges else ""
    return replace(
        encoding,
        text="",
        legend={},
        tokens=0,
        level=Level.BUDGET,
        shown_cells=0,
        summarised_cells=0,
        left_out=(left_out,) if left_out else (),
    )
