"""Stacks: texts one below the other that may be a title and the notes below it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

import numpy as np

from tickmark.model.region import Role
from tickmark.structure.regions.draft import Draft, Origin
from tickmark.structure.regions.prose import is_remark, is_running_text
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.tally import Tally, strings
from tickmark.structure.regions.verdicts import Verdict

LONGEST_TITLE: Final = 150

_NEAR: Final = 3
_CAPTION: Final = re.compile(
    r"(?:table|chart|figure|fig\.?|graph|exhibit|tabelle|abb(?:ildung|\.)|tableau|graphique|tabla"
    r"|gr[áa]fico|tabella|grafico)\s*[a-z]?\d[\w.-]*[:.\s]",
    re.IGNORECASE,
)

_MOST: Final = {Origin.ABOVE: 12, Origin.CUT: 4}

_TITLE = Verdict(Role.TITLE, "texts stand above a table")
_NAME = Verdict(Role.CELLS, "a text stands above running text")
_NOTES = Verdict(Role.NOTES, "it holds running text")


def split(raster: Raster, draft: Draft, tally: Tally) -> list[tuple[Box, Verdict]]:
    """The titles and notes that a draft of texts, one a row, falls into; none if it is one thing.

    Only a draft that begins with a title is split, or one of notes that ends with a caption.
    """
    box = draft.box
    if not 2 <= box.height <= _MOST.get(draft.origin, 0):
        return []
    if tally.down < 2 or tally.figures.any() or (tally.texts.sum(axis=1) != 1).any():
        return []
    running = _running(raster, tally)
    caption = _caption(raster, tally)
    if caption:
        running = [True] * caption + [False] * (len(running) - caption)
    elif running[0] or not any(running):
        return []
    title = _TITLE if draft.origin is Origin.ABOVE else _NAME
    starts = [at for at in range(len(running)) if not at or running[at] != running[at - 1]]
    ends = [*starts[1:], len(running)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        rows = Box(int(tally.rows[start]), box.left, int(tally.rows[end - 1]), box.right)
        fitted = raster.fitted(rows)
        if fitted is not None:
            found.append((fitted, _NOTES if running[start] else title))
    return _apart(found)


def _caption(raster: Raster, tally: Tally) -> int:
    """The row below notes that begins the numbered caption of what stands below; 0 for none."""
    bottom, box = int(tally.rows[-1]), tally.box
    below = raster.occupied[bottom + 1 : bottom + _NEAR + 1, box.left : box.right + 2]
    if not below.any():
        return 0
    texts = strings(raster, tally.text_of)
    found = (at for at, text in enumerate(texts) if at and _CAPTION.match(text))
    return next((at for at in found if len(texts[at]) < LONGEST_TITLE), 0)


def _running(raster: Raster, tally: Tally) -> list[bool]:
    """Whether each row is running text; a bold first row is a title."""
    texts = strings(raster, tally.text_of)
    running = [is_running_text(text) for text in texts]
    first = tally.columns[int(np.argmax(tally.texts[0]))]
    bold = bool(raster.bold[tally.rows[0], first])
    if bold and len(texts[0]) < LONGEST_TITLE and not is_remark(texts[0]):
        running[0] = False
    return running


def _apart(found: list[tuple[Box, Verdict]]) -> list[tuple[Box, Verdict]]:
    """The boxes, none where merges make them meet."""
    for (one, _), (other, _) in pairwise(found):
        if one.bottom >= other.top:
            return []
    return found
