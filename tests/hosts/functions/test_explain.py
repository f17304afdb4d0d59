"""LLM_EXPLAIN, from its arguments to its text."""

from __future__ import annotations

import pytest

from tests.books import book, sheet
from tests.range_questions import SETTINGS, answered, kept, question, replying, results
from tests.ranges import live
from tickmark.errors import AnswerUnusable, ArgumentRefused
from tickmark.hosts.functions.call import Argument, Call
from tickmark.hosts.functions.explain import body
from tickmark.model.range_content import ErrorValue, RangeContent
from tickmark.model.workbook import DefinedName

SAVED = book(
    {
        "Plan": {
            "A1": "Region",
            "B1": "Units",
            "C1": "Price",
            "D1": "Revenue",
            **{f"A{row}": f"Region {row}" for row in (2, 3, 4)},
            **{f"B{row}": row for row in (2, 3, 4)},
            **{f"C{row}": 5 for row in (2, 3, 4)},
            **{f"D{row}": (f"=B{row}*C{row}*Rates!$B$2", 1) for row in (2, 3, 4)},
            "F9": ("=SUM(D2:D4)*Tax", 1),
        },
        "Rates": {"A2": "Exchange rate", "B2": 1.1, "A3": "Tax rate", "B3": 0.2},
        "Vault": sheet({"A1": "SECRET", "B1": 1}, state="hidden"),
    },
    names=[DefinedName("Tax", "Rates!$B$3")],
)
D3 = live({"D3": ("=B3*C3*Rates!$B$2", 16.5)})


def test_precedents_are_named_by_the_labels_that_all_copies_share() -> None:
    model = replying(explanation="Units [B3] times Price [C3] at the Exchange rate [Rates!B2].")

    assert answered(body, D3, model=model, saved=SAVED) == (
        (
            (
                "Units [Plan!B3] times Price [Plan!C3] at the Exchange rate [Rates!B2]. "
                "(Labels as saved 10:42.)"
            ),
        ),
    )
    assert model.prompts[0].data.splitlines() == [
        "Cell: Plan!D3 (Revenue)",
        "Formula: =B3*C3*Rates!$B$2",
        "Refers to:",
        "B3 (Units)",
        "C3 (Price)",
        "Rates!$B$2 (Exchange rate)",
    ]


def test_a_formula_without_copies_has_row_labels_too_and_names_are_followed() -> None:
    model = replying(explanation="The sum [D2:D4], taxed [Rates!B3].")

    answered(body, live({"F9": ("=SUM(D2:D4)*Tax", 1)}), model=model, saved=SAVED)

    assert model.prompts[0].data.splitlines()[2:] == [
        "Refers to:",
        "D2:D4 (Revenue)",
        "Tax (a name for Rates!B3 (Tax rate))",
    ]


def test_copies_share_one_answer_with_their_own_addresses() -> None:
    asked = question(body, D3)
    answer = kept(asked, replying(explanation="[B3] times [C3] by [Rates!B2]."), SAVED)
    copy = question(body, live({"D4": ("=B4*C4*Rates!$B$2", 22.0)}))

    assert set(asked.items[0].keys) & set(copy.items[0].keys)
    assert copy.present([answer]) == (
        ("[Plan!B4] times [Plan!C4] by [Rates!B2]. (Labels as saved 10:42.)",),
    )


def test_a_new_copy_outside_of_those_that_were_saved_is_told_whose_labels_it_shows() -> None:
    answer = kept(question(body, D3), replying(explanation="Units [B3]."), SAVED)
    new = question(body, live({"D40": ("=B40*C40*Rates!$B$2", 22.0)}))

    assert new.present([answer]) == (("Units [Plan!B40]. (Labels as saved 10:42 for Plan!D3.)",),)


def test_the_value_of_the_cell_is_neither_told_nor_part_of_the_key() -> None:
    model = replying(explanation="x [B3]")
    one = question(body, D3)
    other = question(body, live({"D3": ("=B3*C3*Rates!$B$2", ErrorValue("#N/A"))}))

    kept(one, model, SAVED)

    assert one.items[0].keys == other.items[0].keys
    assert "16.5" not in model.prompts[0].data


