"""Aggregate functions such as SUM, from what each of their arguments holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.audit.evaluation.arithmetic import Values, numbers
from tickmark.audit.evaluation.cell_values import Tally

Floats: TypeAlias = npt.NDArray[np.float64]

AGGREGATES: Final = {
    "SUM": "SUM",
    "AVERAGE": "SUM",
    "COUNT": "SUM",
    "COUNTA": "SUM",
    "PRODUCT": "PRODUCT",
    "MIN": "MIN",
    "MAX": "MAX",
}
"""The functions known here, with the one that reduces the numbers of an area for them."""

_JOINING: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "SUM": np.add,
    "PRODUCT": np.multiply,
    "MIN": np.minimum,
    "MAX": np.maximum,
}


def tally_of(item: Values) -> Tally:
    """A single value as an argument: a truth value counts as a number, a blank as zero."""
    number = item.number()
    known = ~np.isnan(number)
    one = np.ones(len(number), np.int64)
    return Tally(np.where(known, number, 0.0), one, one, known)


def aggregated(name: str, tallies: Sequence[Tally]) -> Values:
    """The result of an aggregate from the tallies of its arguments."""
    result, counted, filled, known = (
        tallies[0].reduced,
        tallies[0].numbers,
        tallies[0].filled,
        tallies[0].known,
    )
    with np.errstate(all="ignore"):
        for one in tallies[1:]:
            result = _JOINING[AGGREGATES[name]](result, one.reduced)
            counted, filled = counted + one.numbers, filled + one.filled
            known = known & one.known
        match name:
            case "COUNT":
                result = counted.astype(np.float64)
            case "COUNTA":
                result = filled.astype(np.float64)
            case "AVERAGE":
                result = np.where(counted == 0, np.nan, result / counted)
            case "SUM":
                pass
            case _:
                result = np.where(counted == 0, 0.0, result)
    return numbers(np.where(known, result, np.nan))
