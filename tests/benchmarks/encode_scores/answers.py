"""Answers to questions about a workbook from what a text tells of it, and nothing else.

None is no answer: the text does not tell, and its reader knows that it does not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from tests.benchmarks.encode_scores.formula_keys import claim_key
from tests.benchmarks.encode_scores.probes import Cell, Probe
from tests.benchmarks.encode_scores.told_index import Part, ToldIndex
from tests.benchmarks.encode_scores.told_values import SIX_DIGITS, agrees
from tickmark.encode.claim import Claim, Value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

Answer = Value | CellKind | float | frozenset[Cell] | None


def judged(probe: Probe, told: Mapping[str, ToldIndex]) -> bool | None:
    """Whether the sheets told of answer a question rightly; None without an answer."""
    index = told.get(probe.sheet)
    if index is None:
        return None
    answer = _ANSWERS[probe.kind](probe, index)
    if answer is None:
        return None
    true = probe.answer
    if isinstance(answer, Value) and isinstance(true, Value):
        return agrees(answer, true)
    if isinstance(answer, CellKind) or isinstance(true, (CellKind, frozenset)):
        return answer == true
    if isinstance(answer, float) and isinstance(true, float):
        return math.isclose(answer, true, rel_tol=SIX_DIGITS, abs_tol=1e-9)
    return False


def value(probe: Probe, index: ToldIndex) -> Value | None:
    """What stands in a cell."""
    return _exact_at(index, probe.cell) if probe.cell is not None else None


def lookup(probe: Probe, index: ToldIndex) -> Value | None:
    """What stands beside one text and under another, where each is told of one cell."""
    if probe.texts is None:
        return None
    labels, headers = (index.places(text) for text in probe.texts)
    if len(labels) != 1 or len(headers) != 1:
        return None
    return _exact_at(index, (labels[0][0], headers[0][1]))


def kind(probe: Probe, index: ToldIndex) -> CellKind | None:
    """The kind of all values told of a field; EMPTY where several are told."""
    if probe.area is None:
        return None
    kinds = set()
    for part in index.meeting(probe.area):
        kinds |= _kinds(part, probe.area)
    if not kinds:
        return None
    return kinds.pop() if len(kinds) == 1 else CellKind.EMPTY


def least(probe: Probe, index: ToldIndex) -> float | None:
    """The least number of a field, where each of its cells is told of."""
    return _over(probe, index, min, lambda claim: _bound(claim, low=True))


def greatest(probe: Probe, index: ToldIndex) -> float | None:
    """The greatest number of a field."""
    return _over(probe, index, max, lambda claim: _bound(claim, low=False))


def total(probe: Probe, index: ToldIndex) -> float | None:
    """The sum of a field."""
    return _over(probe, index, math.fsum, _total)


def sharing(probe: Probe, index: ToldIndex) -> frozenset[Cell] | None:
    """The cells that hold the formula of a cell."""
    part = index.part_at(*probe.cell) if probe.cell is not None else None
    key = None if part is None else claim_key(part.claim)
    return None if key is None else index.copies[key]


def odd(probe: Probe, index: ToldIndex) -> frozenset[Cell] | None:
    """The filled cells of a line that do not hold the formula which most of them hold.

    No answer where a cell of the line may be filled without a word about it, or holds a formula of
    which only the beginning is told.
    """
    area = probe.area
    if area is None:
        return None
    cells: dict[str | None, set[Cell]] = {}
    told = 0
    for part in index.meeting(area):
        formula = part.claim.formula
        if formula is not None and formula.length:
            return None
        inside = _common(part.area, area)
        told += inside.cells
        held = {
            (row, column)
            for row in range(inside.top, inside.bottom + 1)
            for column in range(inside.left, inside.right + 1)
        }
        if formula is None and part.claim.values is not None:
            held = {cell for cell in held if _filled(part, cell)}
        cells.setdefault(claim_key(part.claim), set()).update(held)
    copies = Counter({key: len(held) for key, held in cells.items() if key is not None})
    if not copies or (told < area.cells and not index.knows_blanks(area)):
        return None
    most = copies.most_common(1)[0][0]
    others = set[Cell]().union(*(held for key, held in cells.items() if key != most))
    return frozenset(others) or None


_ANSWERS: Mapping[str, Callable[[Probe, ToldIndex], Answer]] = {
    "value": value,
    "lookup": lookup,
    "type": kind,
    "min": least,
    "max": greatest,
    "sum": total,
    "sharing": sharing,
    "odd": odd,
}


def _exact_at(index: ToldIndex, cell: Cell) -> Value | None:
    part = index.part_at(*cell)
    told = None if part is None else part.value_at(*cell)
    return told if told is not None and told.exact and told.kind is not CellKind.EMPTY else None


def _filled(part: Part, cell: Cell) -> bool:
    told = part.value_at(*cell)
    return told is None or told.kind is not CellKind.EMPTY


def _kinds(part: Part, area: RangeRef) -> set[CellKind]:
    claim = part.claim
    if claim.summary is not None:
        return set() if claim.summary.word.kind is None else {claim.summary.word.kind}
    if claim.constant is not None:
        return {claim.constant.kind}
    if claim.values is None:
        return set()
    return {told.kind for told in _values(part, area)} - {CellKind.EMPTY}


def _values(part: Part, area: RangeRef) -> list[Value]:
    """The values of the cells of a part that lie in an area."""
    inside = _common(part.area, area)
    told = (
        part.value_at(row, column)
        for row in range(inside.top, inside.bottom + 1)
        for column in range(inside.left, inside.right + 1)
    )
    return [one for one in told if one is not None]


def _over(
    probe: Probe,
    index: ToldIndex,
    together: Callable[[Sequence[float]], float],
    of_summary: Callable[[Claim], float | None],
) -> float | None:
    """Numbers of all cells of a field together; None where one of them is not known."""
    area = probe.area
    if area is None:
        return None
    numbers: list[float] = []
    cells = 0
    whole: set[int] = set()
    for part in index.meeting(area):
        inside = _common(part.area, area)
        cells += inside.cells
        claim = part.claim
        if claim.constant is not None or claim.values is not None:
            told = _values(part, area)
            if any(not one.exact for one in told):
                return None
            numbers += [float(one.value) for one in told if isinstance(one.value, float)]
            continue
        if id(claim) in whole:
            continue
        known = of_summary(claim)
        if known is None or not all(_inside(one, area) for one in claim.areas):
            return None
        whole.add(id(claim))
        numbers.append(known)
    if cells < area.cells and not index.knows_blanks(area):
        return None
    return float(together(numbers)) if numbers else None


def _bound(claim: Claim, *, low: bool) -> float | None:
    summary = claim.summary
    if summary is None or not summary.bounds_exact:
        return None
    return summary.low if low else summary.high


def _total(claim: Claim) -> float | None:
    return None if claim.summary is None else claim.summary.total


def _common(one: RangeRef, other: RangeRef) -> RangeRef:
    return RangeRef(
        one.sheet,
        max(one.top, other.top),
        max(one.left, other.left),
        min(one.bottom, other.bottom),
        min(one.right, other.right),
    )


def _inside(one: RangeRef, other: RangeRef) -> bool:
    return (
        other.top <= one.top
        and other.left <= one.left
        and one.bottom <= other.bottom
        and one.right <= other.right
    )
