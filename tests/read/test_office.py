"""Old formats whose formulas come through LibreOffice; here it is a script of ours."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
import time
from pathlib import Path

import psutil
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.read.fake_soffice import asked, fake_office, unzipped
from tests.read.old_books import DATE, error, number, old_book, setting, sheet, text
from tests.read.parts import (
    CONTENT_TYPES,
    SHEET,
    binary_workbook,
    parts,
    relationships,
    values,
    zipped,
)
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import ExternalLink, SheetState, Workbook
from tickmark.read import Limits, read_workbook
from tickmark.read.conversion import INSIDE, PREFIX
from tickmark.read.converted_files import ConvertedFiles
from tickmark.read.office import Office
from tickmark.read.older_formats import Older, read_older

UNAVAILABLE = "Formulas not available for this format (.xls), nor what is hidden in it: "
OLD = old_book(sheet("Data", number(0, 0, 1 / 3), number(0, 1, 2.0)))
EXPORT = zipped(
    parts(
        '<row r="1"><c r="A1"><f>1/3</f><v>0.333333333333333</v></c>'
        '<c r="B1"><f>A1*6</f><v>99</v></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        after='<mergeCells><mergeCell ref="A2:B3"/></mergeCells>',
    )
)


def write(folder: Path, data: bytes = OLD, name: str = "my secret budget.xls") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def cells(book: Workbook, name: str = "Data") -> list[tuple[str, object, str]]:
    """Address, value and formula of each cell of a sheet."""
    found = book[name].cells
    return [
        (one.a1, one.value, "" if one.formula < 0 else found.formula_texts[one.formula])
        for one in found
    ]


def test_formulas_and_layout_come_from_the_export_and_values_from_the_file(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    book = read_workbook(write(tmp_path), office=office)
    assert cells(book) == [("A1", 1 / 3, "1/3"), ("B1", 2.0, "A1*6"), ("C1", "#DIV/0!", "1/0")]
    assert book["Data"].merges == (RangeRef("Data", 2, 1, 3, 2),)
    assert (book.format, book.formulas_available, book.formula_count) == ("xls", True, 3)
    assert book.notes == ("Formulas were read through LibreOffice 9.1.",)
    assert (book.problems, book.failures, book["Data"].problems) == ((), (), ())
    plain = read_workbook(tmp_path / "my secret budget.xls")
    assert book.sha256 == plain.sha256


def test_a_file_is_converted_once(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    first = read_workbook(write(tmp_path), office=office)
    again = read_workbook(write(tmp_path, name="copy.xls"), office=office)
    assert cells(first) == cells(again)
    assert len(asked(tmp_path)) == 1
    read_workbook(write(tmp_path, old_book(sheet("Data", number(0, 0, 5.0)))), office=office)
    assert len(asked(tmp_path)) == 2


def test_another_libreoffice_converts_anew(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    read_workbook(write(tmp_path), office=office)
    (office.program.parent / "versionrc").write_text("buildid=2\n", encoding="utf-8")
    read_workbook(write(tmp_path), office=office)
    assert len(asked(tmp_path)) == 2


def test_a_kept_file_that_is_damaged_is_made_anew(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    path = write(tmp_path)
    read_workbook(path, office=office)
    (kept,) = office.converted.glob("*.xlsx")
    kept.write_bytes(b"PK damaged")
    book = read_workbook(path, office=office)
    assert [one[2] for one in cells(book)] == ["1/3", "A1*6", "1/0"]
    assert len(asked(tmp_path)) == 2


def test_libreoffice_meets_neutral_names_and_nothing_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "canary")
    monkeypatch.setenv("PYTHONPATH", "/canary")
    office = fake_office(tmp_path, EXPORT)
    read_workbook(write(tmp_path), office=office)
    (one,) = asked(tmp_path)
    work = one["folder"]
    assert Path(work).parent == office.converted
    assert Path(work).name.startswith(PREFIX)
    place = f"{work}/{INSIDE}"
    assert one["argv"] == [
        *("--headless", "--invisible", "--norestore", "--nodefault", "--nologo", "--nolockcheck"),
        f"-env:UserInstallation=file://{work}/profile",
        "--infilter=MS Excel 97",
        *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", place, f"{place}/book.xls"),
    ]
    assert set(one["environment"]) <= {
        *("PATH", "HOME", "TMPDIR", "LC_ALL", "SAL_USE_VCLPLUGIN"),
        "LC_CTYPE",  # what Python itself sets
    }
    assert "secret" not in str(one["argv"])
    assert one["profile"] == [f"{work}/profile/user/registrymodifications.xcu"]
    assert not list(office.converted.glob(f"{PREFIX}*"))


def test_what_is_kept_is_for_the_user_alone(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    read_workbook(write(tmp_path), office=office)
    (kept,) = office.converted.iterdir()
    assert stat.S_IMODE(office.converted.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("sys.exit(1)\n", "LibreOffice 9.1 did not convert it (it could not open the file)"),
        ("target.mkdir()\n", "LibreOffice 9.1 did not convert it (it could not open the file)"),
        (
            "target.symlink_to('/etc/hostname')\n",
            "LibreOffice 9.1 did not convert it (it could not open the file)",
        ),
        ("target.write_bytes(b'garbage')\n", "what LibreOffice 9.1 made of it cannot be read"),
        ("target.write_bytes(b'PK' * 50)\n", "what LibreOffice 9.1 made of it cannot be read"),
        ("target.write_bytes(b'')\n", "what LibreOffice 9.1 made of it cannot be read"),
    ],
)
def test_a_conversion_that_fails_leaves_the_values(tmp_path: Path, body: str, why: str) -> None:
    office = fake_office(tmp_path, body=body)
    book = read_workbook(write(tmp_path), office=office)
    assert values(book["Data"]) == {"A1": 1 / 3, "B1": 2.0}
    assert book.formulas_available is False
    assert book.problems == (f"{UNAVAILABLE}{why}; save it as .xlsx to have all of it checked.",)


def test_a_program_that_is_not_there_leaves_the_values(tmp_path: Path) -> None:
    office = Office(tmp_path / "nothing", tmp_path / "converted")
    book = read_workbook(write(tmp_path), office=office)
    assert values(book["Data"]) == {"A1": 1 / 3, "B1": 2.0}
    assert book.problems == (
        (
            f"{UNAVAILABLE}LibreOffice did not convert it (it cannot be run: No such file or "
            "directory); save it as .xlsx to have all of it checked."
        ),
    )


def test_a_folder_that_cannot_be_made_leaves_the_values(tmp_path: Path) -> None:
    (tmp_path / "converted").write_text("a file", encoding="utf-8")
    office = fake_office(tmp_path, EXPORT)
    book = read_workbook(write(tmp_path), office=office)
    assert values(book["Data"]) == {"A1": 1 / 3, "B1": 2.0}
    assert "cannot be written: File exists" in book.problems[0]
    assert asked(tmp_path) == []


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    body = (
        "import subprocess\n"
        "more = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(tmp_path / 'pids')!r}).write_text(f'{{os.getpid()}} {{more.pid}}')\n"
        "time.sleep(600)\n"
    )
    office = fake_office(tmp_path, body=body)
    older = Older(OLD, "b.xls", "", "xls", Limits(child_seconds=3.0), office=office)
    book = read_older(older)
    assert "did not convert it (it took longer than 3 seconds" in book.problems[0]
    assert values(book["Data"]) == {"A1": 1 / 3, "B1": 2.0}
    for pid in (tmp_path / "pids").read_text("utf-8").split():
        assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).status() == "zombie"
    assert list(office.converted.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "limits", "why"),
    [
        (
            "held = bytearray(200_000_000)\ntime.sleep(600)\n",
            Limits(child_bytes=150_000_000),
            "it needed more than 0.15 GB of memory",
        ),
        (
            "target.write_bytes(bytes(3_000_000))\ntime.sleep(600)\n",
            Limits(total_bytes=2_000_000),
            "it wrote more than 0.002 GB",
        ),
        (
            "target.write_bytes(bytes(3_000_000))\n",
            Limits(total_bytes=2_000_000),
            "it wrote more than 0.002 GB",
        ),
    ],
)
def test_one_that_takes_too_much_is_ended(
    tmp_path: Path, body: str, limits: Limits, why: str
) -> None:
    office = fake_office(tmp_path, body=body)
    book = read_workbook(write(tmp_path), limits, office=office)
    assert f"did not convert it ({why}" in book.problems[0]


def test_bytes_that_were_decrypted_are_never_given_away(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    book = read_older(Older(OLD, "b.xls", "", "xls", Limits(), office=office, encrypted=True))
    assert values(book["Data"]) == {"A1": 1 / 3, "B1": 2.0}
    assert book.problems == (
        (
            f"{UNAVAILABLE}an encrypted one is not given to LibreOffice, for its plain content "
            "would touch the disk; save it as .xlsx to have all of it checked."
        ),
    )
    assert not office.converted.exists()
    assert asked(tmp_path) == []


def test_an_encrypted_binary_workbook_is_read_without_touching_the_disk(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    noise = hashlib.shake_128(b"noise").digest(8_000)  # the library wants some thousand bytes
    plain = zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{CONTENT_TYPES}"/>',
            **unzipped(binary_workbook(("S", ((0, 0, 7.0),)))),
            "noise.bin": noise,
        }
    )
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt("right", out)
    book = read_workbook(
        write(tmp_path, out.getvalue(), "b.xlsb"),
        password="right",  # noqa: S106 - opens what was made above
        office=office,
    )
    assert values(book["S"]) == {"A1": 7.0}
    assert "an encrypted one is not given to LibreOffice" in book.problems[-1]
    assert not office.converted.exists()


def test_a_sheet_that_one_reader_alone_can_read_is_kept_from_that_one(tmp_path: Path) -> None:
    data = binary_workbook(
        ("One", ((0, 0, 1.0),)), ("Wide", ((0, 0, 1.0), (99, 99, 2.0))), ("Two", ((0, 0, 7.0),))
    )
    made = parts('<c r="A1"><v>5</v></c>')
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        '<sheet name="Data" sheetId="1" r:id="rId1"/>',
        '<sheet name="Wide" sheetId="1" r:id="rId1"/><sheet name="Two" sheetId="2" r:id="rId9"/>',
    )
    office = fake_office(tmp_path, zipped(made))
    book = read_workbook(write(tmp_path, data, "b.xlsb"), Limits(dense_cells=9_999), office=office)
    assert [(one.name, values(one), one.problems) for one in book.sheets] == [
        ("One", {"A1": 1.0}, ("Its formulas could not be read through LibreOffice 9.1.",)),
        (
            "Wide",
            {"A1": 5.0},
            (
                (
                    "Read through LibreOffice 9.1 alone: it spans 100 rows by 100 columns; --limit "
                    "dense_cells=N allows more."
                ),
            ),
        ),
        ("Two", {"A1": 7.0}, ("Its formulas could not be read through LibreOffice 9.1.",)),
    ]
    assert book.failures == ()


def test_a_workbook_that_calamine_refuses_is_read_from_the_export(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    data = old_book(sheet("Data", number(0, 0, 1.0))).replace(
        b"\x09\x08\x10\x00\x00\x06", b"\xff" * 6
    )
    book = read_workbook(write(tmp_path, data), office=office)
    assert [one[2] for one in cells(book)] == ["1/3", "A1*6", "1/0"]
    assert book.problems == (
        "It was read through LibreOffice 9.1 alone, for it is damaged or unusual.",
    )


def test_order_and_states_are_those_of_the_file(tmp_path: Path) -> None:
    data = old_book(
        sheet("A", number(0, 0, 1.0), hidden=2), sheet("Data", number(0, 0, 2.0), hidden=1)
    )
    made = parts('<c r="A1"><v>2</v></c>')
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="A" sheetId="2" r:id="rId4"/></sheets>'
    )
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId4", "worksheet", "worksheets/sheet2.xml"),
    )
    made["xl/worksheets/sheet2.xml"] = made[SHEET]
    book = read_workbook(write(tmp_path, data), office=fake_office(tmp_path, zipped(made)))
    assert [(one.name, one.state) for one in book.sheets] == [
        ("A", SheetState.VERY_HIDDEN),
        ("Data", SheetState.HIDDEN),
    ]
    assert [values(one) for one in book.sheets] == [{"A1": 1.0}, {"A1": 2.0}]


def test_dates_of_1904_are_counted_as_the_workbook_counts_them(tmp_path: Path) -> None:
    data = old_book(
        sheet("Data", number(0, 0, 40_000.25, DATE), number(0, 1, 3.0)), settings=setting(0x22, 1)
    )
    made = parts(
        '<c r="A1" s="1"><v>40000.25</v></c><c r="B1"><v>3</v></c>',
        book_before='<workbookPr date1904="1"/>',
    )
    book = read_workbook(write(tmp_path, data), office=fake_office(tmp_path, zipped(made)))
    assert book.date1904
    assert [(one.kind, one.value) for one in book["Data"].cells] == [
        (CellKind.DATE, 40_000.25),
        (CellKind.NUMBER, 3.0),
    ]
    alone = read_workbook(tmp_path / "my secret budget.xls")
    assert not alone.date1904
    assert values(alone["Data"]) == {"A1": 41_462.25, "B1": 3.0}


def test_errors_are_those_of_the_file_where_libreoffice_tells_others(tmp_path: Path) -> None:
    data = old_book(sheet("Data", error(0, 0, 0x17), error(0, 1, 0x2A), text(0, 2, "x")))
    made = parts('<c r="A1" t="e"><f>#REF!*2</f><v>#VALUE!</v></c><c r="C1"><v>1</v></c>')
    book = read_workbook(write(tmp_path, data), office=fake_office(tmp_path, zipped(made)))
    assert cells(book) == [("A1", "#REF!", "#REF!*2"), ("B1", "#N/A", ""), ("C1", "x", "")]


def test_links_are_told_as_the_file_tells_them(tmp_path: Path) -> None:
    """The place of the file, which LibreOffice writes into them, is one of ours."""
    body = (
        "import zipfile\n"
        "place = source.parent.as_uri()\n"
        "with zipfile.ZipFile(target, 'w') as out, zipfile.ZipFile(made) as known:\n"
        "    for name in known.namelist():\n"
        "        out.writestr(name, known.read(name).replace(b'PLACE', place.encode()))\n"
    )
    targets = (
        "PLACE/Rates%202024.xls",
        "PLACE/sub/a%2523b.xls",
        "file:///C:/books/x.xls",
        "PLACE/../../up.xls",
    )
    book_part = "".join(f'<externalReference r:id="rId{at}"/>' for at in range(11, 15))
    made = parts(
        '<c r="A1"><f>[1]S!A1</f><v>1</v></c>',
        book=f"<externalReferences>{book_part}</externalReferences>",
    )
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        *((f"rId{at}", "externalLink", f"link{at}.xml") for at in range(11, 15)),
    )
    for at, target in enumerate(targets, start=11):
        made[f"xl/link{at}.xml"] = (
            '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<externalBook r:id="rId1"/></externalLink>'
        )
        made[f"xl/_rels/link{at}.xml.rels"] = relationships(
            ("rId1", "externalLinkPath", f"!{target}")
        )
    office = fake_office(tmp_path, zipped(made), body=body)
    book = read_workbook(write(tmp_path), office=office)
    assert book.external_links == (
        ExternalLink(1, "Rates%202024.xls"),
        ExternalLink(2, "sub/a%23b.xls"),
        ExternalLink(3, "file:///C:/books/x.xls"),
        ExternalLink(4, "../../up.xls"),
    )


def test_macros_are_known_from_the_file_itself(tmp_path: Path) -> None:
    office = fake_office(tmp_path, EXPORT)
    with_project = zipped(
        {"xl/vbaProject.bin": b"x", **unzipped(binary_workbook(("Data", ((0, 0, 1.0),))))}
    )
    assert read_workbook(write(tmp_path, with_project, "a.xlsb"), office=office).has_macros
    assert read_workbook(tmp_path / "a.xlsb").has_macros
    assert not read_workbook(write(tmp_path), office=office).has_macros


def test_several_at_once_convert_the_same_file(tmp_path: Path) -> None:
    office = fake_office(
        tmp_path, EXPORT, body="time.sleep(0.3)\ntarget.write_bytes(made.read_bytes())\n"
    )
    path = write(tmp_path)
    found: list[Workbook] = []
    threads = [
        threading.Thread(target=lambda: found.append(read_workbook(path, office=office)))
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [cells(book) for book in found] == [cells(found[0])] * 3
    assert len(list(office.converted.iterdir())) == 1


def test_the_oldest_files_go_where_all_are_too_large(tmp_path: Path) -> None:
    data = zipped({"a": b"x"})
    files = ConvertedFiles(tmp_path / "kept", most_bytes=5 * len(data) // 2)
    files.prepare()
    for key in ("a", "b"):
        files.put(key, data)
    _age(tmp_path / "kept" / "a.xlsx", 100)
    _age(tmp_path / "kept" / "b.xlsx", 200)
    assert files.get("b") == data
    files.put("c", data)
    assert [files.get(key) for key in "abc"] == [None, data, data]
    assert (files.stats().files, files.stats().bytes) == (2, 2 * len(data))
    files.clear()
    assert (files.stats().files, files.stats().bytes) == (0, 0)


def test_what_an_ended_conversion_left_is_swept_a_day_later(tmp_path: Path) -> None:
    files = ConvertedFiles(tmp_path)
    for name in ("old", "new"):
        (tmp_path / f"{PREFIX}{name}").mkdir()
        (tmp_path / f"{name}.part").write_bytes(b"x")
    for name in (f"{PREFIX}old", "old.part"):
        _age(tmp_path / name, 100_000)
    files.put("k", b"x")
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "k.xlsx",
        "new.part",
        f"{PREFIX}new",
    ]


def _age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)
