"""Where cited cells are after their range moved."""

from __future__ import annotations

import pytest

from tests.ranges import live
from tickmark.ground.moves import Move, move_of
from tickmark.model.address import RangeRef
from tickmark.structure.fingerprints import Spelling, fingerprints

ORIGIN = RangeRef.parse("Plan!B5:D9")
BELOW = RangeRef.parse("Plan!B7:D11")


def moved(text: str, how: Spelling, follows: tuple[bool, bool] = (False, False)) -> str:
    return str(Move(ORIGIN, BELOW, how).area(RangeRef.parse(text, sheet="Plan"), follows))


@pytest.mark.parametrize("how", list(Spelling))
def test_a_cell_of_the_range_moves_with_it_in_any_case(how: Spelling) -> None:
    assert moved("C6:D6", how) == "Plan!C8:D8"


def test_cells_outside_stay_or_move_as_their_range_came_there() -> None:
    assert moved("B2", Spelling.BESIDE) == "Plan!B2"
    assert moved("B2", Spelling.TOGETHER) == "Plan!B4"
    assert moved("B2", Spelling.COPIED) == "Plan!B2"
    assert moved("B2", Spelling.COPIED, (True, True)) == "Plan!B4"
    assert moved("Inputs!B2", Spelling.TOGETHER) == "Inputs!B2"
    assert moved("Inputs!B2", Spelling.COPIED, (True, False)) == "Inputs!B4"


def test_the_own_sheet_is_the_one_of_now() -> None:
    move = Move(ORIGIN, RangeRef.parse("Copy!B5:D9"), Spelling.BESIDE)

    assert str(move.area(RangeRef.parse("Plan!B5"))) == "Copy!B5"
    assert str(move.area(RangeRef.parse("Other!B5"))) == "Other!B5"


def test_what_would_leave_the_sheet_is_nowhere() -> None:
    move = Move(ORIGIN, RangeRef.parse("Plan!B1:D5"), Spelling.TOGETHER)

    assert move.area(RangeRef.parse("Plan!B2")) is None


def test_the_way_is_read_from_the_content_addresses() -> None:
    asked = live({"C5": ("=A5*$A$2", 4)})
    known = {spelling.value: text for spelling, text in fingerprints(asked).items()}

    def how(now: dict[str, tuple[str, float]]) -> Spelling:
        content = live(dict(now))
        assert asked.area is not None
        assert content.area is not None
        return move_of(asked.area, known, content.area, fingerprints(content)).how

    assert how({"C6": ("=A6*$A$3", 4.0)}) is Spelling.TOGETHER
    assert how({"C6": ("=A5*$A$2", 4.0)}) is Spelling.BESIDE
    assert how({"C6": ("=A6*$A$2", 4.0)}) is Spelling.COPIED


@pytest.mark.parametrize(
    ("sentence", "now"),
    [
        ("C7 holds 5 where =B7*$B$2 is expected.", "C9 holds 5 where =B9*$B$2 is expected."),
        ("3 cells show #DIV/0! (C6:C8).", "3 cells show #DIV/0! (C8:C10)."),
        ("C6 refers to 'P&L'!C6, to Plan!C7.", "C8 refers to 'P&L'!C8, to Plan!C9."),
        ("=SUM(A1:A3)+LOG10(C6)", "=SUM(A3:A5)+LOG10(C8)"),
        ("Sheet2 of Budget_2026.xlsx is R1C1", "Sheet2 of Budget_2026.xlsx is R1C1"),
        ("C$6 and $C6", "C$8 and $C8"),
    ],
)
def test_the_sentence_of_a_rule_is_told_for_the_cells_of_now(sentence: str, now: str) -> None:
    assert Move(ORIGIN, BELOW, Spelling.COPIED).text(sentence) == now


def test_a_sentence_stays_as_it_is_where_nothing_moved() -> None:
    assert Move(ORIGIN, ORIGIN).text("C7 and B2") == "C7 and B2"


def test_words_that_name_cells_of_the_range_are_noticed_once_it_moved() -> None:
    assert Move(ORIGIN, BELOW).names_cells("the value in C6")
    assert Move(ORIGIN, BELOW).names_cells("C6: too high")
    assert not Move(ORIGIN, BELOW).names_cells("the first quarter, Q1, of ABC6X")
    assert not Move(ORIGIN, ORIGIN).names_cells("the value in C6")
