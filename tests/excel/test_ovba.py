"""The VBA project as oletools, which did not write it, and the add-ins of xlwings show it."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from hashlib import sha256

import olefile
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.excel.vba_sources import decompressed, project_of, shipped, sources, stream
from tickmark.errors import InputError
from tickmark.excel.build import Flavour, build
from tickmark.excel.ovba import (
    Kind,
    class_module,
    compress,
    dir_stream,
    document,
    encrypt,
    project_stream,
    standard,
    vba_project,
)

INCOMPRESSIBLE = b"".join(sha256(bytes([number])).digest() for number in range(128))
CODE = 'Attribute VB_Name = "One"\r\nOption Explicit\r\nSub A()\r\nEnd Sub\r\n'
MODULES = (
    document("ThisWorkbook", Kind.WORKBOOK),
    document("Sheet1", Kind.SHEET),
    standard("One", CODE),
)


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record of a `dir` stream."""
    at = 0
    while at < len(content):
        number, size = struct.unpack_from("<HI", content, at)
        size = 6 if number == 0x09 else size  # the version record lies about its size, by decree
        yield number, content[at + 6 : at + 6 + size]
        at += 6 + size


def shapes(content: bytes) -> tuple[list[int], dict[str, list[int]]]:
    """Record numbers of the project's part, and those of each module."""
    head: list[int] = []
    modules: dict[str, list[int]] = {}
    numbers = head
    for number, text in records(content):
        if number == 0x19:
            numbers = modules.setdefault(text.decode("cp1252"), [])
        if number == 0x10:
            numbers = head
        numbers.append(number)
    return head, modules


