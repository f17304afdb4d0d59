"""Figures of quality: boxes, headers, totals and roles of the labelled sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.benchmarks.region_scores.detection import TICKMARK, Detection, detected
from tests.benchmarks.region_scores.goals import Goal, Report, at_least
from tests.benchmarks.region_scores.parts import HEADER_ROWS, TOTALS
from tests.benchmarks.region_scores.scores import micro, share
from tests.benchmarks.region_scores.sets import (
    Folders,
    LabelledSet,
    drawn_set,
    list_objects_set,
    samples_set,
    tables_set,
)
from tests.benchmarks.region_scores.told import lines, told
from tickmark.model.region import Role

FIGURES: Mapping[str, str] = {
    "tables": "workbooks with labels of a published study",
    "list-objects": "tables that authors drew, hidden from the detector",
    "samples": "the project's own sample workbooks",
    "drawn": "real sheets labelled by hand for this benchmark",
}
EXACT, CLOSE, HEADERS, SUMS = 0.55, 0.70, 0.90, 0.85


def figure(
    name: str, folders: Folders, *, aside: bool, key_value: bool, misses: int
) -> Iterator[Report]:
    """The report of a set, and of its set aside where that is asked for."""
    roles = frozenset({Role.TABLE, Role.KEY_VALUE} if key_value else {Role.TABLE})
    for own in _sets(name, folders, aside=aside):
        if isinstance(own, str):
            yield Report((f"  {own}",), {"set": name, "left_out": [own]})
            continue
        found = detected(own, roles)
        goals = tuple(_goals(found)) if own.name == "tables" else ()
        yield Report(tuple(lines(found, misses)), told(found), goals)


def _sets(name: str, folders: Folders, *, aside: bool) -> list[LabelledSet | str]:
    match name:
        case "tables":
            return [
                tables_set(folders, aside=one) for one in ((False, True) if aside else (False,))
            ]
        case "drawn":
            return [drawn_set(folders, aside=one) for one in ((False, True) if aside else (False,))]
        case "list-objects":
            return [list_objects_set(folders)]
        case _:
            return [samples_set(folders)]


def _goals(found: Detection) -> Iterator[Goal]:
    """The goals hold for the set aside; on the tuning half they tell how far it is."""
    counts = micro(found.counts.get(TICKMARK, ()))
    if not counts.drawn:
        return
    half = "set aside" if found.own.set_aside else "tuning"
    exact, close = counts.score(close=False), counts.score(close=True)
    yield at_least(f"EoB-0 F1, strict, {half}", exact.f1, EXACT)
    yield at_least(f"EoB-2 F1, strict, {half}", close.f1, CLOSE)
    yield at_least(f"EoB-0 F1*, tables on labels, {half}", exact.touching_f1, EXACT)
    yield at_least(f"EoB-2 F1*, tables on labels, {half}", close.touching_f1, CLOSE)
    for part, wanted in ((HEADER_ROWS, HEADERS), (TOTALS, SUMS)):
        own = [one.right for one in found.parts if one.name == part]
        if own:
            right = share(sum(own), len(own))
            yield at_least(f"{part} of right boxes, {half}", right, wanted, percent=True)
