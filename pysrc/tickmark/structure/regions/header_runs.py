"""Years, dates and numbers of a top row that head the columns below them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.header_profile import Below, Profile
from tickmark.structure.regions.header_words import Look, is_total

_LONGEST_STEP: Final = 25
"""Years of a header are at most so far apart."""

Numbers = npt.NDArray[np.float64]


def runs_of(profile: Profile, row: int, below: Below, above: int, texts: Mask) -> Mask:
    """Years, dates and numbers of a row that head columns of figures of another sort."""
    looks = profile.top[row]
    if not ((looks >= Look.NUMBER) & (looks <= Look.DATE)).any():
        return np.zeros(len(looks), np.bool_)
    figures = below.is_figures
    years = (looks == Look.YEAR) & ((figures & ~below.is_years) | below.is_blank)
    if years.any() and not _is_run(profile, row, years, texts):
        years = np.zeros_like(years)
    dates = (looks == Look.DATE) & ((figures & ~below.is_dates) | below.is_blank)
    if dates.sum() == 1 and not _is_run(profile, row, dates, texts):
        dates = np.zeros_like(dates)
    numbers = _numbers(profile, row, below, above)
    return np.asarray(years | dates | numbers, np.bool_)


def _is_run(profile: Profile, row: int, years: Mask, texts: Mask) -> bool:
    """Whether years go up or down in steps, or a lone one stands out."""
    values = _values(profile, row)[years]
    # Years with months, such as 202604, are counted in months.
    values = np.where(values > 9999, values // 100 * 12 + values % 100, values)
    if len(values) > 1:
        steps = np.diff(values)
        forth = steps >= 0 if (steps >= 0).mean() >= 0.5 else steps <= 0
        # Years may begin again under the next group head.
        again = values[1:][~forth]
        begins = 3 * len(again) <= len(steps) and bool((again == values[0]).all())
        return begins and bool((np.abs(steps[forth]) <= _LONGEST_STEP).all())
    if profile.contrasts(row) or texts.sum() > 1:
        return True
    if profile.top[:row].any():
        return bool(profile.top[row][0] == Look.BLANK)
    box = profile.box
    formats = profile.raster.formats[:, box.left : box.right + 1]
    rows = profile.body(row + 1)[0]
    others = formats[rows][:, years]
    own = formats[box.top + row][years]
    return bool(profile.top[row][0] == Look.BLANK or (others != own).mean() > 0.6)


def _numbers(profile: Profile, row: int, below: Below, above: int) -> Mask:
    """Plain numbers that head columns: steps of one length, or bold ones over others."""
    looks = profile.top[row]
    numbers = (looks == Look.NUMBER) | (looks == Look.YEAR)
    if above or numbers.sum() < 3 or row + 1 >= profile.rows or numbers[0]:
        return np.zeros_like(numbers)
    numbers &= below.is_figures | below.is_blank
    texts = (looks == Look.TEXT) & below.is_figures
    covered = int((numbers | texts)[1:].sum()) >= 0.8 * int(below.is_figures[1:].sum())
    if not covered or numbers.sum() < 3 or not _has_steps(profile, row, numbers, texts):
        return np.zeros_like(numbers)
    return np.asarray(numbers, np.bool_)


def _has_steps(profile: Profile, row: int, numbers: Mask, texts: Mask) -> bool:
    """Whether numbers stand out among those below, or go on in even steps as those do not."""
    values = _values(profile, row)[numbers]
    made = profile.formulas[row][numbers]
    named = bool(texts[1:].any())
    if profile.contrasts(row) and not made.any() and not _is_total(profile, row):
        return named or len(np.unique(values)) == len(values)
    steps = np.diff(values)
    if not _is_even(steps) or (made.all() and not named):
        return False
    after = np.diff(_values(profile, row + 1)[numbers])
    return (named or not np.isnan(after).all()) and not np.allclose(after, steps)


def _is_total(profile: Profile, row: int) -> bool:
    box, raster = profile.box, profile.raster
    first = int(np.argmax(profile.top[row] != Look.BLANK))
    return is_total(raster.text(box.top + row, box.left + first))


def _is_even(steps: Numbers) -> bool:
    return bool(len(steps) and steps[0] != 0 and np.allclose(steps, steps[0]))


def is_numbering(profile: Profile, row: int) -> bool:
    """Whether a row writes 1, 2, 3, … under the names of the columns."""
    looks = profile.top[row]
    seen = looks != Look.BLANK
    if seen.sum() < 3 or not (looks[seen] == Look.NUMBER).all():
        return False
    values = _values(profile, row)[seen]
    first = bool(seen[0]) and values[0] in {0.0, 1.0}
    beneath = _values(profile, row + 1) if row + 1 < profile.rows else None
    grows = beneath is not None and seen[0] and beneath[0] == values[0] + 1
    enough = len(values) >= 0.8 * profile.box.width and (first or values[0] == 2.0)
    return bool(enough and not grows and (np.diff(values) == 1).all())


def _values(profile: Profile, row: int) -> Numbers:
    """The numbers of a top row, those kept as texts too; NaN elsewhere."""
    box, raster = profile.box, profile.raster
    values = raster.values[box.top + row, box.left : box.right + 1]
    written = (profile.top[row] == Look.YEAR) & np.isnan(values)
    if written.any():
        values = values.copy()
        for column in np.flatnonzero(written).tolist():
            values[column] = float(raster.text(box.top + row, box.left + column))
    return values
