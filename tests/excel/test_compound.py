"""Compound files as olefile, which did not write them, reads them."""

from __future__ import annotations

import io

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.excel.compound import Storage, compound_file


def read(content: bytes) -> dict[str, bytes]:
    with olefile.OleFileIO(io.BytesIO(content)) as file:
        assert file.parsing_issues == []
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


@pytest.mark.parametrize(
    "size", [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 8192, 70_000, 200_000]
)
def test_a_stream_of_any_size_comes_back(size: int) -> None:
    content = bytes(number % 251 for number in range(size))

    assert read(compound_file({"Stream": content})) == {"Stream": content}


def test_streams_lie_in_storages() -> None:
    tree: Storage = {"VBA": {"dir": b"1", "ThisWorkbook": b"2" * 5000}, "PROJECT": b"3"}

    assert read(compound_file(tree)) == {
        "PROJECT": b"3",
        "VBA/ThisWorkbook": b"2" * 5000,
        "VBA/dir": b"1",
    }


@given(
    st.dictionaries(
        st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=31),
        st.binary(max_size=9000),
        max_size=40,
    )
)
def test_many_streams_come_back(streams: dict[str, bytes]) -> None:
    assert read(compound_file(streams)) == streams


def test_siblings_are_found_by_length_and_capital_letters() -> None:
    """Readers walk the tree by comparing names, so one in the wrong order is lost to them."""
    names = ["b", "A", "aa", "Z", "PROJECTwm", "dir", "PROJECT"]
    content = compound_file(dict.fromkeys(names, b"x"))

    with olefile.OleFileIO(io.BytesIO(content)) as file:
        assert all(file.exists(name) for name in names)
    assert walk(content) == ["A", "b", "Z", "aa", "dir", "PROJECT", "PROJECTwm"]


def walk(content: bytes) -> list[str]:
    """Names in the order of the tree: left, own, right, from the root's child."""
    start = int.from_bytes(content[48:52], "little")
    records = [
        content[512 * (start + 1) + 128 * number :][:128] for number in range(4 * 512 // 128)
    ]

    def below(number: int) -> list[str]:
        if number == 0xFFFFFFFF:
            return []
        record = records[number]
        length = int.from_bytes(record[64:66], "little")
        left, right = (int.from_bytes(record[at : at + 4], "little") for at in (68, 72))
        return [*below(left), record[: length - 2].decode("utf-16-le"), *below(right)]

    return below(int.from_bytes(records[0][76:80], "little"))


def test_equal_trees_give_equal_bytes() -> None:
    one = compound_file({"a": b"1", "b": b"2" * 5000})
    two = compound_file({"b": b"2" * 5000, "a": b"1"})

    assert one == two


def test_a_name_too_long_is_refused() -> None:
    assert read(compound_file({"n" * 31: b"x"})) == {"n" * 31: b"x"}
    with pytest.raises(ValueError, match="at most 31 characters"):
        compound_file({"n" * 32: b"x"})


def test_a_file_beyond_the_header_is_refused() -> None:
    with pytest.raises(ValueError, match="about 7 MB"):
        compound_file({"Stream": bytes(7_200_000)})
