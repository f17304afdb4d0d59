"""Header rows of a box where no figures tell: by style, wording and what the author marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tickmark.structure.regions.evidence import Evidence
from tickmark.structure.regions.header_profile import Profile, figure
from tickmark.structure.regions.header_words import Look, shape

_SHAPED: Final = 256
"""So many texts of a row are looked into."""


@dataclass(slots=True)
class HeaderRows:
    """The count of header rows, and a cue for each row that told it: a clause about `row N`."""

    count: int = 0
    cues: list[str] = field(default_factory=list)


def header_by_looks(profile: Profile, evidence: Evidence) -> HeaderRows:
    """The header rows of a box of texts, none where its first row is like the others."""
    rows = list(_upper(profile))
    if not rows:
        return HeaderRows()
    first = rows[0]
    style = profile.contrasts(first)
    seen = profile.filled(first)
    cues: list[str] = []
    score = 0
    if style:
        score += 2
        cues.append(f"{row_name(profile, first)} is {' and '.join(style)} text over plain cells")
    if _is_marked(profile, first, evidence):
        score += 2
        cues.append(f"the panes are frozen below {row_name(profile, first)}")
    texts = _texts(profile, first)
    below = profile.below(first)
    labels = (below.texts > 0) & ~below.is_figures
    full = (seen & labels).sum() >= 0.8 * labels.sum()
    if len(texts) > 1 and full and len(set(texts)) == len(texts):
        score += 1
        cues.append(f"{row_name(profile, first)} has a text of its own in each column")
    if len(texts) == 1 and not style:
        score -= 2
    score -= _repeated(profile, first)
    if score < 1:
        return HeaderRows()
    last = first
    for row in rows[1:]:
        if not style or profile.contrasts(row) != style or len(_texts(profile, row)) < 2:
            break
        last = row
    return HeaderRows(last + 1, cues)


def _upper(profile: Profile) -> Iterator[int]:
    """The first rows that hold texts and no figures."""
    for row in range(min(profile.rows, profile.box.height - 1)):
        looks = profile.top[row]
        if figure(looks).any():
            return
        if (looks == Look.TEXT).any():
            yield row


def _is_marked(profile: Profile, row: int, evidence: Evidence) -> bool:
    """Whether the author froze or repeats the rows down to one row."""
    number = profile.raster.top + profile.box.top + row
    titles = evidence.title_rows
    return evidence.frozen_rows == number or (titles is not None and titles[1] == number)


def _texts(profile: Profile, row: int) -> list[str]:
    box, raster = profile.box, profile.raster
    at = np.flatnonzero(profile.top[row] == Look.TEXT)[:_SHAPED].tolist()
    return [raster.text(box.top + row, box.left + column).strip() for column in at]


def _repeated(profile: Profile, row: int) -> int:
    """How far a row is built like those below it: 3 in half of its columns, else 0.

    A text that comes again below it in its column counts, and one of the same shape where the shape
    has digits or signs.
    """
    box, raster = profile.box, profile.raster
    rows = profile.body(row + 1)[0]
    like = seen = 0
    first = True
    for column in np.flatnonzero(profile.top[row] == Look.TEXT)[:_SHAPED].tolist():
        at = box.left + column
        ids = raster.text_of[rows, at]
        ids = ids[ids >= 0][:48]
        if not len(ids):
            continue
        seen += 1
        own = raster.text(box.top + row, at).strip()
        texts = [raster.texts[number].strip() for number in ids.tolist()]
        form = shape(own)
        same = sum(shape(text) == form for text in texts) if form.strip("a ") else 0
        if first and "0" in form and len(texts) > 1 and 5 * same >= 4 * len(texts):
            return 3
        first = False
        like += own in texts or 2 * same >= len(texts)
    return 3 if seen and 2 * like >= seen else 0


def row_name(profile: Profile, row: int) -> str:
    """A top row as `row N`, with its number in the sheet."""
    return f"row {profile.raster.top + profile.box.top + row}"
