"""The add-in as a whole: the same bytes from the same texts, and all that it names is there."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import zipfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.excel.vba_sources import project_of, sources
from tickmark import __version__
from tickmark.errors import InputError
from tickmark.excel import build as subject
from tickmark.excel.build import Flavour, build
from tickmark.excel.marks import Marks, marks_of
from tickmark.hosts.cli.app import run

ROOT = Path(__file__).parents[2]
STUB = 'Attribute VB_Name = "xlwings"\r\nPublic Sub RunPython(text)\r\nEnd Sub\r\n'


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_equal_texts_give_equal_bytes_in_another_process() -> None:
    """Not the order of sets, nor the clock, nor a random identity goes in."""
    program = (
        "import hashlib, tickmark.excel.build as b; print(hashlib.sha256(b.build()).hexdigest())"
    )
    digests = {
        subprocess.run(  # noqa: S603 - our own Python
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT / 'pysrc'}:{ROOT}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert digests == {sha256(build()).hexdigest()}


def test_olevba_finds_our_texts_unchanged() -> None:
    found = sources(project_of(build()))

    assert sorted(found) == [
        "Dictionary",
        "Sheet1",
        "ThisWorkbook",
        "TickmarkCells",
        "TickmarkFunctions",
        "TickmarkPython",
        "TickmarkRibbon",
        "xlwings",
    ]
    for name in ("TickmarkCells", "TickmarkFunctions", "TickmarkPython", "TickmarkRibbon"):
        kept = (ROOT / "xlwings_addin" / "vba" / f"{name}.bas").read_bytes().decode("ascii")
        assert found[name] == kept
    kept = (ROOT / "xlwings_addin" / "vba" / "ThisWorkbook.cls").read_bytes().decode("ascii")
    assert found["ThisWorkbook"].endswith(kept.partition("Option Explicit")[2])


def test_no_module_of_the_built_add_in_reaches_for_what_is_not_free() -> None:
    everything = "\n".join(sources(project_of(build())).values())

    assert "xlwings.pro" not in everything
    assert "xlwings.server" not in everything


def test_every_picture_of_the_ribbon_is_there_at_twice_the_size_of_its_button() -> None:
    found = parts(build())
    root = ET.fromstring(found["customUI/customUI14.xml"])  # noqa: S314 - ours
    wanted = {
        str(one.get("image")): {"large": 64, "normal": 32}[one.get("size", "normal")]
        for one in root.iter()
        if one.get("image")
    }

    assert len(wanted) == 20
    assert {
        name: struct.unpack_from(">I", found[f"customUI/images/{name}.png"], 16)[0]
        for name in wanted
    } == wanted
    assert sum("customUI/images/" in name for name in found) == len(wanted)
    assert struct.unpack_from(">I", found["docProps/thumbnail.png"], 16) == (64,)


def test_every_icon_is_used() -> None:
    ribbon = parts(build())["customUI/customUI14.xml"].decode()
    names = {path.stem for path in (ROOT / "xlwings_addin/ribbon/icons").iterdir()}

    assert names == {*re.findall(r'image="([^"]+)"', ribbon), "tickmark"}


def test_the_doctor_reads_what_it_was_built_for() -> None:
    content = build()
    custom = parts(content)["docProps/custom.xml"].decode()

    assert marks_of(content) == Marks(__version__, version("xlwings"))
    assert re.search(r'name="VBA"><vt:lpwstr>[0-9a-f]{64}<', custom)


def test_the_property_of_the_vba_changes_with_the_vba() -> None:
    def mark(stub: str) -> str:
        content = parts(build(Flavour.WORKBOOK, {"xlwings": stub}))["docProps/custom.xml"]
        found = re.search(rb'name="VBA"><vt:lpwstr>(\w+)<', content)
        assert found
        return found[1].decode()

    assert mark(STUB) == mark(STUB)
    assert mark(STUB) != mark(STUB + "' more\r\n")


def test_a_workbook_takes_modules_in_place_of_those_of_xlwings() -> None:
    stub_class = (
        'VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1\nEND\nAttribute VB_Name = "Stub"\n'
        "Attribute VB_Exposed = False\nOption Explicit\n"
    )
    content = build(
        Flavour.WORKBOOK,
        {"xlwings": STUB, "Stub": stub_class, "TickmarkRibbon": "' nothing\n"},
    )
    found = sources(project_of(content))

    assert found["xlwings"] == STUB
    assert found["TickmarkRibbon"] == 'Attribute VB_Name = "TickmarkRibbon"\r\n\' nothing\r\n'
    assert found["Stub"].startswith('Attribute VB_Name = "Stub"\r\nAttribute VB_Base = ')
    assert "Dictionary" not in found
    assert "TickmarkPython" not in found


def test_a_workbook_without_a_module_xlwings_is_refused() -> None:
    with pytest.raises(InputError, match="needs a module 'xlwings'"):
        build(Flavour.WORKBOOK)


class Texts:
    """The files of the add-in, some of them replaced."""

    def __init__(self, folder: Path, replaced: dict[str, bytes], name: str = "") -> None:
        self.folder, self.replaced, self.name = folder, replaced, name

    def __truediv__(self, name: str) -> Texts:
        return Texts(self.folder, self.replaced, f"{self.name}/{name}".lstrip("/"))

    def __str__(self) -> str:
        return self.name

    def read_bytes(self) -> bytes:
        return self.replaced.get(self.name) or (self.folder / self.name).read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "vba/TickmarkCells.bas",
            "Option Explicit\r\n' caf\u00e9\r\n".encode(),
            "TickmarkCells.bas, line 2, has '\u00e9': .* write it with ASCII",
        ),
        ("vba/ThisWorkbook.cls", b"\xff", "vba/ThisWorkbook.cls cannot be read"),
        ("ribbon/customUI14.xml", b"<customUI>", "customUI14.xml is no XML"),
        (
            "ribbon/customUI14.xml",
            b'<customUI><button image="none"/></customUI>',
            "ribbon/icons/none.svg cannot be read .FileNotFoundError.; install Tickmark again",
        ),
    ],
)
def test_a_text_that_does_not_fit_fails_the_build_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, reason: str
) -> None:
    texts = Texts(ROOT / "xlwings_addin", {name: content})
    monkeypatch.setattr(subject, "_resources", lambda: texts)

    with pytest.raises(InputError, match=reason):
        build()


def test_the_command_writes_the_add_in_and_says_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run(["excel", "build"])

    content = (tmp_path / "Tickmark.xlam").read_bytes()
    assert (code, content) == (0, build())
    assert capsys.readouterr().out == (
        f"Tickmark.xlam  {len(content):,} bytes\nSHA-256  {sha256(content).hexdigest()}\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["Tickmark.xlam"]


def test_the_command_replaces_what_is_there(tmp_path: Path) -> None:
    out = tmp_path / "own.xlam"
    out.write_bytes(b"old")

    assert run(["excel", "build", "--out", str(out)]) == 0
    assert out.read_bytes() == build()


def test_a_place_that_cannot_be_written_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "Tickmark.xlam"

    code = run(["excel", "build", "--out", str(out)])

    assert code == 2
    assert capsys.readouterr().err == (
        f"tickmark: {out} cannot be written (No such file or directory); choose another --out.\n"
    )
    assert list(tmp_path.iterdir()) == []
