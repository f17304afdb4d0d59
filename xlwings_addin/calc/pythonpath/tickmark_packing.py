"""Arguments of a Calc formula in the form that Tickmark's backend reads; runs inside LibreOffice.

The form is told in tickmark.hosts.functions.wire. Standard library and UNO objects only, for
Python 3.8 and later: LibreOffice brings its own.
"""

from __future__ import annotations

import re
from typing import Any

MOST_CELLS = 100_000

_GENERAL = "General"
# Of com.sun.star.util.NumberFormat; both 2 and 4 are a date with a time.
_DATE, _TIME, _PERCENT, _LOGICAL = 2, 4, 128, 1024
_YEAR_1904 = 1904
_RUN = 5  # top, left, rows, columns, format
_NATIVE, _EXCEL = 0, 1  # com.sun.star.sheet.AddressConvention: OOO and XL_A1
_ERRORS = {
    502: "#VALUE!",
    503: "#NUM!",
    504: "#VALUE!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    530: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
_STRING = re.compile(r'("(?:[^"]|"")*"|\'(?:[^\']|\'\')*\')')
_FOREIGN = re.compile(r"[^\W\d]\w*\.|'|\[|#|!")
_ANALYSIS = re.compile(r"com\.sun\.star\.sheet\.addin\.analysis\.get(\w+)", re.IGNORECASE)
_OWN = re.compile(r"tickmark\.calc\.llm(\w+)", re.IGNORECASE)
_EXCEL_SIGNS = str.maketrans({";": ",", "|": ";", "~": ","})


def pack(document: Any, argument: Any, book: str) -> list[Any]:
    """One argument: a cell range with all that is in it, a literal, an array or nothing."""
    if argument is None:
        return ["missing"]
    if hasattr(argument, "getRangeAddress"):
        return _range(document, argument, book)
    if isinstance(argument, tuple):
        return ["values", [[_literal(value) for value in row] for row in argument]]
    return ["value", _literal(argument)]


def _literal(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, str)) else float(value)


def _range(document: Any, cells: Any, book: str) -> list[Any]:
    sheet = cells.getSpreadsheet()
    left, top, right, bottom = _cut(sheet, cells.getRangeAddress())
    rows, columns = bottom - top + 1, right - left + 1
    if rows * columns > MOST_CELLS:
        count = rows * columns
        text = f"the range has {count:,} cells, {MOST_CELLS:,} are the most; give a smaller one"
        return ["problem", text]
    cells = sheet.getCellRangeByPosition(left, top, right, bottom)
    # Calc computes what it has not yet when values are asked for, and only then gives a result of
    # no format its own: so formats come second.
    data, texts = cells.getDataArray(), cells.getFormulaArray()
    formats = _Formats(document)
    runs: list[Any] = []
    _runs(cells, (0, 0, rows, columns), formats, runs)
    keys = _grid(runs, rows, columns)
    values, formulas = _content(document, cells, (data, texts, keys), formats)
    named = [
        formats.text(one) if position % _RUN == _RUN - 1 else one
        for position, one in enumerate(runs)
    ]
    # A document that began in an old Excel for Mac counts the days of its dates from 1904.
    kind = "range 1904" if document.NullDate.Year == _YEAR_1904 else "range"
    return [kind, book, sheet.getName(), top + 1, left + 1, values, formulas, named]


def _cut(sheet: Any, address: Any) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a range, from 0, without what lies beyond the used cells."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)  # noqa: FBT003 - UNO takes positions only
    end = cursor.getRangeAddress()
    right = max(address.StartColumn, min(address.EndColumn, end.EndColumn))
    bottom = max(address.StartRow, min(address.EndRow, end.EndRow))
    return address.StartColumn, address.StartRow, right, bottom


def _content(
    document: Any, cells: Any, content: tuple[Any, Any, Any], formats: _Formats
) -> tuple[list[list[Any]], list[list[str]]]:
    """Values and formulas, row by row; formulas in Excel's English notation."""
    notation = _Notation(document)
    values: list[list[Any]] = []
    formulas: list[list[str]] = []
    for row, (line, texts, keys) in enumerate(zip(*content)):
        values.append([])
        formulas.append([])
        for column, (plain, text, key) in enumerate(zip(line, texts, keys)):
            formula = _formula(plain, text)
            value = plain
            if plain is None or (isinstance(plain, float) and plain in (0.0, 1.0)):
                cell = cells.getCellByPosition(column, row)
                value = _told(cell, plain, formula, formats, key)
            elif plain == "" and not formula:
                value = None
            values[-1].append(value)
            formulas[-1].append(notation.excel(formula, cells, row, column) if formula else "")
    return values, formulas


