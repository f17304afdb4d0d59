"""What a decoded sheet answers about its cells."""

from __future__ import annotations

import pytest

from tickmark.encode.claim import Summary, TypeWord, Value
from tickmark.encode.decode import decode
from tickmark.encode.reading import Reading, reading_of
from tickmark.model.address import RangeRef, cell_address, parse_cell
from tickmark.model.grid import CellKind

TEXT = """# S|A1:Z40
A1 Title>3
A3 Item|2023||TRUE
A4:A7 Cash|Debtors|"long"+86|2024-05-01
B4:D7 except C5 =$A4+B3 -> 1|2|3
5 4|5
6 6|7|8
7 9|10|11
C5 x
F1:F3 =G1*2
H1:H3 except H2 =I1*2
J1:J3 {=SUM(K1:K3)} -> 7
L1 =\\"SUM(A"+444
M1:N5 except M1,N5 <num 1.5..9 sum 30 first 2 last 9 4 distinct>|2|3
O1:O5 <int ~0..50 sum 90>
P1:P5 <% 5%..5%>
Q1:Q5 <text 1 distinct>|EUR
R1:R5 <any>
S1:S1000000 0.1
U1 Sum|=F1*3 -> 5|=Y1*2|7
V9 =<F2> -> 1
"""


def value(kind: CellKind, content: float | str | bool | None) -> Value:
    return Value(kind, content)


def num(number: float) -> Value:
    return Value(CellKind.NUMBER, float(number))


@pytest.fixture(scope="module")
def reading() -> Reading:
    (sheet,) = decode(TEXT)
    return reading_of(sheet)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("A1", value(CellKind.TEXT, "Title")),
        ("B1", None),
        ("B3", num(2023)),
        ("C3", value(CellKind.EMPTY, None)),
        ("D3", value(CellKind.BOOL, content=True)),
        ("A6", None),
        ("A7", value(CellKind.DATE, 45413.0)),
        ("B5", num(4)),
        ("D5", num(5)),
        ("D7", num(11)),
        ("C5", value(CellKind.TEXT, "x")),
        ("F2", None),
        ("J3", num(7)),
        ("L1", None),
        ("M1", None),
        ("N1", num(2)),
        ("M5", num(9)),
        ("N4", None),
        ("O3", None),
        ("P3", num(0.05)),
        ("Q5", value(CellKind.TEXT, "EUR")),
        ("R2", None),
        ("S999999", num(0.1)),
        ("T5", None),
        ("A1000", None),
        ("U1", value(CellKind.TEXT, "Sum")),
        ("V1", num(5)),
        ("W1", None),
        ("X1", num(7)),
        ("V9", num(1)),
    ],
)
def test_a_value_is_known_where_it_is_told_exactly(
    reading: Reading, address: str, expected: Value | None
) -> None:
    assert reading.value_at(*parse_cell(address)) == expected


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("A1", "text"),
        ("B3", "number"),
        ("C3", "empty"),
        ("A6", "text"),
        ("A7", "date"),
        ("D3", "bool"),
        ("F2", None),
        ("N4", "number"),
        ("P1", "number"),
        ("R2", None),
        ("T5", None),
    ],
)
def test_the_kind_of_a_cell_is_known_more_often(
    reading: Reading, address: str, kind: str | None
) -> None:
    assert reading.type_at(*parse_cell(address)) == kind


@pytest.mark.parametrize(
    ("address", "formula"),
    [
        ("B4", "=$A4+B3"),
        ("D6", "=$A6+D5"),
        ("C5", None),
        ("F3", "=G3*2"),
        ("H3", "=I3*2"),
        ("J2", "=SUM(K1:K3)"),
        ("L1", None),
        ("A4", None),
        ("T1", None),
        ("V1", "=F1*3"),
        ("W1", "=Y1*2"),
        ("X1", None),
        ("V9", "=W9*2"),
    ],
)
def test_a_formula_is_shifted_to_its_cell(
    reading: Reading, address: str, formula: str | None
) -> None:
    assert reading.formula_at(*parse_cell(address)) == formula


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("V1", ["V1"]),
        ("B4", ["B4:D4", "B5", "D5", "B6:D7"]),
        ("F2", ["F1:F3", "H1", "H3", "V9"]),
        ("H3", ["F1:F3", "H1", "H3", "V9"]),
        ("J2", ["J1:J3"]),
        ("L1", []),
        ("A1", []),
        ("T9", []),
    ],
)
def test_copies_of_a_formula_are_found_in_all_claims(
    reading: Reading, address: str, shared: list[str]
) -> None:
    found = reading.cells_sharing_formula(*parse_cell(address))

    assert [one.a1 for one in found] == shared


