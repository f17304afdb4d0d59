"""Each value of a cell as a literal, and back."""

from __future__ import annotations

import datetime as dt
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.encode.claim import Value
from tickmark.encode.decode import decode
from tickmark.encode.literals.cells import Literals, literals_of
from tickmark.model.grid import CellKind, Cells
from tickmark.model.workbook import Sheet, Style, Workbook

MARKS = '|"=<#{}@?~*>.%- ()\\:+0129aTE\n\u200b\xa0é中'

HOSTILE = st.one_of(
    st.text(MARKS, max_size=12),
    st.text(max_size=20),
    st.sampled_from(
        [
            *["TRUE", "FALSE", "#REF!", "?", "?*3", "*3", "a>6", "a>2x3", "1..5", "1..5 by month"],
            *["2024-01-01", "2024-01-01..2024-02-01", "12:30:00", "-0:30:00", "1e5", "nan", "inf"],
            *["007", "1_000", "٣", "12%", "x -> y", "-> y", "x ->", "<num 1..2>", "{a=x}", "{x*}"],
            *["@5", "~1", "1~1", "5%~-9", "1~10", '"', "a*", "a*0", "a*1", "-", ".", "1.", ">5*2"],
            *[
                "as A6",
                "as A66",
                "except B5",
                "except B5:C9,D4 x",
                " except B5",
                "#N/A N/A",
                ">5>2",
            ],
            *[
                "<text>",
                "<any ",
                "<int",
                " -> ",
                " ->",
                "-> ",
                " ",
                "\xa0",
                '"x"+220',
                ">5x6",
                "x>5x6",
            ],
            *[".5", "+5", "1,5", "5 %", "a..b", "...", "--5", "1e999", "A5|x", "# S|A1", "a", "b"],
        ]
    ),
)


def of(kind: CellKind, values: list[float], *, texts: list[str] = [], code: str = "General",  # noqa: B006
       date1904: bool = False) -> Literals:  # fmt: skip
    count = len(values)
    cells = Cells(
        rows=np.arange(1, count + 1, dtype=np.int32),
        columns=np.ones(count, np.int16),
        kinds=np.full(count, kind, np.uint8),
        values=np.array(values, np.float64),
        styles=np.zeros(count, np.int32),
        formulas=np.full(count, -1, np.int32),
        texts=texts,
    )
    page = Sheet("S", cells)
    workbook = Workbook("x.xlsx", "xlsx", "0" * 64, (page,), (Style(code),), date1904=date1904)
    return literals_of(workbook, page)


def read(literal: str, *, date1904: bool = False) -> Value | None:
    epoch = "# dates 1904\n" if date1904 else ""
    (page,) = decode(f"# S|A1:A2\n{epoch}A1:A2 {literal}")
    return page.claims[0].constant


def bits(value: object) -> bytes:
    assert isinstance(value, float)
    return struct.pack("<d", value)


def test_each_kind_of_value_has_its_own_look() -> None:
    workbook = book(
        {
            "S": sheet(
                {
                    "A1": 1.0,
                    "A2": 1.5,
                    "A3": "Cash",
                    "A4": True,
                    "A5": False,
                    "A6": "#REF!",
                    "A7": dt.date(2024, 5, 1),
                    "A8": dt.datetime(2024, 5, 1, 14, 30),  # noqa: DTZ001
                    "A9": 0.125,
                    "A10": "=A1",
                    "A11": ("=A1", 7),
                    "A12": 0.05,
                },
                formats={"A9": "0.0%", "A12": "0%"},
            )
        }
    )
    literals = literals_of(workbook, workbook["S"])

    assert [literals.of(at) for at in range(12)] == [
        *["1", "1.5", "Cash", "TRUE", "FALSE", "#REF!", "2024-05-01", "2024-05-01T14:30:00"],
        *["12.5%", "?", "7", "5%"],
    ]


