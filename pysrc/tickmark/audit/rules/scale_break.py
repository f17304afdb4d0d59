"""The rule `scale-break`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.lines.lines import Lines, lines_of
from tickmark.audit.region_grid import RegionGrid
from tickmark.audit.rule import Facts, rule
from tickmark.audit.wording import counted
from tickmark.model.address import cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.grid import CellKind
from tickmark.model.region import Role
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.number_formats import shows_percent

CODE = "scale-break"

FEWEST_OTHERS: Final = 6
LONGEST_LINE: Final = 5_000
"""Of more values than these no single one stands out."""

# In decimal logarithms: how far the others lie from their median, and how near to a power of ten.
_BULK: Final = 0.5
_TIGHT: Final = 0.25
_NEAR: Final = 0.3
_NEARER: Final = 0.2
_THOUSAND: Final = 3.0
_HUNDRED: Final = 2.0

_NEVER_NEGATIVE: Final = re.compile(
    r"\b(?:costs?|cogs|expenses?|expenditures?|depreciation|amorti[sz]ation|tax(?:es)?|fees?|wages?"
    r"|salar(?:y|ies)|rents?|insurance|capex|opex|purchases?|prices?|quantit(?:y|ies)|units|volumes?"
    r"|headcount|employees|staff|hours|population|kosten|aufwand|miete|preis|menge|co\u00fbts?|prix"
    r"|costes?|costos?|gastos?|precio|costi)\b",
    re.IGNORECASE,
)
_EITHER_SIGN: Final = re.compile(
    r"\b(?:changes?|variances?|differences?|growth|net|adjust\w*|refunds?|credits?|corrections?"
    r"|reversals?|deferred|gains?|loss(?:es)?|savings?|delta|over|under|vs|versus)\b",
    re.IGNORECASE,
)


class _Break(Enum):
    """How one value breaks with the others of its line."""

    THOUSAND = "1,000"
    HUNDRED = "100"
    SIGN = "sign"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A value out of line: its flat place in the lines, and what the others are like."""

    lines: Lines
    at: int
    kind: _Break
    deviation: float
    spread: float
    percent: bool
    others: int
    low: float
    high: float


@rule(CODE, severity=Severity.MEDIUM)
def scale_break(facts: Facts) -> Iterator[Finding]:
    """One value in a row or column has another unit, scale or sign than all the others.

    What it finds:
        Among at least six other values of one size, with values on both sides: one that is about
        1,000 or 100 times as large or as small (medium), one that is negative where all others
        are positive, or the reverse, in a line of costs, prices or quantities (medium), and one
        number shown without per cent among percentages of the same size, or the reverse (low).

    Why it matters:
        A figure in thousands among figures in units, 5 where 5% is meant, or a cost with the wrong
        sign changes every total behind it, and looks like any other number.

    Example:
        Monthly fuel costs 1,180, 1,210, 1,250,000, 1,190, 1,230, 1,260, 1,205: the third is in
        another unit.

    Fix:
        Check the value against its source and bring it to the unit and sign of the others.

    Source:
        The median of the decimal logarithms of the line, and the distance of the one value from
        it. Typed numbers only, and formulas that differ from the others of their line.

    Known false alarms:
        A single event, such as a write-off or a large order. Values that jump in several lines at
        the same place are taken for a column or row of another unit and passed over.
    """
    percent = np.array(
        [shows_percent(style.number_format) for style in facts.workbook.styles], np.bool_
    )
    for number in range(len(facts.formulas.sheets)):
        for grid in facts.grids[number]:
            if grid.formula_count + grid.number_count <= FEWEST_OTHERS:
                continue
            if grid.region.role in {Role.TITLE, Role.NOTES, Role.KEY_VALUE}:
                continue
            for across in (True, False) if grid.region.cross_tabulation else (False,):
                yield from _in_lines(facts, grid, lines_of(grid, across=across), percent)


