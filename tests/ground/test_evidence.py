"""Sentences of a model: what the evidence bears out stays, all else is struck and marked."""

from __future__ import annotations

import pytest

from tickmark.ground.evidence import LONGEST, CheckedText, checked, evidence_of
from tickmark.model.address import RangeRef

TOLD = """what: J11 holds -12950 where =-Drivers!J11*Drivers!J12 is expected, which gives -13450.
expected R1C1: =-Drivers!RC*Drivers!R[1]C
depend on it: 9 formula cells, among them 5 results of the workbook: Wages, Year; Q1 total
cells: =SUM(C4:C9) -> 12.34%"""
EVIDENCE = evidence_of(
    "Budget",
    TOLD,
    cells=[
        RangeRef.parse("Budget!J11"),
        RangeRef.parse("Budget!C4:C6"),
        RangeRef.parse("Budget!C7:C9"),
        RangeRef.parse("Drivers!J11:J12"),
    ],
    formulas=["=-Drivers!J11*Drivers!J12", "=-Drivers!RC*Drivers!R[1]C", "=SUM(C4:C9)"],
    numbers=[-1234567.8],
)


@pytest.mark.parametrize(
    "text",
    [
        "J11 holds -12950 where -13,450 is expected.",
        "Budget!J11, $J$11 and Drivers!J12 are named.",
        "The cells C4:C9 and C5 lie in what was told.",
        "It feeds 9 cells (5 results), about 1.2 million or 12.3%.",
        "The Q1 total is too low.",
        "Write =-Drivers!J11*Drivers!J12.",
        "Copy =SUM(C4:C9), as in R[1]C.",
        "Row 11, rows 4 to 9 and columns C and J.",
        "The formula(e) of the cell(s) e.g. C5 and No. 9 stay.",
        "Zeile 11 und Spalte J bleiben.",
    ],
)
def test_a_sentence_that_keeps_to_the_evidence_stays(text: str) -> None:
    assert checked(text, EVIDENCE) == CheckedText(text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Z99 is wrong too.", "Z99 is not in the evidence"),
        ("z99 is wrong too.", "z99 is not in the evidence"),
        ("\uff3a\uff19\uff19 is wrong too.", "Z99 is not in the evidence"),
        ("Z\u200b99 is wrong too.", "Z99 is not in the evidence"),
        ("Secret!J11 feeds it.", "Secret!J11 is not in the evidence"),
        ("J12 alone is on this sheet.", "J12 is not in the evidence"),
        ("C4:C10 is too long.", "C4:C10 is not in the evidence"),
        ("All of C:C is meant.", "C:C is not in the evidence"),
        ("R5C9 is absolute.", "R5C9 is not in the evidence"),
        ("Column K is empty.", "column K is not in the evidence"),
        ("Row 13 is empty.", "13 is not in the evidence"),
        ("It is 500 too low.", "500 is not in the evidence"),
        ("8 cells depend on it.", "8 is not in the evidence"),
        ("Write =-Drivers!J11*Drivers!J12+1.", "a formula that is not in the evidence"),
        ("Write =J11.", "a formula that is not in the evidence"),
        ('Write = WEBSERVICE("x").', "a formula that is not in the evidence"),
        ("Call WEBSERVICE(J11).", "WEBSERVICE is not in the evidence"),
        ("See https://example.com for more.", "a link"),
        ("See \\\\server\\share for more.", "a link"),
    ],
)
def test_a_sentence_that_leaves_the_evidence_is_struck_and_says_why(text: str, mark: str) -> None:
    assert checked(text, EVIDENCE) == CheckedText(f"[struck: {mark}]", 1)


def test_the_other_sentences_of_a_text_stay() -> None:
    text = "J11 was typed over. It hides Z99. Look at C5."

    assert checked(text, EVIDENCE) == CheckedText(
        "J11 was typed over. [struck: Z99 is not in the evidence] Look at C5.", 1
    )


def test_a_formula_ends_where_the_known_one_ends() -> None:
    evidence = evidence_of("S", "", cells=[RangeRef.parse("S!B1:B70")], formulas=["=B7", "=B7*B6"])

    assert checked("It is =B7, not =B7*B6.", evidence).struck == 0
    assert checked("It is =B7*B65.", evidence).struck == 1
    assert checked("It is =B70.", evidence).struck == 1


def test_nothing_may_be_named_where_nothing_was_told() -> None:
    nothing = evidence_of("", "", cells=[])

    assert checked("A name is broken.", nothing) == CheckedText("A name is broken.")
    assert checked("A1 is broken.", nothing).struck == 1


def test_an_answer_is_plain_text_on_one_line_and_not_long() -> None:
    assert checked("It\x1b[m is\n\nbroken.\u202e", EVIDENCE).text == "It [m is broken."
    assert len(checked("word " * 1000, EVIDENCE).text) <= LONGEST + 1
    assert checked("", EVIDENCE) == CheckedText("")
