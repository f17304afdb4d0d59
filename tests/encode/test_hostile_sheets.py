"""Sheets made to be slow or large: every one is encoded, within its budget and rightly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from tests.encode.checked_claims import faults
from tickmark.encode.encoding import Level
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, source_of
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, Style, Workbook

NUMBER, TEXT, ERROR = CellKind.NUMBER, CellKind.TEXT, CellKind.ERROR


def source(
    rows: npt.ArrayLike,
    columns: npt.ArrayLike,
    kinds: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    texts: Sequence[str] = (),
    formulas: Sequence[str] = (),
    merges: Sequence[RangeRef] = (),
) -> Source:
    """A sheet of cells; with formulas each cell has its own."""
    down, across = np.asarray(rows, np.int32), np.asarray(columns, np.int16)
    order = np.lexsort((across, down))
    count = len(order)
    numbers = np.arange(count) if formulas else np.full(count, NO_FORMULA)
    cells = Cells(
        rows=down[order],
        columns=across[order],
        kinds=np.broadcast_to(np.asarray(kinds, np.uint8), count)[order],
        values=np.asarray(values, np.float64)[order],
        styles=np.zeros(count, np.int32),
        formulas=numbers.astype(np.int32)[order],
        texts=tuple(texts),
        formula_texts=tuple(formulas),
    )
    page = Sheet("S", cells, merges=tuple(merges))
    workbook = Workbook("book.xlsx", "xlsx", "0" * 64, (page,), (Style(),))
    return source_of(workbook, page)


def block(rows: int, columns: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    down, across = np.divmod(np.arange(rows * columns), columns)
    return down + 1, across + 1


def far_corners() -> Source:
    return source([1, 1_048_576], [1, 16_384], NUMBER, [1, 2])


def many_merges() -> Source:
    rows, columns = (one[::2] for one in block(200, 100))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    merges = [RangeRef("S", row, column, row, column + 1) for row, column in pairs]
    return source(rows, columns, TEXT, np.zeros(len(rows)), texts=["x"], merges=merges)


def merges_over_each_other() -> Source:
    rows, columns = block(300, 20)
    merges = [RangeRef("S", row, 1, 1_048_576, 16_384) for row in range(1, 301)]
    return source(rows, columns, NUMBER, rows * 1.37 + columns, merges=merges)


def chequered() -> Source:
    rows, columns = block(100, 100)
    is_text = (rows + columns) % 2 == 0
    values = np.where(is_text, np.arange(10_000), rows * 1.37 + columns)
    texts = [f"t{number}" for number in range(10_000)]
    return source(rows, columns, np.where(is_text, TEXT, NUMBER), values, texts=texts)


def different_formulas() -> Source:
    rows, columns = block(400, 10)
    texts = [f"{at}+A{at + 1}*SUM(B{at % 77 + 1}:C{at % 991 + 1})" for at in range(4_000)]
    return source(rows, columns, NUMBER, np.arange(4_000), formulas=texts)


def alternating_formulas() -> Source:
    rows, columns = block(200, 50)
    kinds = np.random.default_rng(1).integers(0, 2, 10_000).tolist()
    texts = [("ROW()+1", "COLUMN()+1")[kind] for kind in kinds]
    return source(rows, columns, NUMBER, rows * 1.37, formulas=texts)


def different_errors() -> Source:
    texts = [f"#E{at}!" for at in range(20_000)]
    rows = np.arange(1, 20_001)
    return source(rows, np.ones(20_000), ERROR, np.arange(20_000), texts=texts)


def all_columns() -> Source:
    columns = np.arange(1, 16_385)
    texts = [f"h{at}" for at in range(16_384)]
    kinds = np.where(columns % 2, NUMBER, TEXT)
    return source(np.ones(16_384), columns, kinds, columns - 1, texts=texts)


def long_texts() -> Source:
    texts = [chr(65 + at % 26) * 32_760 + str(at) for at in range(100)]
    return source(np.arange(1, 101), np.ones(100), TEXT, np.arange(100), texts=texts)


def long_texts_of_marks() -> Source:
    texts = ['"|\n' * 10_900 + str(at) for at in range(40)]
    return source(np.arange(1, 41), np.ones(40), TEXT, np.arange(40), texts=texts)


def many_regions() -> Source:
    rows, columns = block(4, 3)
    tops, lefts = np.divmod(np.arange(400), 20)
    down = (rows[None] + tops[:, None] * 6).ravel()
    across = (columns[None] + lefts[:, None] * 5).ravel()
    is_text = np.tile((rows == 1) | (columns == 1), 400)
    values = np.arange(4_800) * 7_919 % 5_000
    texts = [f"w{at}" for at in range(5_000)]
    return source(down, across, np.where(is_text, TEXT, NUMBER), values, texts=texts)


def scattered() -> Source:
    keys = np.random.default_rng(1).choice(1_048_576 * 16_384, 2_000, replace=False)
    return source(keys // 16_384 + 1, keys % 16_384 + 1, NUMBER, keys % 999)


def diagonal() -> Source:
    places = np.arange(1, 3_001)
    return source(places, places, NUMBER, places * 1.1)


@pytest.mark.parametrize(
    "make",
    [
        far_corners,
        many_merges,
        merges_over_each_other,
        chequered,
        different_formulas,
        alternating_formulas,
        different_errors,
        all_columns,
        long_texts,
        long_texts_of_marks,
        many_regions,
        scattered,
        diagonal,
    ],
)
def test_a_hostile_sheet_is_encoded_within_its_budget(make: object) -> None:
    assert callable(make)
    own = make()
    for budget in (1_000, 40):
        found = encode_sheet(own, tokens=estimate_tokens, budget=budget)
        assert faults(found, estimate_tokens, budget) == []
        assert found.shown_cells > 0 or budget < 1_000
    found = encode_sheet(own, tokens=estimate_tokens, level=Level.SKELETON)
    assert faults(found, estimate_tokens) == []


def test_a_million_characters_are_told_without_loss() -> None:
    found = encode_sheet(long_texts_of_marks(), tokens=len, level=Level.LOSSLESS)
    assert faults(found, len) == []
