"""What breaks the notation is refused in one sentence that names the line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.encode.claim import DecodedSheet
from tickmark.encode.decode import decode
from tickmark.encode.reading import reading_of
from tickmark.errors import EncodingError, InputError
from tickmark.model.address import column_letters


def outcome(text: str) -> tuple[DecodedSheet, ...] | EncodingError:
    try:
        return decode(text)
    except EncodingError as error:
        return error


AT = range(1, 1_001)

LINES: list[tuple[str, int, str]] = [
    ("A1", 2, "has no blank"),
    ("a1 x", 2, "is no area"),
    ("$A$1 x", 2, "is no area"),
    ("A0 x", 2, "is no area"),
    ("XFE1 x", 2, "is no column"),
    ("A1048577 x", 2, "does not run"),
    ("B2:A1 x", 2, "does not run"),
    ("A1: x", 2, "is no area"),
    ("A1, x", 2, "is no area"),
    ("A1 except B2:A1 x", 2, "does not run"),
    ("A1 except A1", 2, "tells what it excepts and nothing else"),
    ("A1|x", 2, "has no blank"),
    ("A1:D1/2 x", 2, "'A1:D1/2' does not end with a stripe"),
    ("A1:A4//2 x", 2, "does not end with a stripe"),
    ("A1:C1/1 x", 2, "does not end with a stripe"),
    ("A1/2 x", 2, "does not end with a stripe"),
    ("A1:C1/02 x", 2, "does not end with a stripe"),
    ("A1:C1///2 x", 2, "does not end with a stripe"),
    ("A1:C1/2:3 x", 2, "does not end with a stripe"),
    ("A1:E1/2 1|2|3", 2, "a list stands for one area"),
    ("A1:E3 except B1:D3/2,D1 x", 2, "D1 overlap"),
    ("A1:B2 except C1 x", 2, "C1 lies outside"),
    ("A1:B2 except A1,A1:B1 x", 2, "A1:B1 overlap"),
    ("A1:A2 except A1:A2 x", 2, "no cell is left"),
    ("5 x", 2, "goes on with nothing"),
    ("A1:A2 x\n\n3 x", 4, "begins with its name"),
    ("A1 ", 2, "a blank cell is told in lists only"),
    ("A1:A3 1|2", 2, "2 items for 3 cells"),
    ("A1:A3 1|2|3|4", 2, "more items than cells"),
    ("A1,B2 1|2", 2, "a list stands for one area"),
    ("A1:A3 except A2 1|2", 2, "a list stands for one area"),
    ("A1:A3 1|2\n4 3", 3, "the line goes on at row 4, the list at A3."),
    ("A1:A3 1|2\nA 3", 3, "the line goes on at column A, the list at A3."),
    ("A1:C1 1|2\n1 3", 3, "the line goes on at row 1"),
    ("A1:C1 1|2\nB 3", 3, "the line goes on at column B, the list at C1."),
    ("A1:A2 1|2\n3 3", 3, "goes on behind its last cell"),
    ("XFD1 1|2", 2, "more items than cells in the row"),
    ("A1:B2 =A1\n2 3", 3, "only lists go on"),
    ("A1:A5 <num>\n3 3", 3, "only lists go on"),
    ("A1 ?", 2, "? stands for the result of a formula"),
    ("A1 1|?", 2, "? stands for the result of a formula"),
    ("A1 007", 2, "'007' is no number"),
    ("A1 +5", 2, "'+5' is no number"),
    ("A1 1E5", 2, "is no number"),
    ("A1 1e+400", 2, "is no number"),
    ("A1 .5", 2, "is no number"),
    ("A1 007~1", 2, "'007~1' is no number"),
    ("A1 1.7976931348623157e+308~1", 2, "is no number"),
    ("A1 @1e+400", 2, "is no number"),
    ("A1 2024-02-30", 2, "is no date"),
    ("A1 2024-01-01T25:00:00", 2, "is no date"),
    ("A1 1899-12-31", 2, "no date is as early"),
    ("A1 10:75:00", 2, "is no time"),
    ("A1  ", 2, "has to stand in quotes"),
    ("A1 x|  |y", 2, "has to stand in quotes"),
    ("A1 x|as B7", 2, "has to stand in quotes"),
    ("A1 x|<num>", 2, "has to stand in quotes"),
    ('A1 say "x"', 2, "has to stand in quotes"),
    ("A1 {x", 2, "begins neither codes nor a pattern"),
    ("A1 x*1", 2, "tells of one cell only"),
    ("A1 x*01", 2, "has to stand in quotes"),
    ("A1 x>1", 2, "tells of one cell only"),
    ("A1 1..5*2", 2, "has to stand in quotes"),
    ("A1 a -> b", 2, "has to stand in quotes"),
    ('A1 "x', 2, "does not end"),
    ('A1 "x"y', 2, "stands behind a text in quotes"),
    ('A1 "xy"+0', 2, "stands behind a text in quotes"),
    ('A1 "xy" +5', 2, "stands behind a text in quotes"),
    ('A1 "xy"+5+5', 2, "stands behind a text in quotes"),
    ("A1 1..2", 2, "has fewer than 3 values"),
    ("A1 0.5..3.5", 2, "does not tell its step"),
    ("A1 0..1 by 0.3", 2, "does not end where it says"),
    ("A1 1..5 by -1", 2, "never ends"),
    ("A1 1..5 by 0", 2, "never ends"),
    ("A1 1..9e+300 by 1e-300", 2, "never ends"),
    ("A1 1..5 by month", 2, "does not end where it says"),
    ("A1 2024-01-31..2024-04-29 by month", 2, "does not end where it says"),
    ("A1 2024-01-01..2030-02-01 by year", 2, "does not end where it says"),
    ("A1:A1000000 1..1000001", 2, "more items than cells"),
    ("A1 {a=x|a=y}|a", 2, "given twice"),
    ("A1 {a=x|b=y", 2, "the codes do not end"),
    ("A1 {a=5}|a", 2, "stands for what is no text"),
    ("A1 {a=x|=y}|a", 2, "a short name is missing"),
    ("A1 {x*y*}|a", 2, "begins neither codes nor a pattern"),
    ("A1:A2 {=*}|a", 2, "stands behind a formula"),
    ("A1 {x *}| ", 2, "has to stand in quotes"),
    ('A1 {x *}|"y"+5', 2, "stands behind a text in quotes"),
    ("A1 =", 2, "a formula is missing"),
    ("A1 x|= ", 2, "a formula is missing"),
    ("A1:A2 =B1|5", 2, "'|5' stands behind a formula"),
    ("A1:B1 x|=B1", 2, "has to stand in quotes"),
    ("A1 x|=B1*3 -> 4*2", 2, "has to stand in quotes"),
    ("A1 x|=B1 -> 4>2", 2, "has to stand in quotes"),
    ("A1 x|=B1 -> ", 2, "a literal is missing"),
    ("A1 x|=B1 -> <num>", 2, "has to stand in quotes"),
    ("A1 x|{=B1", 2, "does not end with }"),
    ("A1 =<B1>", 2, "no line before tells the formula of B1"),
    ("A1 =<A1>", 2, "no line before tells the formula of A1"),
    ("B1 5\nA1 =<B1>", 3, "no line before tells the formula of B1"),
    ("A1 =<B1>\nB1 =C1", 2, "no line before tells the formula of B1"),
    ("B1:B3 except B2 =C1\nA1 =<B2>", 3, "no line before tells the formula of B2"),
    ("B1:B3 {=C1:C3}\nA1 =<B1>", 3, "B1 holds an array formula"),
    ("A1 {=<B1>}", 2, "an array formula is no copy of another"),
    ("A1 =<XFE1>", 2, "is no column"),
    ("A1:A2 as B1", 2, "no line before begins with B1"),
    ("B1:B2 =C1 -> 5\nA1:A2 as B1", 3, "no line before begins with B1"),
    ("B1 x|=C1\nA2:B2 as B1", 3, "no line before begins with B1"),
    ("B1:B2 <num>\nA1:A2 as B1", 3, "no line before begins with B1"),
    ("B1:B3 1|2|3\nA1:A2 as B1", 3, "the line of B1 tells of cells in another shape"),
    ("B1:C1 1|2\nA1:A2 as B1", 3, "the line of B1 tells of cells in another shape"),
    ("B1:B2 1|2\nA1:A2 as B1\n2 5", 4, "only lists go on"),
    ("B1:B2 1|2\nA1:A2 except A1 as B1", 3, "come without exceptions"),
    ("A1 as XFE1", 2, "is no column"),
    ("A1 {=B1", 2, "does not end with }"),
    ('A1 {=\\"B1"', 2, "does not end with }"),
    ('A1 =\\"B1', 2, "does not end"),
    ('A1 =\\"B1" x', 2, "stands behind a formula"),
    ('A1 =\\"B1"+0', 2, "stands behind a formula"),
    ('A1 {=\\"B1"}+5', 2, "stands behind a formula"),
    ("A1 =B1 -> ", 2, "a blank cell is told in lists only"),
    ("A1:A2 =B1 -> 1|", 2, "a formula has a result"),
    ("A1:A2 =B1 -> 1|2|3", 2, "more items than cells"),
    ("A1 =B1 -> x*2", 2, "more items than cells"),
    ("A1:A9 <num 5..1>", 2, "wrong order"),
    ("A1:A9 <num a..b>", 2, "neither a number nor a date"),
    ("A1:A9 <num sum x>", 2, "neither a number nor a date"),
    ("A1:A9 <num 5 distinct sum 3>", 2, "is no part of a summary"),
    ("A1:A9 <num> 5", 2, "is no part of a summary"),
    ("A1:A9 <num ", 2, "is no part of a summary"),
    ("A1:A9 <num first 1>", 2, "is no part of a summary"),
    ("A1:A9 <any first a last b>", 2, "neither a number nor a date"),
    ("A1:A9 <num first 1 last 2", 2, "is no part of a summary"),
    ("A1:A9 <num>|x", 2, "is of another kind than num"),
    ("A1:A9 <text first 1 last 2>", 2, "is of another kind than text"),
    ("A1:A9 <text 1..5>", 2, "have no bounds"),
    ("A1:A9 <num 5 true>", 2, "only truth values"),
    ("A1:A9 <text>|x*3", 2, "has to stand in quotes"),
    ("A1:A9 <int>|1..5", 2, "has to stand in quotes"),
    ("A1:B2 x>2", 2, "merged cells overlap in A1:B2"),
    ("A1:A5 except A3 x>2", 2, "merged cells are told without excepted areas"),
    ("A1:B1 x>3|y", 2, "merged over more cells than its row has"),
    ("A1:B2 x>1x2|y\n2 1|2", 2, "cells are merged along rows only"),
    ("XFD1 x>2", 2, "beyond the sheet"),
    ("A1:A9 1\nA5 2", 3, "A5 is told in line 2, too"),
    ("B5:C6 =A1\nA5:A6 1\nA6:B6 x", 4, "told in line"),
    ("A1 x|y||z\nC1 5", 3, "C1 is told in line 2, too"),
    ("C1 5\nA1 x|y||z", 3, "C1 is told in line 2, too"),
    ("A1:A9 1|*7|x\nA4:B4 0", 3, "A4 is told in line 2, too"),
    ("A1:A9 1|*7|x\nA3 |1\nA5 2", 4, "A5 is told in line 2, too"),
    ("A1 x|=C1||z\nC1 5", 3, "C1 is told in line 2, too"),
    ("A1 x|=C1\nB1 5", 3, "B1 is told in line 2, too"),
    ("A1:B5,B5:C9 1", 2, "B5 is told in line 2, too"),
    ("# hidden|rows 3\nA1:A9 1", 3, "line 2 says are hidden"),
    ("# hidden|columns B\nA1 1|2", 3, "line 2 says are hidden"),
    ("# hidden|cells B2,C3:D4\nA1 1\nA2 1|2", 4, "line 2 says are hidden"),
    ("# hidden|cells 5", 2, "is no area"),
    ("# hidden 5 cells", 2, "what is hidden is written as"),
    ("# hidden|things", 2, "tells no hidden rows, columns or cells"),
    ("# hidden|rows B", 2, "are no rows"),
    ("# hidden|rows 5:3", 2, "runs backwards"),
    ("# hidden|columns 5", 2, "are no columns"),
    ("# left out 5 cells", 2, "what is left out is written as"),
    ("# left out|x", 2, "is no area"),
    ("# left out|A1:B1/3", 2, "does not end with a stripe"),
    ("# hidden|rows and 3 more", 2, "are no rows"),
    ("A1 x\n\n# book sheets S", 4, "begins with its name"),
    ("# dates 1900", 2, "names no way to count dates"),
    ("A1 x\ty", 2, "U+0009 stands where it has to be escaped"),
    ("A1 x\u2028y", 2, "U+2028 stands where it has to be escaped"),
    ("A1 x\n\n# S|A1", 4, "is there twice"),
    ("A1 x\n\n\n# T|A1", 4, "a blank line stands before no sheet"),
    ("A1:XFD1048576 1*17179869184", 2, "more than 20,000,000 cells"),
    ("A1:A2 1*99999999999999", 2, "more items than cells"),
    ("A1:F1000000 1..6000000", 2, "more than 20,000,000 cells"),
    ("A1:A1048575//2,C1:C1048575//2 5", 2, "more than 20,000,000 cells"),
    ("A1:A9 {=\\", 2, "does not end with }"),
]


@pytest.mark.parametrize(("lines", "line", "reason"), LINES, ids=[lines for lines, *_ in LINES])
def test_what_breaks_the_notation_is_refused(lines: str, line: int, reason: str) -> None:
    with pytest.raises(EncodingError, match=re.escape(reason)) as caught:
        decode(f"# S|A1:Z9\n{lines}")

    assert isinstance(caught.value, InputError)
    assert caught.value.line == line
    assert re.fullmatch(rf"Line {line}: [^\n]+\.", str(caught.value))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the text is empty"),
        ("\n\n", "the text is empty"),
        ("\n# S|A1", "a blank line stands before no sheet"),
        ("A1 x", "a sheet begins with its name"),
        ("# S", "a sheet begins with its name"),
        ("# |A1", "a sheet begins with its name"),
        ('# "S|A1', "does not end"),
        ("# S|A1:", "is no area"),
        ("PK\x03\x04", "U\\+0003"),
        ("\ufeff# S|A1", "a sheet begins with its name"),
    ],
)
def test_what_is_no_encoding_is_refused(text: str, reason: str) -> None:
    with pytest.raises(EncodingError, match=reason):
        decode(text)


@pytest.mark.parametrize(
    "line",
    [
        "A1 " + "1" * 300_000 + "x",
        "A1 " + "1." * 100_000,
        "A1 " + ".." * 100_000 + "x",
        "A1 " + "*1>1x1" * 50_000 + "y",
        "A1 " + '"a"|' * 16_000 + "x",
        "A1 <num first" + " 1" * 100_000 + " last 2>",
        "A1 <text" + " 1 distinct" * 30_000 + ">",
        "A1 <num first " + "1" * 100_000 + "~1~1 last 2>",
        "A1 <num " + "1." * 100_000 + "..2>",
        "A1 " + '"a"+1' * 20_000,
        "A1 " + "as A1" * 20_000,
        "A1 " + "x>1" * 60_000,
        "A1 " + "=A1|" * 50_000,
        "A1 " + '=A1 -> "x"|' * 20_000,
        "A1 except " + "A1:A1/1" * 20_000 + " x",
        "A1 except " + "A1," * 60_000 + "? x",
        "A1 =" + "A1 -> " * 50_000,
        "A1 {" + "a=b|" * 50_000,
        "A1 {" + "*" * 200_000 + "}|",
        "# hidden|rows " + ",".join(str(row) for row in range(1, 60_000, 2)),
        "A1:CZ1000000 except " + ",".join(f"B{row}" for row in range(1, 20_000, 2)) + "|=A1 -> 1",
    ],
    ids=range(21),
)
def test_long_lines_take_time_in_proportion(line: str) -> None:
    found = outcome(f"# S|A1:Z9\n{line}")

    assert not isinstance(found, EncodingError) or found.line == 2


def test_few_characters_cannot_stand_for_endless_work() -> None:
    rows = ",".join(f"A{row}:XFD{row}" for row in range(1, 3_001))
    columns = ",".join(f"{column_letters(2 * at)}1:{column_letters(2 * at)}3000" for at in AT)

    with pytest.raises(EncodingError, match="lists more than 20,000,000 cells"):
        decode(f"# S|A1:Z9\n{rows} except {columns} 5")


VALID = """# "P&L"|A1:Z99
# dates 1904
# hidden 23 cells|rows 90:91|columns Y:Z
# left out 12 cells|A95:B96 and 3 more areas
A1 Title>6
A3 Item|2023|2024|*3|x*2
A4:A8 Cash|"Debt|ors"|"x">1x2|1
B5:C7 120|5%
6 2024-05-01|14:30:00
7 TRUE|#N/A
D4:D9 =C4-B4 -> 10|5|-3
7 0|?|2
E4:E80 except E7:E8 =C4-B4 -> <num ~-12..95 sum 12.5 first 3 last 4 5 distinct>|3|4
F4:F8 2024-01-31..2024-05-31 by month
G4:H5 {a=Long text|b=Other}|a|b
5 b*2
G7 {Item *!}|1|2|"3*4"*2
A10,C12:D13 {=SUM(A1:A3)} -> ?
A20 =\\"IF(A1=\\"|\\",1,2)" -> 0.5
A21 =\\"IF(A1"+95
A22:B40 <text 5 distinct>|EUR|"long"+86
C22:C40 <num 0.1~1..9 first 0.1~1 last 9>
A81 Total|=SUM(B1:B9) -> 5|=<D4>||x>2
D82:F84 except E82:E84//2 =<B81>
G85:G89 as A4
H81:P82/4 7
H9 1..7 by 2

