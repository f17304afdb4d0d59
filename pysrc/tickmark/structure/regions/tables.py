"""Whether a box is a table, and by which cues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.kinds import DATE, EMPTY, TEXT
from tickmark.structure.regions.raster import Raster, are_years
from tickmark.structure.regions.tally import Tally

ENOUGH: Final = 3
"""So many points make a table. Of 247 boxes of 46 workbooks that were told apart by eye, all 207
tables have as many, and one of the 40 others has and is no key-value block."""

_HEADER: Final = 8
"""Header rows that are looked at."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes a box look like a table.

    `headed`: a first row of texts, dates or years stands over half of the columns of figures at
    least. `marked`: the first row is bold or filled and those below are not. `worded`: three
    quarters of the first row, over three columns at least, are texts, or it names columns of texts.
    `keyed`: one of the first two columns names the rows. `long` has four rows, `tall` six, `wide`
    three columns at least.
    `figured`: a third of its data are figures. `dense` has ten rows and hardly a blank cell.
    `alike` is the share of columns of one kind, `full` that of cells with content below the header.
    Blank rows and columns are those inside the box. `ruled_out`: no points make a table of it.
    """

    headed: bool
    marked: bool
    worded: bool
    keyed: bool
    long: bool
    wide: bool
    figured: bool
    dense: bool
    tall: bool
    alike: float
    full: float
    blank_rows: bool
    blank_columns: bool
    ruled_out: bool

    @property
    def points(self) -> int:
        """How much it looks like one: header cues of the contents count twice."""
        single = (self.worded, self.keyed, self.long, self.wide, self.figured, self.dense)
        return 2 * (self.headed or self.marked) + sum(single)

    @property
    def is_table(self) -> bool:
        """Whether that is enough; without a header or names of rows there must be many rows."""
        bare = not (self.headed or self.marked or self.worded or self.keyed)
        return self.points >= ENOUGH and not self.ruled_out and (self.tall or not bare)

    @property
    def cue(self) -> str:
        """What speaks for a table, as a clause."""
        found = []
        if self.headed:
            found.append("headings stand over its figures")
        if self.marked:
            found.append("its first row is set apart by its look")
        if self.worded and not self.headed:
            found.append("its first row holds texts throughout")
        if self.keyed:
            found.append("its rows have names")
        if self.figured and self.alike >= 0.75:
            found.append("its columns are alike from top to bottom")
        return ", ".join(found) or "its rows and columns are filled"


def likeness_of(
    raster: Raster, tally: Tally, header: Header, *, marked: bool, named: bool
) -> Likeness:
    """The likeness of a box with at least two rows and two columns of content to a table.

    `named` tells that its first row names columns of texts.
    """
    top = _header_rows(tally, header)
    kinds, figures = tally.kinds[top:], tally.figures[top:]
    shown = kinds != EMPTY
    filled = shown.sum(axis=0)
    numeric = (figures.sum(axis=0) >= 0.5 * filled) & (filled > 0)
    head = _headings(raster, tally, top)
    over = int((head & numeric).sum())
    headed = bool(over >= 0.5 * numeric.sum() and over >= 1)
    full = float(tally.content[top:].mean())
    return Likeness(
        headed=headed,
        marked=marked,
        worded=named or (tally.across >= 3 and bool(tally.texts[0].mean() >= 0.75)),
        keyed=_has_key(raster, tally, top),
        long=tally.down >= 4,
        wide=tally.across >= 3,
        figured=bool(figures.sum() >= 0.34 * max(1, int(filled.sum()))),
        dense=tally.down >= 10 and full >= 0.9,
        tall=tally.down >= 6,
        alike=_alike(kinds),
        full=full,
        blank_rows=tally.has_blank_rows,
        blank_columns=tally.across < tally.box.width,
        ruled_out=_is_ruled_out(tally, headed=headed or _is_pair_of_rows(tally), marked=marked),
    )


def _is_ruled_out(tally: Tally, *, headed: bool, marked: bool) -> bool:
    """Whether a box is too small or too sparse for a table, or shows nothing.

    Two rows need a header, and two by two are no table, nor are three rows of two texts. Where
    the rows hold little more than one cell each, they are labels that are indented.
    """
    if tally.down == 2 and (tally.across == 2 or not (headed or marked)):
        return True
    figures = bool(tally.figures.any())
    if not figures and ((tally.down <= 3 and tally.across == 2) or not tally.texts.any()):
        return True
    content = int(tally.content.sum())
    staggered = content < 1.34 * tally.down and not marked
    return staggered or content < 0.1 * tally.content.size


def _is_pair_of_rows(tally: Tally) -> bool:
    """Whether one row of texts stands below another that has a text of its own in each column."""
    first = tally.text_of[0]
    known = first[first >= 0]
    return tally.across >= 3 and bool(tally.texts.all()) and len(np.unique(known)) == len(known)


def is_marked(raster: Raster, tally: Tally) -> bool:
    """Whether the first row is bold or filled, two cells at least, and those below are not."""
    seen = tally.content
    if tally.down < 2 or seen[0].sum() < 2:
        return False
    for mark in (raster.bold, raster.filled):
        marks = tally.of(mark) & seen
        if marks[0].sum() == seen[0].sum() and marks[1:].sum() <= 0.34 * seen[1:].sum():
            return True
    return False


def _header_rows(tally: Tally, header: Header) -> int:
    """Rows of the tally that may be the header: those that were found, one where none was."""
    found = int(np.searchsorted(tally.rows, tally.box.top + header.rows))
    return min(max(found, 1), tally.down - 1, _HEADER)


def _headings(raster: Raster, tally: Tally, rows: int) -> Mask:
    """The columns with a text, a date or a year in the first rows."""
    kinds = tally.kinds[:rows]
    values = raster.values[tally.rows[:rows, None], tally.columns]
    heads = (kinds == TEXT) | (kinds == DATE) | are_years(values)
    merged = raster.merge_of[tally.rows[:rows, None], tally.columns] > 0
    return np.asarray((heads | merged).any(axis=0), np.bool_)


def _has_key(raster: Raster, tally: Tally, top: int) -> bool:
    """Whether one of the first two columns names the rows: texts or dates that differ, or 1, 2, 3.

    Numbers that go up by one count in the first column only.
    """
    kinds = tally.kinds[top:, :2]
    seen = (kinds != EMPTY).sum(axis=0)
    names = ((kinds == TEXT) | (kinds == DATE)).sum(axis=0)
    for at in np.flatnonzero((2 * seen >= len(kinds)) & (names >= 0.8 * seen)).tolist():
        texts = tally.text_of[top:, at]
        texts = texts[texts >= 0]
        if len(set(texts.tolist())) >= 0.6 * len(texts):
            return True
    if names[0] or len(kinds) < 4 or seen[0] < len(kinds):
        return False
    return bool((np.diff(raster.values[tally.rows[top:], tally.columns[0]]) == 1).all())


def _alike(kinds: npt.NDArray[np.uint8]) -> float:
    """The share of columns whose cells are of one kind mostly."""
    filled = (kinds != EMPTY).sum(axis=0)
    texts = (kinds == TEXT).sum(axis=0)
    dates = (kinds == DATE).sum(axis=0)
    most = np.maximum(np.maximum(texts, dates), filled - texts - dates)
    known = filled > 0
    return float((most[known] >= 0.75 * filled[known]).mean()) if known.any() else 1.0
