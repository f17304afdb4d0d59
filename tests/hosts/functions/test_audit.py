"""LLM_AUDIT, from its arguments to its table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.books import book, sheet
from tests.range_questions import SETTINGS, answered, kept, question, replying, results
from tests.ranges import live
from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions.audit import body
from tickmark.hosts.functions.call import Argument, Call
from tickmark.model.range_content import ErrorValue
from tickmark.model.workbook import ExternalLink

HEADER = ("Severity", "Rule", "Cell", "What", "Why", "Fix")
COPIES = {f"C{row}": (f"=B{row}*2", 2.0 * row) for row in range(2, 9)}
PLAIN = live({**COPIES, "C5": 99})
WHY = (
    "The number was typed or pasted over the formula: it does not follow its inputs any more, and "
    "everything behind it is wrong as soon as one of them changes."
)
WHAT = "C5 holds the plain number 99 among copies of one formula where =B5*2 is expected."
UNSAVED = (
    "note",
    "",
    "",
    "(Only the range was audited: no saved file was found.)",
    "",
    "",
)
NEVER = replying()
SAVED = book(
    {
        "Plan": {**COPIES, "D1": ("=Rates!A1", 1)},
        "Rates": {"A1": ("=Plan!D1", 1)},
    }
)


def test_findings_come_from_code_alone() -> None:
    assert question(body, PLAIN).free
    assert answered(body, PLAIN, model=NEVER) == (
        HEADER,
        ("medium", "number-among-formulas", "Plan!C5", WHAT, WHY, "=B5*2"),
        UNSAVED,
    )
    assert NEVER.prompts == ()


def test_a_clean_range_has_no_findings() -> None:
    assert answered(body, live(dict(COPIES)), None, "header=no", model=NEVER) == (
        ("none", "", "Plan!C2:C8", "No findings", "", ""),
        UNSAVED,
    )


def test_the_saved_workbook_shows_what_the_range_refers_to() -> None:
    circle = live({"D1": ("=Rates!A1", 1)})

    table = answered(body, circle, model=NEVER, saved=SAVED)

    assert [row[:3] for row in table[1:]] == [
        ("high", "circular-reference", "Plan!D1"),
        ("note", "", ""),
    ]
    assert table[-1][3] == "(Cells outside the range as saved 10:42.)"


def test_what_is_live_counts_and_not_what_was_saved() -> None:
    mended = answered(body, live(dict(COPIES)), model=NEVER, saved=book({"Plan": dict(COPIES)}))
    broken = answered(body, PLAIN, model=NEVER, saved=book({"Plan": dict(COPIES)}))

    assert [row[0] for row in mended[1:]] == ["none", "note"]
    assert [row[2] for row in broken[1:]] == ["Plan!C5", ""]


def test_findings_elsewhere_are_left_out() -> None:
    saved = book({"Plan": {**COPIES, "Z1": "#REF!", "A9": "x"}, "Other": {"A1": "#DIV/0!"}})

    table = answered(body, live(dict(COPIES)), model=NEVER, saved=saved)

    assert [row[3] for row in table[1:]] == [
        "No findings",
        "(Cells outside the range as saved 10:42.)",
    ]


def test_a_sheet_that_changed_since_saving_is_audited_alone() -> None:
    moved = live({f"C{row}": (f"=B{row}*2", 2.0) for row in range(20, 27)})

    table = answered(body, moved, model=NEVER, saved=SAVED)

    assert table[-1][3] == (
        "(Only the range was audited: Plan has changed since it was saved 10:42.)"
    )


def test_rules_are_chosen_by_name() -> None:
    both = live({**COPIES, "C5": 99, "D5": ErrorValue("#DIV/0!")})

    def found(rules: Argument) -> list[object]:
        return [row[1] for row in answered(body, both, rules, model=NEVER)[1:-1]]

    assert found(None) == ["error-value", "number-among-formulas"]
    assert found("Error-Value") == ["error-value"]
    assert found("error-value, number-among-formulas") == ["error-value", "number-among-formulas"]
    assert found(live({"H1": "number-among-formulas", "H2": None})) == ["number-among-formulas"]


def test_on_request_the_model_says_why_and_its_cells_are_checked() -> None:
    model = replying(findings=[{"number": 1, "why": "D5 [D5] takes it from [C5]."}])

    table = answered(body, PLAIN, None, "explain=yes; lang=de", model=model)

    assert table[1] == (
        "medium",
        "number-among-formulas",
        "Plan!C5",
        WHAT,
        "D5 [D5: not in data] takes it from [Plan!C5].",
        "=B5*2",
    )
    (prompt,) = model.prompts
    assert "1. medium number-among-formulas, C5: C5 holds the plain number 99" in prompt.data
    assert "\nC5 99\n" in prompt.data
    assert prompt.user.endswith("Write in this language: de.")


def test_a_finding_that_the_model_left_out_keeps_the_rules_own_words() -> None:
    model = replying(findings=[{"number": 7, "why": "?"}])

    assert answered(body, PLAIN, None, "explain=yes", model=model)[1][4] == WHY


def test_nothing_is_asked_where_nothing_was_found() -> None:
    clean = question(body, live(dict(COPIES)), None, "explain=yes")

    assert not clean.free
    assert len(clean.plan(clean.items, None)) == 0
    assert list(results(clean, NEVER)) == [0]


def test_names_of_hidden_sheets_reach_no_model() -> None:
    saved = book(
        {
            "Plan": {"A1": ("=Vault!A1+1", 0.0)},
            "Vault": sheet({"A1": ("=Plan!A1+1", 0.0)}, state="hidden"),
        }
    )
    asked = question(body, live({"A1": ("=Vault!A1+1", 0.0)}), None, "explain=yes")

    table = asked.present([kept(asked, NEVER, saved)])

    assert table[1][1] == "circular-reference"
    assert NEVER.prompts == ()


def test_paid_words_are_found_again_after_an_inserted_row_and_name_the_cells_of_now() -> None:
    asked = question(body, PLAIN, None, "explain=yes")
    model = replying(findings=[{"number": 1, "why": "It breaks [C5]."}])
    answer = kept(asked, model)
    inserted = {f"C{row}": (f"=B{row}*2", 2.0 * (row - 1)) for row in range(3, 10)}

    after = question(body, live({**inserted, "C6": 99}), None, "explain=yes")

    assert set(asked.items[0].keys) & set(after.items[0].keys)
    assert after.present([answer])[1] == (
        "medium",
        "number-among-formulas",
        "Plan!C6",
        "C6 holds the plain number 99 among copies of one formula where =B6*2 is expected.",
        "It breaks [Plan!C6].",
        "=B6*2",
    )


def test_free_findings_belong_to_their_place() -> None:
    moved = live({f"D{row}": (f"=C{row}*2", 2.0 * row) for row in range(2, 9)})

    one, other = question(body, live(dict(COPIES))), question(body, moved)

    assert not set(one.items[0].keys) & set(other.items[0].keys)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "range is empty"),
        (("text",), "range is a reference to cells, such as A1:M90"),
        (
            (PLAIN, "error-value, spelling"),
            "There is no rule 'spelling'; see `tickmark rules list`",
        ),
        (
            (PLAIN, None, "cite=no"),
            "'cite' is no option here; known are model, lang, max_cost, refresh, header, explain",
        ),
    ],
)
def test_a_wrong_argument_is_refused(arguments: tuple[Argument, ...], message: str) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        body(Call("LLM_AUDIT", arguments), SETTINGS)
    assert str(refused.value) == message


def test_a_link_of_an_open_workbook_is_that_of_its_file() -> None:
    """Excel shows the path of another workbook where the file has the number of a link."""
    saved = book({"Plan": {"A1": ("=[1]Prices!A1", 5)}})
    target = "file:///C:/Users/m/Downloads/prices.xlsx"
    saved = replace(saved, external_links=(ExternalLink(1, target),))
    open_one = live({"A1": ("='C:\\Users\\m\\Downloads\\[prices.xlsx]Prices'!A1", 5)})

    rows = answered(body, open_one, model=replying(findings=[]), saved=saved)

    assert [row[1] for row in rows[1:]] == ["broken-link", ""]
    assert "has changed" not in str(rows[-1])
