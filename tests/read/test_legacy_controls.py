"""Form controls that stand in a VML part alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import Content, parts, read, relationships
from tickmark.model.address import RangeRef
from tickmark.model.drawing import Shape
from tickmark.read import read_workbook
from tickmark.read.legacy_controls import _well_formed
from tickmark.read.limits import Limits

VML = "xl/drawings/vmlDrawing1.vml"
CAPTION = (
    "<div style='text-align:center'><font face=\"Calibri\">Run\n   all<br>\nscenarios</font></div>"
)


def control(
    kind: str,
    told: str = "",
    *,
    number: int = 1025,
    caption: str = "",
    attributes: str = "",
    anchor: str = "1, 21, 2, 12, 3, 36, 4, 6",
) -> str:
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t201" {attributes}>'
        f"<v:textbox>{caption}</v:textbox>"
        f'<x:ClientData ObjectType="{kind}"><x:Anchor>\n {anchor}</x:Anchor>{told}'
        "</x:ClientData></v:shape>"
    )


def with_vml(shapes: str, *, after: str = "") -> dict[str, Content]:
    made = parts(after=f'<legacyDrawing r:id="rId1"/>{after}')
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml")
    )
    made[VML] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel">{shapes}</xml>'
    )
    return made


def test_a_button_is_read_with_its_caption_and_macro(tmp_path: Path) -> None:
    made = with_vml(control("Button", "<x:FmlaMacro>[0]!RunAll</x:FmlaMacro>", caption=CAPTION))
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details.shapes == (
        Shape(
            "",
            "control",
            "Run all\nscenarios",
            anchor=RangeRef("Data", 3, 2, 5, 4),
            macro="[0]!RunAll",
            control="button",
        ),
    )
    assert sheet.problems == ()


def test_a_named_list_is_read_with_the_cell_that_it_sets_and_the_range_that_it_lists(
    tmp_path: Path,
) -> None:
    made = with_vml(
        control(
            "Drop",
            "<x:FmlaRange>Lists!$A$1:$A$4</x:FmlaRange><x:FmlaLink>$B$1</x:FmlaLink>",
            attributes='alt="Choose a case" style="position:absolute; visibility: hidden"',
        ).replace('id="_x0000_s1025"', 'id="Case_x0020_list" o:spid="_x0000_s1025"')
    )
    assert read(tmp_path, made)["Data"].details.shapes == (
        Shape(
            "Case list",
            "control",
            alt_text="Choose a case",
            anchor=RangeRef("Data", 3, 2, 5, 4),
            link="$B$1",
            source="Lists!$A$1:$A$4",
            hidden=True,
            control="drop-down",
        ),
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("Note", "<x:Row>1</x:Row><x:Column>1</x:Column>"),
        ("Pict", ""),
        ("Drop", "<x:UIObj/>"),
    ],
)
def test_boxes_of_notes_pictures_and_the_arrows_of_filters_are_no_controls(
    tmp_path: Path, kind: str, told: str
) -> None:
    made = with_vml(control(kind, told, number=1026) + control("Label", caption="Kept"))
    shapes = read(tmp_path, made)["Data"].details.shapes
    assert [(one.text, one.control) for one in shapes] == [("Kept", "label")]


def test_a_control_that_the_sheet_names_too_is_told_once_with_the_place_that_it_lacks(
    tmp_path: Path,
) -> None:
    named = '<controls><control shapeId="1025" r:id="rId2" name="CommandButton1"/></controls>'
    made = with_vml(control("Pict") + control("Radio", number=1026), after=named)
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("rId2", "control", "../activeX/activeX1.xml"),
    )
    anchor = RangeRef("Data", 3, 2, 5, 4)
    assert read(tmp_path, made)["Data"].details.shapes == (
        Shape("CommandButton1", "control", anchor=anchor),
        Shape("", "control", anchor=anchor, control="option button"),
    )


@pytest.mark.parametrize("anchor", ["", "a, b", "-1, 0, 2", "99999, 0, 1, 0, 3, 0, 4, 0"])
def test_a_control_with_a_bad_anchor_is_read_without_place(tmp_path: Path, anchor: str) -> None:
    made = with_vml(control("Spin", anchor=anchor))
    assert read(tmp_path, made)["Data"].details.shapes == (Shape("", "control", control="spinner"),)


def test_a_part_with_boxes_of_notes_alone_is_not_missed_when_it_is_damaged(tmp_path: Path) -> None:
    sheet = read(tmp_path, with_vml(control("Note") + "<br"))["Data"]
    assert (sheet.details.shapes, sheet.problems) == ((), ())


@pytest.mark.parametrize("missing", [False, True])
def test_a_part_with_controls_that_is_missing_or_damaged_is_told(
    tmp_path: Path, *, missing: bool
) -> None:
    made = with_vml(control("Button", caption="Kept") + "<v:shape>")
    if missing:
        del made[VML]
    sheet = read(tmp_path, made)["Data"]
    reason = "is missing." if missing else "is no well-formed XML (line 2: mismatched tag)."
    assert [one.text for one in sheet.details.shapes] == ([] if missing else ["Kept"])
    assert sheet.problems == (f"A form control could not be read: its part {VML} {reason}",)


def test_controls_over_the_limit_are_left_out_with_a_sentence(tmp_path: Path) -> None:
    made = with_vml("".join(control("Button", number=n) for n in range(5)))
    sheet = read(tmp_path, made, limits=Limits(ranges=3))["Data"]
    assert len(sheet.details.shapes) == 3
    assert sheet.problems == ("2 drawn objects left out; --limit ranges=N allows more.",)


def test_utf_16_is_read(tmp_path: Path) -> None:
    made = with_vml(control("GBox", caption="Fälle"))
    made[VML] = f'<?xml version="1.0" encoding="UTF-16"?>{made[VML]!s}'.encode("utf-16")
    assert [one.text for one in read(tmp_path, made)["Data"].details.shapes] == ["Fälle"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 100])
def test_line_breaks_are_closed_wherever_the_pieces_of_a_part_end(size: int) -> None:
    text = b"<a>1<br>2<br></br>3<b>4</b><br/>5</a><"
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    assert b"".join(_well_formed(pieces)) == b"<a>1<br/>2<br/>3<b>4</b><br/>5</a><"


def test_real_controls_of_excel_2007_are_found(corpus: Path) -> None:
    sheets = read_workbook(corpus / "poi__45431.xlsm").sheets
    assert [shape for sheet in sheets for shape in sheet.details.shapes] == [
        Shape(
            "",
            "control",
            "Bingo",
            anchor=RangeRef("SheetA", 1, 1, 3, 3),
            macro="[0]!Button1_Click",
            control="button",
        )
    ]
    arrows = read_workbook(corpus / "excel_to_code__model.xlsx").sheets
    assert all(shape.kind != "control" for sheet in arrows for shape in sheet.details.shapes)
