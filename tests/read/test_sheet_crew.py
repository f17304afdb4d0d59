"""Sheets that several processes read are the same as those that one reads, whatever happens."""

from __future__ import annotations

import hashlib
import io
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.read.parts import SHEET, Content, parts, relationships, values, zipped
from tickmark.errors import WorkbookRefused
from tickmark.model.workbook import SheetState
from tickmark.read import Limits, ooxml, read_workbook, sheet_crew
from tickmark.read.book_part import SheetEntry
from tickmark.read.early_sheet import EarlySheet, SheetPlace
from tickmark.read.package import Package, open_package
from tickmark.read.sheet_crew import Work, cores, read_ahead, unasked
from tickmark.read.sheet_part import BookFacts
from tickmark.read.styles import CellFormats

PATIENCE = 30.0
LARGE = 300_000

IS_ANOTHERS = """
from tickmark.read import early_sheet
early_sheet.HOME = "elsewhere"
from tickmark.read.sheet_child import main
main()
"""
DIES = """
import os
from tickmark.read import sheet_child
sheet_child.read_early = lambda *_: os._exit(9)
sheet_child.main()
"""
BABBLES = """
from tickmark.read import sheet_child
sheet_child.indexed = lambda early: print("words instead of an answer, and more of them")
sheet_child.main()
"""
SLEEPS = """
import time
from tickmark.read import sheet_child
sheet_child.read_early = lambda *_: time.sleep(60)
sheet_child.main()
"""

STRINGS = "<si><t>no, no</t></si><si><t>one</t></si><si><t>two</t></si>"
SHARED = (
    '<row r="1"><c r="A1" t="s"><v>2</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="str">'
    '<f>A1&amp;"x"</f><v>own</v></c><c r="D1" s="1"><v>45000.5</v></c><c r="E1" t="s"><v>9</v></c>'
    '</row><row r="2" hidden="1" outlineLevel="1"><c r="A2"><f t="shared" ref="A2:B2" si="0">A1*2'
    '</f><v>4</v></c><c r="B2"><f t="shared" si="0"/><v>1</v></c><c r="C2" t="e"><v>#N/A</v></c>'
    '<c r="?"><v>1</v></c></row>'
)
MERGES = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
OWN = '<row r="3"><c r="B3" t="inlineStr"><is><t>own _x0041_ two</t></is></c></row>'


def sheet_part(rows: str, *, after: str = "") -> str:
    """A sheet part of whole rows."""
    return str(parts(rows, after=after)[SHEET])


def several(sheets: Mapping[str, str | None], *, strings: str = STRINGS) -> dict[str, Content]:
    """A workbook of sheets by name, None for one whose part is missing.

    What stands behind `|` is no part of the name.
    """
    file = parts(strings=strings)
    del file[SHEET]
    listed = "".join(
        f'<sheet name="{name.partition("|")[0]}" sheetId="{number}" r:id="s{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    begin, _, rest = str(file["xl/workbook.xml"]).partition("<sheets>")
    _, _, end = rest.partition("</sheets>")
    file["xl/workbook.xml"] = f"{begin}<sheets>{listed}</sheets>{end}"
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("styles", "styles", "styles.xml"),
        ("strings", "sharedStrings", "sharedStrings.xml"),
        *(
            (f"s{number}", "chartsheet" if "chart" in name else "worksheet", f"{number}.xml")
            for number, name in enumerate(sheets, start=1)
        ),
    )
    for number, content in enumerate(sheets.values(), start=1):
        if content is not None:
            file[f"xl/{number}.xml"] = content
    return file


ODD = several(
    {
        "Shared": sheet_part(SHARED, after=MERGES),
        "a chart": '<chartsheet xmlns="urn:x"/>',
        "Own": sheet_part(OWN),
        "Missing": None,
        "Torn": sheet_part(SHARED)[:-200],
        "shared|twice": sheet_part(OWN),
        "Empty": sheet_part(""),
        "Unrelated": "<document/>",
        "Linked": sheet_part(OWN, after='<hyperlinks><hyperlink ref="A1" r:id="r1"/></hyperlinks>'),
        "Numbers": sheet_part(
            "".join(f'<row r="{n}"><c r="A{n}"><v>{n}.25</v></c></row>' for n in range(1, 3000))
        ),
    }
) | {"xl/_rels/9.xml.rels": relationships(("r1", "hyperlink", "!https://example.org/"))}


