"""Whole columns and rows that a formula calculates with cell by cell."""

from __future__ import annotations

from typing import Final

from tickmark.structure.calls import called
from tickmark.structure.tokens import TokenKind, tokens

# These stop at the last row that is used, or only look at it.
_QUICK: Final = frozenset(
    """
    SUM SUMIF SUMIFS COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS AVERAGE AVERAGEIF AVERAGEIFS MIN MAX
    MINIFS MAXIFS MATCH XMATCH VLOOKUP HLOOKUP XLOOKUP LOOKUP INDEX ROWS COLUMNS SUBTOTAL AGGREGATE
    ROW COLUMN OFFSET CELL
    """.split()  # noqa: SIM905 - thirty quoted names would be harder to read
)
_BY_CELL: Final = "SUMPRODUCT"


def whole_columns_in(text: str, *, is_array: bool) -> bool:
    """Whether a formula (without `=`) calculates with each cell of whole columns or rows.

    That is inside of SUMPRODUCT, and everywhere in an array formula, but not as an argument of a
    function that stops where the data does.
    """
    if ":" not in text or not (is_array or _BY_CELL in text.upper()):
        return False
    opened: list[str] = []
    function = ""
    for kind, piece in tokens(text):
        if kind is TokenKind.FUNCTION:
            function = called(piece)
        elif piece == "(":
            opened.append(function)
            function = ""
        elif piece == ")" and opened:
            opened.pop()
        elif kind in {TokenKind.COLUMNS, TokenKind.ROWS}:
            around = next((one for one in reversed(opened) if one), "")
            if around not in _QUICK and (is_array or _BY_CELL in opened):
                return True
    return False