@given(st.binary(max_size=3000))
@example(b"")
@example(b"a" * 4096)
@example(b"ab" * 5000)
@example(b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa")
def test_what_is_compressed_comes_back(content: bytes) -> None:
    assert decompressed(compress(content)) == content


@given(st.text("abc =()\r\n", max_size=20_000))
def test_texts_of_several_chunks_come_back(text: str) -> None:
    assert decompressed(compress(text.encode())) == text.encode()


def test_the_examples_of_the_format_are_met() -> None:
    """MS-OVBA 3.2.1 and 3.2.3: nothing to repeat, and nothing but repetition."""
    assert compress(b"abcdefghijklmnopqrstuv.").hex(" ").upper() == (
        "01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 00 71 72 73 74 75 76 2E"
    )
    assert compress(b"a" * 73).hex(" ").upper() == "01 03 B0 02 61 45 00"


def test_a_chunk_that_does_not_compress_stays_raw() -> None:
    content = INCOMPRESSIBLE

    assert compress(content)[:3] == b"\x01\xff\x3f"
    assert decompressed(compress(content + b"End Sub")) == content + b"End Sub"


def test_an_end_that_can_be_neither_raw_nor_compressed_is_refused() -> None:
    with pytest.raises(ValueError, match="too short to stay raw"):
        compress(INCOMPRESSIBLE[:4000])


def test_real_modules_shrink_to_less_than_half() -> None:
    code = sources(shipped("quickstart_addin_ribbon.xlam"))["xlwings"].encode("cp1252")

    assert decompressed(compress(code)) == code
    assert len(compress(code)) < len(code) / 2


@pytest.mark.parametrize(
    ("content", "seed", "expected"),
    [
        (bytes(4), 0x07, "0705D8E3D8EDDBF1DBF1DBF1DBF1"),
        (bytes(1), 0x0E, "0E0CD1ECDFF4E7F5E7F5E7"),
        (b"\xff", 0x15, "1517CAF1D6F9D7F9D706"),
    ],
)
def test_protection_is_written_as_in_the_example_of_the_format(
    content: bytes, seed: int, expected: str
) -> None:
    assert encrypt(content, "{917DED54-440B-4FD1-A5C1-74ACF261E600}", seed) == expected


def test_every_module_comes_out_as_it_went_in() -> None:
    modules = (*MODULES, class_module("Two", CLASS))

    found = sources(vba_project("Test", modules))

    assert found == {module.name: module.code for module in modules}
    assert found["One"] == CODE


def test_olefile_finds_nothing_to_complain_of() -> None:
    with olefile.OleFileIO(io.BytesIO(vba_project("Test", MODULES))) as file:
        assert file.parsing_issues == []
        assert file.listdir() == [
            ["PROJECT"],
            ["PROJECTwm"],
            ["VBA", "One"],
            ["VBA", "Sheet1"],
            ["VBA", "ThisWorkbook"],
            ["VBA", "_VBA_PROJECT"],
            ["VBA", "dir"],
        ]


@pytest.mark.parametrize("name", ["quickstart_addin_ribbon.xlam", "addin/xlwings.xlam"])
def test_the_list_of_modules_has_the_shape_of_what_xlwings_ships(name: str) -> None:
    """Excel opens those files; ours differ in their references and in nothing else."""
    theirs, their_modules = shapes(decompressed(stream(shipped(name), "VBA", "dir")))
    ours, our_modules = shapes(decompressed(stream(project_of(build()), "VBA", "dir")))

    references = {0x16, 0x3E, 0x0D, 0x33, 0x2F, 0x30}
    assert [one for one in ours if one not in references] == [
        one for one in theirs if one not in references
    ]
    assert [one for one in ours if one in references] == [0x16, 0x3E, 0x0D] * 2
    standard_shape = [0x19, 0x47, 0x1A, 0x32, 0x1C, 0x48, 0x31, 0x1E, 0x2C, 0x21, 0x2B]
    other_shape = [*standard_shape[:-2], 0x22, 0x2B]
    assert {tuple(one) for one in their_modules.values()} == {
        tuple(standard_shape),
        tuple(other_shape),
    }
    assert {module: shape == standard_shape for module, shape in our_modules.items()} == {
        "ThisWorkbook": False,
        "Sheet1": False,
        "xlwings": False,
        "Dictionary": False,
        "TickmarkPython": True,
        "TickmarkCells": True,
        "TickmarkFunctions": True,
        "TickmarkRibbon": True,
    }
    assert {tuple(one) for one in our_modules.values()} == {
        tuple(standard_shape),
        tuple(other_shape),
    }


def test_the_project_says_the_same_of_itself_as_the_one_that_xlwings_ships() -> None:
    """Record by record where the content is not the project's own."""
    theirs = dict(records(decompressed(stream(shipped("addin/xlwings.xlam"), "VBA", "dir"))))
    ours = dict(records(dir_stream("Test", MODULES)))

    own = {
        **dict.fromkeys((0x01, 0x04, 0x09, 0x0F, 0x13), "the project's own"),
        **dict.fromkeys((0x19, 0x47, 0x1A, 0x32, 0x31, 0x2C, 0x21, 0x22), "the last module's own"),
    }
    assert {number: text for number, text in ours.items() if number not in own} == {
        number: text for number, text in theirs.items() if number not in own
    }
    quickstart = decompressed(stream(shipped("quickstart_addin_ribbon.xlam"), "VBA", "dir"))
    assert ours[0x01] == dict(records(quickstart))[0x01]


def test_there_is_no_compiled_code_as_in_what_xlwings_ships() -> None:
    theirs = stream(shipped("addin/xlwings.xlam"), "VBA", "_VBA_PROJECT")

    assert stream(vba_project("Test", MODULES), "VBA", "_VBA_PROJECT") == theirs


def test_the_project_stream_lists_modules_by_kind() -> None:
    text = project_stream("Test", (*MODULES, class_module("Two", CLASS))).decode("cp1252")

    assert text == (
        'ID="{C0400EE6-BC6E-583E-A1B5-67E698524DE0}"\r\n'
        "Document=ThisWorkbook/&H00000000\r\nDocument=Sheet1/&H00000000\r\n"
        'Module=One\r\nClass=Two\r\nName="Test"\r\nHelpContextID="0"\r\n'
        'VersionCompatible32="393222000"\r\n'
        'CMG="5A58B441BF45BF45BF45BF45"\r\nDPB="5A58B441BA42BA42BA"\r\nGC="5A58B441BA42BA4245"\r\n\r\n'
        "[Host Extender Info]\r\n"
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000\r\n\r\n"
        "[Workspace]\r\nThisWorkbook=0, 0, 0, 0, C\r\nSheet1=0, 0, 0, 0, C\r\n"
        "One=0, 0, 0, 0, C\r\nTwo=0, 0, 0, 0, C\r\n"
    )


CLASS = (
    "VERSION 1.0 CLASS\r\nBEGIN\r\n  MultiUse = -1  'True\r\nEND\r\n"
    'Attribute VB_Name = "Two"\r\nAttribute VB_GlobalNameSpace = False\r\n'
    "Attribute VB_Creatable = False\r\nAttribute VB_PredeclaredId = False\r\n"
    "Attribute VB_Exposed = True\r\n"
    'Attribute VB_Description = "Says this."\r\nOption Explicit\r\n'
)


def test_classes_and_documents_have_the_attributes_of_those_that_xlwings_ships() -> None:
    theirs = sources(shipped("quickstart_addin_ribbon.xlam"))
    ours = class_module("Two", CLASS)

    assert ours.description == "Says this."
    assert [line for line in ours.code.splitlines() if "VB_" in line] == [
        line.replace("Dictionary", "Two")
        for line in theirs["Dictionary"].splitlines()
        if line.startswith("Attribute VB_") and "VB_Description" not in line
    ] + ['Attribute VB_Description = "Says this."']
    assert document("ThisWorkbook", Kind.WORKBOOK).code == theirs["ThisWorkbook"]
    assert document("Sheet2", Kind.SHEET).code == theirs["Sheet2"]


def test_a_document_keeps_its_code_and_gets_its_own_attributes() -> None:
    text = (
        'VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1\nEND\nAttribute VB_Name = "Other"\n'
        "Option Explicit\n"
    )

    code = document("ThisWorkbook", Kind.WORKBOOK, text).code

    assert code.count("Attribute VB_Name") == 1
    assert code.startswith('Attribute VB_Name = "ThisWorkbook"\r\n')
    assert code.endswith("Attribute VB_Customizable = True\r\nOption Explicit\r\n")


def test_a_class_without_its_name_is_refused() -> None:
    with pytest.raises(InputError, match="The class Three lacks the line Attribute VB_Name"):
        class_module("Three", CLASS)


def test_a_letter_without_a_place_in_the_code_page_is_refused_by_line() -> None:
    module = standard("One", "Option Explicit\n' \u2192\n")

    with pytest.raises(InputError, match="VBA cannot hold '\u2192', which is in line 3 of One"):
        vba_project("Test", (module,))


def test_equal_modules_give_equal_bytes() -> None:
    assert vba_project("Test", MODULES) == vba_project("Test", tuple(MODULES))


def test_the_workbook_flavour_reads_back_as_well() -> None:
    stub = 'Attribute VB_Name = "xlwings"\r\nPublic Sub RunPython(text)\r\nEnd Sub\r\n'
    found = sources(project_of(build(Flavour.WORKBOOK, {"xlwings": stub})))

    assert found["xlwings"] == stub
    assert set(found) == {
        "ThisWorkbook",
        "Sheet1",
        "xlwings",
        "TickmarkCells",
        "TickmarkFunctions",
        "TickmarkRibbon",
    }
