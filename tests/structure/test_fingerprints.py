"""Content addresses of ranges: what shares one, and what must not."""

from __future__ import annotations

import pytest

from tests.ranges import Live, live
from tickmark.model.range_content import ErrorValue, RangeContent
from tickmark.structure.fingerprints import Spelling, fingerprints

BESIDE, TOGETHER, COPIED = Spelling.BESIDE, Spelling.TOGETHER, Spelling.COPIED


def same(one: RangeContent, other: RangeContent) -> set[Spelling]:
    first, second = fingerprints(one), fingerprints(other)
    return {spelling for spelling in Spelling if first[spelling] == second[spelling]}


def test_a_range_of_values_has_one_address_wherever_it_stands() -> None:
    one = live({"A1": "x", "B1": 2}, sheet="One", book="/a.xlsx")
    other = live({"C9": "x", "D9": 2}, sheet="Two", book="")

    assert len(set(fingerprints(one).values())) == 1
    assert same(one, other) == set(Spelling)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"A1": 1}, {"A1": True}),
        ({"A1": 1}, {"A1": "1"}),
        ({"A1": 1}, {"A1": 1.0000000001}),
        ({"A1": "#N/A"}, {"A1": ErrorValue("#N/A")}),
        ({"A1": None}, {"A1": ""}),
        ({"A1": "ab", "B1": "c"}, {"A1": "a", "B1": "bc"}),
        ({"A1": 1, "B1": 2}, {"A1": 1, "A2": 2}),
        ({"A1": 2, "B1": 4}, {"A1": 2, "B1": ("=A1*2", 4)}),
        ({"A1": ("=1+1", 2)}, {"A1": ("=2", 2)}),
        ({"A1": ("=SUM(X1)", 2)}, {"A1": ("=MAX(X1)", 2)}),
        ({"A1": ('="B1"', "B1")}, {"A1": ("=B1", "B1")}),
        ({"A1": ("=Two!B1", 1)}, {"A1": ("=Three!B1", 1)}),
        ({"A1": ("=[1]Two!B1", 1)}, {"A1": ("=[2]Two!B1", 1)}),
        ({"A1": ("=B:B", 1)}, {"A1": ("=C:C", 1)}),
    ],
)
def test_different_content_has_different_addresses(
    one: dict[str, Live], other: dict[str, Live]
) -> None:
    assert same(live(one), live(other)) == set()


def test_number_formats_count_and_a_plain_format_is_none() -> None:
    plain = live({"A1": 45_000})
    unseen = RangeContent(plain.values, plain.area, plain.book, plain.formulas)

    assert same(plain, live({"A1": 45_000}, formats={"A1": "yyyy-mm-dd"})) == set()
    assert same(plain, unseen) == set(Spelling)


def test_inside_references_move_with_the_range() -> None:
    before = live({"A5": 2, "B5": ("=A5*$A$5", 4)})
    after = live({"A6": 2, "B6": ("=A6*$A$6", 4)})

    assert same(before, after) == {BESIDE, TOGETHER}


def test_a_row_inserted_above_range_and_precedents_is_together() -> None:
    before = live({"B5": ("=A5*$A$2", 4)})
    after = live({"B6": ("=A6*$A$3", 4)})

    assert same(before, after) == {TOGETHER}


def test_a_row_inserted_between_precedents_and_range_is_beside() -> None:
    before = live({"B5": 3, "C5": ("=B5*A$2", 4)})
    after = live({"B6": 3, "C6": ("=B6*A$2", 4)})

    assert BESIDE in same(before, after)
    assert TOGETHER not in same(before, after)


def test_a_row_inserted_above_running_formulas_is_beside_though_the_first_one_changes() -> None:
    before = live({"B5": ("=B4+1", 1), "B6": ("=B5+1", 2), "B7": ("=B6+1", 3)})
    after = live({"B6": ("=B4+1", 1), "B7": ("=B6+1", 2), "B8": ("=B7+1", 3)})

    assert same(before, after) == {BESIDE}


def test_rows_inserted_on_this_sheet_do_not_move_what_stands_on_others() -> None:
    before = live({"B5": ("=Inputs!B2*A5", 4)})
    after = live({"B6": ("=Inputs!B2*A6", 4)})

    assert TOGETHER in same(before, after)


def test_a_copy_with_equal_values_is_copied() -> None:
    one = live({"C5": ("=A5*Inputs!$B$2", 4)})
    other = live({"C9": ("=A9*Inputs!$B$2", 4)})

    assert COPIED in same(one, other)
    assert COPIED not in same(one, live({"C9": ("=A9*Inputs!$B$3", 4)}))
    assert COPIED not in same(one, live({"C9": ("=A5*Inputs!$B$2", 4)}))


def test_the_own_sheets_name_before_a_reference_says_nothing() -> None:
    one = live({"C5": ("=Plan!A5", 4)}, sheet="Plan")

    assert COPIED in same(one, live({"C5": ("=Copy!A5", 4)}, sheet="Copy"))
    assert COPIED not in same(one, live({"C5": ("=Plan!A5", 4)}, sheet="Copy"))


def test_whole_columns_and_rows_have_no_edges_to_move() -> None:
    assert same(live({"C5": ("=SUM(A:A)", 4)}), live({"C6": ("=SUM(A:A)", 4)})) == set(Spelling)
    assert COPIED not in same(live({"C5": ("=SUM(A:A)", 4)}), live({"D5": ("=SUM(A:A)", 4)}))


def test_names_and_tables_stay_as_written() -> None:
    one = live({"C5": ("=Rate*Sales[@Net]", 4)})

    assert same(one, live({"C6": ("=Rate*Sales[@Net]", 4)})) == set(Spelling)
    assert same(one, live({"C6": ("=Rates*Sales[@Net]", 4)})) == set()


def test_two_formulas_changed_places_are_other_content() -> None:
    one = live({"A1": ("=X1", 1), "A2": ("=Y1", 1)})

    assert same(one, live({"A1": ("=Y1", 1), "A2": ("=X1", 1)})) == set()


def test_thousands_of_different_formulas_are_spelled_as_they_stand() -> None:
    """Reading them all would hold up the calculation."""
    many = {f"A{row}": (f"=B{row}*{row}", 1.0) for row in range(2, 3_100)}
    below = {f"A{row}": (f"=B{row}*{row - 1}", 1.0) for row in range(3, 3_101)}

    assert same(live(many), live(many)) == set(Spelling)
    assert same(live(many), live(below)) == set()
    assert len(set(fingerprints(live(many)).values())) == 1


def test_thousands_of_copies_are_read_as_few_formulas() -> None:
    many = {f"A{row}": (f"=B{row}*2", 1.0) for row in range(2, 3_100)}
    below = {f"A{row}": (f"=B{row}*2", 1.0) for row in range(3, 3_101)}

    assert COPIED in same(live(many), live(below))
