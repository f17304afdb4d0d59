"""The token estimate: never zero, near the count of known texts, higher for newer families."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.llm.tokens import estimate_tokens, token_bound

PROSE = "The revenue of the third quarter grew by twelve per cent against the year before. "
CELLS = "B5: Revenue | C5: 120.5 | D5: =C5*(1+$B$2) -> 132.55\n"


@given(st.text(st.characters(), min_size=1))
def test_no_text_is_free(text: str) -> None:
    assert estimate_tokens(text) >= 1
    assert token_bound(text) >= 1


def test_an_empty_text_is_free() -> None:
    assert estimate_tokens("") == 0
    assert token_bound("") == 0


# Counts of the last published tokenizer of the older families.
@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Выручка компании за третий квартал выросла на двенадцать процентов. ", 35),
        ("公司第三季度收入同比增长百分之十二但由于原材料和物流成本上涨", 32),
        (PROSE, 16),
        (CELLS, 30),
    ],
)
def test_the_estimate_for_an_older_family_is_near_the_count(text: str, counted: int) -> None:
    assert estimate_tokens(text * 20, "claude-opus-4-5") == pytest.approx(20 * counted, rel=0.1)


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("claude-3-5-sonnet-20241022", 17),
        ("claude-sonnet-4-20250514", 17),
        ("claude-opus-4-6", 17),
        ("llama3.3", 17),
        ("claude-opus-4-7", 24),
        ("claude-sonnet-5-5", 24),
        ("claude-mythos-preview", 24),
        ("", 24),
    ],
)
def test_prose_costs_more_in_the_newer_families(model: str, tokens: int) -> None:
    assert estimate_tokens(PROSE, model) == tokens


@given(st.text())
def test_the_bound_is_never_below_the_estimate_unless_the_bytes_are(text: str) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))

    assert min(size, estimate_tokens(text)) <= token_bound(text) <= size


def test_a_lone_surrogate_is_counted() -> None:
    assert estimate_tokens("\ud800") >= 1
