"""Rows read without a parser: the same as with it, whatever they hold, and the usual ones all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.read.both_ways import blocks_taken, content, content_by_parser_alone
from tests.read.parts import SHEET, parts, zipped
from tickmark.read import blocks, package
from tickmark.read.limits import Limits

STRINGS = "".join(f"<si><t>text {n}</t></si>" for n in range(12))

USUAL = {
    "numbers": '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>-0.25</v></c></row>',
    "many digits": (
        '<row r="7" spans="1:3"><c r="A7"><v>12345678</v></c><c r="B7"><v>1234567</v></c>'
        '<c r="XFD7"><v>0.30000000000000004</v></c></row>'
    ),
    "exponents": '<row r="1"><c r="A1"><v>1E-7</v></c><c r="B1"><v>1.5e+300</v></c></row>',
    "styles and types": (
        '<row r="2"><c r="A2" s="1" t="s"><v>3</v></c><c r="B2" t="b" s="2"><v>1</v></c>'
        '<c r="C2" t="n" s="3"><v>4</v></c><c r="D2" t="e"><v>#N/A</v></c></row>'
    ),
    "formulas": (
        '<row r="1"><c r="A1"><f>B1&amp;"x"</f><v>4</v></c><c r="B1" t="str"><f>A1&lt;2</f>'
        '<v>yes &amp; no</v></c><c r="C1"><f>B1</f></c></row>'
    ),
    "values left out": (
        '<row r="1"><c r="A1"><f>1+1</f><v></v></c><c r="B1"><f>2+2</f><v/></c>'
        '<c r="C1" t="str"><f>""</f><v></v></c><c r="D1" s="1"/><c r="E1"></c>'
        '<c r="F1"><f>3+3</f><v /></c><c r="G1" t="n"><v>5</v></c></row>'
    ),
    "shared formulas": (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>4</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"></f><v>6</v></c></row>'
    ),
    "a member before its master": (
        '<row r="1"><c r="A1"><f t="shared" si="4"/><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A1:A2" si="4">B2*2</f><v>4</v></c></row>'
    ),
    "one number of a shared formula used twice": (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'
        '<row r="3"><c r="A3"><f t="shared" ref="A3:A4" si="0">B3*3</f></c></row>'
        '<row r="4"><c r="A4"><f t="shared" si="0"/></c></row>'
    ),
    "arrays and data tables": (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2*2</f><v>2</v></c>'
        '<c r="C1"><f t="dataTable" ref="C1:C2" dt2D="0" dtr="0" r1="B1"/><v>1</v></c>'
        '<c r="D1"><f aca="false">B1+1</f><v>1</v></c></row>'
    ),
    "inline strings": (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>one</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t xml:space="preserve"> two </t></is></c></row>'
    ),
    "other letters": '<row r="1"><c r="A1" t="str"><v>Größe €&#10;&#x1F600;</v></c></row>',
    "escapes": '<row r="1"><c r="A1" t="str"><v>_x000D_ and &apos;&quot;&gt;</v></c></row>',
    "rows that say more": (
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2" ht="0" customHeight="1"/>'
        '<row r="3" ht="15.75" x14ac:dyDescent="0.25" outlineLevel="2"><c r="A3"><v>1</v></c></row>'
    ),
    "printed for people": (
        '\n  <row r="1">\n    <c r="A1">\n      <v>1</v>\r\n    </c>\n  </row>\n  '
        '<row r="2">\n    <c r="A2" t="str">\n      <v>a\r\nb\rc</v>\n    </c>\n  </row>\n'
    ),
    "cell metadata": (
        '<row r="1"><c r="A1" cm="1"><f t="array" ref="A1:A3">SORT(B1:B3)</f><v>1</v></c>'
        '<c r="B1" s="1" t="e" cm="12" vm="3"><f t="array" ref="B1">C1#</f><v>#VALUE!</v></c>'
        '<c r="C1" vm="1"><v>4</v></c><c r="D1" cm="1"><f>A1</f><v>4</v></c>'
        '<c r="E1"><f t="array" ref="E1">A1:A3</f><v>4</v></c></row>'
    ),
    "values with blanks that count": (
        '<row r="1"><c r="A1" t="str"><f>B1</f><v xml:space="preserve"> a </v></c>'
        '<c r="B1"><v xml:space="preserve">1</v></c></row>'
    ),
    "no cells": '<row r="1"/><row r="9" spans="1:2"></row>',
}

UNUSUAL = {
    "no address": '<row r="1"><c><v>1</v></c></row>',
    "no row number": '<row><c r="A1"><v>1</v></c></row>',
    "an address of lower case": '<row r="1"><c r="a1"><v>1</v></c></row>',
    "an address outside": '<row r="1"><c r="XFE1"><v>1</v></c><c r="A1048577"><v>1</v></c></row>',
    "an address with a zero in front": '<row r="1"><c r="A01"><v>1</v></c></row>',
    "another order of attributes": '<row r="1"><c s="1" r="A1"><v>1</v></c></row>',
    "other quotes": "<row r='1'><c r='A1'><v>1</v></c></row>",
    "a comment": '<row r="1"><!-- </row> --><c r="A1"><v>1</v></c></row>',
    "CDATA": '<row r="1"><c r="A1" t="str"><v><![CDATA[</v></c></row>]]></v></c></row>',
    "an instruction": '<row r="1"><?x </row> ?><c r="A1"><v>1</v></c></row>',
    "rich text": (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c></row>'
    ),
    "metadata that is no number": '<row r="1"><c r="A1" cm="x"><v>1</v></c></row>',
    "metadata twice": '<row r="1"><c r="A1" cm="1" cm="1"><v>1</v></c></row>',
    "metadata without quotes": '<row r="1"><c r="A1" cm=1><v>1</v></c></row>',
    "phonetic marks": '<row r="1"><c r="A1" ph="1"><v>1</v></c></row>',
    "an attribute of a value": '<row r="1"><c r="A1"><v xml:space="default">1</v></c></row>',
    "an ISO date": '<row r="1"><c r="A1" t="d"><v>2024-02-29</v></c></row>',
    "no number": '<row r="1"><c r="A1"><v>1,5</v></c><c r="B1"><v>1e999</v></c></row>',
    "blanks around a number": '<row r="1"><c r="A1"><v> 7 </v></c></row>',
    "a shared string that is none": '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
    "a style that is none": '<row r="1"><c r="A1" s="99"><v>1</v></c></row>',
    "a value before its formula": '<row r="1"><c r="A1"><v>1</v><f>1</f></c></row>',
    "two values": '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>',
    "text between cells": '<row r="1">x<c r="A1"><v>1</v></c></row>',
    "an unknown element": '<row r="1"><c r="A1"><v>1</v><extLst/></c></row>',
    "a bare ampersand": '<row r="1"><c r="A1" t="str"><v>a & b</v></c></row>',
    "an unknown entity": '<row r="1"><c r="A1" t="str"><v>&nbsp;</v></c></row>',
    "a letter that XML forbids": '<row r="1"><c r="A1" t="str"><v>&#1;</v></c></row>',
    "a greater-than sign as it is": '<row r="1"><c r="A1" t="str"><v>a > b</v></c></row>',
    "a tag that is not closed": '<row r="1"><c r="A1"><v>1</c></row>',
    "a row in a row": '<row r="1"><row r="2"></row></row>',
    "a cell in a cell": '<row r="1"><c r="A1"><c r="B1"><v>1</v></c></c></row>',
    "an attribute twice": '<row r="1"><c r="A1" s="0" s="1"><v>1</v></c></row>',
    "a formula with an equals sign": '<row r="1"><c r="A1"><f>=B1</f><v>1</v></c></row>',
    "an empty formula": '<row r="1"><c r="A1"><f></f><v>1</v></c></row>',
}


@pytest.fixture(autouse=True)
def _blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LEAST", 1)


def saved(folder: Path, rows: str | bytes, *, declared: str = "", before: str = "") -> Path:
    made = parts(strings=STRINGS, before=before)
    sheet = str(made[SHEET])
    head, tail = sheet.split("<sheetData></sheetData>")
    head = head.replace("<worksheet ", '<worksheet xmlns:x14ac="http://x/ac" ')
    body = rows if isinstance(rows, bytes) else rows.encode()
    made[SHEET] = f"{declared}{head}<sheetData>".encode() + body + f"</sheetData>{tail}".encode()
    path = folder / "book.xlsx"
    path.write_bytes(zipped(made))
    return path


@pytest.mark.parametrize("rows", USUAL.values(), ids=USUAL.keys())
def test_usual_rows_are_read_without_the_parser_and_as_by_it(
    tmp_path: Path, rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, rows)
    taken = blocks_taken(monkeypatch)

    assert content(path) == content_by_parser_alone(path, monkeypatch)
    assert taken == [True]


@pytest.mark.parametrize("rows", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_rows_are_left_to_the_parser(
    tmp_path: Path, rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, rows)
    taken = blocks_taken(monkeypatch)

    assert content(path) == content_by_parser_alone(path, monkeypatch)
    assert taken[0] is False


def test_one_unusual_row_costs_its_block_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(package, "CHUNK", 48)
    rows = [f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 40)]
    rows[20] = '<row r="21"><c r="A21" ph="1"><v>21</v></c><c><v>22</v></c></row>'
    path = saved(tmp_path, "".join(rows))
    taken = blocks_taken(monkeypatch)

    assert content(path) == content_by_parser_alone(path, monkeypatch)
    assert taken.count(False) == 1
    assert taken.count(True) > 10


def test_what_looks_like_rows_inside_a_comment_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(package, "CHUNK", 48)
    row = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'
    rows = "".join(row.format(n) for n in range(1, 9))
    hidden = "".join(row.format(n) for n in range(100, 140))
    path = saved(tmp_path, f"{rows}<!-- {hidden} </sheetData> -->{row.format(9)}")

    book = content(path)

    assert book == content_by_parser_alone(path, monkeypatch)
    assert book["sheet Data"]["rows"] == [1, 2, 3, 4, 5, 6, 7, 8, 9]  # type: ignore[index]


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252"])
def test_rows_in_another_encoding_are_left_to_the_parser(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>Größe</v></c></row>'.encode(encoding)
    path = saved(tmp_path, rows, declared=f'<?xml version="1.0" encoding="{encoding}"?>')
    taken = blocks_taken(monkeypatch)

    book = content(path)

    assert book["sheet Data"]["values"] == ["Größe"]  # type: ignore[index]
    assert taken == []


def test_the_limit_of_cells_holds_for_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(package, "CHUNK", 48)
    row = '<row r="{0}"><c r="A{0}" s="1"/><c r="B{0}"><v>{0}</v></c></row>'
    path = saved(tmp_path, "".join(row.format(n) for n in range(1, 60)))
    for most in (1, 7, 60, 117, 118, 119):
        limits = Limits(sheet_cells=most)
        assert content(path, limits) == content_by_parser_alone(path, monkeypatch, limits)


def test_rows_that_are_hidden_unless_shown_are_all_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/><row r="4"/>'
    path = saved(tmp_path, rows, before='<sheetFormatPr zeroHeight="1"/>')

    book = content(path)

    assert book == content_by_parser_alone(path, monkeypatch)
    assert book["sheet Data"]["hidden_rows"] == ((2, 3), (5, 1_048_576))  # type: ignore[index]


def test_few_rows_are_left_to_the_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LEAST", 1_000)
    row = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'
    taken = blocks_taken(monkeypatch)

    content(saved(tmp_path, "".join(row.format(n) for n in range(1, 5))))
    assert taken == []
    content(saved(tmp_path, "".join(row.format(n) for n in range(1, 50))))
    assert taken == [True]


PIECES = [piece.encode() for piece in (*USUAL.values(), *UNUSUAL.values())]
SNIPPETS = (
    b"<",
    b">",
    b"&",
    b'"',
    b" ",
    b"/",
    b"\n",
    b"\xc3\xa9",
    b"\xff",
    b"\x00",
    b"<v>",
    b"</v>",
    b"</c>",
    b"<f>",
    b"</f>",
    b"</row>",
    b"<row>",
    b"<!--",
    b"-->",
    b"]]>",
    b"</sheetData>",
    b"&amp;",
    b"&#65;",
    b' t="s"',
    b' s="2"',
    b' r="B2"',
    b"<is><t>x</t></is>",
    b"99999999",
    b"1e5",
)


def spoilt(rows: bytes, chance: random.Random) -> bytes:
    """The rows with one to three small changes."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(rows))
        match chance.randrange(4):
            case 0:
                rows = rows[:at] + chance.choice(SNIPPETS) + rows[at:]
            case 1:
                rows = rows[:at] + rows[at + chance.randint(1, 6) :]
            case 2:
                rows = rows[:at] + chance.randbytes(1) + rows[at + 1 :]
            case _:
                end = min(len(rows), at + chance.randint(1, 40))
                rows = rows[:end] + rows[at:end] + rows[end:]
    return rows


@pytest.mark.parametrize("seed", range(20))
def test_spoilt_rows_read_alike_both_ways(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 128)
    monkeypatch.setattr(package, "CHUNK", 100)
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    for _ in range(60):
        rows = spoilt(b"".join(chance.choices(PIECES[: len(USUAL)], k=4)), chance)
        path = saved(tmp_path, rows)
        assert content(path) == content_by_parser_alone(path, monkeypatch), rows