@pytest.fixture
def small_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children are started for sheets of any size."""
    monkeypatch.setattr(sheet_crew, "LEAST_BYTES", 1)


@pytest.fixture
def crews(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """The work of crews, in which this process leaves every sheet to the children."""
    seen: list[Work] = []
    monkeypatch.setattr(sheet_crew, "LEAST_BYTES", 1)

    def leave(work: Work) -> None:
        seen.append(work)
        until = time.monotonic() + PATIENCE
        while work.waiting and time.monotonic() < until:
            if work.starting and all(child.ended.is_set() for child in work.starting):
                break
            time.sleep(0.01)

    def kept(
        package: Package, places: Sequence[SheetPlace], facts: BookFacts, *, processes: int
    ) -> dict[int, EarlySheet]:
        return read_ahead(package, places, facts, processes=processes).copy()

    monkeypatch.setattr(sheet_crew, "read_here", leave)
    monkeypatch.setattr(ooxml, "read_ahead", kept)  # which takes what it uses out of it
    return seen


def told(value: object) -> object:
    """All that a value says, types, bits and order of arrays too, as something comparable."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.flags.writeable, value.tobytes())
    if is_dataclass(value):
        return (type(value), {one.name: told(getattr(value, one.name)) for one in fields(value)})
    if isinstance(value, Mapping):
        return [(key, told(one)) for key, one in value.items()]
    if isinstance(value, (tuple, list)):
        return (type(value), [told(one) for one in value])
    return (type(value), value)


def book(path: Path, processes: int, limits: Limits | None = None) -> object:
    """All that is read from a workbook, or the sentence with which it is refused."""
    try:
        return told(read_workbook(path, limits or Limits(), processes=processes))
    except WorkbookRefused as error:
        return str(error)


def saved(tmp_path: Path, file: Mapping[str, Content]) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(zipped(file))
    return path


