"""Encrypted workbooks: opened in memory with the right password, else refused."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.read.guarded import read_guarded
from tests.read.parts import parts, read, values
from tests.read.parts import zipped as packed
from tickmark.errors import PasswordNeeded, WorkbookRefused
from tickmark.read import Limits
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


def altered(old: str, new: str) -> bytes:
    """An encrypted workbook whose description of its encryption says something else."""
    data = encrypted(RIGHT)
    assert old.encode() in data
    return data.replace(old.encode(), new.ljust(len(old)).encode(), 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('spinCount="100000" saltSize="16"', 'spinCount="4294967295"'),
        ('spinCount="100000"', 'spinCount="-1"'),
        ('spinCount="100000"', 'spinCount="many"'),
        ('hashSize="64" cipherAlgorithm="AES"', 'hashSize="-9" cipherAlgorithm="?"'),
        ('keyBits="256"', 'keyBits="0"'),
        ('keyBits="256"', 'keyBits="-8"'),
        ('<keyData saltSize="16"', "<a"),
        ('<keyData saltSize="16" blockSize="16"', "<!DOCTYPE a [<!ENTITY b 'c'>]> <keyData"),
        ('p:encryptedKey spinCount="100000"', "p:key"),
    ],
)
def test_a_hostile_description_of_the_encryption_ends_in_a_sentence(
    tmp_path: Path, old: str, new: str
) -> None:
    reading = read_guarded(write(tmp_path, altered(old, new)), password=RIGHT)

    told = (
        "is encrypted, but holds no workbook that can be opened.",
        "is damaged, or encrypted in a way that cannot be opened; save it without a password.",
        "does not open with the password that --password gives.",
    )
    assert not reading.bad
    assert reading.cells == 1 or reading.refusal.endswith(told)


def test_endless_hashing_of_the_password_is_ended(tmp_path: Path) -> None:
    data = altered('spinCount="100000" saltSize="16"', 'spinCount="10000000"')
    path = write(tmp_path, data)

    reading = read_guarded(path, Limits(child_seconds=2.0), password=RIGHT)

    assert reading.refusal in {
        (
            f"{path} is encrypted and cannot be opened: it took longer than 2 seconds; --limit "
            "child_seconds=N allows more."
        ),
        (
            f"{path} is damaged, or encrypted in a way that cannot be opened; save it without a "
            "password."
        ),
    }
    assert not reading.bad


def test_a_password_of_a_damaged_or_cut_file_is_no_way_to_a_traceback(tmp_path: Path) -> None:
    data = encrypted(RIGHT)
    for at in range(0, len(data), 997):
        damaged = data[:at] + bytes(64) + data[at + 64 :]
        reading = read_guarded(write(tmp_path, damaged), password=RIGHT)
        assert not reading.bad, at
        assert reading.cells == 1 or reading.refusal.endswith(".")


@pytest.mark.parametrize("password", [None, "wrong"])
def test_an_encrypted_binary_workbook_asks_for_its_password(
    corpus: Path, password: str | None
) -> None:
    reading = read_guarded(corpus / "calamine__pass_protected.xlsb", password=password)

    asked = "gives." if password else "--password."
    assert reading.refusal.endswith(asked)
    assert not reading.bad


def test_the_child_writes_nothing_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    watching = tmp_path / "watching"
    watching.mkdir()
    (watching / "sitecustomize.py").write_text(_WATCHER.format(told=str(told)), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(watching))

    read(tmp_path, encrypted(RIGHT), password=RIGHT)

    assert told.read_text(encoding="utf-8").splitlines() == ["started tickmark.read.decrypt_child"]


_WATCHER = """
import os, sys

told = os.open({told!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
module = sys.orig_argv[sys.orig_argv.index("-m") + 1]
os.write(told, f"started {{module}}\\n".encode())


def hook(event, arguments):
    writing = event == "open" and isinstance(arguments[0], str) and arguments[2] & 3
    harmless = writing and (arguments[0].endswith(".pyc") or ".pyc." in arguments[0])
    if (writing and not harmless) or event.startswith(("socket.", "subprocess.", "tempfile.")):
        os.write(told, f"{{event}} {{arguments!r}}\\n".encode())


sys.addaudithook(hook)
"""


def write(folder: Path, data: bytes) -> Path:
    path = folder / "book.xlsx"
    path.write_bytes(data)
    return path
