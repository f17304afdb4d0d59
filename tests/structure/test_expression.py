"""Formulas as trees: what binds to what, and what has no tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.model.grid import CellKind
from tickmark.structure.expression import (
    DEEPEST,
    Array,
    Call,
    Constant,
    Expression,
    Operation,
    Parameter,
    Referred,
    expression,
    walk,
)
from tickmark.structure.references import references


def _brackets(one: Expression | None) -> str:  # noqa: PLR0911 - one for each form
    """A tree with a bracket around each operator; references as `#0`."""
    match one:
        case Constant(_, _, text):
            return text
        case Array(text):
            return text
        case Referred(number):
            return f"#{number}"
        case Parameter(name):
            return f"~{name}"
        case Operation("%", (operand,)):
            return f"({_brackets(operand)}%)"
        case Operation(operator, (operand,)):
            return f"({operator}{_brackets(operand)})"
        case Operation(operator, (left, right)):
            return f"({_brackets(left)}{operator}{_brackets(right)})"
        case Call(function, arguments):
            return f"{function}[{'|'.join(map(_brackets, arguments))}]"
        case _:
            return "none"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1+2*3", "(1+(2*3))"),
        ("(1+2)*3", "((1+2)*3)"),
        ("8-4-2", "((8-4)-2)"),
        ("8/4/2", "((8/4)/2)"),
        ("2^3^2", "((2^3)^2)"),
        ("-2^2", "((-2)^2)"),
        ("0-2^2", "(0-(2^2))"),
        ("2^-1", "(2^(-1))"),
        ("-A1%", "((-#0)%)"),
        ("50%%", "((50%)%)"),
        ("2*50%^2", "(2*((50%)^2))"),
        ("--A1", "(-(-#0))"),
        ('1+2&"x"', '((1+2)&"x")'),
        ("A1&B1=C1", "((#0&#1)=#2)"),
        ("1<2=TRUE", "((1<2)=TRUE)"),
        ("A1=+B1", "(#0=(+#1))"),
        ("A1 >= B1", "(#0>=#1)"),
        ("A1<>B1", "(#0<>#1)"),
        ("1-(-A1)", "(1-(-#0))"),
    ],
)
def test_operators_bind_as_in_excel(text: str, tree: str) -> None:
    assert _brackets(expression(text)) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("SUM(A1:A3,$B$7)*2", "(SUM[#0|#1]*2)"),
        ("sum( A1 , B1 )", "SUM[#0|#1]"),
        ("_xlfn._xlws.SORT(A1:A9)", "SORT[#0]"),
        ("NA()", "NA[]"),
        ("IF(A1,,2)", "IF[#0||2]"),
        ("IF(A1,)", "IF[#0|]"),
        ('IF(A1>0,"a, (b)",FALSE)', 'IF[(#0>0)|"a, (b)"|FALSE]'),
        ("SUM((A1,B1))", "SUM[(#0,#1)]"),
        ("A1:B3 B1:C3", "(#0 #1)"),
        ("SUM({1,2;3,-4})", "SUM[{1,2;3,-4}]"),
        ("LET(x,1,x+A1)", "LET[~x|1|(~x+#0)]"),
        ("A1:INDEX(B:B,3)", "(#0:INDEX[#1|3])"),
        ("Rate*'Own costs'!B2", "(#0*#1)"),
        ("First:Last", "(#0:#1)"),
        ("Sales[[#This Row],[Amount]]*2", "(#0*2)"),
        ("Sheet1!A1:Sheet1!B2+1", "(#0+1)"),
        ("[1]Costs!A1*2", "(#0*2)"),
        ("[1]!Total(A1)", "TOTAL[#0]"),
        ("#REF!A1+#N/A", "(#0+#N/A)"),
        ("A1#+@B1:B3", "(#0+(@#1))"),
        ("R[-1]C+RC[2]", "(#0+#1)"),
        ("2:2+B:B", "(#0+#1)"),
    ],
)
def test_calls_and_references_stand_where_they_are_written(text: str, tree: str) -> None:
    assert _brackets(expression(text)) == tree


def test_a_constant_has_its_kind_and_value() -> None:
    tree = expression('CHOOSE(1.50,"say ""no""",TRUE,#DIV/0!,)')
    assert tree == Call(
        "CHOOSE",
        (
            Constant(CellKind.NUMBER, 1.5, "1.50"),
            Constant(CellKind.TEXT, 'say "no"', '"say ""no"""'),
            Constant(CellKind.BOOL, True, "TRUE"),  # noqa: FBT003 - the value of a constant
            Constant(CellKind.ERROR, "#DIV/0!", "#DIV/0!"),
            Constant(CellKind.EMPTY, ""),
        ),
    )


def test_formulas_of_one_shape_share_a_tree() -> None:
    assert expression("A1*2") is expression("$C$9*2")


@pytest.mark.parametrize(
    "text", ["", "1+", "(1", "1)", "1(2)", "SUM(", "*2", "=1", '"', "{1", "()"]
)
def test_a_text_that_is_no_formula_has_no_tree(text: str) -> None:
    assert expression(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "1" + ")" * 5_000,
        "-" * 20_000 + "1",
        "+".join(["A1"] * 20_000),
        "SUM(" * 3_000 + "1" + ")" * 3_000,
        "1" + "%" * 20_000,
        "(" * 30_000,
    ],
)
def test_a_formula_that_is_too_deep_has_no_tree(text: str) -> None:
    assert expression(text) is None


def test_a_formula_as_deep_as_allowed_has_a_tree() -> None:
    tree = expression("+".join(["1"] * DEEPEST))
    assert tree is not None
    assert sum(isinstance(one, Constant) for one in walk(tree)) == DEEPEST
    assert expression("+".join(["1"] * (DEEPEST + 1))) is None


def test_walking_meets_each_part_before_its_own_parts_from_left_to_right() -> None:
    tree = expression("SUM(A1,2)*-B1")
    assert tree is not None
    assert [_brackets(one) for one in walk(tree)] == [
        "(SUM[#0|2]*(-#1))",
        "SUM[#0|2]",
        "#0",
        "2",
        "(-#1)",
        "#1",
    ]


_OPERANDS = st.sampled_from(
    ["A1", "$B$2:C9", "Rate", "'a b'!C3", "1.5", '"x"', "TRUE", "Sheet2!A:A"]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<="]), inner).map(
            "".join
        ),
        inner.map(lambda one: f"-{one}"),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"{one}%"),
        st.lists(inner, max_size=3).map(lambda some: f"SUM({','.join(some)})"),
    )


@given(st.recursive(_OPERANDS, _larger, max_leaves=20))
def test_each_reference_stands_once_in_the_tree_in_the_order_of_the_text(text: str) -> None:
    tree = expression(text)
    assert tree is not None
    numbers = [one.number for one in walk(tree) if isinstance(one, Referred)]
    assert numbers == list(range(len(references(text))))


@given(st.text(alphabet="A1:!$+-*/^%&=<>(),;{}\"'#@ R[]x.", max_size=60))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    expression(text)
