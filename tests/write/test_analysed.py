"""The analysed copy: what is added, and that nothing else changes."""

from __future__ import annotations

import io
import stat
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from tests.books import save, sheet
from tests.write.packages import (
    MAIN,
    RELATIONS,
    STRICT_MAIN,
    STRICT_RELATIONS,
    pack,
    packed_members,
    part,
    parts,
    report,
    rows,
    strict_parts,
)
from tickmark.errors import AddressError, WriteRefused
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.write import PATCHABLE, write_analysed
from tickmark.write import analysed as analysed_module
from tickmark.write.archive import write_archive

EDITED = {
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return save(
        tmp_path / "model.xlsx",
        {
            "Inputs": sheet(
                {"A1": "Name", "B1": "Rate", "A2": "Growth", "B2": 0.05},
                tables=(("Drivers", "A1:B2"),),
                formats={"B2": "0.0%"},
            ),
            "P&L '24": {"A1": "=Inputs!B2*2", "B2": "=SUM(A1:A9)"},
            "old": sheet({"A1": 1}, state="hidden"),
        },
        names={"Rate": "Inputs!$B$2"},
    )


def test_copies_what_excel_calls_workbooks_and_templates() -> None:
    assert frozenset({"xlsx", "xlsm", "xltx", "xltm"}) == PATCHABLE


def test_every_member_without_an_edit_keeps_its_packed_bytes_and_its_place(
    model: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.xlsx"
    write_analysed(model, [report()], target)
    before, after = packed_members(model), packed_members(target)
    assert list(after) == [*before, "xl/worksheets/sheet4.xml"]
    assert {name for name in before if before[name] != after[name]} == EDITED


def test_the_source_is_not_touched(model: Path, tmp_path: Path) -> None:
    before = model.read_bytes(), model.stat().st_mtime_ns
    write_analysed(model, [report()], tmp_path / "copy.xlsx")
    assert (model.read_bytes(), model.stat().st_mtime_ns) == before


def test_old_sheets_read_the_same_and_the_new_one_stands_last(model: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsx"
    write_analysed(model, [report(("Findings", 3, 1.5, True))], target)
    old, new = openpyxl.load_workbook(model), openpyxl.load_workbook(target)
    assert new.sheetnames == ["Inputs", "P&L '24", "old", "Tickmark analysis"]
    for name in old.sheetnames:
        assert _cells(new[name]) == _cells(old[name])
    assert [cell.value for cell in new["Tickmark analysis"][1]] == ["Findings", 3, 1.5, True]
    assert new["old"].sheet_state == "hidden"
    assert new["Inputs"].tables["Drivers"].ref == "A1:B2"


def _cells(page: Worksheet) -> list[tuple[object, ...]]:
    return [
        (cell.coordinate, cell.value, cell.number_format, cell.font.b)
        for row in page.iter_rows()
        for cell in row
    ]


def test_the_user_keeps_the_view(model: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsx"
    write_analysed(model, [report()], target)
    before, after = part(model, "xl/workbook.xml"), part(target, "xl/workbook.xml")
    views = before[before.index("<bookViews>") : before.index("<sheets>")]
    assert views in after
    assert "tabSelected" not in part(target, "xl/worksheets/sheet4.xml")


def test_the_workbook_part_is_spliced_and_not_written_anew(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.xlsx", parts())
    target = tmp_path / "b.xlsx"
    write_analysed(source, [report()], target)
    assert part(target, "xl/workbook.xml") == (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><bookViews><workbookView activeTab="0"/>'
        '</bookViews><sheets><sheet name="Data" sheetId="1" r:id="rId1"/>'
        '<sheet name="Tickmark analysis" sheetId="2" r:id="rId3"/></sheets>'
        '<definedNames><definedName name="_Tickmark_Analysis" hidden="1">'
        "'Tickmark analysis'!$A$1</definedName></definedNames>"
        '<calcPr calcId="191029"/></workbook>'
    )


def test_names_of_the_workbook_keep_their_sheets(tmp_path: Path) -> None:
    names = (
        '<definedNames><definedName name="Print_Area" localSheetId="0">Data!$A$1</definedName>'
        "</definedNames>"
    )
    source = pack(tmp_path / "a.xlsx", parts(names=names))
    target = tmp_path / "b.xlsx"
    write_analysed(source, [report()], target)
    text = part(target, "xl/workbook.xml")
    assert '<definedName name="Print_Area" localSheetId="0">Data!$A$1</definedName>' in text
    assert text.count("<definedNames>") == 1
    assert openpyxl.load_workbook(target).defined_names["_Tickmark_Analysis"].hidden


def test_a_second_analysis_turns_the_mark_to_its_own_sheet(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.xlsx", parts())
    first, second = tmp_path / "b.xlsx", tmp_path / "c.xlsx"
    write_analysed(source, [report()], first)
    write_analysed(first, [report()], second)
    text = part(second, "xl/workbook.xml")
    assert text.count("_Tickmark_Analysis") == 1
    assert "'Tickmark analysis (2)'!$A$1</definedName>" in text
    assert openpyxl.load_workbook(second).sheetnames == [
        "Data",
        "Tickmark analysis",
        "Tickmark analysis (2)",
    ]


def test_several_sheets_come_in_their_order(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.xlsx", parts())
    target = tmp_path / "b.xlsx"
    edits = [report((1,), name="One"), report((2,), name="Two"), report((3,), name="one")]
    write_analysed(source, edits, target)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Data", "One", "Two", "one (2)"]
    assert [page["A1"].value for page in book.worksheets] == [7, 1, 2, 3]
    assert book.defined_names["_Tickmark_Analysis"].attr_text == "'One'!$A$1"


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org/","x")',
        "+1+1",
        "-2",
        "@SUM(A1)",
        "<b>bold</b> & \"quoted\" 'text'",
        "_x0041_ stays as it is",
        "control \x01\x02\x1f characters",
        "emoji 😀 and 日本語",
        "first\nsecond\tthird\r\nfourth",
        "  spaces around  ",
        "#REF!",
        "1234",
    ],
)
def test_text_arrives_as_the_same_text(tmp_path: Path, text: str) -> None:
    source = pack(tmp_path / "a.xlsx", parts())
    target = tmp_path / "b.xlsx"
    write_analysed(source, [report((text,))], target)
    page = CalamineWorkbook.from_path(str(target)).get_sheet_by_name("Tickmark analysis")
    assert page.to_python() == [[text]]
    assert "<f>" not in part(target, "xl/worksheets/sheet2.xml")
    assert openpyxl.load_workbook(target)["Tickmark analysis"]["A1"].data_type == "s"


def test_links_lead_to_places_in_the_workbook_only(model: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsx"
    link = CellStyle.LINK
    lines = rows(
        (WrittenCell("a", link, "'P&L ''24'!C5:F9"), WrittenCell("b", link, "inputs!B1")),
        (WrittenCell("c", link, "Nowhere!A1"), WrittenCell("d", link, "http://example.org")),
    )
    write_analysed(model, [AddSheet("Links", lines)], target)
    page = openpyxl.load_workbook(target)["Links"]
    assert page["A1"].hyperlink.location == "'P&L ''24'!C5:F9"
    assert page["B1"].hyperlink.location == "'Inputs'!B1"
    assert page["A2"].hyperlink is None
    assert page["B2"].hyperlink is None
    assert [page["A1"].font.u, page["A2"].font.u] == ["single", None]


def test_widths_frozen_rows_filter_and_print_set_up(model: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsx"
    lines = rows(
        (WrittenCell("A", CellStyle.HEADER), WrittenCell("B", CellStyle.HEADER)), (1, 2), (3, 4)
    )
    edit = AddSheet("R", lines, widths=(8, 40.5), frozen_rows=1, filter_range="A1:B3")
    write_analysed(model, [edit], target)
    page = openpyxl.load_workbook(target)["R"]
    assert page.column_dimensions["B"].width == 40.5
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:B3"
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.fitToHeight == 0
    assert '<pageSetUpPr fitToPage="1"/>' in part(target, "xl/worksheets/sheet4.xml")
    assert (
        '<definedName name="_xlnm._FilterDatabase" localSheetId="3" hidden="1">\'R\'!$A$1:$B$3'
        in part(target, "xl/workbook.xml")
    )


def test_a_wrong_filter_range_writes_nothing(model: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsx"
    with pytest.raises(AddressError):
        write_analysed(model, [AddSheet("R", (), filter_range="nowhere")], target)
    assert sorted(tmp_path.iterdir()) == [model]


def test_a_strict_workbook_gets_a_strict_sheet(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.xlsx", strict_parts())
    target = tmp_path / "b.xlsx"
    write_analysed(source, [report(("new",))], target)
    assert f'<worksheet xmlns="{STRICT_MAIN}">' in part(target, "xl/worksheets/sheet2.xml")
    assert f'Type="{STRICT_RELATIONS}/worksheet" Target="worksheets/sheet2.xml"' in part(
        target, "xl/_rels/workbook.xml.rels"
    )
    book = CalamineWorkbook.from_path(str(target))
    assert book.sheet_names == ["Data", "Tickmark analysis"]
    assert book.get_sheet_by_name("Tickmark analysis").to_python() == [["new"]]


def test_prefixed_elements_get_prefixed_neighbours(tmp_path: Path) -> None:
    content = parts()
    content["xl/workbook.xml"] = (
        f'<x:workbook xmlns:x="{MAIN}"><x:sheets><x:sheet xmlns:q="{RELATIONS}" name="Data" '
        'sheetId="9" q:id="rId1"/></x:sheets></x:workbook>'
    )
    content["[Content_Types].xml"] = (
        content["[Content_Types].xml"]
        .replace("<", "<c:")
        .replace("<c:/", "</c:")
        .replace("xmlns=", "xmlns:c=")
    )
    source = pack(tmp_path / "a.xlsx", content)
    target = tmp_path / "b.xlsx"
    write_analysed(source, [report(("new",))], target)
    text = part(target, "xl/workbook.xml")
    assert (
        f'<x:sheet name="Tickmark analysis" sheetId="10" tickmark:id="rId3" '
        f'xmlns:tickmark="{RELATIONS}"/></x:sheets><x:definedNames><x:definedName ' in text
    )
    assert '<c:Override PartName="/xl/worksheets/sheet2.xml"' in part(target, "[Content_Types].xml")
    book = openpyxl.load_workbook(target)
    assert [page["A1"].value for page in book.worksheets] == [7, "new"]


def test_parts_are_found_through_relationships_whatever_their_case(tmp_path: Path) -> None:
    content = {
        name.replace("xl/", "Strange/").replace("workbook", "BOOK"): text
        for name, text in parts().items()
    }
    content["_rels/.rels"] = content["_rels/.rels"].replace("xl/workbook", "/strange/book")
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace("xl/", "strange/")
    source = pack(tmp_path / "a.xlsx", content)
    target = tmp_path / "b.xlsx"
    write_analysed(source, [report()], target)
    before, after = packed_members(source), packed_members(target)
    assert list(after)[: len(before)] == list(before)
    assert before["Strange/worksheets/sheet1.xml"] == after["Strange/worksheets/sheet1.xml"]
    assert "strange/worksheets/sheet2.xml" in after
    assert 'name="Tickmark analysis"' in part(target, "Strange/BOOK.xml")


def test_a_part_name_that_is_declared_but_missing_is_not_taken(tmp_path: Path) -> None:
    content = parts()
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(
        "</Types>", '<Override PartName="/xl/worksheets/Sheet2.xml" ContentType="x/y"/></Types>'
    )
    target = tmp_path / "b.xlsx"
    write_analysed(pack(tmp_path / "a.xlsx", content), [report()], target)
    assert "xl/worksheets/sheet3.xml" in packed_members(target)


def test_the_last_number_of_a_sheet_is_not_counted_up(tmp_path: Path) -> None:
    content = parts()
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(
        'sheetId="1"', 'sheetId="65534"'
    )
    target = tmp_path / "b.xlsx"
    write_analysed(pack(tmp_path / "a.xlsx", content), [report()], target)
    assert '<sheet name="Tickmark analysis" sheetId="1" ' in part(target, "xl/workbook.xml")


def test_an_unknown_extension_and_whitespace_stay_as_they_are(tmp_path: Path) -> None:
    content = parts()
    odd = (
        '<?xml version="1.0"?>\n<!-- a -->\n<workbook\n xmlns:mc="urn:mc" mc:Ignorable="z" '
        f"xmlns:z='urn:z'  xmlns='{MAIN}' xmlns:r='{RELATIONS}' >\n <sheets >\r\n"
        '  <sheet r:id="rId1"  sheetId="1" name="Data" z:x="&gt;"/>\n </sheets>\n'
        ' <extLst><ext uri="{1}"><z:sheets><z:sheet/></z:sheets></ext></extLst></workbook>\n'
    )
    content["xl/workbook.xml"] = odd
    target = tmp_path / "b.xlsx"
    write_analysed(pack(tmp_path / "a.xlsx", content), [report()], target)
    text = part(target, "xl/workbook.xml")
    head, _, tail = odd.partition("</sheets>")
    assert text.startswith(head)
    assert text.endswith(tail)


def test_stored_members_members_with_descriptors_and_zip64_members_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = pack(tmp_path / "stored.xlsx", parts(), stored=True)
    stream = _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts().items():
            archive.writestr(name, text)
    piped = tmp_path / "piped.xlsx"
    piped.write_bytes(stream.getvalue())
    with monkeypatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 10)
        large = pack(tmp_path / "large.xlsx", parts())
    for source in (stored, piped, large):
        target = tmp_path / f"copy-{source.name}"
        write_analysed(source, [report(("new",))], target)
        before, after = packed_members(source), packed_members(target)
        name = "xl/worksheets/sheet1.xml"
        assert before[name] == after[name]
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
            assert not any(info.flag_bits & 8 for info in archive.infolist())
        book = openpyxl.load_workbook(target)
        assert [page["A1"].value for page in book.worksheets] == [7, "new"]


class _Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_the_copy_has_the_mode_bits_of_the_source(model: Path, tmp_path: Path) -> None:
    model.chmod(0o640)
    target = tmp_path / "copy.xlsx"
    write_analysed(model, [report()], target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_copy_that_fails_its_check_leaves_the_former_file(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.xlsx"
    target.write_text("former")

    def broken(*arguments: object) -> dict[str, int]:
        checksums = write_archive(*arguments)  # type: ignore[arg-type]
        return dict.fromkeys(checksums, 1)

    monkeypatch.setattr(analysed_module, "write_archive", broken)
    with pytest.raises(WriteRefused, match="failed its check"):
        write_analysed(model, [report()], target)
    assert target.read_text() == "former"
    assert sorted(tmp_path.iterdir()) == [target, model]


def test_the_source_is_never_the_target(model: Path) -> None:
    before = model.read_bytes()
    with pytest.raises(WriteRefused, match="the source itself"):
        write_analysed(model, [report()], model)
    assert model.read_bytes() == before


def test_no_sheet_to_add_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="No sheet is given"):
        write_analysed(model, [], tmp_path / "copy.xlsx")


def test_a_sheet_wider_than_excels_is_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match=r"1,048,576 rows or 16,384 columns"):
        write_analysed(model, [report(tuple(range(16_385)))], tmp_path / "copy.xlsx")
    assert sorted(tmp_path.iterdir()) == [model]


def test_a_missing_source_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_analysed(tmp_path / "no.xlsx", [report()], tmp_path / "copy.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_real_workbooks_keep_their_parts_and_values(corpus: Path, tmp_path: Path) -> None:
    """Charts, pivots, macros, conditional formats, defined names and 65,000 formats among them."""
    names = (
        "poi__WithChart.xlsx",
        "closedxml__input.xlsx",
        "xlwings__async_tests.xlsm",
        "web_models__DCF.xlsx",
        "poi__54399.xlsx",
        "times_nz__Scen_Base_constraints.xlsx",
    )
    for name in names:
        source, target = corpus / name, tmp_path / name
        old = CalamineWorkbook.from_path(str(source))
        link = WrittenCell("first", CellStyle.LINK, f"'{old.sheet_names[0]}'!A1")
        write_analysed(source, [report(("=1+1", link))], target)
        before, after = packed_members(source), packed_members(target)
        assert {one for one in before if before[one] != after[one]} == EDITED, name
        new = CalamineWorkbook.from_path(str(target))
        assert new.sheet_names == [*old.sheet_names, "Tickmark analysis"]
        for one in old.sheet_names:
            assert (
                new.get_sheet_by_name(one).to_python() == old.get_sheet_by_name(one).to_python()
            ), name
        assert new.get_sheet_by_name("Tickmark analysis").to_python() == [["=1+1", "first"]]
