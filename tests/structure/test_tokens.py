"""The lexer: every form in its kind, every text read, time linear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.structure.tokens import Token, TokenKind, tokens

FORMS = [
    ('"say ""A1"""', ['text:"say ""A1"""']),
    ("SUM(A1)", ["function:SUM", "operator:(", "cell:A1", "operator:)"]),
    ("LOG10(A1)", ["function:LOG10", "operator:(", "cell:A1", "operator:)"]),
    ("$B$7", ["cell:$B$7"]),
    ("a1:b2", ["area:a1:b2"]),
    ("A:C", ["columns:A:C"]),
    ("$1:3", ["rows:$1:3"]),
    ("Sheet1!A1", ["sheet:Sheet1!", "cell:A1"]),
    ("'It''s'!A1", ["sheet:'It''s'!", "cell:A1"]),
    ("Jan:Mar!B2", ["sheet:Jan:Mar!", "cell:B2"]),
    ("'Jan 1:Mar 1'!B2", ["sheet:'Jan 1:Mar 1'!", "cell:B2"]),
    ("[1]Sheet1!A1", ["sheet:[1]Sheet1!", "cell:A1"]),
    ("'[1]My Sheet'!A1", ["sheet:'[1]My Sheet'!", "cell:A1"]),
    ("[2]#REF!$A$1", ["sheet:[2]#REF!", "cell:$A$1"]),
    ("[1]!Rate", ["sheet:[1]!", "name:Rate"]),
    ("[Prices 26.xlsx]Q1!A1", ["sheet:[Prices 26.xlsx]Q1!", "cell:A1"]),
    ("[1]!'an item'", ["sheet:[1]!", "name:'an item'"]),
    ("2019!A1", ["sheet:2019!", "cell:A1"]),
    ("Übersicht!A1", ["sheet:Übersicht!", "cell:A1"]),
    ("Sheet1!A1:Sheet1!B2", ["sheet:Sheet1!", "cell:A1", "operator::", "sheet:Sheet1!", "cell:B2"]),
    ("A1:Sheet1!B2", ["cell:A1", "operator::", "sheet:Sheet1!", "cell:B2"]),
    ("A1:INDEX(B:B,3)", ["cell:A1", "operator::", "function:INDEX", "operator:(", "columns:B:B"]),
    ("Sales[[#This Row],[Col A]]", ["table:Sales[[#This Row],[Col A]]"]),
    ("Sales[a'[b'] c]", ["table:Sales[a'[b'] c]"]),
    ("[@Price]", ["table:[@Price]"]),
    ("#REF!", ["error:#REF!"]),
    ("#DIV/0!", ["error:#DIV/0!"]),
    ("A1#", ["cell:A1", "operator:#"]),
    ("@A1:A9", ["operator:@", "area:A1:A9"]),
    ("{1,2}", ["operator:{", "number:1", "operator:,", "number:2", "operator:}"]),
    ("1.5e-3", ["number:1.5e-3"]),
    (".5", ["number:.5"]),
    ("A1<>B1", ["cell:A1", "operator:<>", "cell:B1"]),
    ("Rate", ["name:Rate"]),
    ("_xlpm.x", ["name:_xlpm.x"]),
    ("XFD1048576", ["cell:XFD1048576"]),
    ("XFE1", ["name:XFE1"]),
    ("A1048577", ["name:A1048577"]),
    ("A0", ["name:A0"]),
    ("A1.B", ["name:A1.B"]),
    ("A1.:.D6", ["area:A1.:.D6"]),
    ("A:.A", ["columns:A:.A"]),
    ("R[-1]C", ["r1c1:R[-1]C"]),
    ("RC[2]:R1C1", ["r1c1:RC[2]:R1C1"]),
    ("RC1", ["cell:RC1"]),
    ("C[1]", ["r1c1:C[1]"]),
    ("RCX", ["name:RCX"]),
    ("'a''b'!C1", ["sheet:'a''b'!", "cell:C1"]),
    ("'''x'!C1", ["sheet:'''x'!", "cell:C1"]),
    ("#getting_data", ["error:#getting_data"]),
    ("A1:B2:C3", ["area:A1:B2", "operator::", "cell:C3"]),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_each_form_is_a_token_of_its_kind(text: str, expected: list[str]) -> None:
    found = [f"{token.kind}:{token.text}" for token in tokens(text)]
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [('A1&"open', '"open'), ("'open!A1", "'open!A1"), ("Sales[open", "[open"), ("A1$", "$")],
)
def test_what_starts_no_token_is_one_unreadable_rest(text: str, rest: str) -> None:
    assert list(tokens(text))[-1] == Token(TokenKind.UNREADABLE, rest)


CHARACTERS = "'\"[](){}!#$:@ \n\t,;.+-*/&<>=%^~|\\?é数\x00\ud800AZaz019"
WORDS = ["A1", "$B$2", "Sheet1!", "[1]", "#REF!", "SUM(", "T[", "XFD1048576", '""', "1:2", "R["]
PIECES = st.sampled_from([*CHARACTERS, *WORDS])


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80))
def test_the_tokens_of_any_text_joined_are_the_text(text: str) -> None:
    found = list(tokens(text))
    assert "".join(token.text for token in found) == text
    assert all(token.text for token in found)


@pytest.mark.parametrize(
    "piece",
    ["a:", '"a ~', "'a'", "a[", "[1]", "A1:", "[1", "1", "1:", "a", "[[a]", "#REF", "a.b:", "''"],
)
def test_a_long_text_of_one_repeated_piece_is_read_without_backtracking(piece: str) -> None:
    text = piece * 50_000  # takes minutes if any pattern is quadratic
    assert sum(len(token.text) for token in tokens(text)) == len(text)
