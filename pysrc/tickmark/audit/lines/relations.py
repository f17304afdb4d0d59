"""Arithmetic between the lines of a region: one line is the sum, product or ratio of others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.evaluation.agreement import MOST_DIGITS, RELATIVE, all_same, decimals, digits

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WINDOW: Final = 6
"""Lines on either side that can be operands, of a sum MOST_SUMMED."""
MOST_SUMMED: Final = 60
PROBED: Final = 6
"""Places at which all lines near by are tried; one of them may differ."""
TRIED: Final = 30
FEWEST_PLACES: Final = 3
FEWEST_DIGITS: Final = 9
LEAST_SHARE: Final = 0.9
_ONE_PART: Final = 1e-6


class Operation(StrEnum):
    """How a line follows from others; SHARE is a constant part of another line."""

    SUM = "sum"
    DIFFERENCE = "difference"
    PRODUCT = "product"
    QUOTIENT = "quotient"
    PERCENTAGE = "percentage"
    SHARE = "share"


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """What a line equals, by the indices of the operand lines, and at which places it does.

    `operands` of a SUM are the first and the last of neighbouring lines. `factor` is that of a
    SHARE.
    """

    operation: Operation
    operands: tuple[int, ...]
    holds: Mask
    factor: float = 1.0


_Candidate = tuple[Operation, tuple[int, ...], float]


def relation_of(
    values: Values, line: int, chosen: Mask, *, pairs: bool = True, shares: bool = False
) -> Relation | None:
    """What the chosen places of a line of numbers equal, or None; lines are the first axis.

    A number may be rounded to the decimals that it has. At least nine in ten of the places hold,
    with nine significant digits in all; of several relations the first of Operation wins. A line
    that is a constant part of another one, such as two that grow at one rate, is no product or
    ratio of lines; it is a SHARE, which is looked for only with `shares`. Without `pairs` only
    sums are.
    """
    places = np.flatnonzero(chosen & np.isfinite(values[line]))
    if len(places) < FEWEST_PLACES:
        return None
    held = values[line, places]
    if not _may_prove(held):
        return None
    # Of a line with many zeros the others tell more.
    telling = places[held != 0] if np.count_nonzero(held) >= FEWEST_PLACES else places
    few = telling
    if len(telling) > PROBED:
        few = telling[np.linspace(0, len(telling) - 1, PROBED).astype(np.intp)]
    slack = _slack(values[line, few])
    least = max(FEWEST_PLACES, len(few) - 1)
    found = _sums(values[:, few], line, slack, least)
    if pairs:
        found += _pairs(values[:, few], line, slack, least, shares=shares)
    if not found:
        return None
    chosen_values, shown = values[:, places], decimals(held)
    for operation, operands, factor in found[:TRIED]:
        result = _result(chosen_values, operation, operands, factor)
        close = all_same(held, result, shown=shown)
        if close.sum() < LEAST_SHARE * len(places) or _proof(held[close]) < FEWEST_DIGITS:
            continue
        holds = np.zeros(values.shape[1], np.bool_)
        holds[places[close]] = True
        return Relation(operation, operands, holds, factor)
    return None


def _slack(target: Values) -> Values:
    """How far a computed number may be from each number, which has its decimals."""
    # The texts of a few numbers are found faster than agreement.decimals finds their decimals.
    texts = [repr(number).partition(".")[2] for number in target.tolist()]
    halves = [
        0.5
        if text == "0"
        else 0.0
        if len(text) >= MOST_DIGITS or "e" in text
        else 0.5 / 10 ** len(text)
        for text in texts
    ]
    return np.maximum(np.array(halves) * (1 + RELATIVE), RELATIVE * np.abs(target))


def _pairs(
    sample: Values, line: int, slack: Values, least: int, *, shares: bool
) -> list[_Candidate]:
    """What a line equals at so many places: two lines near by, or a part of one."""
    target = sample[line]
    found: list[_Candidate] = []
    low = max(0, line - WINDOW)
    near = [at for at in range(low, min(len(sample), line + WINDOW + 1)) if at != line]
    beside = sample[near]
    with np.errstate(all="ignore"):
        ratios = target / beside
        # np.nanmedian takes ten times as long; those that are no number are sorted to the end.
        ordered = np.sort(np.where(np.isfinite(ratios), ratios, np.nan), axis=1)
        halfway = np.maximum(np.isfinite(ratios).sum(axis=1) - 1, 0) // 2
        middle = ordered[np.arange(len(near)), halfway]
        parts = np.abs(beside * middle[:, None] - target) <= np.maximum(
            slack, _ONE_PART * np.abs(target)
        )
        shared = (parts | (target == 0)).sum(axis=1) >= least
        if not shared.any():
            one, other = beside[:, None, :], beside[None, :, :]
            for operation, result in (
                (Operation.DIFFERENCE, one - other),
                (Operation.PRODUCT, one * other),
                (Operation.QUOTIENT, one / other),
                (Operation.PERCENTAGE, 100 * one / other),
            ):
                hits = (np.abs(result - target) <= slack).sum(axis=2) >= least
                np.fill_diagonal(hits, val=False)
                found += [
                    (operation, (near[a], near[b]), 1.0) for a, b in np.argwhere(hits).tolist()
                ]
        elif shares:
            for at in np.flatnonzero(shared & (middle != 1) & (middle != 0)).tolist():
                found.append((Operation.SHARE, (near[at],), float(middle[at])))
    return found


@np.errstate(all="ignore")
def _sums(sample: Values, line: int, slack: Values, least: int) -> list[_Candidate]:
    """The runs of lines right before or right behind a line that add up to it."""
    finite = np.isfinite(sample)
    totals, counts = np.zeros((2, len(sample) + 1, sample.shape[1]))
    np.cumsum(np.where(finite, sample, 0.0), axis=0, out=totals[1:])
    np.cumsum(finite, axis=0, out=counts[1:])
    low, high = max(0, line - MOST_SUMMED), min(len(sample), line + 1 + MOST_SUMMED)
    found: list[_Candidate] = []
    # The nearest first, of sums that end right before the line and of those that begin behind it.
    if low < line - 1:
        result = totals[line] - totals[low : line - 1]
        several = counts[line] - counts[low : line - 1] > 1
        hits = ((np.abs(result - sample[line]) <= slack) & several).sum(axis=1) >= least
        found += [
            (Operation.SUM, (low + at, line - 1), 1.0) for at in hits.nonzero()[0][::-1].tolist()
        ]
    if line + 2 < high:
        result = totals[line + 3 : high + 1] - totals[line + 1]
        several = counts[line + 3 : high + 1] - counts[line + 1] > 1
        hits = ((np.abs(result - sample[line]) <= slack) & several).sum(axis=1) >= least
        found += [
            (Operation.SUM, (line + 1, line + 2 + at), 1.0) for at in hits.nonzero()[0].tolist()
        ]
    return found


def _result(
    values: Values, operation: Operation, operands: tuple[int, ...], factor: float
) -> Values:
    first, last = values[operands[0]], values[operands[-1]]
    with np.errstate(all="ignore"):
        match operation:
            case Operation.SUM:
                return np.asarray(np.nansum(values[operands[0] : operands[-1] + 1], axis=0))
            case Operation.DIFFERENCE:
                return np.asarray(first - last)
            case Operation.PRODUCT:
                return np.asarray(first * last)
            case Operation.QUOTIENT:
                return np.asarray(first / last)
            case Operation.PERCENTAGE:
                return np.asarray(100 * first / last)
            case Operation.SHARE:
                return np.asarray(factor * first)


def _may_prove(numbers: Values) -> bool:
    """Whether numbers have enough digits in all; as written they have no fewer than `digits`."""
    left = FEWEST_DIGITS
    for number in set(numbers.tolist()):
        text = repr(abs(number)).partition("e")[0].replace(".", "")
        left -= len(text.strip("0"))
        if left <= 0:
            return True
    return False


def _proof(numbers: Values) -> int:
    """Significant digits of the different numbers in all."""
    return int(digits(np.unique(numbers)).sum())
