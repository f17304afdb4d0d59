"""Citations inside a sentence: found, checked, marked and moved."""

from __future__ import annotations

import json

import pytest

from tickmark.ground.cited_text import (
    Grounds,
    Outside,
    as_json,
    cells_text,
    check_cells,
    check_list,
    check_text,
    cited,
    from_json,
    words,
    written,
)
from tickmark.ground.moves import Move
from tickmark.model.address import RangeRef
from tickmark.model.shown_cells import ShownCells
from tickmark.structure.fingerprints import Spelling

PLACE = RangeRef.parse("Plan!B2:D9")
GROUNDS = Grounds(
    PLACE,
    shown=ShownCells.of([RangeRef.parse("Plan!B2:D3"), RangeRef.parse("Plan!B5:D9")]),
    outside=(
        Outside(RangeRef.parse("'In puts'!B2:B4")),
        Outside(RangeRef.parse("Plan!A5"), follows=(True, True)),
    ),
)
STAYS = Move(PLACE, PLACE)


def text(answer: str, move: Move = STAYS, *, cite: bool = True) -> str:
    return written(check_text(answer, GROUNDS), move, cite=cite)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("Up [C2].", "Up [Plan!C2]."),
        ("Up [$C$2] and [plan!c3].", "Up [Plan!C2] and [Plan!C3]."),
        ("Up [C2:C3, D5; D6].", "Up [Plan!C2:C3, Plan!D5, Plan!D6]."),
        ("Up [C2 and C3].", "Up [Plan!C2, Plan!C3]."),
        ("Tax ['In puts'!B2].", "Tax ['In puts'!B2]."),
        ("All [Plan!C2:Plan!D3].", "All [Plan!C2:D3]."),
        ("Column [C:C].", "Column [Plan!C2:C9]."),
        ("Row [5:5].", "Row [Plan!B5:D5]."),
        ("Left [A5].", "Left [Plan!A5]."),
    ],
)
def test_what_was_shown_is_supported_and_named_with_its_sheet(answer: str, shown: str) -> None:
    assert text(answer) == shown


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("See [Z99].", "See [Z99: not in data]."),
        ("See [C4].", "See [C4: not in data]."),
        ("See [C2:Z9].", "See [C2:Z9: not in data]."),
        ("See [Other!C2].", "See [Other!C2: not in data]."),
        ("See ['In puts'!B9].", "See ['In puts'!B9: not in data]."),
        ("See [Z:Z].", "See [Z:Z: not in data]."),
        ("See [XFE1].", "See [XFE1: not in data]."),
        ("See [9999999:9999999].", "See [9999999:9999999: not in data]."),
        ("See [C2, Z9].", "See [Plan!C2, Z9: not in data]."),
    ],
)
def test_what_was_not_shown_is_marked(answer: str, shown: str) -> None:
    assert text(answer) == shown


@pytest.mark.parametrize("answer", ["a [sic] b", "[1]", "[see C2]", "[]", "x[i]", "[[C2", "C2"])
def test_brackets_without_an_address_stay_words(answer: str) -> None:
    assert text(answer) == answer


def test_citations_can_be_left_out_but_a_wrong_one_stays_as_a_warning() -> None:
    assert text("Up 5 [C2]. Down [C3] too [Z9].", cite=False) == "Up 5. Down too [Z9: not in data]."


def test_characters_that_steer_are_blanks_and_line_breaks_stay() -> None:
    assert text("a\x1b[2J\u202e b\nc") == "a [2J  b\nc"


def test_pieces_survive_json_and_are_written_elsewhere() -> None:
    pieces = from_json(
        json.loads(json.dumps(as_json(check_text("Up [C2], left [A5], [Z9].", GROUNDS))))
    )
    move = Move(PLACE, RangeRef.parse("Copy!B4:D11"), Spelling.COPIED)

    assert written(pieces, move) == "Up [Copy!C4], left [Copy!A7], [Z9: not in data]."
    assert words(pieces) == "Up  , left  ,  ."
    assert [one.supported for one in cited(pieces)] == [True, True, False]


@pytest.mark.parametrize("kept", [None, "text", 5, [[["C2", "Plan"]]], [[[1]]], [[{}]]])
def test_a_kept_text_of_another_form_is_refused(kept: object) -> None:
    with pytest.raises(ValueError, match="another form"):
        from_json(kept)


def test_a_list_of_cells_is_taken_apart_and_each_named_once() -> None:
    cells = check_list(["C2, C3", "C2", "Z9", ""], GROUNDS)

    assert [cells_text(one, STAYS) for one in cells] == [
        "Plan!C2",
        "Plan!C3",
        "Z9 (not in data)",
    ]


def test_a_citation_without_end_is_cut() -> None:
    assert len(check_cells("x" * 500, GROUNDS).text) == 60


def test_cells_of_an_array_are_named_by_row_and_column() -> None:
    place = RangeRef.parse("Array!A1:C4")
    grounds = Grounds(place, ShownCells.of([place]))

    assert written(check_text("Up [B3], [A1:C2].", grounds), Move(place, place)) == (
        "Up [row 3, column 2], [rows 1 to 2, columns 1 to 3]."
    )
