"""The scores as text of 80 columns and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from tests.benchmarks.region_scores.detection import TICKMARK, Detection
from tests.benchmarks.region_scores.parts import PARTS, WITH_TOTALS
from tests.benchmarks.region_scores.scores import (
    SIZES,
    Counts,
    Score,
    SheetCounts,
    micro,
    per_workbook,
    share,
)

Told: TypeAlias = dict[str, Any]

WIDTH = 80
CONFIDENCES = (0.0, 0.5, 0.7, 0.8, 0.9)
_EACH = f"{'P':>4}{'R':>5}{'F1':>5} |{'P*':>5}{'F1*':>5}"
HEADS = (
    f"  {'':16}{'found':>6}  {'EoB-0 ':-<26}  {'EoB-2 ':-<26}",
    f"  {'':22}  {_EACH}  {_EACH}",
)
PARTIAL = (
    "labels name only some of the tables of a sheet: P and F1 are strict (every found table "
    "counts, labelled or not), P* and F1* count only found tables that share a cell with a "
    "labelled one"
)
WHOLE = (
    "all tables of these sheets are labelled: P and F1 are strict; P* and F1* leave out found "
    "tables that share no cell with a labelled one"
)
PUBLISHED = (
    "as published on other data (EoB-0 / EoB-2 F1), not measured here: SpreadsheetLLM's heuristics "
    "0.46 / 0.65, TableSense-CNN 0.67 / -"
)


def lines(found: Detection, misses: int) -> Iterator[str]:
    """The scores of one set."""
    own = found.own
    state = "SET ASIDE" if own.set_aside else "tuning"
    drawn = micro(found.counts.get(TICKMARK, ())).drawn
    sizes = f"{found.workbooks} workbooks, {found.sheets} sheets, {drawn} tables"
    yield f"{own.name} ({state}): {sizes}"
    for one in own.missing:
        yield from wrapped(f"left out: {one}")
    if not drawn:
        yield "  nothing to score"
        return
    yield from wrapped(WHOLE if own.whole else PARTIAL)
    if found.doubtful:
        yield f"  {found.doubtful} sheets with a doubt of their labeller, counted as the others"
    yield from HEADS
    yield "  all sheets as one (micro)"
    for name, sheets in found.counts.items():
        yield _micro_row(name, sheets)
    yield f"  mean of the {_books(found.counts[TICKMARK])} workbooks"
    for name, sheets in found.counts.items():
        yield _row(name, "", per_workbook(sheets, close=False), per_workbook(sheets, close=True))
    yield "  tickmark by size of sheet (estimated tokens written out: 5 a cell, blanks too)"
    for size, _ in SIZES:
        sheets = [one for one in found.counts[TICKMARK] if one.size == size]
        if sheets:
            yield _micro_row(f"{size}: {micro(sheets).drawn}", sheets)
    yield from wrapped(PUBLISHED)
    yield from _parts(found)
    yield from _roles(found)
    yield from _confidences(found)
    if not own.set_aside:
        yield from _misses(found, misses)


def told(found: Detection) -> Told:
    """The same for machines."""
    own = found.own
    candidates = {
        name: {
            "micro": _counts(micro(sheets)),
            "per_workbook": {
                "eob0": per_workbook(sheets, close=False)._asdict(),
                "eob2": per_workbook(sheets, close=True)._asdict(),
            },
            "sizes": {
                size: _counts(micro(one for one in sheets if one.size == size)) for size, _ in SIZES
            },
        }
        for name, sheets in found.counts.items()
    }
    return {
        "set": own.name,
        "set_aside": own.set_aside,
        "all_tables_labelled": own.whole,
        "workbooks": found.workbooks,
        "sheets": found.sheets,
        "left_out": own.missing,
        "candidates": candidates,
        "parts": {
            part: {"right": right, "judged": judged} for part, right, judged in _shares(found)
        },
        "roles": {
            role: {"precision": one.precision, "recall": one.recall, "f1": one.f1}
            for role, one in found.roles.items()
        },
        "confidences": [
            {"above": low, "tables": count, "mean": mean, "right": right}
            for low, count, mean, right in _steps(found)
        ],
        "misses": []
        if own.set_aside
        else [
            {
                "workbook": one.workbook,
                "sheet": one.sheet,
                "drawn": one.drawn.a1,
                "nearest": one.found.a1 if one.found else None,
                "off": one.off,
                "reasons": one.reasons,
            }
            for one in found.misses
        ],
    }


def wrapped(text: str, indent: str = "  ") -> list[str]:
    """A sentence in lines of 80 columns."""
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _counts(counts: Counts) -> Told:
    return {
        "drawn": counts.drawn,
        "found": counts.found,
        "touching": counts.touching,
        "eob0": {"right": counts.exact, **counts.score(close=False)._asdict()},
        "eob2": {"right": counts.close, **counts.score(close=True)._asdict()},
    }


def _micro_row(name: str, sheets: Sequence[SheetCounts]) -> str:
    counts = micro(sheets)
    return _row(name, f"{counts.found}", counts.score(close=False), counts.score(close=True))


def _row(name: str, count: str, exact: Score, close: Score) -> str:
    return f"  {name:16}{count:>6}  {_score(exact)}  {_score(close)}"


def _score(one: Score) -> str:
    return (
        f"{one.precision:4.2f}{one.recall:5.2f}{one.f1:5.2f} |"
        f"{one.touching:5.2f}{one.touching_f1:5.2f}"
    )


def _books(sheets: Sequence[SheetCounts]) -> int:
    return len({one.workbook for one in sheets if one.counts.drawn})


def _shares(found: Detection) -> Iterator[tuple[str, int, int]]:
    for part in PARTS:
        judged = [one for one in found.parts if one.name == part]
        yield part, sum(one.right for one in judged), len(judged)


def _parts(found: Detection) -> Iterator[str]:
    yield "  parts of the tables that are exactly right"
    for part, right, judged in _shares(found):
        if judged:
            yield f"    {part:30}{right:5} of {judged:5}{share(right, judged):8.0%}"
        else:
            yield f"    {part:30}{'no label tells':>14}"


def _roles(found: Detection) -> Iterator[str]:
    if found.roles:
        yield f"  {'filled cells by role':32}{'drawn':>8}{'P':>7}{'R':>7}{'F1':>7}"
    for role, one in found.roles.items():
        drawn = one.both + one.drawn
        yield f"    {role:30}{drawn:8,}{one.precision:7.2f}{one.recall:7.2f}{one.f1:7.2f}"


def _steps(found: Detection) -> Iterator[tuple[float, int, float, float]]:
    """Steps of confidence: lower end, number of tables, mean confidence, share exactly right."""
    for low, high in pairwise((*CONFIDENCES, 2.0)):
        here = [(said, right) for said, right in found.confidences if low <= said < high]
        if here:
            said, right = (sum(part) / len(here) for part in zip(*here, strict=True))
            yield low, len(here), said, right


def _confidences(found: Detection) -> Iterator[str]:
    steps = list(_steps(found))
    if steps:
        yield f"  {'confidence of found tables':32}{'tables':>8}{'said':>7}{'right':>7}"
    for low, count, said, right in steps:
        yield f"    {f'{low:.1f} and above':30}{count:8,}{said:7.2f}{right:7.2f}"


def _misses(found: Detection, most: int) -> Iterator[str]:
    """Missed tables, those with the worst edges first, and wrong parts."""
    if not most:
        return
    far = sorted(
        found.misses,
        key=lambda one: -max(map(abs, one.off)) if one.off else float("-inf"),
    )
    yield f"  {len(far)} tables missed; top, left, bottom, right of the nearest region less drawn"
    for miss in far[:most]:
        off = " ".join(f"{edge:+d}" for edge in miss.off) if miss.off else "nothing there"
        yield from wrapped(f"{miss.workbook[:36]} {miss.drawn}: {off}", "    ")
        if miss.found:
            yield from wrapped(f"{miss.found.a1} {miss.reasons}", "      ")
    wrong = [one for one in found.parts if not one.right and one.name != WITH_TOTALS]
    for one in wrong[:most]:
        yield from wrapped(
            f"{one.workbook[:36]} {one.table}: {one.name} {one.found}, drawn {one.drawn}", "    "
        )
