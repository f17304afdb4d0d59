"""Sheets and workbooks say in a few words what they hold beside cells."""

from __future__ import annotations

from dataclasses import replace

from tests.books import book
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Comment, Hyperlink, Reply
from tickmark.model.book_details import BookDetails, BookProtection, Calculation, ChartSheet
from tickmark.model.cell_rules import IgnoredErrors
from tickmark.model.drawing import Chart, Shape
from tickmark.model.pivot import Slicer
from tickmark.model.sheet_details import SheetDetails, SheetProtection
from tickmark.structure.contents import book_contents, sheet_contents

HERE = CellRef("Sheet1", 1, 1)
AREA = RangeRef("Sheet1", 1, 1, 2, 2)


def test_a_plain_sheet_holds_nothing_else() -> None:
    workbook = book({"A1": 1})
    assert sheet_contents(workbook.sheets[0]) == ()
    assert book_contents(workbook) == ()


def test_a_sheet_tells_what_stands_on_it() -> None:
    details = SheetDetails(
        comments=(
            Comment(HERE, "A", "note"),
            Comment(HERE, "A", "thread", threaded=True, replies=(Reply("B", "x"), Reply("C", "y"))),
        ),
        charts=(Chart("one"), Chart("two")),
        shapes=(Shape("p", "picture"), Shape("t", "text box"), Shape("c", "control")),
        slicers=(Slicer("s"), Slicer("t", timeline=True)),
        hyperlinks=(Hyperlink(AREA, "https://example.org"),),
        ignored_errors=(IgnoredErrors((AREA,), ("formula",)),),
        protection=SheetProtection(password=True),
        hides_zeros=True,
    )
    sheet = replace(book({"A1": 1}).sheets[0], details=details)
    assert sheet_contents(sheet) == (
        "1 note",
        "1 comment",
        "2 replies",
        "2 charts",
        "1 shape",
        "1 form control",
        "1 picture",
        "1 slicer",
        "1 timeline",
        "1 hyperlink",
        "warnings of Excel switched off",
        "protected by a password",
        "zeros hidden",
    )


def test_a_workbook_tells_how_it_is_calculated_and_locked() -> None:
    workbook = replace(
        book({"A1": 1}),
        has_macros=True,
        date1904=True,
        details=BookDetails(
            calculation=Calculation(mode="manual", iterates=True, as_displayed=True),
            protection=BookProtection(structure=True),
            chart_sheets=(ChartSheet("C"),),
        ),
    )
    assert book_contents(workbook) == (
        "macros",
        "structure locked",
        "calculated only on demand",
        "circular references calculated in up to 100 rounds",
        "calculated with values as displayed",
        "dates count from 1904",
        "1 chart sheet",
    )
