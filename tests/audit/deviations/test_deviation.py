"""How a formula differs from an expected one: kinds, texts and distances."""

from __future__ import annotations

import pytest

from tickmark.audit.deviations.deviation import (
    Deviation,
    DeviationKind,
    deviation,
    normal_form,
    terms,
)
from tickmark.structure.pieces import pieces

ROW, COLUMN = 9, 4
"""D9, the cell in which both formulas stand."""


def _deviation(found: str, expected: str) -> Deviation:
    one, other = (terms(pieces(text, ROW, COLUMN), "Plan") for text in (found, expected))
    return deviation(one, other, ROW, COLUMN)


@pytest.mark.parametrize(
    ("found", "expected", "kind", "texts"),
    [
        ("B9*C8", "B9*C9", "reference", (("C8", "C9"),)),
        ("IF(B9>C7,B9-C7,0)", "IF(B9>C9,B9-C9,0)", "reference", (("C7", "C9"),)),
        ("VLOOKUP(A9,F3:G8,2)", "VLOOKUP(A9,F2:G8,2)", "reference", (("F3:G8", "F2:G8"),)),
        ("SUM(A9:B9)/C9", "SUM(A9:B9)/C8", "reference", (("C9", "C8"),)),
        ("B9+C7+A9", "A9+B9+C9", "reference", (("C7", "C9"),)),
        ("SUM(F1:F4)", "SUM(D5:D8)", "reference", (("F1:F4", "D5:D8"),)),
        ("SUM(D5:D8)", "SUM(D4:D8)", "extent", (("D5:D8", "D4:D8"),)),
        ("SUM(D8:D8)", "SUM(D4:D8)", "extent", (("D8:D8", "D4:D8"),)),
        ("SUM(B9:C9)", "SUM(B9:D9)", "extent", (("B9:C9", "B9:D9"),)),
        ("MAX(D5:D8)*2", "MAX(D4:D8)*2", "extent", (("D5:D8", "D4:D8"),)),
        ("B9*$C$2", "B9*C2", "anchor", (("$C$2", "C2"),)),
        ("B9*C$2", "B9*$C2", "anchor", (("C$2", "$C2"),)),
        ("Jan!B9", "Feb!B9", "sheet", (("JAN!", "FEB!"),)),
        ("Jan!B9*2", "B9*2", "sheet", (("JAN!", ""),)),
        ("B9*0.02", "B9*0.023", "constant", (("0.02", "0.023"),)),
        ('B9&"a"', 'B9&"b"', "text", (('"a"', '"b"'),)),
        ("B9*Rate", "B9*Growth", "name", (("RATE", "GROWTH"),)),
        ("B9-C9", "B9+C9", "sign", (("-", "+"),)),
        ("-B9", "B9", "sign", (("-", ""),)),
        ("-(B9+C9)", "B9+C9", "sign", (("-", ""),)),
        ("B9*C9", "B9/C9", "operator", (("*", "/"),)),
        ("IF(B9>0,1,0)", "IF(B9<0,1,0)", "operator", ((">", "<"),)),
        ("AVERAGE(D4:D8)", "SUM(D4:D8)", "function", (("AVERAGE", "SUM"),)),
        ("B9*C9*1000", "B9*C9", "factor", (("*1000", ""),)),
        ("(B9+C9)*1000", "B9+C9", "factor", (("*1000", ""),)),
        ("1000*(B9+C9)", "B9+C9", "factor", (("1000*", ""),)),
        ("B9+C9", "(B9+C9)/1000", "factor", (("", "/1000"),)),
        ("B9*1000+C9", "B9+C9", "factor", (("*1000", ""),)),
        ("SUM(D4:D8)-500", "SUM(D4:D8)", "term", (("-500", ""),)),
        ("B9", "B9+C9", "operand", (("", "+C9"),)),
        ("B9+D8+C9", "B9+C9", "operand", (("+D8", ""),)),
        ("B9+Jan!C9", "B9", "operand", (("+JAN!C9", ""),)),
        ("B9*0.25", "B9*C9", "typed", (("0.25", "C9"),)),
        ("B9*25%", "B9*$C$2", "typed", (("25%", "$C$2"),)),
        ("1/(1+0.07)^B9", "1/(1+Jan!$C$2)^B9", "typed", (("0.07", "JAN!$C$2"),)),
        ("B9*0.25", "B9*Rate", "typed", (("0.25", "RATE"),)),
        ("MAX(0,B9-500)", "MAX(0,B9-C9)", "typed", (("500", "C9"),)),
        ("7", "B9", "other", ()),
        ("B9*C9", "B9*0.25", "other", ()),
        ("ROUND(B9,2)", "ROUND(B9,C2:C4)", "other", ()),
        ("B9*2*C9", "B9*C8", "other", (("", ""),)),
        ("SUM(D4:D8)", "B9*C9", "other", (("", ""),)),
        ("B9*0.5", "C9+0.5", "other", ()),
        ("ROUND(B9*C9,2)", "B9*C9", "other", (("", ""),)),
    ],
)
def test_what_differs_is_named_with_its_texts(
    found: str, expected: str, kind: str, texts: tuple[tuple[str, str], ...]
) -> None:
    made = _deviation(found, expected)
    assert (made.kind, made.texts) == (DeviationKind(kind), texts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+B9+C9", "B9+C9"),
        ("B9+C9", "C9+B9"),
        ("=+(+B9)".removeprefix("="), "(B9)"),
        (" B9 * C9", "B9*C9"),
        ("sum(D4:D8)", "SUM(D4:D8)"),
        ("B9*.5", "B9*0.50"),
        ("Plan!B9", "B9"),
        ("'plan'!B9", "B9"),
        ("(B9*C9)", "B9*C9"),
        ("_xlfn.CONCAT(B9,C9)", "CONCAT(B9,C9)"),
        ("_xll.HPVAL(B9)", "HPVAL(B9)"),
    ],
)
def test_ways_of_writing_are_no_deviation(one: str, other: str) -> None:
    assert _deviation(one, other).kind is DeviationKind.NONE


@pytest.mark.parametrize(
    ("found", "apart", "is_next"),
    [
        ("B9*C8", (1, 0), True),
        ("B9*D9", (0, 1), True),
        ("B9*D8", (1, 1), False),
        ("B9*C2", (7, 0), False),
    ],
)
def test_the_distance_of_references_is_told(
    found: str, apart: tuple[int, int], *, is_next: bool
) -> None:
    made = _deviation(found, "B9*C9")
    assert (made.apart, made.is_next) == (apart, is_next)


def test_only_a_plain_sum_may_be_in_any_order() -> None:
    one, other = (terms(pieces(text, 1, 1)) for text in ("B1-C1", "C1-B1"))
    assert normal_form(one) != normal_form(other)
