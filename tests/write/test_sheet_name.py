"""Names of new sheets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.write.sheet_name import legal_name
from tickmark.write.xml_text import units


@pytest.mark.parametrize(
    ("wish", "taken", "name"),
    [
        ("Tickmark analysis", [], "Tickmark analysis"),
        ("Tickmark analysis", ["TICKMARK ANALYSIS"], "Tickmark analysis (2)"),
        ("Report", ["Report", "report (2)", "Report (3)"], "Report (4)"),
        ("a/b\\c:d*e?f[g]", [], "a_b_c_d_e_f_g_"),
        ("'quoted'", [], "quoted"),
        ("it's", [], "it's"),
        ("", [], "Sheet"),
        (" ' ", ["sheet"], "Sheet (2)"),
        ("History", [], "History (2)"),
        ("x" * 40, [], "x" * 31),
        ("x" * 40, ["X" * 31], "x" * 27 + " (2)"),
        ("😀" * 16, [], "😀" * 15),
        ("Straße", ["STRASSE"], "Straße (2)"),
        ("bell\x07", [], "bell_"),
    ],
)
def test_a_wish_becomes_a_legal_name(wish: str, taken: list[str], name: str) -> None:
    assert legal_name(wish, taken) == name


@given(st.text(), st.lists(st.text()))
def test_every_name_is_legal_and_free(wish: str, taken: list[str]) -> None:
    name = legal_name(wish, taken)
    assert 1 <= units(name) <= 31
    assert not set(name) & set("[]:*?/\\")
    assert not name.startswith("'")
    assert not name.endswith("'")
    assert name.casefold() not in {one.casefold() for one in taken} | {"history"}
