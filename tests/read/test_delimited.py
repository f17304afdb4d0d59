"""Delimited text: encodings, delimiters, and which fields are more than text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import read, values
from tickmark.model.grid import CellKind
from tickmark.read import Limits
from tickmark.read.delimited import (
    delimiter_of,
    encoding_of,
    is_text,
    read_delimited,
    typed,
)

GUESSED = (
    "It does not say how its letters are encoded; it was read as Western European (Windows-1252), "
    "so that letters of other languages are wrong."
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("0", 0.0),
        ("-12", -12.0),
        ("1.50", 1.5),
        (" 7 ", 7.0),
        (".5", 0.5),
        ("123456789012345", 123456789012345.0),
        ("1.5E+10", 1.5e10),
        ("1e-7", 1e-7),
        ("1.234", 1.234),
    ],
)
def test_plain_numbers_are_numbers(field: str, value: float) -> None:
    assert typed(field) == (CellKind.NUMBER, value, 0)


@pytest.mark.parametrize(
    "field",
    [
        "00123",
        "1,234",
        "1,5",
        "1.234,56",
        "1'000",
        "1_000",
        "+49301234",
        "12E3",
        "1234567890123456",
        "5%",
        "$5",
        "(5)",
        "1.",
        "--1",
        "0x1F",
        "nan",
        "inf",
        "١٢",
        "29/02/2024",
        "2024-02-30",
        "2024-2-9",
        "1899-12-31",
        "2024-02-29T12:00:00Z",
        "12:30",
        "=1+1",
        '=HYPERLINK("http://example.org")',
        "@SUM(A1)",
        "yes",
        "text",
        " text ",
    ],
)
def test_whatever_could_mean_two_things_stays_text(field: str) -> None:
    assert typed(field) == (CellKind.TEXT, field, 0)


@pytest.mark.parametrize(
    ("field", "value", "style"),
    [
        ("2024-02-29", 45351.0, 1),
        ("2024-02-29T12:00:00", 45351.5, 2),
        ("2024-02-29 06:00", 45351.25, 2),
        ("1900-03-01", 61.0, 1),
        ("1900-01-01", 1.0, 1),
    ],
)
def test_iso_dates_are_dates(field: str, value: float, style: int) -> None:
    assert typed(field) == (CellKind.DATE, value, style)


@pytest.mark.parametrize(("field", "value"), [("TRUE", 1.0), ("false", 0.0)])
def test_truth_values(field: str, value: float) -> None:
    assert typed(field) == (CellKind.BOOL, value, 0)


def test_a_dot_between_thousands_is_doubtful_behind_semicolons() -> None:
    assert typed("1.234", ";") == (CellKind.TEXT, "1.234", 0)
    assert typed("1.23", ";") == (CellKind.NUMBER, 1.23, 0)
    assert typed("0.123", ";") == (CellKind.NUMBER, 0.123, 0)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\n1,5\t2;5\n", "\t"),
        ("a|b\nx, y|2\n", "|"),
        ('"a;b",c\n"d;e",f\n', ","),
        ("one column\nof words, and more\nand more\n", ","),
        ("one column\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_cuts_the_lines_alike(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"a,b", "utf-8"),
        ("é".encode(), "utf-8"),
        ("é".encode("utf-8-sig"), "utf-8-sig"),
        ("a,b".encode("utf-16"), "utf-16"),
        ("a,b,é".encode("utf-16-le"), "utf-16-le"),
        ("a,b,é".encode("utf-16-be"), "utf-16-be"),
        ("é€".encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_found_out(data: bytes, encoding: str) -> None:
    assert encoding_of(data) == encoding


def test_a_letter_cut_in_two_at_the_end_of_a_sample_is_no_fault() -> None:
    assert encoding_of("aé".encode()[:-1], whole=False) == "utf-8"
    assert encoding_of("aé".encode()[:-1]) == "cp1252"


def test_binary_data_is_no_text() -> None:
    assert is_text(b"a,b\r\n\tc\x1b[0m")
    assert not is_text(b"\x89PNG\r\n\x1a\n" + bytes(100))


def test_a_file_becomes_one_sheet_with_its_name(tmp_path: Path) -> None:
    text = 'Name,Amount,When,Paid\n"Söhne, Gebr.",12.5,2024-02-29,TRUE\n=1+1,007,,\n"two\nlines"\n'
    book = read(tmp_path, text.encode("cp1252"), name="Ledger 1.csv")
    sheet = book["Ledger 1"]
    assert values(sheet) == {
        "A1": "Name",
        "B1": "Amount",
        "C1": "When",
        "D1": "Paid",
        "A2": "Söhne, Gebr.",
        "B2": 12.5,
        "C2": 45351.0,
        "D2": True,
        "A3": "=1+1",
        "B3": "007",
        "A4": "two\nlines",
    }
    date = sheet.cell(2, 3)
    assert date is not None
    assert (date.kind, book.styles[date.style].number_format) == (CellKind.DATE, "yyyy-mm-dd")
    assert (book.format, book.formulas_available, book.formula_count) == ("csv", True, 0)
    assert (book.notes, sheet.problems) == ((GUESSED,), ())


def test_tabs_separate_a_tsv_whatever_else_it_holds(tmp_path: Path) -> None:
    book = read(tmp_path, b"a,b;c\td\n1,5\t2\n", name="t.tsv")
    assert values(book["t"]) == {"A1": "a,b;c", "B1": "d", "A2": 1.5, "B2": 2.0}


def test_the_line_that_names_the_separator_is_obeyed_and_no_row(tmp_path: Path) -> None:
    book = read(tmp_path, b"sep=;\r\na;b,c\r\n", name="t.csv")
    assert values(book["t"]) == {"A1": "a", "B1": "b,c"}


def test_lines_and_fields_over_the_limits_are_cut_with_a_note(tmp_path: Path) -> None:
    text = b"1,2\n3,4\n5,6\n"
    book = read(tmp_path, text, name="t.csv", limits=Limits(sheet_cells=4))
    assert values(book["t"]) == {"A1": 1.0, "B1": 2.0, "A2": 3.0, "B2": 4.0}
    assert book["t"].problems == (
        "Only the first 2 lines were read; --limit sheet_cells=N allows more.",
    )
    wide = read(tmp_path, b"1" + b",1" * 20_000 + b"\n", name="t.csv")
    assert len(wide["t"].cells) == 16_384
    assert wide["t"].problems == ("Lines with more than 16,384 fields were cut: 1.",)
    long = read(tmp_path, b"x" * 50 + b",1\n", name="t.csv", limits=Limits(string_length=10))
    assert values(long["t"]) == {"A1": "x" * 10, "B1": 1.0}
    assert long["t"].problems == (
        "Texts longer than 10 characters were cut: 1; --limit string_length=N allows more.",
    )


@pytest.mark.parametrize("rows", [3, 40_000])
def test_a_quotation_mark_without_end_swallows_no_rows(tmp_path: Path, rows: int) -> None:
    data = b'x,"y\nz",1\na,"' + b"b,7\n" * rows
    book = read(tmp_path, data, name="t.csv")
    found = values(book["t"])
    assert (found["A1"], found["B1"], found["C1"]) == ("x", "y\nz", 1.0)
    assert (found["A2"], found["B2"], found["C2"]) == ("a", '"b', 7.0)
    assert (found["A3"], found["B3"]) == ("b", 7.0)
    assert len(found) == 3 + 3 + 2 * (rows - 1)
    assert book["t"].problems == (
        ("Lines with a quotation mark that is not closed, which was read as text: 1 (first: 3)."),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b\n1,5;2\n-0,25;1.234,5\n", {"A2": 1.5, "B2": 2.0, "A3": -0.25, "B3": 1234.5}),
        ("a;b\n1,5;1.234\n", {"A2": 1.5, "B2": "1.234"}),
        ("a;b\n1,5;2.5\n", {"A2": "1,5", "B2": 2.5}),
        ("a;b\n1,234;5,678\n", {"A2": "1,234", "B2": "5,678"}),
        ("a;b\n1,5;007\n", {"A2": 1.5, "B2": "007"}),
        ("a;b\n1,5;1,2,3\n", {"A2": 1.5, "B2": "1,2,3"}),
    ],
)
def test_decimal_commas_are_read_where_nothing_speaks_against_them(
    tmp_path: Path, text: str, expected: dict[str, object]
) -> None:
    book = read(tmp_path, text.encode(), name="t.csv")
    assert values(book["t"]) == {"A1": "a", "B1": "b", **expected}
    told = "Its numbers were read with a decimal comma." in book.notes
    assert told == (expected["A2"] == 1.5)


@pytest.mark.parametrize(
    ("data", "text", "notes", "problems"),
    [
        ("é;a".encode("utf-32"), "é", (), ()),
        ("Ж;a".encode("utf-8-sig"), "Ж", (), ()),
        ("Ж;a".encode("utf-16-be"), "Ж", (), ()),
        ("Ж;a".encode("cp1251"), "Æ", (GUESSED,), ()),
        (
            b"\x81;a",
            "\ufffd",
            (GUESSED,),
            ("Characters that could not be decoded as cp1252: 1.",),
        ),
        (
            ("é" * 40).encode() + b"\xff;a",
            "é" * 40 + "\ufffd",
            (),
            ("Characters that could not be decoded as utf-8: 1.",),
        ),
        (
            b"b\0bbbbbbbbbbbb;a\n\0\0\0",
            "bbbbbbbbbbbbb",
            ("Zero bytes in its text were left out: 4.",),
            (),
        ),
        ("\ufffd;a".encode(), "\ufffd", (), ()),
    ],
)
def test_what_was_assumed_and_lost_in_decoding_is_told(
    data: bytes, text: str, notes: tuple[str, ...], problems: tuple[str, ...]
) -> None:
    book = read_delimited(data, "t.csv", "", "csv", Limits())
    assert values(book["t"]) == {"A1": text, "B1": "a"}
    assert (book.notes, book["t"].problems) == (notes, problems)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'"sep=|"\na|b;c', {"A1": "a", "B1": "b;c"}),
        (b"SEP=\t\na\tb", {"A1": "a", "B1": "b"}),
        (b'sep="\na;b', {"A1": 'sep="', "A2": "a", "B2": "b"}),
        (b"sep=;;\na;b", {"A1": "sep=", "A2": "a", "B2": "b"}),
        (b"a;b;c\rd\r\n;;e;f", {"A1": "a", "B1": "b", "C1": "c", "A2": "d", "C3": "e", "D3": "f"}),
        (b'a;"b;\n\n""c"\nd;e', {"A1": "a", "B1": 'b;\n\n"c', "A2": "d", "B2": "e"}),
        (b'5" pipe,7\n6" pipe,8', {"A1": '5" pipe', "B1": 7.0, "A2": '6" pipe', "B2": 8.0}),
        (b"a,b\x0bc\x1c,d", {"A1": "a", "B1": "b\x0bc\x1c", "C1": "d"}),
    ],
)
def test_odd_tables_are_read_as_they_are_meant(data: bytes, expected: dict[str, object]) -> None:
    assert values(read_delimited(data, "t.csv", "", "csv", Limits())["t"]) == expected


def test_an_empty_table_is_a_sheet_without_cells(tmp_path: Path) -> None:
    book = read(tmp_path, b"\n\n,,\n", name="t.csv")
    assert len(book["t"].cells) == 0