@pytest.mark.parametrize(
    ("number", "literal"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (-5.0, "-5"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1000000000000000"),
        (1e16, "1e+16"),
        (1.5e20, "1.5e+20"),
        (1e-7, "1e-07"),
        (0.1 + 0.2, "0.3~1"),
        (27758.699999999997, "27758.7~-1"),
        (-0.1 - 0.2, "-0.3~-1"),
        (27758.999999999996, "27759~-1"),
        (0.30000000000000054, "0.30000000000000054"),
        (1.2345000000000002e17, "1.2345e+17~1"),
        (1e23, "1e+23"),
        (0.333333333333, "0.333333333333"),
        (1 / 3, "0.3333333333333333"),
        (math.nan, "?"),
        (math.inf, "?"),
    ],
)
def test_a_number_is_the_shortest_text_that_gives_it_back(number: float, literal: str) -> None:
    assert of(CellKind.NUMBER, [number]).of(0) == literal


@pytest.mark.parametrize(
    ("number", "literal"),
    [
        (0.07, "7%"),
        (0.0, "0%"),
        (-0.0, "-0"),
        (1.0, "100%"),
        (-0.125, "-12.5%"),
        (1 / 3, "0.3333333333333333"),
        (0.1 + 0.2, "30%~1"),
        (0.07 + 2e-17, "7%~1"),
        (-0.2849999999999999, "-28.5%~1"),
        (1e300, "1e+300"),
        (1e308, "1e+308"),
    ],
)
def test_a_per_cent_is_written_where_it_gives_back_the_number(number: float, literal: str) -> None:
    literals = of(CellKind.NUMBER, [number], code="0.0%")

    assert literals.of(0) == literal
    assert bits(read(literal).value) == bits(number)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("serial", "code", "literal"),
    [
        (45413.0, "yyyy-mm-dd", "2024-05-01"),
        (45413.604166666664, "yyyy-mm-dd hh:mm", "2024-05-01T14:30:00"),
        (45413.60416667, "yyyy-mm-dd hh:mm", "2024-05-01T14:30:00.000288"),
        (45413.604172453706, "yyyy-mm-dd", "2024-05-01T14:30:00.500"),
        (0.6041666666666666, "hh:mm", "14:30:00"),
        (0.604167, "hh:mm", "@0.604167"),
        (1.5, "[h]:mm", "36:00:00"),
        (-0.5, "[h]:mm", "-12:00:00"),
        (1.0, "yyyy-mm-dd", "1900-01-01"),
        (59.0, "yyyy-mm-dd", "1900-02-28"),
        (60.0, "yyyy-mm-dd", "@60"),
        (61.0, "yyyy-mm-dd", "1900-03-01"),
        (2958465.0, "yyyy-mm-dd", "9999-12-31"),
        (2958466.0, "yyyy-mm-dd", "@2958466"),
        (-3.0, "yyyy-mm-dd", "@-3"),
        (1e300, "yyyy-mm-dd", "@1e+300"),
        (1e305, "[h]:mm", "@1e+305"),
    ],
)
def test_a_date_is_written_where_it_gives_back_the_serial_number(
    serial: float, code: str, literal: str
) -> None:
    literals = of(CellKind.DATE, [serial], code=code)

    assert literals.of(0) == literal
    assert read(literal) == Value(CellKind.DATE, serial)


def test_dates_of_a_workbook_may_count_from_1904() -> None:
    literals = of(CellKind.DATE, [0.0, 1.0, 43951.5], code="yyyy-mm-dd", date1904=True)

    found = [literals.of(at) for at in range(3)]

    assert found == ["1904-01-01", "1904-01-02", "2024-05-01T12:00:00"]
    assert [read(one, date1904=True) for one in found] == [
        Value(CellKind.DATE, 0.0),
        Value(CellKind.DATE, 1.0),
        Value(CellKind.DATE, 43951.5),
    ]


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("Cash at bank", "Cash at bank"),
        ("", '""'),
        (" x", " x"),
        ("x\xa0", "x\xa0"),
        ("  ", '"  "'),
        ("\xa0", '"\xa0"'),
        ("a|b", '"a|b"'),
        ("007", '"007"'),
        ("12%", '"12%"'),
        ("=A1", '"=A1"'),
        ("#REF!", '"#REF!"'),
        ("TRUE", '"TRUE"'),
        ("2024-05-01", '"2024-05-01"'),
        ("EUR*3", '"EUR*3"'),
        ("Costs>2", '"Costs>2"'),
        ("1..5", '"1..5"'),
        ("two\nlines", '"two\\nlines"'),
        ("a -> b", '"a -> b"'),
        ("-> b", "-> b"),
        ("a ->", "a ->"),
        ("<15", "<15"),
        (">60", ">60"),
        ("#1", "#1"),
        ("#N/A N/A", "#N/A N/A"),
        ("~x", "~x"),
        ("@home", "@home"),
        ("@5", '"@5"'),
        ("?", '"?"'),
        ("??", "??"),
        ("<num>", '"<num>"'),
        ("<int 1..2>", '"<int 1..2>"'),
        ("<number>", "<number>"),
        ("0.3~1", '"0.3~1"'),
        ("12.5%~-3", '"12.5%~-3"'),
        ("1..5 by 3 month", '"1..5 by 3 month"'),
        ("2024-01-31..2024-12-31 by 3 month", '"2024-01-31..2024-12-31 by 3 month"'),
        ("1..x", "1..x"),
        ("2024-05-01 to 2024-05-31", "2024-05-01 to 2024-05-31"),
        ("as A6", '"as A6"'),
        ("as A6 says", "as A6 says"),
        ("except A6", '"except A6"'),
        ("except A6 and B7", '"except A6 and B7"'),
        ("except one", "except one"),
        ("{x}", '"{x}"'),
        ("the first (first 3 of 9 characters)", "the first (first 3 of 9 characters)"),
        ("中文", "中文"),
        ("2024 plan", "2024 plan"),
        ("3.1 Costs", "3.1 Costs"),
        ("A*B", "A*B"),
        ("-", "-"),
    ],
)
def test_a_text_stands_in_quotes_only_where_it_could_be_read_otherwise(
    text: str, literal: str
) -> None:
    assert of(CellKind.TEXT, [0], texts=[text]).of(0) == literal
    assert read(literal) == Value(CellKind.TEXT, text)


