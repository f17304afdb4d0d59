"""Which function calls surround a place in a formula, and what they take of a reference there."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
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
_SEEN_THROUGH = frozenset(
    {"", "SINGLE", "ANCHORARRAY", "TRIMRANGE", "_TRO_ALL", "_TRO_LEADING", "_TRO_TRAILING"}
)
_PARAMETER = re.compile(r"^_xl(?:pm|op)\.", re.IGNORECASE)
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


@dataclass(slots=True, eq=False)
class _Call:
    """An open call, parenthesis (no name) or array constant (`{`).

    `around` is the place in the stack of the call that decides what is taken here: this one, or
    where it changes nothing of a reference, one around it; -1 where there is none. `single` tells
    that only one cell of a range is taken. `waiting` are the parameters of LET or LAMBDA not yet
    known, with the argument from which on they are, `bound` the known ones.
    """

    name: str
    conditional: bool = False
    argument: int = 0
    around: int = -1
    single: bool = False
    waiting: deque[tuple[str, int]] = field(default_factory=deque)
    bound: list[str] = field(default_factory=list)


class Calls:
    """The stack of open function calls while the tokens of a formula go by."""

    def __init__(self) -> None:
        self._open: list[_Call] = []
        self._function = ""
        self._known: Counter[str] = Counter()

    @property
    def function(self) -> str:
        """The innermost call here, upper case and without `_xlfn.`; empty outside of all calls."""
        around = self._around()
        return "" if around is None or self.single else around.name.strip("{")

    @property
    def use(self) -> Use:
        """What is taken of a reference that stands here."""
        call = self._around()
        if call is None:
            return Use.VALUE
        if _POSITION.get(call.name) == call.argument:
            return Use.POSITION
        if _SELECTED.get(call.name) == call.argument:
            return Use.SELECTED
        return Use.CONDITIONAL if call.conditional else Use.VALUE

    @property
    def single(self) -> bool:
        """Whether only the cell in line is taken of a range that stands here, as SINGLE does."""
        return bool(self._open) and self._open[-1].single

    @property
    def spill(self) -> bool:
        """Whether all cells that a formula fills are meant by its first one, which stands here."""
        return bool(self._open) and self._open[-1].name == "ANCHORARRAY"

    def binds(self, name: str) -> bool:
        """Take a name with a comma behind it; whether it is a parameter of a LET or LAMBDA."""
        call = self._open[-1] if self._open else None
        if call is not None and call.name == "LAMBDA":
            call.waiting.append((parameter(name), call.argument + 1))
        elif call is not None and call.name == "LET" and call.argument % 2 == 0:
            call.waiting.append((parameter(name), call.argument + 2))
        else:
            return False
        return True

    def knows(self, name: str) -> bool:
        """Whether a name is here a parameter of a LET or LAMBDA."""
        return bool(self._known) and self._known[parameter(name)] > 0

    def see(self, token: Token) -> None:
        """Step over a token that is no reference to cells."""
        if token.kind is TokenKind.FUNCTION:
            self._function = called(token.text)
        elif token.kind is TokenKind.OPERATOR:
            self._operator(token.text)

    def _operator(self, text: str) -> None:
        if text in "({":
            self._begin(self._function if text == "(" else "{")
            self._function = ""
        elif text in ")}" and self._open:
            self._known.subtract(self._open.pop().bound)
        elif text == "," and self._open and self._open[-1].name:
            call = self._open[-1]
            call.argument += 1
            first = _CONDITIONAL_FROM.get(call.name)
            if first is not None and call.argument >= first:
                call.conditional = True
            while call.waiting and call.argument >= call.waiting[0][1]:
                call.bound.append(call.waiting.popleft()[0])
                self._known[call.bound[-1]] += 1

    def _begin(self, name: str) -> None:
        outer = self._around()
        call = _Call(name, conditional=outer is not None and outer.conditional)
        seen_through = name in _SEEN_THROUGH
        if not seen_through:
            call.around = len(self._open)
        elif self._open:
            call.around = self._open[-1].around
        call.single = name == "SINGLE" or (seen_through and self.single)
        self._open.append(call)

    def _around(self) -> _Call | None:
        """The call here; what changes nothing of a reference inside is seen through.

        A pair of parentheses around one reference changes nothing: `ROW((A1))` is `ROW(A1)`.
        """
        around = self._open[-1].around if self._open else -1
        return self._open[around] if around >= 0 else None


def called(text: str) -> str:
    """A function as Excel shows it, in upper case: `_xlfn._xlws.SORT` is SORT."""
    return text.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")


def parameter(text: str) -> str:
    """A parameter of LET or LAMBDA folded, without the marks that files carry or of an optional."""
    return _PARAMETER.sub("", text.strip("[] ")).casefold()