@pytest.mark.parametrize(
    ("area", "summary"),
    [
        (
            "B4:B7",
            Summary(
                TypeWord.INTEGER,
                low=1.0,
                high=9.0,
                total=20.0,
                first=num(1),
                last=num(9),
                distinct=4,
            ),
        ),
        (
            "A3:D3",
            Summary(
                TypeWord.ANY,
                low=2023.0,
                high=2023.0,
                total=2023.0,
                first=value(CellKind.TEXT, "Item"),
                last=value(CellKind.BOOL, content=True),
                distinct=3,
            ),
        ),
        (
            "M1:N5",
            Summary(
                TypeWord.NUMBER,
                low=1.5,
                high=9.0,
                total=30.0,
                first=num(2),
                last=num(9),
                distinct=4,
                samples=(num(2), num(3)),
            ),
        ),
        ("M1:M5", None),
        ("F1:F3", None),
        ("T1:T9", None),
        ("L1:L5", None),
        (
            "O1:P5",
            Summary(TypeWord.NUMBER, low=0.0, high=50.0, bounds_exact=False),
        ),
        (
            "M1:O5",
            Summary(TypeWord.NUMBER, low=0.0, high=50.0, bounds_exact=False, total=120.0),
        ),
        (
            "S1:S1000000",
            Summary(
                TypeWord.NUMBER,
                low=0.1,
                high=0.1,
                total=100000.0,
                first=num(0.1),
                last=num(0.1),
                distinct=1,
            ),
        ),
        (
            "A6",
            Summary(
                TypeWord.TEXT,
                first=Value(CellKind.TEXT, "long", 90),
                last=Value(CellKind.TEXT, "long", 90),
            ),
        ),
    ],
)
def test_an_area_is_summed_up_where_all_of_it_is_known(
    reading: Reading, area: str, summary: Summary | None
) -> None:
    assert reading.column_summary(RangeRef.parse(area, sheet="S")) == summary


def test_nothing_is_known_of_areas_with_hidden_or_left_out_cells() -> None:
    (sheet,) = decode(
        "# S|A1:D9\n# hidden|rows 3\n# left out|C5\nA1:A2 1|2\nB1:B2 1|2\nC4 5\nD1:D2 =A1 -> 3"
    )
    reading = reading_of(sheet)

    assert reading.value_at(3, 1) is None
    assert reading.type_at(3, 1) is None
    assert reading.column_summary(RangeRef("S", 1, 1, 4, 1)) is None
    assert reading.column_summary(RangeRef("S", 4, 3, 5, 3)) is None
    assert reading.column_summary(RangeRef("S", 4, 3, 4, 3)) is not None


def test_where_more_is_left_out_than_named_only_areas_told_whole_are_known() -> None:
    (sheet,) = decode("# S|A1:D9\n# left out|C5 and 2 more areas\nA1:A3 1|2|3\n")
    reading = reading_of(sheet)

    assert reading.column_summary(RangeRef("S", 1, 1, 4, 1)) is None
    assert reading.column_summary(RangeRef("S", 1, 1, 3, 1)) is not None


def test_where_more_is_hidden_than_named_only_areas_told_whole_are_known() -> None:
    (sheet,) = decode("# S|A1:D9\n# hidden 9 cells|rows 5 and 2 more\nA1:A3 1|2|3\n")
    reading = reading_of(sheet)

    assert reading.column_summary(RangeRef("S", 1, 1, 4, 1)) is None
    assert reading.column_summary(RangeRef("S", 1, 1, 3, 1)) is not None


def test_every_cell_finds_its_claim_among_many() -> None:
    places = [(row, column) for row in range(1, 40) for column in range(1, 40)]
    lines = "".join(f"{cell_address(*place)} {place[0] * 100 + place[1]}\n" for place in places)
    (sheet,) = decode(f"# S|A1:AM39\n{lines}A50:AZ60 wide\n")
    reading = reading_of(sheet)

    assert [reading.value_at(*place) for place in places] == [
        num(row * 100 + column) for row, column in places
    ]
    assert [claim.line if claim else 0 for claim in (reading.claim_at(55, 52),)] == [1523]
    assert reading.claim_at(61, 52) is None
    assert reading.claim_at(55, 53) is None
