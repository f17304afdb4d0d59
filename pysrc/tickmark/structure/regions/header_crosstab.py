"""Whether the headers of the columns are values of one kind, above one quantity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from tickmark.structure.regions.header_profile import Profile, figure
from tickmark.structure.regions.header_words import Look, family, is_period, is_total

_MOST: Final = 2048
_SHARE: Final = 0.75


def is_cross_tabulation(
    profile: Profile, header_rows: int, key_columns: int, heads: Sequence[str]
) -> bool:
    """Whether a box with keys is a cross tabulation; `heads` are the innermost texts of its header.

    The heads of its columns are years, dates, months or days, numbers in steps, the same words with
    other digits, or any texts that end with a total; the figures below have one number format.
    """
    if not header_rows or not key_columns:
        return False
    columns = [at for at in range(key_columns, min(len(heads), _MOST)) if heads[at]]
    values = [at for at in columns if not is_total(heads[at])]
    named = [heads[at] for at in values]
    if len(named) < 2 or len(set(named)) < len(named):
        return False
    totals = {heads[columns[0]], heads[columns[-1]]} - set(named)
    return (_are_periods(named) or _are_alike(named) or (len(named) > 2 and bool(totals))) and (
        _one_format(profile, header_rows, values)
    )


def _are_periods(names: Sequence[str]) -> bool:
    return sum(map(is_period, names)) >= max(2, _SHARE * len(names))


def _are_alike(names: Sequence[str]) -> bool:
    """Whether most of three names or more are the same without their digits."""
    families = [family(name) for name in names]
    common = max(families, key=families.count)
    return bool(common) and families.count(common) >= max(3, _SHARE * len(names))


def _one_format(profile: Profile, header_rows: int, columns: Sequence[int]) -> bool:
    """Whether most figures below the header have the same number format."""
    box, raster = profile.box, profile.raster
    rows, looks = profile.body(header_rows)
    looks = looks[:, columns]
    figures = figure(looks) & (looks != Look.OTHER)
    if not figures.any():
        return True
    formats = raster.formats[rows][:, box.left + np.array(columns)]
    # The most common format of each column, since a row may have one of its own.
    usual = [_usual(formats[figures[:, at], at]) for at in range(len(columns))]
    known = [one for one in usual if one is not None]
    return known.count(max(known, key=known.count)) >= _SHARE * len(known)


def _usual(formats: np.ndarray) -> int | None:
    if not len(formats):
        return None
    return int(Counter(formats.tolist()).most_common(1)[0][0])
