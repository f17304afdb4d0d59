"""Workbooks that are not copied, each with one sentence, and nothing written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.books import save
from tests.write.packages import PACKAGE, pack, packed_members, parts, report
from tickmark.errors import WriteRefused
from tickmark.write import outline, package, write_analysed

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def refused(source: Path, tmp_path: Path) -> str:
    """The sentence that says why a workbook is not copied; nothing is left behind."""
    files = sorted(tmp_path.iterdir())
    with pytest.raises(WriteRefused) as caught:
        write_analysed(source, [report()], tmp_path / "copy.xlsx")
    assert sorted(tmp_path.iterdir()) == files
    return str(caught.value)


def changed(part: str, old: str, new: str) -> dict[str, str]:
    """The parts of a small workbook with one text in one of them replaced."""
    content = parts()
    assert old in content[part]
    content[part] = content[part].replace(old, new)
    return content


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (OLE, "old .xls file or protected with a password"),
        (b"", "no .xlsx file inside"),
        (b"<html><table>", "no .xlsx file inside"),
        (b"PK\x03\x04 and so on", "is damaged (File is not a zip file)"),
    ],
)
def test_files_that_are_no_packages(tmp_path: Path, data: bytes, reason: str) -> None:
    source = tmp_path / "book.xlsx"
    source.write_bytes(data)
    message = refused(source, tmp_path)
    assert message.startswith("book.xlsx ")
    assert reason in message
    assert message.endswith(".")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (changed("xl/workbook.xml", "<sheets>", '<workbookProtection lockStructure="1"/><sheets>'),
         "book.xlsx has a protected structure"),
        ({**parts(), "_xmlsignatures/origin.sigs": ""}, "book.xlsx is digitally signed"),
        (changed("_rels/.rels", "</Rel", '<Relationship Id="s" Target="sig/o.sigs" Type="'
                 f'{PACKAGE}/relationships/digital-signature/origin"/></Rel'),
         "book.xlsx is digitally signed"),
        (changed("xl/workbook.xml", "<workbook ", "<!DOCTYPE x [<!ENTITY a 'b'>]><workbook "),
         "'xl/workbook.xml' of book.xlsx declares an XML document type"),
        (changed("xl/workbook.xml", "<workbook ",
                 '<?xml version="1.0" encoding="ISO-8859-1"?><workbook '),
         "'xl/workbook.xml' of book.xlsx is not written in UTF-8"),
        ({**parts(), "xl/workbook.xml": parts()["xl/workbook.xml"].encode("utf-16")},
         "'xl/workbook.xml' of book.xlsx is not written in UTF-8"),
        ({**parts(), "[Content_Types].xml": parts()["[Content_Types].xml"].encode("utf-16-le")},
         "'[Content_Types].xml' of book.xlsx is not written in UTF-8"),
        ({**parts(), "XL/Workbook.xml": "<a/>"}, "holds two parts called 'XL/Workbook.xml'"),
        (changed("_rels/.rels", "xl/workbook.xml", "../../workbook.xml"),
         "'../../workbook.xml' points outside of it"),
        (changed("xl/_rels/workbook.xml.rels", "worksheets/", "../../"),
         "'../../sheet1.xml' points outside of it"),
        (changed("xl/workbook.xml", "</sheets>", ""), "'xl/workbook.xml' of book.xlsx is damaged"),
        (changed("xl/workbook.xml", "<sheets>", "<sheets><sheet q:x='1'/>"),
         "'xl/workbook.xml' of book.xlsx is damaged (unbound prefix"),
        (changed("[Content_Types].xml", "sheet.main+xml", "sheet.binary.macroEnabled.main"),
         "book.xlsx is a binary workbook"),
        (changed("_rels/.rels", "xl/workbook.xml", "xl/missing.xml"), "has no workbook part"),
        (changed("_rels/.rels", 'officeDocument"', 'other"'), "has no workbook part"),
        (changed("xl/workbook.xml", "spreadsheetml/2006", "wordprocessingml/2006"),
         "holds no workbook with sheets"),
        (changed("xl/_rels/workbook.xml.rels", "</Rel", '<Relationship Id="h" Target="r.xml" '
                 'Type="x/revisionHeaders"/></Rel'), "is shared and keeps a log of changes"),
        (changed("xl/_rels/workbook.xml.rels", "</Rel", '<Relationship Id="h" Target="no.xml" '
                 'Type="x/styles"/></Rel'), "its part 'xl/no.xml' is missing"),
        ({name: text for name, text in parts().items() if "Content" not in name},
         "is a zip file but no workbook"),
        ({name: text for name, text in parts().items() if "workbook.xml.rels" not in name},
         "its sheets are nowhere"),
    ],
)  # fmt: skip
def test_packages_that_cannot_take_a_sheet(
    tmp_path: Path, content: Mapping[str, str | bytes], reason: str
) -> None:
    message = refused(pack(tmp_path / "book.xlsx", content), tmp_path)
    assert reason in message
    assert message.endswith(".")
    assert message.count(". ") == 0


def test_a_protected_window_is_no_protected_structure(tmp_path: Path) -> None:
    content = changed(
        "xl/workbook.xml",
        "<sheets>",
        '<workbookProtection lockStructure="0" lockWindows="1"/><sheets>',
    )
    write_analysed(pack(tmp_path / "a.xlsx", content), [report()], tmp_path / "b.xlsx")
    assert "xl/worksheets/sheet2.xml" in packed_members(tmp_path / "b.xlsx")


def test_external_relationships_may_point_anywhere(tmp_path: Path) -> None:
    content = changed(
        "xl/_rels/workbook.xml.rels",
        "</Rel",
        '<Relationship Id="e" Type="x/externalLinkPath" Target="../../../other.xlsx" '
        'TargetMode="External"/></Rel',
    )
    write_analysed(pack(tmp_path / "a.xlsx", content), [report()], tmp_path / "b.xlsx")
    assert "xl/worksheets/sheet2.xml" in packed_members(tmp_path / "b.xlsx")


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    at = data.index(b"xl/workbook.xml") + 40
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _renamed(data: bytes) -> bytes:
    return data.replace(b"xl/theme", b"xl/thema", 1)


def _moved(data: bytes) -> bytes:
    at = data.rindex(b"xl/theme/theme1.xml") - 4
    return data[:at] + b"\x07\0\0\0" + data[at + 4 :]


@pytest.mark.parametrize("damage", [_cut, _flipped, _renamed, _moved])
def test_damaged_archives(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    source = save(tmp_path / "book.xlsx", {"A1": 1})
    source.write_bytes(damage(source.read_bytes()))
    assert "book.xlsx is damaged" in refused(source, tmp_path)


def test_an_encrypted_member(tmp_path: Path) -> None:
    source = pack(tmp_path / "book.xlsx", parts())
    data = bytearray(source.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    source.write_bytes(data)
    assert "has encrypted parts" in refused(source, tmp_path)


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """A zip bomb of the overlapping kind would make the copy larger than the source."""
    source = tmp_path / "book.xlsx"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts().items():
            archive.writestr(name, text)
        archive.writestr("kernel", bytes(range(256)) * 40)
        kernel = archive.infolist()[-1]
        for number in range(40):
            twin = zipfile.ZipInfo(f"twin{number}")
            for field in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(twin, field, getattr(kernel, field))
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    assert "its parts overlap" in refused(source, tmp_path)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ((package, "MOST_BYTES"), 100, "and cannot be patched; make it smaller"),
        ((package, "MOST_MEMBERS"), 3, "has more than 3 parts"),
        ((package, "MOST_MEMBER_BYTES"), 100, "has a part of more than 4 GB"),
        ((package, "MOST_PART_BYTES"), 50, "is over 0 MB"),
        ((outline, "MOST_ELEMENTS"), 3, "holds more than 3 elements"),
    ],
)
def test_sizes_over_the_limits(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: tuple[object, str],
    value: int,
    reason: str,
) -> None:
    monkeypatch.setattr(*limit, value)
    assert reason in refused(pack(tmp_path / "book.xlsx", parts()), tmp_path)


def test_a_large_member_that_stays_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MOST_PART_BYTES", 10_000)
    content: dict[str, str | bytes] = {**parts(), "xl/media/image1.bin": bytes(1_000_000)}
    write_analysed(pack(tmp_path / "a.xlsx", content), [report()], tmp_path / "b.xlsx")
    assert packed_members(tmp_path / "b.xlsx")["xl/media/image1.bin"][1] == 1_000_000


def test_an_unusual_compression_is_copied_but_not_edited(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    for place in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts().items():
                archive.writestr(name, text, zipfile.ZIP_BZIP2 if name == place else None)
        if place == "xl/workbook.xml":
            assert "packs 'xl/workbook.xml' in an unusual way" in refused(source, tmp_path)
        else:
            target = tmp_path / "b.xlsx"
            write_analysed(source, [report()], target)
            assert packed_members(source)[place] == packed_members(target)[place]
            target.unlink()


def test_refused_files_of_real_life(corpus: Path, tmp_path: Path) -> None:
    for name, reason in (
        ("calamine__pass_protected.xlsb", "protected with a password"),
        ("poi__31749.xls", "old .xls file"),
        ("sheetjs_test_files__apachepoi_34775.xls.xlsb", "is a binary workbook"),
        ("roo__Bibelbund.ods", "is a zip file but no workbook"),
        (
            "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5089447305609216.xlsx",
            "is damaged (File is not a zip file)",
        ),
    ):
        assert reason in refused(corpus / name, tmp_path)
