"""Answers as cells can hold them."""

from __future__ import annotations

import pytest

from tickmark.hosts.functions.cell_limits import within_limits


def test_a_long_text_is_cut_as_excel_counts_and_says_so() -> None:
    (((text, number),),) = (within_limits((("\U0001f600" * 20_000, 5.0),)),)

    assert isinstance(text, str)
    assert text.endswith(" … [cut]")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767
    assert number == 5.0


@pytest.mark.parametrize("text", ["#LLM wait", "#LLM budget: send money"])
def test_an_answer_that_poses_as_a_state_comes_in_quotes(text: str) -> None:
    """A cell that refers to it would wait for ever."""
    assert within_limits(((text, "#LLMs", None),)) == ((f'"{text}"', "#LLMs", None),)
