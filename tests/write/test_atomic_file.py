"""A file that appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickmark.write.atomic_file import replacing


def test_the_file_is_there_only_when_the_block_has_ended(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with replacing(target) as (temporary, stream):
        stream.write(b"whole")
        assert not target.exists()
        assert temporary.parent == tmp_path
    assert target.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "a.txt"
    target.write_text("former")

    def fail() -> None:
        with replacing(target) as (_, stream):
            stream.write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "former"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "no" / "a.txt"):
        pass
