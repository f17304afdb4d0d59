"""Formulas in pieces: A1 and R1C1 notation in and out, the same as the lexer sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.structure.formula_texts import FORMULAS, JUNK
from tickmark.errors import WorkbookRefused
from tickmark.read.workbook import SUPPORTED, read_workbook
from tickmark.structure.pieces import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    TWO,
    Pieces,
    a1_text,
    pieces,
    pieces_of_r1c1,
    r1c1_area,
    r1c1_text,
    split,
    written_area,
)
from tickmark.structure.relative import shift
from tickmark.structure.tokens import TokenKind, tokens

CELLS = (TokenKind.AREA, TokenKind.CELL, TokenKind.COLUMNS, TokenKind.ROWS)


def test_a_formula_is_texts_and_references_in_turn() -> None:
    assert pieces("SUM(A1:B$2)*$C$3", 5, 2) == (
        "SUM(",
        (TOP | LEFT | RIGHT | TWO, -4, -1, 2, 0),
        ")*",
        (0, 3, 3, 0, 0),
        "",
    )


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("A1", "R[-4]C[-2]"),
        ("C5", "RC"),
        ("$A5", "RC1"),
        ("A$1:$B9", "R1C[-2]:R[4]C2"),
        ("A:$B", "C[-2]:C2"),
        ("$1:9", "R1:R[4]"),
        ("D6:A1", "R[1]C[1]:R[-4]C[-2]"),
        ("A1048576", "R[-5]C[-2]"),
        ("XFD1", "R[-4]C[-3]"),
        ("Sheet1!A1#", "Sheet1!R[-4]C[-2]#"),
        ("A1.:.D6", "R[-4]C[-2].:.R[1]C[1]"),
        ("A:.A", "C[-2]:.C[-2]"),
        ("'C5'!C5&\"C5\"&C5.x+LOG10(C5)", "'C5'!RC&\"C5\"&C5.x+LOG10(RC)"),
        ("Sales[C5]+[@C5]+#REF!C5", "Sales[C5]+[@C5]+#REF!RC"),
    ],
)
def test_r1c1_notation_is_told_from_the_cell_c5_and_read_back(text: str, relative: str) -> None:
    made = pieces(text, 5, 3)
    assert r1c1_text(made) == relative
    assert pieces_of_r1c1(relative) == made
    assert a1_text(made, 5, 3) == text


@pytest.mark.parametrize(
    ("relative", "text"),
    [
        ("R", "5:5"),
        ("C", "C:C"),
        ("R2", "$2:$2"),
        ("C[-1]", "B:B"),
        ("C3", "$C:$C"),
        ("r[-1]c*rc[2]", "C4*E5"),
        ("SUM(R1C1:RC[-1])", "SUM($A$1:B5)"),
        ("SUM(R1C:R[-1]C)+Jan:Mar!RC", "SUM(C$1:C4)+Jan:Mar!C5"),
        ("R[-5]C", "C1048576"),
        ("Rate*RCX", "Rate*RCX"),
        ('"R1C1"&R1C1', '"R1C1"&$A$1'),
    ],
)
def test_a_formula_in_r1c1_notation_is_read_at_the_cell_c5(relative: str, text: str) -> None:
    assert a1_text(pieces_of_r1c1(relative), 5, 3) == text


@pytest.mark.parametrize("text", ["", "A", "1A", "A1:", "Sheet1!A1", "R1C1C"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no reference"):
        written_area(text + "?")
    with pytest.raises(ValueError, match="is no reference"):
        r1c1_area(text + "?")


@given(FORMULAS | JUNK)
def test_a_formula_is_split_at_the_references_that_the_lexer_finds(text: str) -> None:
    found = split(text)
    assert "".join(before + reference for before, reference in found) == text
    assert [reference for _, reference in found if reference] == [
        token.text for token in tokens(text) if token.kind in CELLS
    ]
    assert not found[-1][1]


@given(FORMULAS, st.integers(20, 60), st.integers(20, 60))
def test_pieces_give_the_same_text_in_their_own_cell(text: str, row: int, column: int) -> None:
    assert a1_text(pieces(text, row, column), row, column) == text


def _unordered(made: Pieces) -> list[object]:
    """The pieces without the order of corners, which a copy may change: `T:$T` becomes `$T:U`."""
    found: list[object] = []
    for piece in made:
        if isinstance(piece, str):
            found.append(piece)
        else:
            form, top, left, bottom, right = piece
            found.append({(top, bool(form & TOP)), (bottom, bool(form & BOTTOM))})
            found.append({(left, bool(form & LEFT)), (right, bool(form & RIGHT))})
    return found


@given(FORMULAS, st.integers(-20, 20), st.integers(-20, 20))
def test_copies_have_equal_pieces(text: str, rows: int, columns: int) -> None:
    copy = pieces(shift(text, rows, columns), 70 + rows, 70 + columns)
    assert _unordered(copy) == _unordered(pieces(text, 70, 70))


@given(FORMULAS, st.integers(20, 60), st.integers(20, 60))
def test_r1c1_notation_read_back_gives_equal_pieces(text: str, row: int, column: int) -> None:
    made = pieces(text, row, column)
    assert pieces_of_r1c1(r1c1_text(made)) == made


@given(JUNK)
def test_any_text_has_pieces_in_both_notations(text: str) -> None:
    assert a1_text(pieces(text, 9, 9), 9, 9).casefold() == text.casefold()
    r1c1_text(pieces_of_r1c1(text))


def test_every_formula_of_the_real_workbooks_comes_out_again(corpus: Path) -> None:
    """A1 to pieces to A1 is the identical text; to R1C1 and back gives the same pieces."""
    read = 0
    for path in sorted(corpus.iterdir()):
        if path.suffix.lower().lstrip(".") not in SUPPORTED:
            continue
        try:
            workbook = read_workbook(path, details=False)
        except WorkbookRefused:
            continue
        for sheet in workbook.sheets:
            cells = sheet.cells
            places = dict(
                zip(
                    cells.formulas.tolist(),
                    zip(cells.rows.tolist(), cells.columns.tolist(), strict=True),
                    strict=True,
                )
            )
            for number, text in enumerate(cells.formula_texts):
                row, column = places.get(number, (1, 1))
                made = pieces(text, row, column)
                assert a1_text(made, row, column) == text
                assert pieces_of_r1c1(r1c1_text(made)) == made
                read += 1
    assert read
