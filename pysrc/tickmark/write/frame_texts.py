"""Columns of a DataFrame as files take them: one type each, texts of whole characters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tickmark.write.csv_text import guarded

if TYPE_CHECKING:
    import pandas as pd

_LONE_RETURN: Final = re.compile(r"\r(?!\n)")


def fit_for_parquet(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """The frame with columns of several kinds as texts, and for each column how many it guards: 0.

    Parquet has no formulas: its texts stay as they are.
    """
    return _fit(frame, _whole), (0,) * frame.shape[1]


def fit_for_csv(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """The frame with columns of several kinds as texts, its texts and names guarded.

    With it comes for each column how many of its texts got an apostrophe. A carriage return by
    itself becomes a line feed: pandas does not quote it, and readers take it for the end of a row.
    """
    fit = _fit(frame, lambda text: guarded(_LONE_RETURN.sub("\n", _whole(text))))
    counts = [
        sum(isinstance(one, str) and guarded(one) != one for one in column.tolist())
        if _has_texts(column)
        else 0
        for _, column in frame.items()
    ]
    fit.columns = fit.columns.map(guarded)
    return fit, tuple(counts)


def _fit(frame: pd.DataFrame, text_of: Callable[[str], str]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    fit = {
        at: pd.array([_written(value, text_of) for value in column.tolist()], dtype="str")
        if _has_texts(column)
        else column.array
        for at, (_, column) in enumerate(frame.items())
    }
    whole = pd.DataFrame(fit, index=frame.index)
    whole.columns = frame.columns
    return whole


def _has_texts(column: pd.Series[Any]) -> bool:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    return isinstance(column.dtype, pd.StringDtype) or column.dtype == object


def _written(value: object, text_of: Callable[[str], str]) -> str | None:
    """A value among others of other kinds as text: numbers exact, dates in ISO 8601."""
    if isinstance(value, str):
        return text_of(value)
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one that differs from itself
        return None
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return str(value)


def _whole(text: str) -> str:
    """The text without half characters, which no UTF-8 file can hold."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
