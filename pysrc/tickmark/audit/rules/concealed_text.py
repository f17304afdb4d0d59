"""The rule `concealed-text`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.instructions.instruction import instructions
from tickmark.audit.places import ranges_at
from tickmark.audit.quoting import quoted
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted, listed
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.structure.concealment import Concealment, Mask, concealments
from tickmark.structure.coverage import areas_of, covered
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas
from tickmark.structure.rectangles import rectangles

CODE = "concealed-text"
SENTENCE_WORDS: Final = 6
SENTENCE_LETTERS: Final = 25
MOST_NOTES: Final = 3
FEW_PLUGS: Final = 12
QUOTED: Final = 77
SURE = 0.8
LIKELY = 0.6
ORDINARY = 0.4

_MADE = (Concealment.COLOUR, Concealment.SIZE, Concealment.FORMAT)
_LINES = (Concealment.HIDDEN_ROW, Concealment.HIDDEN_COLUMN)
# From here on letters stand for syllables or words, and no blanks part them.
_WIDE_SCRIPTS = "\u2e80"
_SHORTEST_WIDE = 12

Positions = npt.NDArray[np.intp]


@rule(CODE, severity=Severity.MEDIUM)
def concealed_text(facts: Facts) -> Iterator[Finding]:
    """Cells hold something that a reader of the sheet cannot see.

    What it finds:
        Sentences in the colour of what is behind them, in letters too small to read, or under a
        number format that shows nothing, such as `;;;`; sentences in hidden rows or columns that
        hold up to three texts in all; and up to twelve typed numbers that cannot be seen for the
        first three reasons although formulas that are seen use them (all of medium severity).
        Other texts and numbers that cannot be seen are low, and listed with `--tier more`. One
        finding covers a sheet and a way of concealing.

    Why it matters:
        A number that nobody sees changes results that everybody sees. Text that nobody sees is
        meant for somebody else, or was forgotten.

    Example:
        12500 in white letters in F3, and `=SUM(F4:F20)+F3` in F21.

    Fix:
        Show the cells: choose a colour, size or format that can be read, or delete what is not
        needed.

    Source:
        The styles of the cells as the workbook file states them; no fill counts as white.

    Known false alarms:
        Helper numbers that the author did not want in print; numbers that only
        count, a single 0 or 1 among them, are of low severity. Where a table style, a conditional
        format or a drawing may give the cell another background nothing is said. A narrow column
        is not noticed. Text that gives orders to a language model belongs to instruction-text,
        and numbers in hidden rows, columns and sheets to hidden-input.
    """
    seen = [concealments(facts.workbook, sheet) for sheet in facts.workbook.sheets]
    shown = [ways == Concealment.NONE for ways in seen]
    for number, own in enumerate(facts.formulas.sheets):
        cells, ways = own.sheet.cells, seen[number]
        typed = own.template_of == NO_TEMPLATE
        is_text = cells.kinds == CellKind.TEXT
        for way in np.unique(ways).tolist():
            if way in _MADE:
                yield from _texts(own, Concealment(way), np.flatnonzero((ways == way) & is_text))
                plain = typed & np.isin(cells.kinds, (CellKind.NUMBER, CellKind.DATE))
                at = np.flatnonzero((ways == way) & plain)
                yield from _plugs(facts, number, Concealment(way), at, shown)
            elif way in _LINES:
                at = np.flatnonzero((ways == way) & is_text & typed)
                yield from _notes(own, Concealment(way), at)


def _texts(own: SheetFormulas, way: Concealment, at: Positions) -> Iterator[Finding]:
    """What is to be said about texts that were made unseen one by one."""
    told = _without_instructions(own, at)
    is_sentence = np.array([_is_sentence(text) for text in _values(own, told)], np.bool_)
    if is_sentence.any():
        yield _finding(own, way, told[is_sentence], "sentence")
    if not is_sentence.all():
        yield _finding(own, way, told[~is_sentence], "text")


def _notes(own: SheetFormulas, way: Concealment, at: Positions) -> Iterator[Finding]:
    """A few sentences in hidden rows or columns; where there is more, it is a part of the sheet."""
    if len(at) > MOST_NOTES:
        return
    told = _without_instructions(own, at)
    told = told[[_is_sentence(text) for text in _values(own, told)]] if len(told) else told
    if len(told):
        yield _finding(own, way, told, "sentence")


def _plugs(
    facts: Facts, number: int, way: Concealment, at: Positions, seen: Sequence[Mask]
) -> Iterator[Finding]:
    """Typed numbers that nobody sees; of medium severity where formulas that are seen use them."""
    own = facts.formulas.sheets[number]
    cells = own.sheet.cells
    at = at[cells.values[at] != 0]
    if not len(at):
        return
    users = 0
    if len(at) <= FEW_PLUGS and not _is_count(cells.values[at]):
        areas = rectangles(own.sheet.name, cells.rows[at], cells.columns[at])
        numbers, edges = areas_of(facts.graph.reach.dependents(areas, 1).lattices)
        users = sum(
            int(np.count_nonzero(covered(one.sheet.cells, edges[numbers == sheet]) & shown))
            for sheet, (one, shown) in enumerate(zip(facts.formulas.sheets, seen, strict=True))
        )
    yield _finding(own, way, at, "number", users=users)


def _is_count(values: npt.NDArray[np.float64]) -> bool:
    """Whether numbers only count columns or rows, as helpers of lookups do, or switch something."""
    if not np.all(values == np.floor(values)):
        return False
    if len(values) == 1:
        return bool(abs(values[0]) <= 1)
    return bool(np.all(np.abs(np.diff(values)) <= 1))


def _without_instructions(own: SheetFormulas, at: Positions) -> Positions:
    """The cells but those whose text gives orders to a language model."""
    orders = [place for place, _ in instructions(_values(own, at), concealed=lambda _: True)]
    return np.delete(at, orders)


def _values(own: SheetFormulas, at: Positions) -> list[str]:
    cells = own.sheet.cells
    return [cells.texts[number] for number in cells.values[at].astype(np.int64).tolist()]


def _is_sentence(text: str) -> bool:
    """Whether a text says more than a label does."""
    text = text.strip()
    wide = sum(letter >= _WIDE_SCRIPTS for letter in text)
    if wide > len(text) // 2:
        return wide >= _SHORTEST_WIDE
    return len(text) >= SENTENCE_LETTERS and len(text.split()) >= SENTENCE_WORDS


def _finding(
    own: SheetFormulas, way: Concealment, at: Positions, noun: str, *, users: int = 0
) -> Finding:
    cells = own.sheet.cells
    ranges = ranges_at(own.sheet, at)
    many = len(at) > 1
    message = f"{counted(len(at), noun)} {'stand' if many else 'stands'} {way.words}"
    message += f" ({listed(ranges)})"
    if users:
        message += (
            f"; {counted(users, 'formula')} that can be seen {'use' if users > 1 else 'uses'}"
        )
        message += " them" if many else " it"
    evidence = {"concealed": way.words, "cells": str(len(at))}
    if noun == "number":
        evidence["found"] = f"{cells.values[at[0]]:.15g}"
    else:
        evidence["text"] = quoted(_values(own, at)[0], most=QUOTED)
    if users:
        evidence["used by"] = counted(users, "formula")
    matters = bool(users) or noun == "sentence"
    return Finding(
        rule=CODE,
        severity=Severity.MEDIUM if matters else Severity.LOW,
        message=message + ".",
        sheet=own.sheet.name,
        ranges=ranges,
        evidence=evidence,
        fix="Show the cells in a way that can be read, or delete what is not needed.",
        confidence=SURE if users else LIKELY if matters else ORDINARY,
        tier=Tier.DEFAULT if matters else Tier.MORE,
        key=f"{way.name.lower()} {noun}",
    )
