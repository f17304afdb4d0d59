from __future__ import annotations

import pytest

from tickmark.model.analysis import SheetAnalysis
from tickmark.model.finding import Finding, Severity
from tickmark.report.picture import Band, Picture, draw

HIGH, LOW = Severity.HIGH, Severity.LOW


def finding(*ranges: str, severity: Severity = HIGH) -> tuple[Finding, str]:
    return Finding("r", severity, "m", "S", ranges), "w1f1"


def picture(outline: tuple[str, ...], used: str, *found: tuple[Finding, str]) -> Picture:
    drawn = draw(SheetAnalysis("S", used_range=used, outline=outline), found)
    assert drawn is not None
    return drawn


def test_equal_tiles_of_a_row_are_one_stroke_of_their_kind() -> None:
    drawn = picture(("ttn", ".nn", "h<e"), "A1:C3")
    assert drawn.bands == (
        Band("t", "M0 0h2"),
        Band("n", "M2 0h1M1 1h2"),
        Band("e", "M2 2h1"),
        Band("h", "M0 2h1"),
    )


def test_the_title_says_the_picture_in_words() -> None:
    drawn = picture(("tn", "nf"), "A1:B2", finding("B2"))
    assert drawn.title == (
        "Picture of sheet S, A1:B2. Tiles by kind: number (2), text (1) and formula (1). "
        "1 place with findings marked."
    )


@pytest.mark.parametrize("outline", [(), ("",), ("", "")])
def test_a_sheet_without_outline_has_no_picture(outline: tuple[str, ...]) -> None:
    assert draw(SheetAnalysis("S", used_range="A1", outline=outline), ()) is None


def test_a_finding_is_marked_on_the_tile_of_its_cell() -> None:
    drawn = picture(("nn", "nn"), "C11:D12", finding("D12"))
    (mark,) = drawn.marks
    assert (drawn.tile_width, drawn.tile_height) == (11, 8)
    assert (mark.x, mark.y, mark.box) == (16, 12, None)
    assert (mark.title, mark.anchor, mark.severity) == ("high: m", "w1f1", HIGH)


def test_a_tile_stands_for_several_rows_and_columns_of_a_large_sheet() -> None:
    drawn = picture(("nnnn",) * 50, "A1:H500", finding("G491"))
    (mark,) = drawn.marks
    assert mark.x // drawn.tile_width == 3
    assert mark.y // drawn.tile_height == 49


def test_a_range_gets_a_box_that_ends_with_the_used_range() -> None:
    drawn = picture(("nnn",) * 3, "A1:C3", finding("B2:Z99"))
    wide, high = drawn.tile_width, drawn.tile_height
    assert drawn.marks[0].box == (wide, high, 2 * wide, 2 * high)


@pytest.mark.parametrize(
    "ranges", [(), ("Z99",), ("not a cell",), ("A:A",), ("A0",), ("<script>",)]
)
def test_what_does_not_lie_on_the_picture_is_not_marked(ranges: tuple[str, ...]) -> None:
    assert picture(("nn",), "A1:B1", finding(*ranges)).marks == ()


@pytest.mark.parametrize("used", ["", "A:C", "nonsense"])
def test_without_a_used_range_nothing_is_marked(used: str) -> None:
    assert picture(("nn",), used, finding("A1")).marks == ()


def test_findings_on_one_place_share_a_mark_named_by_the_first() -> None:
    drawn = picture(("nn",), "A1:B1", finding("A1"), finding("A1", severity=LOW), finding("B1"))
    assert [mark.title for mark in drawn.marks] == ["high: m (and 1 more here)", "high: m"]


def test_there_are_at_most_sixty_marks() -> None:
    cells = [f"{column}{row}" for column in "ABCDEFGH" for row in range(1, 61, 5)]
    assert len(picture(("n" * 8,) * 60, "A1:H60", finding(*cells)).marks) == 60


def test_a_huge_outline_is_drawn_coarser_and_keeps_its_errors() -> None:
    outline = [["n"] * 500 for _ in range(1000)]
    outline[777][333] = "e"
    drawn = picture(tuple(map("".join, outline)), "A1:SF1000", finding("LV778"))
    columns, rows = drawn.width // drawn.tile_width, drawn.height // drawn.tile_height
    assert (columns, rows) == (56, 63)
    assert [band.letter for band in drawn.bands] == ["n", "e"]
    assert drawn.bands[1].path == "M37 48h1"
    (mark,) = drawn.marks
    assert (mark.x // drawn.tile_width, mark.y // drawn.tile_height) == (37, 48)


def test_rows_of_different_length_do_no_harm() -> None:
    drawn = picture(("n", "nnn", ""), "A1:C3", finding("C2"))
    assert drawn.width == 3 * drawn.tile_width
    assert len(drawn.marks) == 1