def test_equal_formulas_on_other_sheets_or_books_mean_other_things() -> None:
    keys = set(question(body, live({"D3": ("=B3*C3", 1)})).items[0].keys)

    for elsewhere in (
        live({"D3": ("=B3*C3", 1)}, sheet="Hours"),
        live({"D3": ("=B3*C3", 1)}, book="/books/other.xlsx"),
    ):
        assert not keys & set(question(body, elsewhere).items[0].keys)


def test_without_labels_equal_formulas_are_one_question_everywhere() -> None:
    one = question(body, live({"D3": ("=B3*C3", 1)}, book=""))
    other = question(body, live({"D9": ("=B9*C9", 2)}, book="", sheet="Hours"))

    assert set(one.items[0].keys) & set(other.items[0].keys)


def test_an_unsaved_workbook_says_that_labels_were_not_seen() -> None:
    unsaved = live({"D3": ("=B3*Tax*[1]Old!A1+#REF!", 16.5)}, book="")
    model = replying(explanation="Takes [B3] and [Z9].")

    assert answered(body, unsaved, model=model) == (
        (
            (
                "Takes [Plan!B3] and [Z9: not in data]. "
                "(Labels were not seen: no saved file was found.)"
            ),
        ),
    )
    assert model.prompts[0].data.splitlines()[3:] == [
        "B3",
        "Tax (a name; what it stands for was not seen)",
        "[1]Old!A1 (cells of another workbook, not seen)",
        "#REF! (deleted cells)",
    ]


def test_a_formula_changed_since_saving_has_no_labels() -> None:
    changed = live({"D3": ("=B3+C3", 16.5)})

    assert answered(body, changed, model=replying(explanation="[B3]"), saved=SAVED) == (
        ("[Plan!B3] (Labels were not seen: Plan has changed since it was saved 10:42.)",),
    )


def test_labels_of_hidden_sheets_are_not_told() -> None:
    saved = book(
        {
            "Plan": {"D3": ("=Vault!B1", 1)},
            "Vault": sheet({"A1": "SECRET", "B1": 1}, state="hidden"),
        }
    )
    model = replying(explanation="x")

    answered(body, live({"D3": ("=Vault!B1", 1)}), model=model, saved=saved)

    assert "SECRET" not in model.prompts[0].data


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (None, "in one or two sentences"),
        ("Short", "in one or two sentences"),
        ("steps", "step by step"),
        (live({"H1": "business"}), "in the words of the business"),
    ],
)
def test_the_level_decides_what_is_asked(level: Argument, words: str) -> None:
    model = replying(explanation="x")

    answered(body, D3, level, "lang=de", model=model)

    assert words in model.prompts[0].user
    assert model.prompts[0].user.endswith("Write in this language: de.")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (live({"B5": 0.19}, formats={"B5": "0%"}), "Plan!B5 is a constant, not a formula: 19%"),
        (live({"B5": "North"}), "Plan!B5 is a constant, not a formula: North"),
        (live({"B5": ("=1+1", "=1+1")}), "Plan!B5 is a constant, not a formula: =1+1"),
    ],
)
def test_a_constant_is_told_without_asking(content: RangeContent, text: str) -> None:
    assert body(Call("LLM_EXPLAIN", (content,)), SETTINGS) == ((text,),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "cell is empty"),
        ((live({"B5": None}),), "cell is empty"),
        ((5.0,), "cell is a reference to one cell, such as D14"),
        ((live({"B5": 1, "B6": 2}),), "cell is a reference to one cell, such as D14"),
        ((D3, "deep"), "level is short, steps or business"),
        (
            (RangeContent(((5.0,),), D3.area),),
            "the formula of Plan!D3 was not seen; recalculate",
        ),
    ],
)
def test_a_wrong_argument_is_refused(arguments: tuple[Argument, ...], message: str) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        body(Call("LLM_EXPLAIN", arguments), SETTINGS)
    assert str(refused.value) == message


def test_an_empty_explanation_is_no_answer() -> None:
    found = results(question(body, D3), replying(explanation=" \n"), SAVED)

    assert isinstance(found[0], AnswerUnusable)
