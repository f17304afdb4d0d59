"""Numbers as their formats show them."""

from __future__ import annotations

import pytest

from tickmark.structure.number_formats import percent_text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("0%", "12%"),
        ("0.0%", "12.5%"),
        ("0.00%;[Red]-0.00%", "12.50%"),
        ("0.00", None),
        ('0" %"', None),
        ("0\\%", None),
        ("General", None),
    ],
)
def test_a_number_is_in_per_cent_only_where_the_format_says_so(code: str, text: str | None) -> None:
    assert percent_text(0.125, code) == text
