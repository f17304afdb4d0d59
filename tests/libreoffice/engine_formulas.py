"""Formulas between Excel's words and Calc's, through Calc's own parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# com.sun.star.sheet.AddressConvention.XL_A1: references as Excel writes them.
_EXCEL = 1

# Calc writes functions that it does not know in lower case; a text in quotes stays as it is.
_TEXT_OR_CALL = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|\b([a-z_][a-z0-9_.]*)(?=\()')
_PREFIX = re.compile(r"^_(?:XLFN|XLWS)\.(?:_XLWS\.)?")
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_QUOTED_OR_ONE = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|.', re.DOTALL)
_TO_CALC = {("call", ","): ";", ("(", ","): "~", ("", ","): "~", ("{", ","): ";", ("{", ";"): "|"}
_TO_EXCEL = {
    ("call", ";"): ",",
    ("(", "~"): ",",
    ("", "~"): ",",
    ("call", "~"): ",",
    ("{", ";"): ",",
    ("{", "|"): ";",
}
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def parser(document: Any) -> Any:
    """Calc's formula parser, set to English names and to references as Excel writes them."""
    made = document.createInstance("com.sun.star.sheet.FormulaParser")
    made.CompileEnglish = True
    made.FormulaConvention = _EXCEL
    return made


def write(parse: Any, cell: Any, formula: str, base: Any = None) -> None:
    """Puts a formula in Excel's words into a cell.

    With a base, the address of another cell, relative references move as in a fill from there.
    """
    cell.setTokens(tokens(parse, formula, base or cell.CellAddress))


def tokens(parse: Any, formula: str, base: Any) -> Any:
    """A formula in Excel's words as Calc keeps it; raises ValueError where Excel would refuse."""
    text = formula.removeprefix("=")
    if not _balanced(text):
        message = f"this is not a formula that Excel would take: {formula}"
        raise ValueError(message)
    return parse.parseFormula(_with_separators(text, _TO_CALC), base)


def read(parse: Any, cell: Any, native: str) -> str:
    """The formula of a cell in Excel's words, given the one in Calc's."""
    if native.removeprefix("=") in ERRORS:
        return native.removeprefix("=")  # a constant in Excel, and a formula in Calc
    text = excel_text(parse, cell.getTokens(), cell.CellAddress)
    if "#REF!" in native and "#REF!" not in text:
        # The printer drops a lost reference.
        return _with_separators(native, _TO_EXCEL)
    return text


def excel_text(parse: Any, kept: Any, base: Any) -> str:
    """What Calc keeps of a formula in Excel's words, with its equals sign."""
    text = _with_separators(parse.printFormula(kept, base), _TO_EXCEL)
    return "=" + _TEXT_OR_CALL.sub(_excel_name, text)


def is_formula(text: str) -> bool:
    """Whether Excel takes a text that is typed into a cell for a formula."""
    return len(text) > 1 and text[0] in "=+-@" and (text[0] == "=" or _balanced(text))


def _with_separators(text: str, words: Mapping[tuple[str, str], str]) -> str:
    """A formula with other separators, each by what encloses it: a call, a group or an array."""
    out: list[str] = []
    around = [""]
    for part in _QUOTED_OR_ONE.findall(text):
        if part in "({[":
            called = part == "(" and out and (out[-1].isalnum() or out[-1] in "._")
            around.append("call" if called else part)
        elif part in ")}]" and len(around) > 1:
            around.pop()
        out.append(words.get((around[-1], part), part))
    return "".join(out)


def _excel_name(match: re.Match[str]) -> str:
    """An unknown function in capitals, without the prefix that only files need."""
    name = match.group(1)
    return _PREFIX.sub("", name.upper()) if name else match.group()


def _balanced(text: str) -> bool:
    """Whether brackets and quotes of a formula close."""
    bare = _QUOTED.sub("", text)
    if '"' in bare:
        return False
    depth = 0
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0
