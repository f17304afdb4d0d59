"""Two readings of one sheet in one: whose value counts, and what becomes of styles and dates."""

from __future__ import annotations

import numpy as np

from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.read.joined_cells import joined_cells, with_errors

N, T, B, E, D, X = (
    CellKind.NUMBER,
    CellKind.TEXT,
    CellKind.BOOL,
    CellKind.ERROR,
    CellKind.DATE,
    CellKind.EMPTY,
)

One = tuple[int, int, CellKind, float | str | bool | None, int, int]


def cells(*given: One, formulas: tuple[str, ...] = ()) -> Cells:
    """Cells of (row, column, kind, value, style, formula), in order."""
    texts = list(dict.fromkeys(one[3] for one in given if isinstance(one[3], str)))
    raw = [
        np.nan if one[3] is None else texts.index(one[3]) if isinstance(one[3], str) else one[3]
        for one in given
    ]
    return Cells(
        rows=np.array([one[0] for one in given], np.int32),
        columns=np.array([one[1] for one in given], np.int16),
        kinds=np.array([one[2] for one in given], np.uint8),
        values=np.array(raw, np.float64),
        styles=np.array([one[4] for one in given], np.int32),
        formulas=np.array([one[5] for one in given], np.int32),
        texts=tuple(texts),
        formula_texts=formulas,
    )


def listed(found: Cells) -> list[One]:
    return [(one.row, one.column, one.kind, one.value, one.style, one.formula) for one in found]


def join(exported: Cells, own: Cells, *, date1904: bool = False) -> list[One]:
    return listed(joined_cells(exported, own, first_style=10, date1904=date1904))


def test_values_of_the_file_count_and_formulas_and_styles_of_the_export() -> None:
    exported = cells(
        (1, 1, N, 0.333333333333333, 3, 0),
        (1, 2, E, "#NAME?", 4, 1),
        (1, 3, T, "other", 5, -1),
        (2, 1, T, "", 0, 0),
        formulas=("1/3", "FOO()"),
    )
    own = cells((1, 1, N, 1 / 3, 0, -1), (1, 2, T, "kept", 0, -1), (1, 3, B, True, 0, -1))
    assert join(exported, own) == [
        (1, 1, N, 1 / 3, 3, 0),
        (1, 2, T, "kept", 4, 1),
        (1, 3, B, True, 5, -1),
        (2, 1, T, "", 0, 0),
    ]


def test_cells_of_one_reading_alone_are_kept_in_order() -> None:
    exported = cells((2, 2, N, 5.0, 1, -1), (9, 9, E, "#N/A", 1, -1))
    own = cells((1, 1, D, 40.0, 2, -1), (2, 1, T, "a", 0, -1), (2, 3, T, "b", 0, -1))
    assert join(exported, own) == [
        (1, 1, D, 40.0, 11, NO_FORMULA),
        (2, 1, T, "a", 0, NO_FORMULA),
        (2, 2, N, 5.0, 1, -1),
        (2, 3, T, "b", 0, NO_FORMULA),
        (9, 9, E, "#N/A", 1, -1),
    ]


def test_the_format_of_the_export_tells_what_a_date_is() -> None:
    exported = cells((1, 1, D, 45000.0, 1, -1), (1, 2, N, 7.0, 0, -1), (1, 3, T, "x", 0, 0))
    own = cells((1, 1, N, 45001.0, 0, -1), (1, 2, D, 8.0, 1, -1), (1, 3, D, 9.0, 1, -1))
    assert join(exported, own) == [
        (1, 1, D, 45001.0, 1, -1),
        (1, 2, N, 8.0, 0, -1),
        (1, 3, D, 9.0, 0, 0),
    ]


def test_a_moment_has_the_finer_number() -> None:
    exported = cells((1, 1, D, 45000.123456789, 1, -1), (1, 2, D, 46347.0, 1, 0))
    own = cells((1, 1, D, 45000.1234567824, 2, -1), (1, 2, D, 37998.0, 1, -1))
    assert [one[3] for one in join(exported, own)] == [45000.123456789, 37998.0]


def test_days_are_counted_from_1904_where_the_export_does() -> None:
    exported = cells((1, 1, D, 100.0, 1, -1), (1, 3, D, 0.5, 1, -1))
    own = cells((1, 1, D, 1562.0, 1, -1), (1, 2, D, 1500.0, 2, -1), (1, 3, D, 0.5, 3, -1))
    assert [one[3] for one in join(exported, own, date1904=True)] == [100.0, 38.0, 0.5]


def test_texts_are_kept_once_and_unused_ones_go() -> None:
    exported = cells((1, 1, T, "gone", 0, -1), (1, 2, T, "same", 0, -1))
    own = cells((1, 1, T, "same", 0, -1), (1, 3, T, "own", 0, -1))
    found = joined_cells(exported, own, first_style=1, date1904=False)
    assert sorted(found.texts) == ["own", "same"]
    assert [one.value for one in found] == ["same", "same", "own"]


def test_nothing_joined_with_something_is_that() -> None:
    some = cells((1, 1, T, "a", 0, -1))
    assert join(Cells.empty(), some) == [(1, 1, T, "a", 0, NO_FORMULA)]
    assert join(some, Cells.empty()) == [(1, 1, T, "a", 0, -1)]
    assert join(Cells.empty(), Cells.empty()) == []


def test_errors_fill_places_without_value_alone() -> None:
    own = cells((1, 1, N, 1.0, 0, -1), (1, 3, D, 5.0, 2, -1))
    found = with_errors(own, {(1, 1): "#REF!", (1, 2): "#N/A"})
    assert listed(found) == [
        (1, 1, N, 1.0, 0, -1),
        (1, 2, E, "#N/A", 0, -1),
        (1, 3, D, 5.0, 2, -1),
    ]
    assert with_errors(own, {}) is own
