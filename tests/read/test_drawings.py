"""Shapes above the cells of a sheet: where they are, what they show, what runs on a click."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.drawn import DRAWING, MC, A, C, anchored, drawing, frame, shape, with_drawing
from tests.read.parts import SHEET, Content, parts, read, relationships
from tickmark.model.address import RangeRef
from tickmark.model.drawing import Chart, Shape
from tickmark.model.workbook import Sheet
from tickmark.read.limits import Limits

HERE = RangeRef("Data", 2, 1, 5, 4)


def drawn(tmp_path: Path, objects: str, *, strict: bool = False) -> Sheet:
    return read(tmp_path, with_drawing(objects, strict=strict))["Data"]


@pytest.mark.parametrize("strict", [False, True])
def test_a_text_box_is_read_with_its_place_and_words(tmp_path: Path, *, strict: bool) -> None:
    properties = ' descr="A note for screen readers"'
    box = anchored(shape("Note", "Two\nlines", box=True, properties=properties))

    sheet = drawn(tmp_path, box, strict=strict)

    assert sheet.details.shapes == (
        Shape("Note", "text box", "Two\nlines", "A note for screen readers", HERE),
    )
    assert sheet.problems == ()


def test_runs_fields_and_breaks_of_a_paragraph_are_joined(tmp_path: Path) -> None:
    text = (
        "<a:r><a:t>Total: </a:t></a:r><a:fld><a:t>12</a:t></a:fld><a:br/><a:r><a:t>EUR</a:t></a:r>"
    )
    made = anchored(shape("S", "x")).replace("<a:r><a:t>x</a:t></a:r>", text)
    assert drawn(tmp_path, made).details.shapes[0].text == "Total: 12\nEUR"


def test_each_kind_of_object_is_told(tmp_path: Path) -> None:
    picture = (
        '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="4" name="Logo" title="Our logo" hidden="1"/>'
        "</xdr:nvPicPr></xdr:pic>"
    )
    line = '<xdr:cxnSp><xdr:nvCxnSpPr><xdr:cNvPr id="5" name="Arrow"/></xdr:nvCxnSpPr></xdr:cxnSp>'
    group = (
        '<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="6" name="Both"/></xdr:nvGrpSpPr>'
        f"{shape('Inside', 'in')}</xdr:grpSp>"
    )
    found = drawn(tmp_path, "".join(anchored(one) for one in (picture, line, group)))
    assert found.details.shapes == (
        Shape("Logo", "picture", alt_text="Our logo", anchor=HERE, hidden=True),
        Shape("Arrow", "connector", anchor=HERE),
        Shape("Inside", "shape", "in", anchor=HERE),
        Shape("Both", "group", anchor=HERE),
    )


def test_a_linked_text_and_a_macro_are_kept_as_they_are_written(tmp_path: Path) -> None:
    made = anchored(shape("B", "1")).replace(
        'macro="" textlink=""', 'macro="[0]!Run_All" textlink="=Data!$B$2"'
    )
    one = drawn(tmp_path, made).details.shapes[0]
    assert (one.link, one.macro) == ("Data!$B$2", "[0]!Run_All")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ((0, 0), (0, 0), RangeRef("Data", 1, 1, 1, 1)),
        ((5, 5), (2, 2), RangeRef("Data", 6, 6, 6, 6)),
        (
            (1_048_575, 16_383),
            (2_000_000, 20_000),
            RangeRef("Data", 1048576, 16384, 1048576, 16384),
        ),
        ((2_000_000, 0), (3, 3), None),
        ((-5, 0), (3, 3), None),
    ],
)
def test_an_anchor_is_cut_at_the_edges_of_the_sheet(
    tmp_path: Path, first: tuple[int, int], last: tuple[int, int], expected: RangeRef | None
) -> None:
    found = drawn(tmp_path, anchored(shape("S"), first, last))
    assert found.details.shapes[0].anchor == expected


def test_an_object_placed_freely_has_no_anchor_and_one_of_one_cell_covers_it(
    tmp_path: Path,
) -> None:
    free = f'<xdr:absoluteAnchor><xdr:pos x="1" y="1"/>{shape("Free")}</xdr:absoluteAnchor>'
    start = "<xdr:from><xdr:col>2</xdr:col><xdr:row>3</xdr:row></xdr:from>"
    one = f'<xdr:oneCellAnchor>{start}<xdr:ext cx="9" cy="9"/>{shape("One")}</xdr:oneCellAnchor>'
    shapes = drawn(tmp_path, one + free).details.shapes
    assert [(each.name, each.anchor) for each in shapes] == [
        ("One", RangeRef("Data", 4, 3, 4, 3)),
        ("Free", None),
    ]


def alternatives(first: str, second: str) -> str:
    return (
        f'<mc:AlternateContent><mc:Choice Requires="a">{first}</mc:Choice>'
        f'<mc:Choice Requires="b">{second}</mc:Choice>'
        f"<mc:Fallback>{second}</mc:Fallback></mc:AlternateContent>"
    )


def test_of_alternatives_the_first_is_taken_alone(tmp_path: Path) -> None:
    first, second = anchored(shape("New", "new")), anchored(shape("Old", "old"))
    made = alternatives(first, second) + anchored(shape("Last"))
    shapes = drawn(tmp_path, made).details.shapes
    assert [one.name for one in shapes] == ["New", "Last"]


def test_what_is_not_understood_gives_way_to_the_next_alternative(tmp_path: Path) -> None:
    model = frame("Model", '<m3:model3d xmlns:m3="http://x/model3d"/>')
    ink = '<ink:contentPart xmlns:ink="http://x/ink"/>'
    inner = alternatives(ink, shape("Ink", "drawn"))
    group = (
        '<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="6" name="Both"/></xdr:nvGrpSpPr>'
        f"{inner}</xdr:grpSp>"
    )
    made = alternatives(anchored(model), anchored(shape("Picture"))) + anchored(group)
    shapes = drawn(tmp_path, made).details.shapes
    assert [one.name for one in shapes] == ["Picture", "Ink", "Both"]


def test_words_that_stand_in_two_alternatives_are_told_once(tmp_path: Path) -> None:
    words = alternatives("<a:r><a:t>x²</a:t></a:r>", "<a:r><a:t>x2</a:t></a:r>")
    formula = alternatives('<m:r xmlns:m="http://x/math">y</m:r>', "<a:r><a:t>; y</a:t></a:r>")
    made = anchored(shape("S", "here")).replace("<a:r><a:t>here</a:t></a:r>", words + formula)
    assert drawn(tmp_path, made).details.shapes[0].text == "x²; y"


SLICER = "http://schemas.microsoft.com/office/drawing/2010/slicer"
TIMELINE = "http://schemas.microsoft.com/office/drawing/2012/timeslicer"


@pytest.mark.parametrize(
    "inside",
    [
        f'<s:slicer xmlns:s="{SLICER}" name="Region"/>',
        f'<s:timeslicer xmlns:s="{TIMELINE}" name="Date"/>',
    ],
)
def test_the_frame_of_a_slicer_is_no_shape_and_neither_is_what_stands_for_it(
    tmp_path: Path, inside: str
) -> None:
    made = alternatives(anchored(frame("Region", inside)), anchored(shape("Old", "a slicer")))
    assert drawn(tmp_path, made).details.shapes == ()


def test_a_decorative_picture_is_listed(tmp_path: Path) -> None:
    mark = (
        '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><d:decorative '
        'xmlns:d="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext>'
        "</a:extLst>"
    )
    picture = (
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="4" name="Line">{mark}</xdr:cNvPr></xdr:nvPicPr>'
        "</xdr:pic>"
    )
    found = drawn(tmp_path, anchored(picture)).details.shapes
    assert found == (Shape("Line", "picture", anchor=HERE),)


def test_a_linked_picture_tells_the_range_that_it_shows(tmp_path: Path) -> None:
    camera = (
        '<a:extLst><a:ext uri="{84589F7E-364E-4C9E-8A38-B11213B215E9}"><q:cameraTool '
        'xmlns:q="http://schemas.microsoft.com/office/drawing/2010/main" cellRange="Data!$A$1:$C$9"'
        "/></a:ext></a:extLst>"
    )
    picture = (
        '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="4" name="P"/><xdr:cNvPicPr>'
        f"{camera}</xdr:cNvPicPr></xdr:nvPicPr></xdr:pic>"
    )
    found = drawn(tmp_path, anchored(picture)).details.shapes
    assert found == (Shape("P", "picture", anchor=HERE, source="Data!$A$1:$C$9"),)


DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


def with_diagram() -> dict[str, Content]:
    shown = frame("Steps", f'<d:relIds xmlns:d="{DIAGRAM}" r:dm="rId1" r:lo="rId2"/>')
    made = with_drawing(anchored(shown) + anchored(shape("After")))
    made["xl/drawings/_rels/drawing1.xml.rels"] = relationships(
        ("rId1", "diagramData", "../diagrams/data1.xml")
    )
    points = "".join(
        f"<d:pt><d:t><a:p>{words}</a:p></d:t></d:pt>"
        for words in (
            "<a:r><a:t>First</a:t></a:r>",
            "",
            "<a:r><a:t>Sec</a:t></a:r><a:r><a:t>ond</a:t></a:r>",
        )
    )
    made["xl/diagrams/data1.xml"] = (
        f'<d:dataModel xmlns:d="{DIAGRAM}" xmlns:a="{A}"><d:ptLst>{points}</d:ptLst></d:dataModel>'
    )
    return made


def test_a_diagram_is_read_with_its_words(tmp_path: Path) -> None:
    sheet = read(tmp_path, with_diagram())["Data"]
    assert sheet.details.shapes == (
        Shape("Steps", "diagram", "First\nSecond", anchor=HERE),
        Shape("After", "shape", anchor=HERE),
    )
    assert sheet.problems == ()


def test_a_diagram_without_data_keeps_its_name_and_place(tmp_path: Path) -> None:
    made = with_diagram()
    del made["xl/diagrams/data1.xml"]
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details.shapes[0] == Shape("Steps", "diagram", anchor=HERE)
    assert sheet.problems == (
        "The words of a diagram could not be read: its part xl/diagrams/data1.xml is missing.",
    )


def test_a_reference_that_is_too_long_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    made = anchored(shape("B")).replace('textlink=""', 'textlink="Data!$B$2"')
    sheet = read(tmp_path, with_drawing(made), limits=Limits(formula_length=8))["Data"]
    assert sheet.details.shapes[0].link == ""
    assert sheet.problems == ("References of drawings left out because they are too long: 1.",)


def test_a_drawing_that_no_relationship_leads_to_is_told(tmp_path: Path) -> None:
    made = with_drawing(anchored(shape("S")))
    del made["xl/worksheets/_rels/sheet1.xml.rels"]
    sheet = read(tmp_path, made)["Data"]
    assert sheet.problems == ("A drawing could not be read: the sheet does not say where it is.",)


def test_any_prefix_any_part_name_and_utf_16_are_read(tmp_path: Path) -> None:
    made = with_drawing("")
    text = (
        drawing(anchored(shape("S", "Größe"))).replace("xdr:", "q:").replace("xmlns:xdr", "xmlns:q")
    )
    del made[DRAWING]
    made["odd/place.bin"] = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("rId1", "drawing", "/odd/place.bin")
    )
    assert read(tmp_path, made)["Data"].details.shapes[0].text == "Größe"


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        (None, "A drawing could not be read: its part xl/drawings/drawing1.xml is missing."),
        ("<xdr:wsDr", "A drawing could not be read: its part xl/drawings/drawing1.xml is no"),
    ],
)
def test_a_drawing_that_is_missing_or_damaged_loses_itself_alone(
    tmp_path: Path, spoilt: str | None, sentence: str
) -> None:
    made = with_drawing("")
    made[SHEET] = str(made[SHEET]).replace(
        "<sheetData></sheetData>", '<sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData>'
    )
    if spoilt is None:
        del made[DRAWING]
    else:
        made[DRAWING] = spoilt
    sheet = read(tmp_path, made)["Data"]
    assert sheet.cells[0].value == 7
    assert [one[: len(sentence)] for one in sheet.problems] == [sentence]


def test_shapes_in_front_of_a_damage_are_kept(tmp_path: Path) -> None:
    made = with_drawing(anchored(shape("Kept", "1")))
    made[DRAWING] = str(made[DRAWING]).replace("</xdr:wsDr>", "<xdr:sp></xdr:wsDr>")
    sheet = read(tmp_path, made)["Data"]
    assert [one.name for one in sheet.details.shapes] == ["Kept"]
    assert len(sheet.problems) == 1


def test_shapes_and_texts_over_the_limits_are_left_out_with_a_sentence(tmp_path: Path) -> None:
    made = with_drawing("".join(anchored(shape(f"S{n}", "long text")) for n in range(5)))
    sheet = read(tmp_path, made, limits=Limits(ranges=3, string_length=4))["Data"]
    assert [one.text for one in sheet.details.shapes] == ["long"] * 3
    assert sheet.problems[:2] == (
        "2 drawn objects left out; --limit ranges=N allows more.",
        "Texts of drawings that were too long and were cut: 3.",
    )


def test_a_chart_that_is_missing_keeps_its_name_and_place(tmp_path: Path) -> None:
    made = with_drawing(anchored(frame("Sales", f'<c:chart xmlns:c="{C}" r:id="rId1"/>')))
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details.charts == (Chart("Sales", anchor=HERE),)
    assert sheet.problems == ("A chart could not be read: the drawing does not say where it is.",)


CONTROL = (
    f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice Requires="x14" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><controls>'
    '<control shapeId="2" r:id="rId2" name="Drop Down 1"><controlPr macro="[0]!Chosen" '
    'altText="Case"><anchor><from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></from>'
    "<to><xdr:col>3</xdr:col><xdr:row>4</xdr:row></to></anchor></controlPr></control></controls>"
    "</mc:Choice></mc:AlternateContent>"
)


PROPERTIES = '<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'


def with_control(properties: str) -> dict[str, str | bytes]:
    made = with_drawing(anchored(shape("Drop Down 1", "Choose")), sheet_tail=CONTROL)
    made[SHEET] = str(made[SHEET]).replace(
        "<worksheet ",
        '<worksheet xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/'
        'spreadsheetDrawing" ',
    )
    made["xl/worksheets/_rels/sheet1.xml.rels"] = relationships(
        ("rId1", "drawing", "../drawings/drawing1.xml"),
        ("rId2", "ctrlProp", "../ctrlProps/ctrlProp1.xml"),
    )
    made["xl/ctrlProps/ctrlProp1.xml"] = properties
    return made


def test_a_form_control_is_told_once_with_the_cell_that_it_sets(tmp_path: Path) -> None:
    made = with_control(
        f'{PROPERTIES} objectType="Drop" fmlaLink="$B$1" fmlaRange="Lists!$A$1:$A$5"/>'
    )
    sheet = read(tmp_path, made)["Data"]
    assert sheet.details.shapes == (
        Shape(
            "Drop Down 1",
            "control",
            "Choose",
            "Case",
            RangeRef("Data", 3, 2, 5, 4),
            link="$B$1",
            source="Lists!$A$1:$A$5",
            macro="[0]!Chosen",
            control="drop-down",
        ),
    )
    assert sheet.problems == ()


def test_the_arrow_of_a_filter_is_no_control(tmp_path: Path) -> None:
    made = with_control(f"{PROPERTIES} objectType='Drop'/>")
    made[SHEET] = str(made[SHEET]).replace("<controlPr ", '<controlPr uiObject="1" ')
    made[DRAWING] = drawing("")
    assert read(tmp_path, made)["Data"].details.shapes == ()


def test_controls_of_one_number_and_those_over_the_limit_are_told(tmp_path: Path) -> None:
    made = with_control(f'{PROPERTIES} objectType="Spin" fmlaLink="$B$1"/>')
    one = CONTROL[CONTROL.index("<control ") : CONTROL.index("</controls>")]
    more = one.replace("<xdr:col>1<", "<xdr:col>9<")
    made[SHEET] = str(made[SHEET]).replace(one, one + more * 2)
    made[DRAWING] = drawing("")

    sheet = read(tmp_path, made, limits=Limits(ranges=2))["Data"]

    assert [(one.link, one.control, one.anchor) for one in sheet.details.shapes] == [
        ("$B$1", "spinner", RangeRef("Data", 3, 2, 5, 4)),
        ("$B$1", "spinner", RangeRef("Data", 3, 10, 5, 10)),
    ]
    assert sheet.problems == ("1 form controls left out; --limit ranges=N allows more.",)


def test_a_control_with_damaged_properties_is_told_by_what_the_sheet_says(tmp_path: Path) -> None:
    sheet = read(tmp_path, with_control("<formControlPr"))["Data"]
    assert [(one.name, one.link, one.macro) for one in sheet.details.shapes] == [
        ("Drop Down 1", "", "[0]!Chosen")
    ]
    assert sheet.problems[0].startswith("A form control could not be read: its part xl/ctrlProps/")


def test_a_sheet_without_drawing_has_no_shapes(tmp_path: Path) -> None:
    details = read(tmp_path, parts())["Data"].details
    assert (details.shapes, details.charts) == ((), ())
