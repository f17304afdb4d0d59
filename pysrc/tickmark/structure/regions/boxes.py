"""The boxes of one window of a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.cuts import cut, label_links
from tickmark.structure.regions.draft import Draft, Origin
from tickmark.structure.regions.joins import joined
from tickmark.structure.regions.print_cuts import cut_by_print_areas
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.remainders import remainder
from tickmark.structure.regions.repeats import beside_each_other
from tickmark.structure.regions.trims import trimmed


def drafts_of(
    raster: Raster,
    islands: Sequence[Box],
    known: Sequence[Draft],
    reaching: Sequence[Box] = (),
    printed: Sequence[Box] = (),
) -> list[Draft]:
    """The boxes of a raster, which do not overlap: the known ones and those that islands become.

    Nothing is looked for in known boxes and in those that reach in from elsewhere. Running text in
    the midst of another box becomes a part of it; that box is parted around any other known one.
    `printed` are the print areas.
    """
    holes = [*(draft.box for draft in known), *reaching]
    if not holes:
        return list(_cut(raster, islands, np.zeros(raster.kinds.shape, np.bool_), printed))
    holder = np.zeros(raster.kinds.shape, np.int32)
    for number, box in enumerate(holes, 1):
        holder[box.top : box.bottom + 1, box.left : box.right + 1] = number
    free = replace(raster, occupied=raster.occupied & (holder == 0))
    found: list[Draft] = []
    absorbed: set[int] = set()
    for draft in _cut(free, islands, holder > 0, printed):
        met = _met(holder, draft.box)
        if all(_is_prose_in(draft.box, known, at) for at in met):
            absorbed.update(met)
            found.append(draft)
            continue
        for piece in remainder(draft.box, [holes[at] for at in met]):
            fitted = free.fitted(piece)
            if fitted is not None:
                found.append(replace(draft, box=fitted))
    return [*(draft for at, draft in enumerate(known) if at not in absorbed), *found]


def _met(holder: npt.NDArray[np.int32], box: Box) -> list[int]:
    """The positions of the holes that a box meets."""
    numbers = holder[box.top : box.bottom + 1, box.left : box.right + 1]
    return [] if not numbers.any() else (np.unique(numbers[numbers > 0]) - 1).tolist()


def _is_prose_in(box: Box, known: Sequence[Draft], at: int) -> bool:
    """Whether a hole is running text, and a box has all of it."""
    if at >= len(known) or known[at].origin is not Origin.PROSE:
        return False
    return box.around(known[at].box) == box


def _cut(
    raster: Raster, islands: Sequence[Box], held: Mask, printed: Sequence[Box]
) -> Iterator[Draft]:
    """The boxes of islands, their titles and notes beside them; `held` is where others are."""
    boxes: list[Box] = []
    for island in label_links(raster, islands):
        if island.height == island.width == 1:
            held[island.top, island.left] = True
            yield Draft(island, Origin.CUT)
            continue
        parts = cut_by_print_areas(island, printed)
        for box in chain.from_iterable(cut(raster, one) for one in parts):
            found = trimmed(raster, box)
            for origin, others in ((Origin.ABOVE, found.above), (Origin.BELOW, found.below)):
                for one in others:
                    _hold(held, one)
                    yield Draft(one, origin)
            _hold(held, found.box)
            boxes.append(found.box)
    for box in joined(raster, boxes, held):
        for one in beside_each_other(raster, box):
            fitted = raster.fitted(one)
            if fitted is not None:
                yield Draft(fitted, Origin.CUT)


def _hold(held: Mask, box: Box) -> None:
    held[box.top : box.bottom + 1, box.left : box.right + 1] = True
