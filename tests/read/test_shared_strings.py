"""Shared strings read in bulk: the same as by the parser, whatever they hold."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.read.both_ways import content, content_by_parser_alone
from tests.read.parts import parts, read, zipped
from tickmark.read import blocks, package, shared_strings
from tickmark.read.limits import Limits
from tickmark.read.shared_strings import usual_strings
from tickmark.read.tags import Unusual

USUAL = (
    "<si><t>plain</t></si>",
    '<si><t xml:space="preserve"> blanks </t></si>',
    "<si><t/></si>",
    "<si><t></t></si>",
    "<si><t>Größe &amp; &lt;more&gt; &#8364;&#x1F600;</t></si>",
    "<si><t>_x000D_ and _x0041_</t></si>",
    "<si><t>two\r\nlines\rand more</t></si>",
    "\n  <si><t>pretty</t></si>\n",
)
UNUSUAL = (
    "<si><r><rPr><b/></rPr><t>rich</t></r><r><t> text</t></r></si>",
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>',
    "<si></si>",
    "<si>\n<t>blanks around the text</t></si>",
    "<si><!-- </si> --><t>a comment</t></si>",
    "<si><t><![CDATA[</si>]]></t></si>",
    "<si><t xml:space='preserve'>other quotes</t></si>",
    "<si><t>a ]]> b</t></si>",
    "<si><t>&nbsp;</t></si>",
    "<si><t>&#2;</t></si>",
    "<x><si><t>inside another</t></si></x>",
)
SNIPPETS = (b"<", b">", b"&", b"<t>", b"</t>", b"<si>", b"</si>", b"</sst>", b"<!--", b"-->")


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LEAST", 1)
    monkeypatch.setattr(blocks, "BLOCK", 64)
    monkeypatch.setattr(package, "CHUNK", 48)


def saved(folder: Path, strings: str | bytes) -> Path:
    """A workbook whose first sixteen cells are its first sixteen strings."""
    cells = "".join(
        f'<c r="{letter}1" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABCDEFGHIJKLMNOP")
    )
    made = parts(cells)
    head, _, tail = str(made["xl/sharedStrings.xml"]).partition("></sst>")
    body = strings if isinstance(strings, bytes) else strings.encode()
    made["xl/sharedStrings.xml"] = f"{head}>".encode() + body + b"</sst>" + tail.encode()
    path = folder / "book.xlsx"
    path.write_bytes(zipped(made))
    return path


def test_usual_strings_are_read_without_the_parser() -> None:
    assert usual_strings("".join(USUAL).encode()) == [
        "plain",
        " blanks ",
        "",
        "",
        "Größe & <more> €😀",
        "\r and A",
        "two\nlines\nand more",
        "pretty",
    ]


@pytest.mark.parametrize("string", UNUSUAL)
def test_unusual_strings_are_left_to_the_parser(
    tmp_path: Path, string: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unusual):
        usual_strings(string.encode())
    path = saved(tmp_path, "".join(USUAL) + string + "".join(USUAL))
    assert content(path) == content_by_parser_alone(path, monkeypatch)


def test_strings_in_bulk_keep_their_numbers(tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(100)]
    texts[40] = "rich text"
    strings = [f"<si><t>{text}</t></si>" for text in texts]
    strings[40] = "<si><r><t>rich</t></r><r><t> text</t></r></si>"
    cells = (
        '<c r="A1" t="s"><v>39</v></c><c r="B1" t="s"><v>40</v></c><c r="C1" t="s"><v>99</v></c>'
    )

    sheet = read(tmp_path, parts(cells, strings="".join(strings)))["Data"]

    assert [cell.value for cell in sheet.cells] == ["text 39", "rich text", "text 99"]


def test_a_string_over_the_limit_is_cut_both_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, "".join(USUAL))
    limits = Limits(string_length=6)
    assert content(path, limits) == content_by_parser_alone(path, monkeypatch, limits)


@pytest.mark.parametrize("seed", range(8))
def test_spoilt_strings_read_alike_both_ways(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    choice = [one.encode() for one in (*USUAL, *USUAL, *UNUSUAL)]
    for _ in range(40):
        strings = b"".join(chance.choices(choice, k=6))
        at = chance.randrange(len(strings))
        match chance.randrange(3):
            case 0:
                strings = strings[:at] + chance.choice(SNIPPETS) + strings[at:]
            case 1:
                strings = strings[:at] + strings[at + chance.randint(1, 6) :]
            case _:
                strings = strings[:at] + chance.randbytes(1) + strings[at + 1 :]
        path = saved(tmp_path, strings)
        assert content(path) == content_by_parser_alone(path, monkeypatch), strings


def test_the_bulk_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def watched(block: bytes) -> list[str]:
        seen.append(block)
        return usual_strings(block)

    monkeypatch.setattr(shared_strings, "usual_strings", watched)
    content(saved(tmp_path, "".join(USUAL)))
    assert b"".join(seen) == "".join(USUAL).encode()