# Two|A1:B2
A1:B2 except B2 @45000.5
"""


def test_the_text_that_is_mutated_is_valid() -> None:
    first, second = decode(VALID)

    assert (len(first.claims), len(second.claims)) == (24, 1)


PARTS = [
    '"',
    "|",
    "\n",
    " -> ",
    "*3",
    ">2",
    "..",
    "5",
    "A",
    "#",
    "{",
    "}",
    "=",
    "<",
    "?",
    "\\",
    ",",
]
EDIT = st.tuples(
    st.integers(0, len(VALID)),
    st.integers(0, 6),
    st.one_of(st.just(""), st.sampled_from(PARTS), st.text(max_size=4)),
)


@given(st.lists(EDIT, min_size=1, max_size=6))
def test_any_change_of_a_text_gives_claims_or_a_sentence(edits: list[tuple[int, int, str]]) -> None:
    text = VALID
    for at, length, instead in edits:
        text = text[:at] + instead + text[at + length :]
    found = outcome(text)
    if isinstance(found, EncodingError):
        assert "\n" not in str(found)
        return
    for sheet in found:
        reading = reading_of(sheet)
        for claim in sheet.claims:
            corner = (claim.areas[0].top, claim.areas[0].left)
            reading.value_at(*corner)
            reading.formula_at(*corner)
            reading.column_summary(claim.areas[0])


@given(st.text(alphabet='A1:|*>.=<{}"# \n-,x?~5%', max_size=60))
def test_any_body_gives_claims_or_a_sentence(body: str) -> None:
    found = outcome(f"# S|A1:Z9\nA1 {body}")

    assert not isinstance(found, EncodingError) or found.line
