"""Each form of the notation, decoded into whole claims."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tickmark.encode.claim import Claim, DecodedSheet, FormulaText, Summary, TypeWord, Value
from tickmark.encode.decode import decode
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

BLANK = Value(CellKind.EMPTY, None)


def area(text: str) -> RangeRef:
    return RangeRef.parse(text, sheet="S")


def areas(*texts: str) -> tuple[RangeRef, ...]:
    return tuple(map(area, texts))


def num(number: float) -> Value:
    return Value(CellKind.NUMBER, float(number))


def txt(text: str, length: int = 0) -> Value:
    return Value(CellKind.TEXT, text, length)


def day(serial: float) -> Value:
    return Value(CellKind.DATE, float(serial))


def nums(*numbers: float) -> tuple[Value, ...]:
    return tuple(map(num, numbers))


def decoded(lines: str, header: str = "") -> tuple[Claim, ...]:
    """The claims of one sheet, each as if it stood in line 0."""
    (sheet,) = decode(f"# S|A1:Z99\n{header}{lines}\n")
    return tuple(replace(claim, line=0) for claim in sheet.claims)


def one(lines: str, header: str = "") -> Claim:
    (claim,) = decoded(lines, header)
    return claim


def constant(place: str, value: Value, **rest: object) -> Claim:
    return Claim("S", areas(*place.split(",")), constant=value, **rest)  # type: ignore[arg-type] # fields


def listed(place: str, *values: Value, **rest: object) -> Claim:
    return Claim("S", areas(*place.split(",")), values=values, **rest)  # type: ignore[arg-type] # fields


def summed(place: str, summary: Summary, **rest: object) -> Claim:
    return Claim("S", areas(*place.split(",")), summary=summary, **rest)  # type: ignore[arg-type] # fields


LITERALS: list[tuple[str, Value]] = [
    ("120", num(120)),
    ("-3", num(-3)),
    ("0", num(0)),
    ("1.5", num(1.5)),
    ("0.1", num(0.1)),
    ("1e-07", num(1e-07)),
    ("1.5e+20", num(1.5e20)),
    ("1000000000000000.0", num(1e15)),
    ("5%", num(0.05)),
    ("12.5%", num(0.125)),
    ("-5%", num(-0.05)),
    ("27758.7~-1", num(27758.699999999997)),
    ("0.3~1", num(0.30000000000000004)),
    ("-0.3~1", num(-0.29999999999999993)),
    ("0.1~9", num(0.10000000000000013)),
    ("0~1", num(5e-324)),
    ("7%~1", num(0.07000000000000002)),
    ("@45000.1~1", day(45000.100000000006)),
    ("2024-05-01", day(45413)),
    ("2024-05-01T12:00:00", day(45413.5)),
    ("2024-05-01T14:30:00", day(45413.604166666664)),
    ("2024-05-01T00:00:00.000001", day(45413.000000000015)),
    ("1900-01-01", day(1)),
    ("1900-02-28", day(59)),
    ("1900-03-01", day(61)),
    ("1900-01-01T06:00:00", day(1.25)),
    ("9999-12-31", day(2958465)),
    ("06:00:00", day(0.25)),
    ("14:30:00.5", day(0.6041724537037037)),
    ("36:00:00", day(1.5)),
    ("-0:30:00", day(-0.020833333333333332)),
    ("@45000.123", day(45000.123)),
    ("@-1", day(-1)),
    ("TRUE", Value(CellKind.BOOL, value=True)),
    ("FALSE", Value(CellKind.BOOL, value=False)),
    ("#REF!", Value(CellKind.ERROR, "#REF!")),
    ("#N/A", Value(CellKind.ERROR, "#N/A")),
    ("#NAME?", Value(CellKind.ERROR, "#NAME?")),
    ("#GETTING_DATA", Value(CellKind.ERROR, "#GETTING_DATA")),
    ("EUR", txt("EUR")),
    ("a > b, 5 %", txt("a > b, 5 %")),
    ("1,200", txt("1,200")),
    ("Q1..Q4", txt("Q1..Q4")),
    ("2024 Budget", txt("2024 Budget")),
    ("x>y", txt("x>y")),
    ("inf", txt("inf")),
    ("True", txt("True")),
    ('""', txt("")),
    ('"=A1"', txt("=A1")),
    ('"120"', txt("120")),
    (" x", txt(" x")),
    ("x ", txt("x ")),
    ('" "', txt(" ")),
    ("#1", txt("#1")),
    ("#hash tag", txt("#hash tag")),
    ("@home", txt("@home")),
    ("~x", txt("~x")),
    ("?x", txt("?x")),
    ("<15", txt("<15")),
    ("<number", txt("<number")),
    (">60", txt(">60")),
    (">60x", txt(">60x")),
    ("* note", txt("* note")),
    ("5 ~ 6", txt("5 ~ 6")),
    ("as follows", txt("as follows")),
    ("except for this", txt("except for this")),
    ("x (first 2 of 3 characters)", txt("x (first 2 of 3 characters)")),
    ('"as A6"', txt("as A6")),
    ('"<num>"', txt("<num>")),
    ('"#REF!"', txt("#REF!")),
    ('"?"', txt("?")),
    ('"@5"', txt("@5")),
    ('"0.3~1"', txt("0.3~1")),
    ('"a|b"', txt("a|b")),
    ('"5*3"', txt("5*3")),
    ('"1..5"', txt("1..5")),
    ('"say \\"x\\"\\n"', txt('say "x"\n')),
    ('"\\ud83d\\ude00 \\ud800"', txt("😀 \ud800")),
    ('"abc"+2997', txt("abc", 3000)),
]


@pytest.mark.parametrize(("literal", "value"), LITERALS, ids=[text for text, _ in LITERALS])
def test_a_literal_is_read_back(literal: str, value: Value) -> None:
    assert one(f"B2 {literal}") == constant("B2", value)


def test_minus_zero_stays_minus_zero() -> None:
    assert str(getattr(one("B2 -0").constant, "value", None)) == "-0.0"


@pytest.mark.parametrize(
    ("literal", "serial"),
    [
        ("1904-01-01", 0),
        ("2024-05-01", 43951),
        ("1904-01-02T12:00:00", 1.5),
        ("12:00:00", 0.5),
    ],
)
def test_dates_count_from_1904_where_the_header_says_so(literal: str, serial: float) -> None:
    assert one(f"B2 {literal}", "# dates 1904\n") == constant("B2", day(serial))


CLAIMS: list[tuple[str, Claim]] = [
    ("A5,B7:B9 EUR", constant("A5,B7:B9", txt("EUR"))),
    (
        "A5:B9 except A7,B8:B9 0",
        constant("A5:B9", num(0), excepted=areas("A7", "B8:B9")),
    ),
    ("A3 Item|2023|2024", listed("A3:C3", txt("Item"), num(2023), num(2024))),
    ("A4:A6 Cash|Debtors|1.5", listed("A4:A6", txt("Cash"), txt("Debtors"), num(1.5))),
    ("A3:C3 a|b|c", listed("A3:C3", txt("a"), txt("b"), txt("c"))),
    ("B5:C7 120|130\n6 125|140\n7 1|2", listed("B5:C7", *nums(120, 130, 125, 140, 1, 2))),
    ("A4:A7 1|2\n6 3|4", listed("A4:A7", *nums(1, 2, 3, 4))),
    ("A3:E3 1|2\nC 3\nD 4|5", listed("A3:E3", *nums(1, 2, 3, 4, 5))),
    ("A3 1|2\nC 3", listed("A3:C3", *nums(1, 2, 3))),
    ("A4:A6 1||3", listed("A4:A6", num(1), BLANK, num(3))),
    ("A4 x||", listed("A4:C4", txt("x"), BLANK, BLANK)),
    ("A4:A9 1*2|*3|x", listed("A4:A9", num(1), num(1), BLANK, BLANK, BLANK, txt("x"))),
    ("A4 x*3", listed("A4:C4", txt("x"), txt("x"), txt("x"))),
    ('A4 "x*3"*2', listed("A4:B4", txt("x*3"), txt("x*3"))),
    ("A4 >60*2|x", listed("A4:C4", txt(">60"), txt(">60"), txt("x"))),
    ('A4 "abc"+2*2', listed("A4:B4", txt("abc", 5), txt("abc", 5))),
    ("A3 |x", listed("A3:B3", BLANK, txt("x"))),
    ("A3  y|x", listed("A3:B3", txt(" y"), txt("x"))),
    ("A3:A5,A7 except for once", constant("A3:A5,A7", txt("except for once"))),
    ('A3 "except B7 x"', constant("A3", txt("except B7 x"))),
    ("A3 except Q1-Q4", constant("A3", txt("except Q1-Q4"))),
    ("C5:G6/2 x", constant("C5:C6,E5:E6,G5:G6", txt("x"))),
    ("B1:C5//4,A9 x", constant("B1:C1,B5:C5,A9", txt("x"))),
    (
        "A1:E3 except B1:D3/2 x",
        constant("A1:E3", txt("x"), excepted=areas("B1:B3", "D1:D3")),
    ),
    (
        "C5:E6/2 =B5 -> 1|2\n5 3|4",
        listed("C5:C6,E5:E6", *nums(1, 2, 3, 4), formula=FormulaText("=B5")),
    ),
    ("A1 Title>6", constant("A1", txt("Title"), merged=areas("A1:F1"))),
    ("A1 Title>2x3", constant("A1", txt("Title"), merged=areas("A1:B3"))),
    ("A1,A5 Title>2", constant("A1,A5", txt("Title"), merged=areas("A1:B1", "A5:B5"))),
    (
        "A1:A2 Title>2",
        constant("A1:A2", txt("Title"), merged=areas("A1:B1", "A2:B2")),
    ),
    (
        "A1:C1 Title>3",
        listed("A1:C1", txt("Title"), BLANK, BLANK, merged=areas("A1:C1")),
    ),
    (
        "B1 2023>2|2024>2|x",
        listed(
            "B1:F1", num(2023), BLANK, num(2024), BLANK, txt("x"), merged=areas("B1:C1", "D1:E1")
        ),
    ),
    ("A1 x>1x3|y", listed("A1:B1", txt("x"), txt("y"), merged=areas("A1:A3"))),
    (
        "A1:A4 x>2x3|y",
        listed("A1:A4", txt("x"), BLANK, BLANK, txt("y"), merged=areas("A1:B3")),
    ),
    (
        "A1:B2 x>2\n2 1|2",
        listed("A1:B2", txt("x"), BLANK, num(1), num(2), merged=areas("A1:B1")),
    ),
    ("A1 Q>2*2", listed("A1:D1", txt("Q"), BLANK, txt("Q"), BLANK, merged=areas("A1:B1", "C1:D1"))),
    ("A1:A5 1..5", listed("A1:A5", *nums(1, 2, 3, 4, 5))),
    ("A1 3..1", listed("A1:C1", *nums(3, 2, 1))),
    ("A1:A6 x|1..4|y", listed("A1:A6", txt("x"), *nums(1, 2, 3, 4), txt("y"))),
    ("A1 0..20 by 5", listed("A1:E1", *nums(0, 5, 10, 15, 20))),
    ("A1 20..0 by -10", listed("A1:C1", *nums(20, 10, 0))),
    ("A1 0.5..1.5 by 0.5", listed("A1:C1", *nums(0.5, 1, 1.5))),
    ("A1 0%..50% by 25%", listed("A1:C1", *nums(0, 0.25, 0.5))),
    ("A1 2024-01-30..2024-02-02", listed("A1:D1", *map(day, (45321, 45322, 45323, 45324)))),
    ("A1 2024-01-01..2024-01-15 by 7", listed("A1:C1", *map(day, (45292, 45299, 45306)))),
    (
        "A1 2024-01-31..2024-04-30 by month",
        listed("A1:D1", *map(day, (45322, 45351, 45382, 45412))),
    ),
    (
        "A1 2024-02-29..2021-02-28 by year",
        listed("A1:D1", *map(day, (45351, 44985, 44620, 44255))),
    ),
    (
        "A1 2024-03-31..2024-12-31 by 3 month",
        listed("A1:D1", *map(day, (45382, 45473, 45565, 45657))),
    ),
    ("A1 2024-02-01..2023-10-01 by 2 month", listed("A1:C1", *map(day, (45323, 45261, 45200)))),
    ("A1 0.1..0.3~1 by 0.1", listed("A1:C1", *nums(0.1, 0.2, 0.30000000000000004))),
    (
        'A1:A4 {a=Long text|b="}|"|aa=c}|a|b*2|aa',
        listed("A1:A4", txt("Long text"), txt("}|"), txt("}|"), txt("c")),
    ),
    ('A1:A2 {a=Long text}|a|"a"', listed("A1:A2", txt("Long text"), txt("a"))),
    ("A1:A3 {Item *!}|1|2*2", listed("A1:A3", txt("Item 1!"), txt("Item 2!"), txt("Item 2!"))),
    (
        'A1:A4 {*%}|TRUE||"a|b"|1..3',
        listed("A1:A4", txt("TRUE%"), BLANK, txt("a|b%"), txt("1..3%")),
    ),
    ("A1,B2 {Item *}|1", constant("A1,B2", txt("Item 1"))),
    (
        "D4:D9,F1 =C4-B4",
        Claim("S", areas("D4:D9", "F1"), formula=FormulaText("=C4-B4")),
    ),
    (
        "D4:D9 except D6 =C4-B4 -> 5",
        constant("D4:D9", num(5), excepted=areas("D6"), formula=FormulaText("=C4-B4")),
    ),
    (
        "D4:D6 =C4-B4 -> 10|5|?",
        listed("D4:D6", num(10), num(5), BLANK, formula=FormulaText("=C4-B4")),
    ),
    (
        "D4:D6,F1:G2 =C4-B4 -> 1|2\n6 3|4|5\n2 6*2",
        listed("D4:D6,F1:G2", *nums(1, 2, 3, 4, 5, 6, 6), formula=FormulaText("=C4-B4")),
    ),
    (
        "B2:D4 except C3 =A1 -> 1|2|3\n3 4|5\n4 6|7|8",
        listed(
            "B2:D4",
            *nums(1, 2, 3, 4, 5, 6, 7, 8),
            excepted=areas("C3"),
            formula=FormulaText("=A1"),
        ),
    ),
    (
        "B2 =A1 -> Total>3",
        constant("B2", txt("Total"), formula=FormulaText("=A1"), merged=areas("B2:D2")),
    ),
    (
        "B2:B3 =A1 -> 1>3|2>3",
        listed("B2:B3", *nums(1, 2), formula=FormulaText("=A1"), merged=areas("B2:D2", "B3:D3")),
    ),
    ("D4:D5 =C4-B4 -> ?", constant("D4:D5", BLANK, formula=FormulaText("=C4-B4"))),
    (
        "D4:D6 =C4-B4 -> ?*2|1",
        listed("D4:D6", BLANK, BLANK, num(1), formula=FormulaText("=C4-B4")),
    ),
    (
        "D4:D5 {=TABLE(B1,C1)} -> 1|2",
        listed("D4:D5", *nums(1, 2), formula=FormulaText("=TABLE(B1,C1)", array=True)),
    ),
    (
        'D4 =\\"IF(A1=\\"|\\",\\" -> \\",1)" -> ab',
        constant("D4", txt("ab"), formula=FormulaText('=IF(A1="|"," -> ",1)')),
    ),
    (
        'D4 {=\\"A1&\\" (first \\""}',
        Claim("S", areas("D4"), formula=FormulaText('=A1&" (first "', array=True)),
    ),
    (
        'D4 =A1&" (first "',
        Claim("S", areas("D4"), formula=FormulaText('=A1&" (first "')),
    ),
    (
        'D4 =\\"SUM(A"+444',
        Claim("S", areas("D4"), formula=FormulaText("=SUM(A", length=450)),
    ),
    (
        'D4:D5 =\\"SUM(A"+444 -> 7',
        constant("D4:D5", num(7), formula=FormulaText("=SUM(A", length=450)),
    ),
    (
        'D4 {=\\"SUM(A"+444} -> 7',
        constant("D4", num(7), formula=FormulaText("=SUM(A", array=True, length=450)),
    ),
    ("B5:B9 <num>", summed("B5:B9", Summary(TypeWord.NUMBER))),
    (
        "B5:B9 <int 1..50 sum 1275 first 1 last 50 5 distinct>|1|2",
        summed(
            "B5:B9",
            Summary(
                TypeWord.INTEGER,
                low=1.0,
                high=50.0,
                total=1275.0,
                first=num(1),
                last=num(50),
                distinct=5,
                samples=nums(1, 2),
            ),
        ),
    ),
    (
        "B5:B9 except B7 <% ~-5%..12.5%>",
        summed(
            "B5:B9",
            Summary(TypeWord.PERCENT, low=-0.05, high=0.125, bounds_exact=False),
            excepted=areas("B7"),
        ),
    ),
    (
        "B5:B9 <cur 1.5..2.5e+20>",
        summed("B5:B9", Summary(TypeWord.CURRENCY, low=1.5, high=2.5e20)),
    ),
    (
        "B5:B9 <date 2024-01-01..@45300.5 first 2024-01-01 last 2024-01-03>",
        summed(
            "B5:B9",
            Summary(TypeWord.DATE, low=45292.0, high=45300.5, first=day(45292), last=day(45294)),
        ),
    ),
    (
        "B5:B9 <time 06:00:00..36:00:00 sum 48:00:00>",
        summed("B5:B9", Summary(TypeWord.TIME, low=0.25, high=1.5, total=2.0)),
    ),
    (
        'B5:B9 <text 12 distinct>|EUR|"a|b"|"abc"+87',
        summed(
            "B5:B9",
            Summary(TypeWord.TEXT, distinct=12, samples=(txt("EUR"), txt("a|b"), txt("abc", 90))),
        ),
    ),
    (
        "B5:B9 <num 0.3~1..0.9 sum 1.1~-2 first 0.3~1 last 0.9>",
        summed(
            "B5:B9",
            Summary(
                TypeWord.NUMBER,
                low=0.30000000000000004,
                high=0.9,
                total=1.0999999999999996,
                first=num(0.30000000000000004),
                last=num(0.9),
            ),
        ),
    ),
    ("B5:B9 <bool 3 true>", summed("B5:B9", Summary(TypeWord.BOOL, true=3))),
    (
        "B5:B9 <error 1 distinct>|#N/A",
        summed(
            "B5:B9",
            Summary(TypeWord.ERROR, distinct=1, samples=(Value(CellKind.ERROR, "#N/A"),)),
        ),
    ),
    (
        "B5:B9 <any first 1 last 2024-01-01>|1|x",
        summed(
            "B5:B9",
            Summary(TypeWord.ANY, first=num(1), last=day(45292), samples=(num(1), txt("x"))),
        ),
    ),
    (
        "D4:D9 =C4-B4 -> <num ~-12..95>|1|2",
        summed(
            "D4:D9",
            Summary(TypeWord.NUMBER, low=-12.0, high=95.0, bounds_exact=False, samples=nums(1, 2)),
            formula=FormulaText("=C4-B4"),
        ),
    ),
]


@pytest.mark.parametrize(("lines", "claim"), CLAIMS, ids=[lines for lines, _ in CLAIMS])
def test_a_line_is_read_back_as_its_claim(lines: str, claim: Claim) -> None:
    assert one(lines) == claim


def formula(place: str, text: str, *result: Value, array: bool = False) -> Claim:
    (told,) = result or (None,)
    return Claim("S", areas(place), formula=FormulaText(text, array), constant=told)


ROWS: list[tuple[str, tuple[Claim, ...]]] = [
    (
        "A6 Total|=SUM(B2:B5)|=C5/2 -> 3.5||12",
        (
            listed("A6", txt("Total")),
            formula("B6", "=SUM(B2:B5)"),
            formula("C6", "=C5/2", num(3.5)),
            listed("D6:E6", BLANK, num(12)),
        ),
    ),
    ("A6 =B5*2|=C5*2", (formula("A6", "=B5*2"), formula("B6", "=C5*2"))),
    (
        "A6 =B5 -> x|=C5 -> ?|{=SUM(A1:A2)} -> #N/A",
        (
            formula("A6", "=B5", txt("x")),
            formula("B6", "=C5", BLANK),
            formula("C6", "=SUM(A1:A2)", Value(CellKind.ERROR, "#N/A"), array=True),
        ),
    ),
    (
        'A6 "a|b"|=IF(B1="x","z") -> "c|d"|y',
        (
            listed("A6", txt("a|b")),
            formula("B6", '=IF(B1="x","z")', txt("c|d")),
            listed("C6", txt("y")),
        ),
    ),
    (
        'A6 =\\"A1&\\"|\\"" -> 5|=\\"SUM(A"+44|x',
        (
            formula("A6", '=A1&"|"', num(5)),
            Claim("S", areas("B6"), formula=FormulaText("=SUM(A", length=50)),
            listed("C6", txt("x")),
        ),
    ),
    (
        "A6 Q>2|=B5|x*2|1..3|=C5\nJ y>2|=D5",
        (
            listed("A6:B6", txt("Q"), BLANK, merged=areas("A6:B6")),
            formula("C6", "=B5"),
            listed("D6:H6", txt("x"), txt("x"), *nums(1, 2, 3)),
            formula("I6", "=C5"),
            listed("J6:K6", txt("y"), BLANK, merged=areas("J6:K6")),
            formula("L6", "=D5"),
        ),
    ),
    (
        "A6 {a=Long text}|a|=B5 -> a|=C5",
        (
            listed("A6", txt("Long text")),
            formula("B6", "=B5", txt("Long text")),
            formula("C6", "=C5"),
        ),
    ),
    ("A6 {X*}|=B5|C5", (listed("A6:B6", txt("X=B5"), txt("XC5")),)),
]


@pytest.mark.parametrize(("lines", "claims"), ROWS, ids=[lines for lines, _ in ROWS])
def test_a_row_with_formulas_is_one_claim_for_each_and_for_what_is_between(
    lines: str, claims: tuple[Claim, ...]
) -> None:
    assert decoded(lines) == claims


def test_all_claims_of_a_row_have_its_line() -> None:
    (sheet,) = decode("# S|A1:B9\nA6 Total|=SUM(B2:B5)|x")

    assert [claim.line for claim in sheet.claims] == [2, 2, 2]


LIKE: list[tuple[str, str, Claim]] = [
    ("A6:A8 x|1|", "C1:C3 as A6", listed("C1:C3", txt("x"), num(1), BLANK)),
    ("A6 x|1|2", "B9:D9 as A6", listed("B9:D9", txt("x"), num(1), num(2))),
    ("A6:B7 1|2\n7 3|4", "C1:D2 as A6", listed("C1:D2", *nums(1, 2, 3, 4))),
    ("A6 Q>2|x", "B9:D9 as A6", listed("B9:D9", txt("Q"), BLANK, txt("x"), merged=areas("B9:C9"))),
    ("A6:A8 x", "C1:C3 as A6", constant("C1:C3", txt("x"))),
    ("A6:A8 =B6\nC1:C2 a|b", "D1:D2 as C1", listed("D1:D2", txt("a"), txt("b"))),
    ("A6:A7 a|b\nC1:C2 as A6", "D1:D2 as C1", listed("D1:D2", txt("a"), txt("b"))),
]


@pytest.mark.parametrize(("before", "line", "claim"), LIKE, ids=[one for _, one, _ in LIKE])
def test_a_line_may_have_the_values_of_an_earlier_one(before: str, line: str, claim: Claim) -> None:
    assert decoded(f"{before}\n{line}")[-1] == claim


COPIES: list[tuple[str, str, Claim]] = [
    ("C4 =A4*$B$1", "E9 =<C4>", formula("E9", "=C9*$B$1")),
    ("C4:C9 =A4*$B$1", "E9:F9,G1 =<C4> -> 5", constant("E9:F9,G1", num(5))),
    ("C4:C9 =A4*$B$1", "E9 =<C6>", formula("E9", "=C9*$B$1")),
    ("A4 x|1|=A4*$B$1", "E9 y|=<C4> -> 5", formula("F9", "=D9*$B$1", num(5))),
    ("A4 =B4+1", "E9 y|=C1|=<F9>", formula("G9", "=D1")),
    ("A4 =B4+1\nA5 =<A4>", "A7 =<A5>", formula("A7", "=B7+1")),
    ('A4 =\\"B4&"+90', "A5 =<A4>", Claim("S", areas("A5"), formula=FormulaText("=", length=-1))),
    ("A4 =B4&XFD1", "C4 =<A4>", formula("C4", "=D4&B1")),
]


@pytest.mark.parametrize(("before", "line", "claim"), COPIES, ids=[one for _, one, _ in COPIES])
def test_a_copy_has_the_formula_of_an_earlier_line_as_it_looks_in_its_own_cell(
    before: str, line: str, claim: Claim
) -> None:
    told = decoded(f"{before}\n{line}")[-1]

    if claim.formula is None:
        claim = replace(claim, formula=FormulaText("=C9*$B$1"))
    assert told == claim


def test_claims_know_their_line() -> None:
    (sheet,) = decode("# S|A1:B9\n# some words\nA1:A2 1|2\nB1:B2 1\n2 2\nA5 x\n")

    assert [claim.line for claim in sheet.claims] == [3, 4, 6]


def test_a_header_gives_name_used_range_and_what_was_left_out() -> None:
    text = (
        '# "a|b"|A1:M90\n# A1:M90 is a table|with words\n'
        "# left out 120 cells|A5:F90,H3 and 12 more areas\nA1 x\n"
    )

    (sheet,) = decode(text)

    assert sheet == DecodedSheet(
        name="a|b",
        used_range=RangeRef("a|b", 1, 1, 90, 13),
        claims=(Claim("a|b", (RangeRef("a|b", 1, 1, 1, 1),), constant=txt("x"), line=4),),
        left_out=(RangeRef("a|b", 5, 1, 90, 6), RangeRef("a|b", 3, 8, 3, 8)),
        header=(
            "A1:M90 is a table|with words",
            "left out 120 cells|A5:F90,H3 and 12 more areas",
        ),
        more_left_out=12,
    )


def test_an_empty_sheet_has_no_used_range() -> None:
    assert decode("# Notes 2|") == (DecodedSheet("Notes 2", None, ()),)


def test_the_list_of_what_was_left_out_may_be_cut() -> None:
    (sheet,) = decode("# S|A1:B9\n# left out|A1,B2:B3,… and 1 more area\n")

    assert (sheet.left_out, sheet.more_left_out) == (areas("A1", "B2:B3"), 1)


def test_what_is_said_of_the_workbook_is_passed_over() -> None:
    text = "# book sheets S A1|T A1:B2\n# book S > T\n\n# S|A1\nA1 x\n"

    assert [(sheet.name, sheet.claims[0].line) for sheet in decode(text)] == [("S", 5)]
    assert decode("# book sheets S A1|1 hidden sheet") == ()


def test_sheets_may_be_called_book() -> None:
    names = [sheet.name for sheet in decode("# book 1|\n\n# book|A1\nA1 x\n\n# book 2|B2:C3\nB2 y")]

    assert names == ["book 1", "book", "book 2"]


def test_stripes_may_be_left_out() -> None:
    (sheet,) = decode("# S|A1:B9\n# left out|A1:C2/2\n")

    assert sheet.left_out == areas("A1:A2", "C1:C2")


def test_hidden_parts_that_are_only_counted_are_no_claims() -> None:
    (sheet,) = decode("# S|B2:H20\n# hidden 23 cells|rows 5 and 7 more|columns C and 1 more\n")

    assert [claim.areas for claim in sheet.claims] == [areas("B5:H5"), areas("C2:C20")]
    assert sheet.more_hidden == 8


def test_hidden_rows_and_columns_are_claims_within_the_used_range() -> None:
    (sheet,) = decode("# S|B2:H20\n# hidden 23 cells|rows 5:9,12,19:30|columns A:C,H\nD2 x")

    assert sheet.claims[1:] == (
        Claim("S", areas("B5:H9", "B12:H12", "B19:H20"), hidden=True, line=2),
        Claim(
            "S",
            areas("B2:C20", "H2:H20"),
            areas("B5:H9", "B12:H12", "B19:H20"),
            hidden=True,
            line=2,
        ),
    )


def test_hidden_cells_are_a_claim_of_their_own() -> None:
    (sheet,) = decode("# S|B2:H20\n# hidden 9 cells|rows 5|cells B7,C9:D9 and 3 more\nD2 x")

    assert sheet.claims[1:] == (
        Claim("S", areas("B5:H5"), hidden=True, line=2),
        Claim("S", areas("B7", "C9:D9"), hidden=True, line=2),
    )
    assert sheet.more_hidden == 3


def test_a_hidden_sheet_is_one_hidden_claim() -> None:
    (sheet,) = decode("# S|B2:H20\n# hidden 120 cells|sheet\n")

    assert sheet.claims == (Claim("S", areas("B2:H20"), hidden=True, line=2),)


def test_sheets_are_parted_by_blank_lines_and_date_systems_are_their_own() -> None:
    text = "# One|A1\n# dates 1904\nA1 2024-05-01\n\n# Two|A1\r\nA1 2024-05-01\n"

    first, second = decode(text)

    assert [(first.name, first.date1904), (second.name, second.date1904)] == [
        ("One", True),
        ("Two", False),
    ]
    assert [sheet.claims[0].constant for sheet in (first, second)] == [day(43951), day(45413)]
    assert second.claims[0].line == 6


def test_cells_that_a_merged_one_covers_may_be_told_elsewhere() -> None:
    assert len(decoded("A1 Title>3|x\nB1:C1 0")) == 2


def test_several_lines_may_say_that_a_cell_is_blank() -> None:
    assert len(decoded("A1:A9 1|*7|x\nA2 |y\nA3:B3 |z\nB4:C6 *5|z\nB5:B6 *2\n")) == 5


def test_a_list_may_say_that_hidden_cells_are_blank() -> None:
    assert len(decoded("A1:A4 1|*2|x\n", "# hidden 9 cells|rows 2:3\n")) == 2