def test_a_long_text_is_cut_and_its_length_told() -> None:
    literals = of(CellKind.TEXT, [0] * 20, texts=["x" * 300])

    cut = '"xxx"+297'
    assert literals.of(0, 3) == literals.text("x" * 300, 3) == cut
    assert literals.many(range(20), 3) == [cut] * 20
    assert literals.of(0, 300) == literals.text("x" * 300) == "x" * 300
    assert read(cut) == Value(CellKind.TEXT, "xxx", 300)


def test_what_is_no_error_value_is_never_read_as_another_one() -> None:
    assert of(CellKind.ERROR, [0], texts=["#N/A|x"]).of(0) == '"#N/A|x"'
    assert [of(CellKind.ERROR, [0], texts=[text]).of(0) for text in ("#N/A", "#DIV/0!")] == [
        "#N/A",
        "#DIV/0!",
    ]


def _steps_beside(number: float, steps: int) -> float:
    for _ in range(abs(steps)):
        number = math.nextafter(number, math.copysign(math.inf, steps))
    return number


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.builds(
        _steps_beside,
        st.builds(
            lambda digits, exponent: float(f"{digits}e{exponent}"),
            st.integers(-(10**12), 10**12),
            st.one_of(st.integers(-12, 4), st.integers(-320, 290)),
        ),
        st.integers(-11, 11),
    ).filter(math.isfinite),
)


@given(HOSTILE)
def test_every_text_comes_back(text: str) -> None:
    literal = of(CellKind.TEXT, [0], texts=[text]).of(0)

    assert read(literal) == Value(CellKind.TEXT, text)


@given(NUMBERS, st.sampled_from(["General", "0.0%"]))
def test_every_number_comes_back_to_the_last_bit(number: float, code: str) -> None:
    literal = of(CellKind.NUMBER, [number], code=code).of(0)

    value = read(literal)
    assert value is not None
    assert (value.kind, bits(value.value)) == (CellKind.NUMBER, bits(number))


SERIALS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1, 3e6),
    st.integers(0, 3_000_000).map(float),
    st.integers(0, 3_000_000 * 86_400).map(lambda seconds: seconds / 86_400),
    st.integers(0, 50_000 * 86_400_000).map(lambda millis: millis / 86_400_000),
    st.floats(40_000, 50_000).map(lambda serial: round(serial, 8)),
)
CODES = st.sampled_from(["yyyy-mm-dd", "hh:mm:ss", "[h]:mm:ss", "General"])


@given(SERIALS, CODES, st.booleans())
def test_every_date_comes_back_to_the_last_bit(serial: float, code: str, date1904: bool) -> None:
    literal = of(CellKind.DATE, [serial], code=code, date1904=date1904).of(0)

    value = read(literal, date1904=date1904)
    assert value is not None
    # A time before noon of day 0 has no sign: -0.0 and 0.0 are the same moment.
    assert value == Value(CellKind.DATE, serial)


@given(st.data())
def test_many_literals_are_those_of_each_cell(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([CellKind.NUMBER, CellKind.DATE, CellKind.TEXT]))
    texts = data.draw(st.lists(HOSTILE, min_size=1, max_size=4))
    values = data.draw(
        st.lists(
            {
                CellKind.NUMBER: st.one_of(st.floats(), NUMBERS, st.integers(-5, 5).map(float)),
                CellKind.DATE: SERIALS,
            }.get(kind, st.integers(0, len(texts) - 1).map(float)),
            min_size=16,
            max_size=30,
        )
    )
    code = data.draw(st.sampled_from(["General", "0%", "[h]:mm", "hh:mm", "yyyy-mm-dd"]))
    literals = of(kind, values, texts=texts, code=code, date1904=data.draw(st.booleans()))

    assert literals.many(range(len(values))) == [literals.of(at) for at in range(len(values))]
