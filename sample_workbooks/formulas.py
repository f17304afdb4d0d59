"""Values of the formulas in the samples, so that the files carry them as Excel's own do.

Only what the samples use is known here: arithmetic, comparison, ranges, links to another workbook
and the functions of FUNCTIONS. LibreOffice is the judge of the values (tests/test_samples.py).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import from_excel, to_excel

Value = float | int | str | bool | None
Place = tuple[str, int, int]
"""Sheet name (`[1]Prices` for another workbook), row and column, both 1-based."""

ERROR = re.compile(r"#[A-Z/0!?]+")
PASSES = 400
"""Enough for the longest chain of formulas, and for a circular one to settle."""


class FormulaError(Exception):
    """An error value on its way through a formula; its text is the error, such as `#DIV/0!`."""


def formula_values(
    workbook: openpyxl.Workbook, *, linked: Mapping[Place, Value] | None = None
) -> dict[Place, Value]:
    """The value of each formula cell; `linked` holds the cells known of other workbooks.

    All formulas are computed again and again until none changes, which serves circular references
    as Excel's iterative calculation does.
    """
    values: dict[Place, Value] = dict(linked or {})
    formulas: dict[Place, str] = {}
    for place, content in _contents(workbook):
        if isinstance(content, str) and content.startswith("="):
            formulas[place] = _expression(content, place[0])
            values[place] = 0
        else:
            values[place] = content
    for _ in range(PASSES):
        before = {place: values[place] for place in formulas}
        for place, expression in formulas.items():
            values[place] = _value(expression, values)
        if before == {place: values[place] for place in formulas}:
            break
    return {place: values[place] for place in formulas}


def _contents(workbook: openpyxl.Workbook) -> Iterator[tuple[Place, Value]]:
    for page in workbook.worksheets:
        for row in page.iter_rows():
            for cell in row:
                content = cell.value
                if isinstance(content, dt.datetime | dt.date):
                    content = to_excel(content)  # type: ignore[no-untyped-call]
                if content is not None:
                    yield (page.title, cell.row, cell.column), content  # type: ignore[misc]


def _value(expression: str, values: Mapping[Place, Value]) -> Value:
    def cell(sheet: str, row: int, column: int) -> Value:
        value = values.get((sheet, row, column))
        if isinstance(value, str) and ERROR.fullmatch(value):
            raise FormulaError(value)
        return value

    def one(sheet: str, row: int, column: int) -> Value:
        value = cell(sheet, row, column)
        return 0 if value is None else value

    def area(sheet: str, top: int, left: int, bottom: int, right: int) -> list[list[Value]]:
        columns = range(left, right + 1)
        return [[cell(sheet, row, column) for column in columns] for row in range(top, bottom + 1)]

    try:
        known = {**FUNCTIONS, "one": one, "area": area, "fail": _fail}
        return eval(expression, {"__builtins__": {}}, known)  # type: ignore[no-any-return]  # noqa: S307 - made from our own formulas
    except FormulaError as error:
        return str(error)
    except ZeroDivisionError:
        return "#DIV/0!"


def _expression(formula: str, sheet: str) -> str:
    """A formula as a Python expression over `one`, `area`, `fail` and FUNCTIONS."""
    return "".join(_term(token, sheet) for token in Tokenizer(formula).items)


def _term(token: Token, sheet: str) -> str:
    text = str(token.value)
    match token.type, token.subtype:
        case Token.OPERAND, Token.RANGE:
            text = _reference(text, sheet)
        case Token.OPERAND, Token.ERROR:
            text = f"fail({text!r})"
        case Token.OPERAND, Token.LOGICAL:
            text = text.title()
        case Token.OPERAND, Token.TEXT:
            text = repr(text[1:-1].replace('""', '"'))
        case Token.OP_POST, _:
            text = "/100"
        case Token.OP_IN, _:
            text = {"=": "==", "<>": "!=", "^": "**"}.get(text, text)
        case _:
            pass
    return text


def _reference(text: str, sheet: str) -> str:
    name, bang, cells = text.rpartition("!")
    where = name.strip("'").replace("''", "'") if bang else sheet
    left, top, right, bottom = range_boundaries(cells)
    if ":" in cells:
        return f"area({where!r},{top},{left},{bottom},{right})"
    return f"one({where!r},{top},{left})"


def _fail(error: str) -> Value:
    raise FormulaError(error)


def _numbers(*arguments: object) -> list[float]:
    found: list[float] = []
    for argument in arguments:
        if isinstance(argument, list):
            found += [v for row in argument for v in row if isinstance(v, int | float)]
        elif isinstance(argument, int | float):
            found.append(argument)
    return found


def _average(*arguments: object) -> float:
    numbers = _numbers(*arguments)
    return math.fsum(numbers) / len(numbers)


def _matches(*conditions: object) -> list[bool]:
    pairs = zip(conditions[::2], conditions[1::2], strict=True)
    columns = [[row[0] == wanted for row in area] for area, wanted in pairs]  # type: ignore[attr-defined]
    return [all(row) for row in zip(*columns, strict=True)]


def _sumifs(amounts: list[list[float]], *conditions: object) -> float:
    chosen = zip(amounts, _matches(*conditions), strict=True)
    return math.fsum(row[0] for row, wanted in chosen if wanted)


def _vlookup(wanted: Value, table: list[list[Value]], column: int, nearest: bool) -> Value:  # noqa: FBT001 - as in Excel
    if nearest:
        message = "the samples look up exact matches only"
        raise ValueError(message)
    for row in table:
        if row[0] == wanted:
            return row[column - 1]
    raise FormulaError("#N/A")


def _round(number: float, digits: int) -> float:
    """Half away from zero, of the fifteen digits that Excel keeps."""
    step = Decimal(1).scaleb(-int(digits))
    return float(Decimal(f"{number:.15g}").quantize(step, ROUND_HALF_UP))


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "AVERAGE": _average,
    "COUNTIFS": lambda *conditions: sum(_matches(*conditions)),
    "IF": lambda condition, then, otherwise: then if condition else otherwise,
    "MAX": lambda *arguments: max(_numbers(*arguments)),
    "MIN": lambda *arguments: min(_numbers(*arguments)),
    "MONTH": lambda day: from_excel(day).month,
    "ROUND": _round,
    "SUM": lambda *arguments: math.fsum(_numbers(*arguments)),
    "SUMIFS": _sumifs,
    "VLOOKUP": _vlookup,
    "YEAR": lambda day: from_excel(day).year,
}
