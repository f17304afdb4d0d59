"""tickmark.conf: what xlwings' VBA reads with `Input #`, and what it could not read."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tickmark.errors import InputError
from tickmark.excel.conf import (
    conf_bytes,
    is_plain,
    launcher_bytes,
    merged,
    own_pairs,
    parse_conf,
    unreadable,
    usable_interpreter,
    users_pairs,
)

PYTHON = r"C:\Users\Åsa Ek\venv\Scripts\python.exe"


def unchanged(path: str) -> str:
    return path


def test_a_windows_conf_is_lines_of_quoted_pairs_in_the_code_page() -> None:
    own = own_pairs(
        "windows", version="0.1.0", interpreter=PYTHON, pythonpath=[r"C:\a", r"D:\b, c"]
    )

    content = conf_bytes(merged(own, {}), encoding="cp1252", newline="\r\n")

    assert content == (
        b'"TICKMARK","0.1.0"\r\n'
        b'"INTERPRETER_WIN","C:\\Users\\\xc5sa Ek\\venv\\Scripts\\python.exe"\r\n'
        b'"PYTHONPATH","C:\\a;D:\\b, c"\r\n'
        b'"UDF MODULES","xlwings_addin.udfs"\r\n'
        b'"ADD_WORKBOOK_TO_PYTHONPATH","false"\r\n'
        b'"USE UDF SERVER","False"\r\n'
        b'"SHOW CONSOLE","False"\r\n'
    )


def test_macos_has_its_own_name_for_the_interpreter() -> None:
    own = own_pairs("macos", version="0.1.0", interpreter="/opt/venv/bin/python")

    assert own["INTERPRETER_MAC"] == "/opt/venv/bin/python"
    assert "INTERPRETER_WIN" not in own


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "cp1251"])
def test_what_is_written_is_read_again(encoding: str) -> None:
    pairs = {"INTERPRETER_WIN": r"C:\Program Files (x86)\py,3\python.exe", "PYTHONPATH": ""}

    content = conf_bytes(pairs, encoding=encoding, newline="\r\n")

    assert parse_conf(content, encoding) == pairs


def test_settings_of_the_user_survive_and_ours_are_renewed() -> None:
    own = own_pairs("windows", version="0.2.0", interpreter=r"C:\new\python.exe")
    found = {
        "INTERPRETER_WIN": r"C:\old\python.exe",
        "SHOW CONSOLE": "True",
        "ONEDRIVE_CONSUMER_WIN": r"D:\OneDrive",
        "ADD_WORKBOOK_TO_PYTHONPATH": "true",
    }

    pairs = merged(own, found)

    assert pairs["INTERPRETER_WIN"] == r"C:\new\python.exe"
    assert pairs["ADD_WORKBOOK_TO_PYTHONPATH"] == "false"
    assert pairs["SHOW CONSOLE"] == "True"
    assert pairs["ONEDRIVE_CONSUMER_WIN"] == r"D:\OneDrive"


def test_what_a_user_set_is_told_from_what_we_set() -> None:
    own = merged(own_pairs("windows", version="1", interpreter="x"), {})

    assert users_pairs(own) == ()
    assert users_pairs({**own, "SHOW CONSOLE": "True", "TEMP DIR": "D:"}) == (
        "SHOW CONSOLE",
        "TEMP DIR",
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('C:\\a"b\\python.exe', "quotation mark"),
        ("C:\\a\nb", "line break"),
        ("C:\\%TEMP%\\python.exe", "between two %"),
        ("C:\\用户\\python.exe", "'用', which the code page cp1252 lacks"),
    ],
)
def test_a_value_that_vba_would_read_otherwise_is_refused(value: str, reason: str) -> None:
    assert reason in unreadable(value, "cp1252")
    with pytest.raises(InputError, match="PYTHONPATH cannot stand in"):
        conf_bytes({"PYTHONPATH": value}, encoding="cp1252", newline="\r\n")


@pytest.mark.parametrize("value", [r"C:\50% off\python.exe", r"C:\it's & (x86)\py^3\python.exe"])
def test_odd_but_harmless_characters_are_taken(value: str) -> None:
    assert unreadable(value, "cp1252") == ""


def test_a_path_outside_the_code_page_is_said_by_its_short_form() -> None:
    path = "C:\\用户\\python.exe"

    assert usable_interpreter(path, "cp1252", lambda _: r"C:\1A2B~1\python.exe") == (
        r"C:\1A2B~1\python.exe"
    )
    assert usable_interpreter(path, "gbk", lambda _: r"C:\1A2B~1\python.exe") == path
    with pytest.raises(InputError, match="install Tickmark in a folder with a plain name"):
        usable_interpreter(path, "cp1252", unchanged)


def test_input_reads_bare_words_blank_lines_and_other_line_ends() -> None:
    content = (
        b'"INTERPRETER_WIN" , "C:\\py\\python.exe"\n\nSHOW CONSOLE,False\r"pythonpath",""\r\n\r\n'
    )

    assert parse_conf(content, "cp1252") == {
        "INTERPRETER_WIN": r"C:\py\python.exe",
        "SHOW CONSOLE": "False",
        "PYTHONPATH": "",
    }


def test_the_first_of_two_equal_names_counts_as_in_vba() -> None:
    assert parse_conf(b'"A","1"\n"a","2"\n', "cp1252") == {"A": "1"}


def test_a_value_that_runs_over_lines_is_read_as_vba_reads_it() -> None:
    assert parse_conf(b'"PYTHONPATH","\n"\n"INTERPRETER","Python"\n', "cp1252") == {
        "PYTHONPATH": "\n",
        "INTERPRETER": "Python",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'\xef\xbb\xbf"A","1"\r\n', "byte order mark"),
        (b'"A","1"\r\n"B"\r\n', "its last name, 'B', has no value"),
        (b'"A","1\r\n', "line 1 is not"),
        (b'"A","1"\r\n"B"x,"2"\r\n', "line 2 is not"),
    ],
)
def test_a_file_on_which_vba_stumbles_is_refused_with_the_place(
    content: bytes, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        parse_conf(content, "cp1252")


def test_bytes_that_are_no_text_in_the_code_page_are_refused() -> None:
    with pytest.raises(InputError, match="it is not text in ascii"):
        parse_conf(b'"A","\xc5"\n', "ascii")


@pytest.mark.parametrize("path", ["/opt/py 3/bin/python", "/Users/åsa/python", "/a/$b/python"])
def test_a_python_whose_path_is_not_plain_gets_a_launcher(path: str) -> None:
    content = launcher_bytes(path, PurePosixPath("/Users/asa/.tickmark/python"))

    assert not is_plain(path)
    assert content == f"#!/bin/sh\nexec '{path}' \"$@\"\n".encode()


def test_a_plain_path_needs_no_launcher_and_a_launcher_a_plain_path() -> None:
    assert is_plain("/opt/homebrew/Cellar/python@3.12/bin/python3.12")
    with pytest.raises(InputError, match="use an account whose short name is plain"):
        launcher_bytes("/Users/a b/venv/bin/python", PurePosixPath("/Users/a b/.tickmark/python"))
