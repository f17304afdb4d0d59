"""Which function calls surround a place in a formula, and what they take of a reference there."""

from __future__ import annotations

from enum import StrEnum

from tickmark.structure.tokens import Token, TokenKind


class Use(StrEnum):
    """What a formula takes of a reference.

    VALUE: its value, each time the formula is calculated. CONDITIONAL: its value, if a condition
    lets it, as in a branch of IF. SELECTED: the value of some of its cells, as in INDEX. POSITION:
    where it lies, never what it holds, as in ROW.
    """

    VALUE = "value"
    CONDITIONAL = "conditional"
    SELECTED = "selected"
    POSITION = "position"


# Argument numbers from 0. Excel evaluates the branches of these functions only when needed, and
# looks at no value of the arguments of those that want a position.
_CONDITIONAL_FROM = {
    "IF": 1,
    "IFS": 1,
    "SWITCH": 1,
    "CHOOSE": 1,
    "IFERROR": 1,
    "IFNA": 1,
    "XLOOKUP": 3,
}
_POSITION = {
    "ROW": 0,
    "COLUMN": 0,
    "ROWS": 0,
    "COLUMNS": 0,
    "AREAS": 0,
    "SHEET": 0,
    "SHEETS": 0,
    "ISREF": 0,
    "ISFORMULA": 0,
    "FORMULATEXT": 0,
    "OFFSET": 0,
    "CELL": 1,
    "GETPIVOTDATA": 1,
}
_SELECTED = {"INDEX": 0}
_TAKES_RANGES = frozenset(
    """
    AGGREGATE AND AVEDEV AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS CONCAT CONCATENATE CORREL COUNT
    COUNTA COUNTBLANK COUNTIF COUNTIFS COVAR COVARIANCE.P COVARIANCE.S DAVERAGE DCOUNT DCOUNTA
    DEVSQ DGET DMAX DMIN DPRODUCT DSUM FILTER FORECAST FORECAST.LINEAR FREQUENCY FVSCHEDULE GCD
    GEOMEAN GROWTH HARMEAN HLOOKUP INTERCEPT IRR KURT LARGE LCM LINEST LOGEST LOOKUP MATCH MAX
    MAXA MAXIFS MDETERM MEDIAN MIN MINA MINIFS MINVERSE MIRR MMULT MODE MODE.MULT MODE.SNGL NPV
    OR PEARSON PERCENTILE PERCENTILE.EXC PERCENTILE.INC PERCENTRANK PERCENTRANK.INC PRODUCT
    QUARTILE QUARTILE.EXC QUARTILE.INC RANK RANK.AVG RANK.EQ RSQ SERIESSUM SKEW SLOPE SMALL SORT
    SORTBY STDEV STDEV.P STDEV.S STDEVA STDEVP STDEVPA STEYX SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT
    SUMSQ SUMX2MY2 SUMX2PY2 SUMXMY2 TEXTJOIN TOCOL TOROW TRANSPOSE TREND TRIMMEAN UNIQUE VAR VAR.P
    VAR.S VARA VARP VARPA VLOOKUP VSTACK HSTACK XIRR XLOOKUP XMATCH XNPV XOR ZTEST
    """.split()  # noqa: SIM905 - a hundred quoted names would be harder to read
)


def takes_ranges(function: str) -> bool:
    """Whether a function looks at every cell of a range that it is given."""
    return function in _TAKES_RANGES


class Calls:
    """The stack of open function calls while the tokens of a formula go by."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int, bool]] = []
        self._function = ""

    @property
    def function(self) -> str:
        """The innermost call here, upper case and without `_xlfn.`; empty outside of all calls."""
        return self._innermost()[0].strip("{")

    @property
    def use(self) -> Use:
        """What is taken of a reference that stands here."""
        name, argument, conditional = self._innermost()
        if _POSITION.get(name) == argument:
            return Use.POSITION
        if _SELECTED.get(name) == argument:
            return Use.SELECTED
        return Use.CONDITIONAL if conditional else Use.VALUE

    def see(self, token: Token) -> None:
        """Step over a token that is no reference to cells."""
        if token.kind is TokenKind.FUNCTION:
            self._function = token.text.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
        elif token.kind is TokenKind.OPERATOR:
            self._operator(token.text)

    def _operator(self, text: str) -> None:
        if text in "({":
            _, _, conditional = self._innermost()
            name = self._function if text == "(" else "{"
            self._open.append((name, 0, conditional))
            self._function = ""
        elif text in ")}" and self._open:
            self._open.pop()
        elif text == "," and self._open and self._open[-1][0]:
            name, argument, _ = self._open[-1]
            outside = self._open[-2][2] if len(self._open) > 1 else False
            first = _CONDITIONAL_FROM.get(name)
            conditional = outside or (first is not None and argument + 1 >= first)
            self._open[-1] = (name, argument + 1, conditional)

    def _innermost(self) -> tuple[str, int, bool]:
        """Name, argument and conditionality of the call here; plain parentheses are seen through.

        A pair of parentheses around one reference changes nothing: `ROW((A1))` is `ROW(A1)`.
        """
        for call in reversed(self._open):
            if call[0]:
                return call[0], call[1], call[2]
        return "", 0, False
