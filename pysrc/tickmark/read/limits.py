"""How much a file may hold before reading stops: no file may cost more than these bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SUPPORTED: Final = frozenset({"xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods", "csv", "tsv"})
"""Extensions, lower case and without dot, of the files that can be read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one workbook; whatever is cut off or refused by them is said in a sentence.

    Sizes are in bytes, counted while inflating and not as the file declares them. `ratio` of
    unpacked to packed size holds for parts over `ratio_from`. `dense_cells` bounds the rectangle
    around the cells where a library lays it out in full. `ranges` bounds merges and names.
    """

    file_bytes: int = 200_000_000
    zip_members: int = 20_000
    part_bytes: int = 512_000_000
    total_bytes: int = 2_000_000_000
    ratio: int = 200
    ratio_from: int = 100_000_000
    sheet_cells: int = 5_000_000
    workbook_cells: int = 20_000_000
    dense_cells: int = 50_000_000
    string_length: int = 1_000_000
    formula_length: int = 8_192
    depth: int = 256
    ranges: int = 200_000
    child_seconds: float = 120.0
    child_bytes: int = 3_000_000_000