def _formula(value: Any, text: str) -> str:
    """The formula of a cell without the braces of an array; "" for a constant."""
    if value == text:  # a text that was typed as '=A1 computes nothing
        return ""
    if text.startswith("{=") and text.endswith("}"):
        return text[1:-1]
    return text if text.startswith("=") else ""


def _told(cell: Any, value: Any, formula: str, formats: _Formats, key: int) -> Any:
    """What the plain value does not tell: which error, and whether 1 is TRUE."""
    if value is None:
        code = cell.getError()
        return {"error": _ERRORS.get(code, f"Err:{code}")}
    if formats.logical(key):
        return bool(value)
    # A result that has no format of its own is shown as TRUE or, in another language, as WAHR.
    shown = cell.getString() if formula and formats.text(key) == _GENERAL else "0"
    return value if any(sign.isdigit() for sign in shown) else bool(value)


def _runs(cells: Any, place: tuple[int, int, int, int], formats: _Formats, runs: list[Any]) -> None:
    """Add rectangles of one number format each, found by halving."""
    top, left, rows, columns = place
    part = cells.getCellRangeByPosition(left, top, left + columns - 1, top + rows - 1)
    if (rows, columns) == (1, 1) or part.getPropertyState(
        "NumberFormat"
    ).value != "AMBIGUOUS_VALUE":
        runs.extend((top, left, rows, columns, part.getPropertyValue("NumberFormat")))
    elif rows > 1:
        half = rows // 2
        _runs(cells, (top, left, half, columns), formats, runs)
        _runs(cells, (top + half, left, rows - half, columns), formats, runs)
    else:
        half = columns // 2
        _runs(cells, (top, left, rows, half), formats, runs)
        _runs(cells, (top, left + half, rows, columns - half), formats, runs)


def _grid(runs: list[Any], rows: int, columns: int) -> list[list[int]]:
    keys = [[0] * columns for _ in range(rows)]
    for start in range(0, len(runs), _RUN):
        top, left, height, width, key = runs[start : start + _RUN]
        for line in keys[top : top + height]:
            line[left : left + width] = [key] * width
    return keys


class _Formats:
    """Number formats of a document by their key, in the notation of English."""

    def __init__(self, document: Any) -> None:
        self._formats = document.getNumberFormats()
        self._known: dict[int, tuple[str, bool]] = {}

    def text(self, key: int) -> str:
        return self._of(key)[0]

    def logical(self, key: int) -> bool:
        return self._of(key)[1]

    def _of(self, key: int) -> tuple[str, bool]:
        if key not in self._known:
            entry = self._formats.getByKey(key)
            kind = entry.Type & ~1  # 1 tells that a user made it
            self._known[key] = (_english(entry, kind), kind == _LOGICAL)
        return self._known[key]


def _english(entry: Any, kind: int) -> str:
    """A number format as Excel writes it; one of another language by its kind."""
    if entry.StandardFormat and not kind & (_DATE | _TIME | _PERCENT | _LOGICAL):
        return _GENERAL
    if entry.Locale.Language in ("", "en"):
        return str(entry.FormatString)
    if kind & (_DATE | _TIME):
        parts = ("yyyy-mm-dd" if kind & _DATE else "", "hh:mm:ss" if kind & _TIME else "")
        return " ".join(part for part in parts if part)
    whole = "#,##0" if entry.ThousandsSeparator else "0"
    decimals = "." + "0" * entry.Decimals if entry.Decimals > 0 else ""
    return whole + decimals + ("%" if kind & _PERCENT else "")


class _Notation:
    """Formulas of Calc (`=IF($Sheet2.A1>0;1;2)`) as Excel writes them (`=IF(Sheet2!A1>0,1,2)`)."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._parser: Any = None

    def excel(self, formula: str, cells: Any, row: int, column: int) -> str:
        """Calc's own parser reads what names other sheets; signs alone are replaced here."""
        if _FOREIGN.search(re.sub(r'"(?:[^"]|"")*"', "", formula)):
            formula = "=" + self._parsed(formula, cells.getCellByPosition(column, row))
            formula = _ANALYSIS.sub(lambda found: found[1].upper(), formula)
            formula = _OWN.sub(lambda found: "LLM_" + found[1].upper(), formula)
        parts = _STRING.split(formula)
        parts[::2] = [part.translate(_EXCEL_SIGNS) for part in parts[::2]]
        return "".join(parts)

    def _parsed(self, formula: str, cell: Any) -> str:
        if self._parser is None:
            self._parser = self._document.createInstance("com.sun.star.sheet.FormulaParser")
            self._parser.CompileEnglish = True
        place = cell.getCellAddress()
        self._parser.FormulaConvention = _NATIVE
        tokens = self._parser.parseFormula(formula[1:], place)
        self._parser.FormulaConvention = _EXCEL
        return str(self._parser.printFormula(tokens, place))
