"""Texts that stand for no value."""

from __future__ import annotations

import pytest

from tickmark.structure.placeholders import is_placeholder


@pytest.mark.parametrize(
    "text",
    ["-", "--", "..", "*", " n/a ", "NA", "#N/A", "n.d.", "n/m", "k. A.", "TBC", "(x)", "nil"],
)
def test_text_without_a_value_is_a_placeholder(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["", "x", "No", "-5", "Nan Goldin", "none of these", "." * 21])
def test_text_that_says_something_is_none(text: str) -> None:
    assert not is_placeholder(text)
