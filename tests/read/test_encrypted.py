"""Encrypted workbooks: opened in memory with the right password, else refused."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.read.parts import parts, read, values
from tests.read.parts import zipped as packed
from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.read.decrypt_child import READ_ONLY_PASSWORD

RIGHT = "geheim é"


def encrypted(password: str, *, padding: int = 8_000) -> bytes:
    """A workbook encrypted by the library; it wants some thousand bytes to do it well."""
    noise = hashlib.shake_128(b"noise").digest(padding)
    plain = io.BytesIO(packed(parts('<c r="A1"><v>1</v></c>') | {"xl/media/noise.png": noise}))
    out = io.BytesIO()
    OOXMLFile(plain).encrypt(password, out)
    return out.getvalue()


def test_the_right_password_opens_a_workbook(tmp_path: Path) -> None:
    book = read(tmp_path, encrypted(RIGHT), password=RIGHT)
    assert values(book["Data"]) == {"A1": 1.0}
    assert (book.format, book.notes) == ("xlsx", ())


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        (None, "{} is protected by a password; give it with --password."),
        ("wrong", "{} does not open with the password that --password gives."),
        ("", "{} is protected by a password; give it with --password."),
    ],
)
def test_without_it_the_password_is_asked_for(
    tmp_path: Path, password: str | None, sentence: str
) -> None:
    with pytest.raises(PasswordNeeded) as needed:
        read(tmp_path, encrypted(RIGHT), password=password)
    assert str(needed.value) == sentence.format(tmp_path / "book.xlsx")


@pytest.mark.parametrize("password", [None, "another"])
def test_the_password_of_read_only_workbooks_need_not_be_given(
    tmp_path: Path, password: str | None
) -> None:
    book = read(tmp_path, encrypted(READ_ONLY_PASSWORD), password=password)
    assert values(book["Data"]) == {"A1": 1.0}


def test_a_password_for_a_plain_workbook_is_not_used(tmp_path: Path) -> None:
    book = read(tmp_path, parts('<c r="A1"><v>1</v></c>'), password=RIGHT)
    assert values(book["Data"]) == {"A1": 1.0}


def test_what_cannot_be_decrypted_is_refused(tmp_path: Path) -> None:
    data = encrypted(RIGHT)
    with pytest.raises(WorkbookRefused) as refused:
        read(tmp_path, data[: len(data) // 3], password=RIGHT)
    assert str(refused.value).startswith(str(tmp_path / "book.xlsx"))
    assert RIGHT not in str(refused.value)


def test_nothing_decrypted_reaches_the_disk(tmp_path: Path) -> None:
    read(tmp_path, encrypted(RIGHT), password=RIGHT)
    assert [path.name for path in tmp_path.rglob("*")] == ["book.xlsx"]
