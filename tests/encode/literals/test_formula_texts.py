"""Formulas as lines and items of lists tell them, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.claim import FormulaText
from tickmark.encode.decode import decode
from tickmark.encode.literals.formulas import formula_text
from tickmark.model.address import RangeRef
from tickmark.structure.template import Template

LONG = 1 << 30
FILLED = RangeRef("S", 1, 1, 1, 1)

HOSTILE = st.one_of(
    st.text('|"=<>{}-+*\\ A1B2()\n\u200b', max_size=12),
    st.sampled_from(["<C4>", "A1 ->", "A1 -> 5", "-> 5", '\\"x"', "A1}", " A1 ", '"a|b"', "{1|2}"]),
)


def written(text: str, longest: int = LONG, *, array: bool = False) -> str:
    template = Template(text, (), 1, 1, fills=FILLED if array else None)
    return formula_text(template, 1, 1, longest)


def read(line: str) -> FormulaText | None:
    (page,) = decode(f"# S|A1:C9\n{line}")
    return page.claims[0].formula


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("A1*2", "=A1*2"),
        ('IF(B1>0,"x"," (first ")', '=IF(B1>0,"x"," (first ")'),
        ('B1&"|"', '=\\"B1&\\"|\\""'),
        ('B1&" -> "', '=\\"B1&\\" -> \\""'),
        ('"two\nlines"', '=\\"\\"two\\nlines\\""'),
        ("<C4>", '=\\"<C4>"'),
        ('\\"x"', '=\\"\\\\\\"x\\""'),
    ],
)
def test_a_formula_stands_in_quotes_only_where_it_could_be_read_otherwise(
    text: str, formula: str
) -> None:
    assert written(text) == formula
    assert written(text, array=True) == f"{{{formula}}}"
    assert read(f"A1 {formula}") == FormulaText(f"={text}")


def test_of_a_long_formula_the_beginning_is_told_and_how_much_is_missing() -> None:
    formula = "SUM(" + "1," * 100 + "1)"

    assert written(formula, 10) == '=\\"SUM(1,1,1"+197'
    assert written(formula, 10, array=True) == '{=\\"SUM(1,1,1"+197}'
    assert written(formula, 206) == f"={formula}"
    assert written(formula, 190) == f"={formula}"
    assert read('A1 =\\"SUM(1,1,1"+197') == FormulaText("=SUM(1,1,1", length=207)


@given(HOSTILE, st.booleans(), st.booleans())
def test_every_formula_comes_back_with_results_and_among_other_items(
    text: str, array: bool, cut: bool
) -> None:
    text = text + "+1" * 20 if cut else text
    formula = written(text, 9 if cut else LONG, array=array)
    expected = FormulaText(f"={text[:8] if cut else text}", array, len(text) + 1 if cut else 0)

    assert [
        read(line)
        for line in (
            f"A1 {formula}",
            f"A1 {formula} -> -> 5",
            f"A1:A2 {formula} -> 1|2",
            f'A1 {formula} -> "x|y"|Cash',
            f"A1 {formula}|Cash",
        )
    ] == [expected] * 5
