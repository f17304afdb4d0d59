"""Compound files: streams read back, and damaged containers end in one error."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pytest

from tickmark.excel.compound import compound_file
from tickmark.read.compound import CompoundDamaged, open_compound, write_compound

PATTERN = bytes(range(256))


def test_the_library_of_others_reads_what_is_written() -> None:
    olefile = pytest.importorskip("olefile")
    streams = {"Workbook": PATTERN * 100, "\x05SummaryInformation": PATTERN * 17, "a": b""}
    book = olefile.OleFileIO(io.BytesIO(write_compound(streams)))
    assert sorted(book.listdir()) == [["\x05SummaryInformation"], ["Workbook"], ["a"]]
    assert book.openstream("Workbook").read() == PATTERN * 100
    assert book.openstream("\x05SummaryInformation").read() == PATTERN * 17
    assert book.openstream("a").read() == bytes(4096)


def test_a_table_larger_than_the_header_holds_is_written_and_read() -> None:
    data = PATTERN * 40_000  # more than 109 sectors of the table can tell
    book = open_compound(write_compound({"Workbook": data, "b": PATTERN * 16}))
    assert book.stream("Workbook") == data
    assert book.stream("B") == PATTERN * 16


def test_the_first_name_that_is_there_counts() -> None:
    book = open_compound(write_compound({"Book": PATTERN * 16, "Workbook": PATTERN * 17}))
    assert book.stream("Workbook", "Book") == PATTERN * 17
    assert book.stream("Nothing", "Book") == PATTERN * 16
    assert book.stream("Nothing") is None
    assert not book.has_storage("Workbook")


def test_small_streams_and_storages_of_other_writers_are_read() -> None:
    """The writer of the add-in's VBA project makes both."""
    data = compound_file({"_VBA_PROJECT_CUR": {"dir": b"small"}, "Workbook": b"x" * 100})
    book = open_compound(data)
    assert book.has_storage("_vba_project_cur")
    assert book.stream("dir") == b"small"
    assert book.stream("Workbook") == b"x" * 100


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"no such file" + data[8:],
        lambda data: data[:600],
        lambda data: data[:26] + b"\x09\x00" + data[28:],
        lambda data: data[:48] + struct.pack("<I", 0x00FF_FFFF) + data[52:],
    ],
)
def test_damage_is_told_as_damage(damage: Callable[[bytes], bytes]) -> None:
    data = write_compound({"Workbook": PATTERN * 64})
    with pytest.raises(CompoundDamaged):
        open_compound(damage(data)).stream("Workbook")


@pytest.mark.parametrize("following", [3, 100_000])
def test_a_chain_of_sectors_without_end_ends(following: int) -> None:
    data = bytearray(write_compound({"Workbook": PATTERN * 64}))
    table = 512 * (1 + 1 + 32)  # behind header, directory and the stream
    struct.pack_into("<I", data, table + 4 * 5, following)
    with pytest.raises(CompoundDamaged):
        open_compound(bytes(data)).stream("Workbook")