def child_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Start this script as child in place of ours."""
    (tmp_path / "another_child.py").write_text(script, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sheet_crew, "_CHILD", "another_child")


def test_children_read_the_same_as_one_process(tmp_path: Path, crews: list[Work]) -> None:
    path = saved(tmp_path, ODD)

    assert book(path, 3) == book(path, 1)
    assert sorted(crews[0].done) == [0, 2, 4, 6, 7, 8, 9]
    assert len(crews[0].working) >= 1


@pytest.mark.usefixtures("small_pays")
def test_this_process_reads_along(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = saved(tmp_path, ODD)
    here = sheet_crew.read_here
    done: list[int] = []

    def counted(work: Work) -> None:
        here(work)
        done.extend(work.done)

    monkeypatch.setattr(sheet_crew, "read_here", counted)

    assert book(path, 2) == book(path, 1)
    assert len(done) == 7


@pytest.mark.parametrize(
    "limits",
    [
        Limits(workbook_cells=9),
        Limits(workbook_cells=2_000),
        Limits(sheet_cells=2),
        Limits(sheets=3),
        Limits(total_bytes=60_000),
        Limits(part_bytes=2_000),
        Limits(ratio=8, ratio_from=1_000),
        Limits(ratio=2, ratio_from=1_000),
    ],
)
def test_limits_fall_on_the_same_sheets(tmp_path: Path, crews: list[Work], limits: Limits) -> None:
    path = saved(tmp_path, ODD)

    assert book(path, 3, limits) == book(path, 1, limits)
    assert len(crews) <= 1


def test_bytes_of_parts_that_sheets_share_are_counted_for_each(
    tmp_path: Path, crews: list[Work]
) -> None:
    listed = sheet_part(OWN, after='<tableParts><tablePart r:id="t"/></tableParts>')
    file = several({"A": listed, "B": listed, "C": listed})
    related = relationships(("t", "table", "table.xml"))
    file |= {f"xl/_rels/{number}.xml.rels": related for number in (1, 2, 3)}
    file["xl/table.xml"] = f"<table>{' ' * 30_000}</table>"
    path = saved(tmp_path, file)
    limits = Limits(total_bytes=80_000)

    refused = book(path, 3, limits)
    assert refused == book(path, 1, limits)
    assert "and was refused as a possible zip bomb" in str(refused)
    assert len(crews[0].done) >= 2


def test_a_refusal_is_said_in_the_turn_of_its_sheet(tmp_path: Path, crews: list[Work]) -> None:
    evil = f"<!DOCTYPE x>{sheet_part(OWN)}"
    path = saved(tmp_path, several({"A": sheet_part(OWN), "B": evil, "C": sheet_part(SHARED)}))

    assert book(path, 2) == (
        f"{path} was refused: it holds a document type (DTD), which workbooks never have and "
        "attacks use."
    )
    assert sorted(crews[0].done) == [0, 2]


def test_lost_texts_are_told_of_every_sheet(tmp_path: Path, crews: list[Work]) -> None:
    torn = several({"A": sheet_part(SHARED), "B": sheet_part(OWN)}, strings="<si>")
    path = saved(tmp_path, torn)

    assert book(path, 2) == book(path, 1)
    assert sorted(crews[0].done) == [0, 1]


def test_encrypted_workbooks_are_read_by_children_too(tmp_path: Path, crews: list[Work]) -> None:
    noise = {"xl/noise.bin": hashlib.shake_128(b"noise").digest(8_000)}
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(zipped(ODD | noise))).encrypt("right", out)
    (tmp_path / "book.xlsx").write_bytes(out.getvalue())

    read = read_workbook(tmp_path / "book.xlsx", password="right", processes=2)  # noqa: S106 - made here
    assert values(read["Own"]) == {"B3": "own A two"}
    assert 2 in crews[0].done
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.usefixtures("small_pays")
@pytest.mark.parametrize(
    "script",
    [
        "",
        "raise SystemExit(3)",
        "print('Welcome to this Python, which greets everybody who starts it!')",
        "import time; time.sleep(60)",
        "import sys; sys.stdin.buffer.read(100); sys.stdin.close()",
        IS_ANOTHERS,
        DIES,
        BABBLES,
    ],
    ids=["ends", "fails", "greets", "hangs", "closes", "is another's", "dies", "babbles"],
)
def test_what_a_child_leaves_is_read_here(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
) -> None:
    path = saved(tmp_path, ODD)
    child_that(tmp_path, monkeypatch, script)
    others = set(psutil.Process().children())

    assert book(path, 3) == book(path, 1)
    assert set(psutil.Process().children()) <= others


@pytest.mark.parametrize(
    ("limits", "stopped"),
    [
        (
            Limits(child_seconds=3),
            "it took longer than 3 seconds; --limit child_seconds=N allows more",
        ),
        (
            Limits(child_bytes=1_000_000),
            "it needed more than 0.001 GB of memory; --limit child_bytes=N allows more",
        ),
    ],
)
def test_a_sheet_whose_child_comes_to_a_limit_is_read_here(
    tmp_path: Path,
    crews: list[Work],
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
    stopped: str,
) -> None:
    path = saved(tmp_path, ODD)
    child_that(tmp_path, monkeypatch, SLEEPS)

    assert book(path, 2, limits) == book(path, 1)
    assert crews[0].done == {}
    assert [child.stopped for child in crews[0].starting] == [stopped]


@pytest.mark.usefixtures("small_pays")
def test_an_interrupt_ends_all_children(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(work: Work) -> None:
        while not work.starting:
            time.sleep(0.01)
        raise KeyboardInterrupt

    child_that(tmp_path, monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(sheet_crew, "read_here", interrupted)
    others = set(psutil.Process().children())

    with pytest.raises(KeyboardInterrupt):
        book(saved(tmp_path, ODD), 2)
    assert set(psutil.Process().children()) <= others


@pytest.mark.parametrize(
    ("sizes", "processes", "children"),
    [
        ([100], 8, 0),
        ([100, 19], 8, 0),
        ([100, 20], 8, 1),
        ([100, 20], 1, 0),
        ([100, 90, 80], 2, 1),
        ([100, 90, 80], 3, 2),
        ([100, 90, 80], 8, 2),
        ([5] * 10, 8, 2),
        ([5] * 100, 4, 3),
        ([900, 900, 900], 4, 0),  # more than may be unpacked
        ([], 4, 0),
    ],
)
def test_a_child_is_started_for_every_20_mb_that_it_can_take_over(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], processes: int, children: int
) -> None:
    started: list[int] = []
    monkeypatch.setattr(sheet_crew, "read_in_child", lambda _: started.append(1))
    monkeypatch.setattr(sheet_crew, "read_here", lambda _: None)
    package = open_package(zipped(parts()), "b.xlsx", Limits(ratio_from=10**12))
    entry = SheetEntry("S", "r", SheetState.VISIBLE)
    places = [SheetPlace(at, "p", entry, size * 1_000_000) for at, size in enumerate(sizes)]

    read_ahead(package, places, BookFacts("p", (), CellFormats.plain()), processes=processes)

    assert len(started) == children


def test_nobody_asked_there_is_a_process_a_core_but_one_in_a_worker() -> None:
    with get_context("spawn").Pool(1) as workers:
        assert (unasked(), workers.apply(unasked)) == (cores(), 1)


@pytest.mark.parametrize("program", ["/opt/Office/EXCEL.EXE", "/usr/bin/uwsgi", "", None])
def test_a_program_that_embeds_python_is_not_started_again(
    tmp_path: Path, crews: list[Work], monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    monkeypatch.setattr(sys, "executable", program)

    assert book(saved(tmp_path, ODD), 4) == book(saved(tmp_path, ODD), 1)
    assert crews == []


def test_every_real_workbook_of_several_sheets_reads_the_same(
    corpus: Path, crews: list[Work]
) -> None:
    for path in sorted(corpus.glob("*.xls[xm]")):
        if path.stat().st_size < LARGE:
            assert book(path, 3) == book(path, 1)
    assert sum(len(work.done) for work in crews) > 0
