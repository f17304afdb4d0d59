"""Text of cells as XML."""

from __future__ import annotations

import re
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.write.xml_text import (
    LONGEST_TEXT,
    cell_text,
    could_be_formula,
    cut_to,
    excel_string,
    units,
    xml_escaped,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def parsed(xml: str) -> str:
    """The text of an element and of an attribute as an XML parser reads them; both are the same."""
    texts: list[str] = []
    attributes: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.CharacterDataHandler = texts.append
    parser.StartElementHandler = lambda _, found: attributes.extend(found.values())
    parser.Parse(f'<t a="{xml}">{xml}</t>'.encode(), True)  # noqa: FBT003 - the only chunk
    assert attributes == ["".join(texts)]
    return attributes[0]


def read_by_excel(text: str) -> str:
    """What Excel makes of `_xHHHH_`."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


@given(ANY_TEXT)
def test_any_text_comes_back(text: str) -> None:
    assert read_by_excel(parsed(xml_escaped(text))) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("\x01", "_x0001_"),
        ("\r\n", "_x000D_\n"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x004", "_x004"),
        ("\ud83d alone", "_xD83D_ alone"),
        ("\ufffe\uffff", "_xFFFE__xFFFF_"),
        ("😀", "😀"),
    ],
)
def test_what_xml_cannot_hold_is_escaped_the_way_of_excel(text: str, written: str) -> None:
    assert excel_string(text) == written


def test_markup_is_text() -> None:
    assert xml_escaped('<a b="c">&\t\n') == "&lt;a b=&quot;c&quot;&gt;&amp;&#9;&#10;"


def test_a_text_that_fits_stays_whole() -> None:
    assert cell_text("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT


def test_a_longer_text_is_cut_and_says_so() -> None:
    text = cell_text("x" * (LONGEST_TEXT + 1))
    assert len(text) == LONGEST_TEXT
    assert text.endswith("x … [cut: Excel holds no more than 32,767 characters in a cell]")


@given(ANY_TEXT, st.integers(5, 40))
def test_a_cut_text_is_a_start_of_the_text_in_utf16_units(text: str, most: int) -> None:
    cut = cut_to(text, most, "[..]")
    assert units(cut) <= most
    assert cut == text or (cut.endswith("[..]") and text.startswith(cut[:-4]))


def test_letters_beyond_the_basic_plane_count_twice() -> None:
    assert cut_to("😀" * 10, 7) == "😀😀😀"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x"])
def test_texts_that_excel_would_take_for_formulas(text: str) -> None:
    assert could_be_formula(text)


@pytest.mark.parametrize("text", ["", "1", "a=b", " =1", "'=1"])
def test_texts_that_excel_would_not_take_for_formulas(text: str) -> None:
    assert not could_be_formula(text)
