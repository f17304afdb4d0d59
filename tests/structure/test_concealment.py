"""What hides cells: sheets, rows, columns, colours, sizes and number formats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import CellSpec, Value, book, sheet
from tickmark.model.address import RangeRef
from tickmark.model.cell_rules import ConditionalFormat
from tickmark.model.drawing import Shape
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Style, Workbook
from tickmark.structure.concealment import (
    Concealment,
    blanked,
    concealments,
    is_unseen_colour,
    unseen_cells,
)

WHITE = Style(font_colour="FFFFFF")


def _ways(workbook: Workbook) -> list[Concealment]:
    return [Concealment(way) for way in concealments(workbook, workbook.sheets[0]).tolist()]


def _styled(style: Style, value: Value = "text", details: SheetDetails | None = None) -> Workbook:
    workbook = replace(book({"B2": value}), styles=(style,))
    page = replace(workbook.sheets[0], details=details or SheetDetails())
    return replace(workbook, sheets=(page,))


@pytest.mark.parametrize(
    ("page", "way"),
    [
        (sheet({"B2": "x"}, state="veryHidden"), Concealment.VERY_HIDDEN_SHEET),
        (sheet({"B2": "x"}, state="hidden"), Concealment.HIDDEN_SHEET),
        (sheet({"B2": "x"}, hidden_rows=((2, 4),)), Concealment.HIDDEN_ROW),
        (sheet({"B2": "x"}, hidden_columns=((1, 2),)), Concealment.HIDDEN_COLUMN),
        (
            sheet({"B2": "x"}, hidden_rows=((2, 2),), hidden_columns=((2, 2),)),
            Concealment.HIDDEN_ROW,
        ),
        (sheet({"B2": "x"}, hidden_rows=((3, 9),), hidden_columns=((3, 9),)), Concealment.NONE),
        (sheet({"B2": "x"}), Concealment.NONE),
    ],
)
def test_hidden_parts(page: object, way: Concealment) -> None:
    assert _ways(book({"S": page})) == [way]


@pytest.mark.parametrize(
    ("style", "unseen"),
    [
        (Style(), False),
        (WHITE, True),
        (Style(font_colour="FCFCFC"), True),
        (Style(font_colour="808080"), False),
        (Style(font_colour="FFFFFF", filled=True, fill_colour="1F497D"), False),
        (Style(font_colour="1F497D", filled=True, fill_colour="1F497D"), True),
        (Style(filled=True, fill_colour="000000"), True),
        (Style(font_colour="FFFFFF", filled=True), False),
    ],
)
def test_colours_that_cannot_be_told_apart(style: Style, unseen: bool) -> None:
    assert is_unseen_colour(style) is unseen
    assert _ways(_styled(style)) == [Concealment.COLOUR if unseen else Concealment.NONE]


@pytest.mark.parametrize(
    ("code", "blank"),
    [
        (";;;", (True, True, True, True)),
        ('"";"";"";""', (True, True, True, True)),
        ("[Red];;;", (True, True, True, True)),
        (";;;@", (True, True, True, False)),
        ("0;-0;;@", (False, False, True, False)),
        ("0;;;", (False, True, True, True)),
        ("0;", (False, True, False, False)),
        ("General", (False, False, False, False)),
        ("", (False, False, False, False)),
        ('#,##0;(#,##0);"-"', (False, False, False, False)),
        ('_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', (False, False, False, False)),
        (';;;"x;y"', (True, True, True, False)),
        ("[>5]0;;", (False, False, False, False)),
    ],
)
def test_which_values_a_number_format_leaves_blank(
    code: str, blank: tuple[bool, bool, bool, bool]
) -> None:
    assert blanked(code) == blank


@pytest.mark.parametrize(
    ("code", "value", "way"),
    [
        (";;;", "text", Concealment.FORMAT),
        (";;;", 5, Concealment.FORMAT),
        (";;;", -5, Concealment.FORMAT),
        (";;;", 0, Concealment.NONE),
        ("0;;;", 5, Concealment.NONE),
        ("0;;;", -5, Concealment.FORMAT),
        ("0;-0;;@", 0, Concealment.NONE),
        ("0;-0;;@", "text", Concealment.NONE),
        (";;;", True, Concealment.NONE),
        (";;;", "#N/A", Concealment.NONE),
    ],
)
def test_a_value_that_its_format_leaves_blank(code: str, value: Value, way: Concealment) -> None:
    assert _ways(_styled(Style(number_format=code), value)) == [way]


@pytest.mark.parametrize(
    ("size", "way"), [(1, Concealment.SIZE), (3, Concealment.NONE), (0, Concealment.NONE)]
)
def test_letters_too_small_to_read(size: float, way: Concealment) -> None:
    assert _ways(_styled(Style(font_size=size))) == [way]


def test_what_stands_behind_a_cell_is_not_known_everywhere() -> None:
    area = RangeRef("Sheet1", 1, 1, 3, 3)
    formatted = SheetDetails(conditional_formats=(ConditionalFormat((area,), "cellIs"),))
    drawn = SheetDetails(shapes=(Shape("Banner", "shape", anchor=area),))
    away = SheetDetails(shapes=(Shape("Banner", "shape", anchor=RangeRef("Sheet1", 9, 9, 9, 9)),))
    assert _ways(_styled(WHITE, details=formatted)) == [Concealment.NONE]
    assert _ways(_styled(WHITE, details=drawn)) == [Concealment.NONE]
    assert _ways(_styled(WHITE, details=away)) == [Concealment.COLOUR]


def test_the_header_of_a_table_may_be_dark() -> None:
    cells = {"A1": "Head", "A2": "x", "A3": "y"}
    workbook = replace(book({"S": sheet(cells, tables=(("T", "A1:A3"),))}), styles=(WHITE,))
    assert _ways(workbook) == [Concealment.NONE, Concealment.COLOUR, Concealment.COLOUR]


@pytest.mark.parametrize(
    ("value", "unseen"),
    [
        ("a text", True),
        (5, False),
        (True, False),
        ("#N/A", False),
        (("=A1*2", 5), False),
        (('=IF(A1="","",A1*2)', 5), False),
        (('=N("a text")+5', 5), True),
        (('=IF(A1=1,"say ""hi""",2)', 2), True),
        ('="a text"', True),
        (("=A1", "a text"), True),
    ],
)
@pytest.mark.parametrize(
    "style",
    [WHITE, Style(font_size=1), Style(number_format=";;;")],
    ids=["white", "tiny", "masked"],
)
def test_words_that_cannot_be_seen_are_unseen_and_mere_numbers_are_not(
    style: Style, value: CellSpec, unseen: bool
) -> None:
    workbook = replace(book({"B2": value}), styles=(style,))
    assert unseen_cells(workbook, workbook.sheets[0]).tolist() == [unseen]


def test_what_is_hidden_is_unseen_whatever_it_is() -> None:
    cells: dict[str, CellSpec] = {"A1": 1, "B1": "x", "A2": 2, "B2": "y", "A3": 3}
    shown = sheet(cells, hidden_rows=((2, 2),), hidden_columns=((2, 2),))
    workbook = book({"S": shown, "T": sheet(cells, state="hidden"), "Empty": {}})
    found = [unseen_cells(workbook, page).tolist() for page in workbook.sheets]
    assert found == [[False, True, True, True, False], [True] * 5, []]


def test_white_letters_on_a_dark_fill_are_seen() -> None:
    workbook = _styled(Style(font_colour="FFFFFF", filled=True, fill_colour="1F497D"))
    assert unseen_cells(workbook, workbook.sheets[0]).tolist() == [False]
