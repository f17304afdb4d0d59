"""Values that stand in a list several times in a row, such as `EUR*12`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from operator import eq, ne

import numpy as np
import numpy.typing as npt

from tickmark.encode.lists.series import Segment

FEWEST = 3
FEWEST_BLANK = 5
LONG = 4
"""A literal of so many characters is worth repeating when it stands twice."""


def repeats(
    texts: Sequence[str],
    first: npt.NDArray[np.bool_],
    taken: Sequence[Segment] = (),
) -> list[Segment]:
    """The repetitions among literals, blank cells included as empty texts.

    `first` marks the cells that begin a line, which no repetition crosses; the cells of the
    segments that are taken are left alone.
    """
    count = len(texts)
    if not any(map(eq, texts, islice(texts, 1, None))):
        return []
    changes = np.ones(count + 1, np.bool_)
    changes[1:count] = np.fromiter(map(ne, texts, islice(texts, 1, None)), np.bool_, count - 1)
    changes[:count] |= first
    for start, stop, _ in taken:
        changes[start : stop + 1] = True
    edges = np.flatnonzero(changes)
    sizes = np.diff(edges)
    several = np.flatnonzero(sizes > 1)
    return [
        (start, start + size, f"{texts[start]}*{size}")
        for start, size in zip(edges[several].tolist(), sizes[several].tolist(), strict=True)
        if _worth(texts[start], size)
    ]


def _worth(text: str, size: int) -> bool:
    if not text:
        return size >= FEWEST_BLANK
    return size >= FEWEST or len(text) >= LONG