def _in_lines(
    facts: Facts, grid: RegionGrid, lines: Lines, percent: npt.NDArray[np.bool_]
) -> Iterator[Finding]:
    long = lines.value.shape[1]
    if not FEWEST_OTHERS < long <= LONGEST_LINE:
        return
    cells = facts.workbook.sheets[grid.sheet].cells
    shown = percent[cells.styles[lines.position]] & (lines.position >= 0)
    found = [one for row in _candidates(lines, shown) for one in _suspects(lines, row, shown)]
    places = Counter((one.at % long, one.kind, one.deviation > 0) for one in found)
    for one in found:
        if places[one.at % long, one.kind, one.deviation > 0] == 1 and not _is_crossed(one, shown):
            finding = _finding(facts, grid, one)
            if finding is not None:
                yield finding


def _candidates(lines: Lines, shown: npt.NDArray[np.bool_]) -> list[int]:
    """The lines with enough values, all but one or two of them of one size, and one that breaks."""
    value = np.abs(np.where(lines.kind == CellKind.NUMBER, lines.value, np.nan))
    value[value == 0] = np.nan
    counts = np.count_nonzero(~np.isnan(value), axis=1)
    rows = np.flatnonzero((counts > FEWEST_OTHERS) & ~lines.total)
    if not len(rows):
        return []
    counts, size = counts[rows], np.log10(value[rows])
    ordered = np.sort(size, axis=1)  # what is no number comes last
    each = np.arange(len(rows))
    inner = ordered[each, counts - 2] - ordered[:, 1]
    middle = (ordered[each, (counts - 1) // 2] + ordered[each, counts // 2]) / 2
    away = np.abs(size - middle[:, None])
    there = ~np.isnan(size)
    breaks = (np.abs(away - _THOUSAND) <= _NEAR).sum(axis=1) == 1
    breaks |= (np.abs(away - _HUNDRED) <= _NEARER).sum(axis=1) == 1
    for flags in (lines.value[rows] > 0, shown[rows]):
        count = (flags & there).sum(axis=1)
        breaks |= (count == 1) | (count == counts - 1)
    return [int(row) for row in rows[(inner <= 2 * _BULK) & breaks]]


def _suspects(lines: Lines, row: int, shown: npt.NDArray[np.bool_]) -> Iterator[_Suspect]:
    places = np.flatnonzero((lines.kind[row] == CellKind.NUMBER) & (lines.value[row] != 0))
    values = lines.value[row, places]
    size = np.log10(np.abs(values))
    deviation = size - np.median(size)
    checks: tuple[tuple[_Break, npt.NDArray[np.bool_]], ...] = (
        (_Break.THOUSAND, np.abs(np.abs(deviation) - _THOUSAND) <= _NEAR),
        (_Break.HUNDRED, np.abs(np.abs(deviation) - _HUNDRED) <= _NEARER),
        (_Break.SIGN, _odd(values > 0)),
        (_Break.PERCENT, _odd(shown[row, places])),
    )
    for kind, odd in checks:
        at = np.flatnonzero(odd)
        if len(at) != 1 or not 0 < at[0] < len(places) - 1:
            continue
        one = int(at[0])
        others = np.delete(np.arange(len(places)), one)
        spread = float(np.abs(size[others] - np.median(size[others])).max())
        same_size = abs(deviation[one]) <= _BULK
        if spread > (_TIGHT if kind is _Break.HUNDRED else _BULK) or (
            kind in {_Break.SIGN, _Break.PERCENT} and not same_size
        ):
            continue
        if kind is not _Break.SIGN and len(np.unique(np.sign(values))) > 1:
            continue
        if not _is_own(lines, row, places, one):
            continue
        yield _Suspect(
            lines,
            row * lines.value.shape[1] + int(places[one]),
            kind,
            float(deviation[one]),
            spread,
            bool(shown[row, places[one]]),
            len(others),
            float(values[others].min()),
            float(values[others].max()),
        )


def _odd(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The one flag that is unlike all others; none where there are more."""
    set_ = int(np.count_nonzero(flags))
    if set_ == 1:
        return flags
    return ~flags if set_ == len(flags) - 1 else np.zeros(len(flags), np.bool_)


def _is_own(lines: Lines, row: int, places: npt.NDArray[np.intp], one: int) -> bool:
    """Whether the value was typed, or comes from a formula that the others do not have."""
    templates = lines.template[row, places]
    own = templates[one]
    return bool(own == NO_TEMPLATE or np.count_nonzero(templates == own) == 1)


def _is_crossed(one: _Suspect, shown: npt.NDArray[np.bool_]) -> bool:
    """Whether the line that crosses at the value tells that it is of another kind."""
    lines = one.lines
    row, place = divmod(one.at, lines.value.shape[1])
    numbers = (lines.kind[:, place] == CellKind.NUMBER) & (lines.value[:, place] != 0)
    numbers[row] = False
    if one.kind is _Break.PERCENT:
        return bool(not numbers.any() or (shown[numbers, place] == one.percent).any())
    if one.kind is _Break.SIGN and lines.value[row, place] < 0:
        return bool((lines.value[numbers, place] < 0).any())
    return False


def _finding(facts: Facts, grid: RegionGrid, one: _Suspect) -> Finding | None:
    lines = one.lines
    row, place = divmod(one.at, lines.value.shape[1])
    label = _label(facts, grid, lines, row)
    if one.kind is _Break.SIGN and (
        not _NEVER_NEGATIVE.search(label) or _EITHER_SIGN.search(label)
    ):
        return None
    value = float(lines.value[row, place])
    line, cell = ("row" if lines.across else "column"), _address(lines, one.at)
    others = f"{counted(one.others, 'other value')} of its {line}"
    between = f"{one.low:.6g} to {one.high:.6g}"
    evidence = {"found": f"{value:.15g}", "others": f"{one.others:,} values, {between}"}
    fix = "Check the value against its source and bring it to the unit of the others."
    if one.kind is _Break.SIGN:
        message = f"{cell} holds {value:.15g}; all {others} have the other sign ({between})."
        evidence["expected"] = f"{-value:.15g}"
        fix = f"Check the sign of {cell}."
    elif one.kind is _Break.PERCENT:
        message = (
            f"{cell} is shown {'' if one.percent else 'not '}as a percentage, unlike the {others} "
            f"({between})."
        )
        fix = "Give the cell the number format of the others, after a look at its unit."
    else:
        power = 10 ** (_THOUSAND if one.kind is _Break.THOUSAND else _HUNDRED)
        part = "" if one.deviation > 0 else "one part in "
        times = "times" if one.deviation > 0 else "of"
        message = (
            f"{cell} holds {value:.15g}, about {part}{one.kind.value} {times} the {others} "
            f"({between})."
        )
        evidence["expected"] = f"{value / power if one.deviation > 0 else value * power:.6g}"
    return Finding(
        rule=CODE,
        severity=Severity.LOW if one.kind is _Break.PERCENT else Severity.MEDIUM,
        tier=Tier.MORE,
        message=message,
        sheet=grid.area.sheet,
        ranges=(cell,),
        evidence=evidence,
        fix=fix,
        confidence=_confidence(one),
        key=f"{one.kind.value} {label}",
        siblings=_siblings(lines, row, place),
    )


def _confidence(one: _Suspect) -> float:
    tight = one.spread <= _TIGHT
    match one.kind:
        case _Break.THOUSAND:
            return 0.7 if tight else 0.5
        case _Break.HUNDRED:
            return 0.5
        case _Break.SIGN:
            return 0.6 if tight else 0.45
        case _Break.PERCENT:
            return 0.4


def _label(facts: Facts, grid: RegionGrid, lines: Lines, row: int) -> str:
    """What the line is called."""
    if not lines.across:
        paths = grid.region.column_paths
        return " ".join(paths[int(lines.line[row])]) if paths else ""
    at = np.array([row * lines.value.shape[1]])
    rows, columns = lines.cells(at)
    found = facts.labels(grid.sheet).left_of(int(rows[0]), int(columns[0]))
    return found.text if found is not None else ""


def _siblings(lines: Lines, row: int, place: int) -> tuple[str, ...]:
    """The nearest values on both sides."""
    there = np.flatnonzero(lines.kind[row] == CellKind.NUMBER)
    near = [*there[there < place][-1:].tolist(), *there[there > place][:1].tolist()]
    return tuple(_address(lines, row * lines.value.shape[1] + at) for at in near)


def _address(lines: Lines, at: int) -> str:
    rows, columns = lines.cells(np.array([at]))
    return cell_address(int(rows[0]), int(columns[0]))
