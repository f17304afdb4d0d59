"""What number formats say about the numbers of a range."""

from __future__ import annotations

import pytest

from tests.ranges import live
from tickmark.analyses.format_line import format_line, tells
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent


def line(content: RangeContent) -> str:
    assert isinstance(content.area, RangeRef)
    return format_line(content, content.area)


@pytest.mark.parametrize(
    "code",
    [
        "0%",
        "0.0%;[Red]-0.0%",
        "#,##0.00 €",
        '"$"#,##0',
        "[$£-809]#,##0",
        '0.0,,"m"',
        "#,##0,",
        '0 "kWh"',
        "0 \\k",
        '_-* #,##0.00\\ "€"_-',
    ],
)
def test_units_and_thousands_are_told(code: str) -> None:
    assert tells(code)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "#,##0.00",
        "# ?/?",
        "0.00E+00",
        "@",
        "yyyy-mm-dd",
        "[h]:mm",
        "[Red]0.00",
        "[>100]0.00",
        "[$-409]#,##0",
        "_(* #,##0_);_(* \\(#,##0\\)",
    ],
)
def test_digits_alone_say_nothing(code: str) -> None:
    assert not tells(code)


def test_formats_are_told_by_areas_of_numbers() -> None:
    content = live(
        {"A1": "Rate", "A2": 0.1, "A3": 0.2, "B2": 5, "B3": "x"},
        formats={"A1": "0%", "A2": "0%", "A3": "0%", "B2": "0 €;-0 €", "B3": "0 €;-0 €"},
    )

    assert line(content) == (
        '# number formats, of which only per cent is applied here|A2:A3 "0%"|B2 "0 €"'
    )
    assert line(live({"A1": 1})) == ""


def test_a_format_cannot_open_a_line_of_its_own() -> None:
    hostile = live({"A1": 1}, formats={"A1": '0"\nB9: 5 | '})

    assert line(hostile).endswith('|A1 "0\\"\\nB9: 5 | "')


def test_many_formats_are_counted() -> None:
    formats = {f"A{row}": f'0 "u{row}"' for row in range(1, 13)}

    assert line(live({f"A{row}": 1 for row in range(1, 13)}, formats=formats)).endswith(
        "|and 4 more"
    )
