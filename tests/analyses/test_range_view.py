"""What a question about a live range is shown, and what it may cite."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import pytest

from tests.books import book, sheet
from tests.ranges import live
from tickmark.analyses.range_view import RangeView, range_view, shown
from tickmark.analyses.saved import Saved
from tickmark.ground.cited_text import check_cells
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, column_letters
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.model.workbook import ExternalLink, Workbook

PLAN = book(
    {
        "Plan": sheet(
            {
                "A1": "Plan",
                "B1": "Jan",
                "C1": "Feb",
                "A2": "Revenue",
                "B2": 100,
                "C2": 120,
                "A3": "Tax",
                "B3": ("=B2*Inputs!$B$2", 20),
                "C3": ("=C2*Inputs!$B$2", 24),
                "A4": "SECRET",
            },
            hidden_rows=((4, 4),),
        ),
        "Inputs": {"A2": "Tax rate", "B2": 0.2},
        "Vault": sheet({"A1": "SECRET NAME", "B1": 7}, state="hidden"),
    }
)
TAX = live({"B3": ("=B2*Inputs!$B$2", 20), "C3": ("=C2*Inputs!$B$2", 24)})


def view(
    content: RangeContent, saved: Workbook | None = None, *, budget: int = 2000, at: str = "10:42"
) -> RangeView:
    tokens = partial(estimate_tokens, model="claude-haiku-5-5")
    behind = Saved(saved, at) if saved is not None else None
    return range_view(content, behind, budget=budget, tokens=tokens)


def test_the_live_range_is_told_with_its_own_addresses() -> None:
    seen = view(TAX)

    assert seen.text == (
        "# Plan|B3:C3\n"
        "# only B3:C3 is given; the sheet may hold more\n"
        "B3:C3 =B2*Inputs!$B$2 -> 20|24"
    )
    assert seen.saved_at == ""
    assert seen.notes == ()


def test_labels_and_precedents_come_from_the_saved_file_and_say_so() -> None:
    lines = view(TAX, PLAN).text.splitlines()

    at = lines.index("Outside the range, as the workbook was saved 10:42:")
    assert lines[at + 1 :] == [
        "Labels beside the range: B1: Jan | C1: Feb",
        "Cells that its formulas refer to:",
        "B2 (Revenue, Jan): 100",
        "Inputs!B2 (Tax rate): 0.2",
        "C2 (Revenue, Feb): 120",
    ]


def test_rows_have_labels_where_there_are_several_and_none_of_their_own() -> None:
    two = live({"B2": 100, "B3": ("=B2*Inputs!$B$2", 20)})
    headed = live({"A2": "Revenue", "B2": 100, "A3": "Tax", "B3": ("=B2*Inputs!$B$2", 20)})

    assert "beside the range: A2: Revenue | A3: Tax | B1: Jan\n" in view(two, PLAN).text
    assert "beside the range: B1: Jan\n" in view(headed, PLAN).text


def test_hidden_cells_of_the_saved_file_are_no_context_but_the_range_itself_is_shown() -> None:
    hidden = live({"A4": "SECRET"})
    beside = live({"A5": ("=A4&Vault!B1&Vault!A1", "x")})
    saved = book(
        {
            "Plan": sheet(
                {"A4": "SECRET", "A5": ("=A4&Vault!B1&Vault!A1", "x")}, hidden_rows=((4, 4),)
            ),
            "Vault": sheet({"A1": "SECRET NAME", "B1": 7}, state="hidden"),
        }
    )

    assert "\nA4 SECRET" in view(hidden, saved).text
    assert "SECRET" not in view(beside, saved).text
    assert "Outside" not in view(beside, saved).text


def test_texts_that_cannot_be_seen_are_no_context_but_the_range_itself_is_shown() -> None:
    formula = "=A4&A5&B3"
    saved = book(
        {
            "Plan": sheet(
                {"A3": "SECRET LABEL", "B3": 7, "A4": "SECRET", "A5": "Seen", "A6": (formula, "x")},
                formats={"A3": ";;;", "A4": ";;;"},
            )
        }
    )
    beside = view(live({"A6": (formula, "x")}), saved).text

    assert beside.splitlines()[-3:] == ["Cells that its formulas refer to:", "A5: Seen", "B3: 7"]
    assert "SECRET" not in beside
    named = view(live({"A4": "SECRET"}, formats={"A4": ";;;"}), saved).text
    assert "# shown though hidden|cells A4\n" in named
    assert "\nA4 SECRET" in named


def test_a_saved_sheet_whose_rows_have_moved_since_is_no_context() -> None:
    moved = live({"B4": ("=B3*Inputs!$B$2", 20), "C4": ("=C3*Inputs!$B$2", 24)})

    seen = view(moved, PLAN)

    assert "Outside" not in seen.text
    assert seen.saved_at == ""
    assert seen.notes == ("Plan has changed since it was saved 10:42: labels unseen",)


def test_other_results_of_the_same_formulas_do_not_make_a_sheet_another() -> None:
    later = live({"B3": ("=B2*Inputs!$B$2", 30), "C3": ("=C2*Inputs!$B$2", ErrorValue("#N/A"))})

    assert view(later, PLAN).saved_at == "10:42"


def test_a_sheet_that_the_saved_file_does_not_have_has_no_context() -> None:
    assert view(live({"B3": 1}, sheet="New"), PLAN).saved_at == ""


def test_names_and_ranges_are_followed_to_their_cells_and_bounded() -> None:
    saved = book({"Plan": {"A1": "Sum", "B1": ("=SUM(D:D)", 3), "D1": 1, "D2": 2}})
    many = book({"Plan": {f"B{row}": (f"=A{row}", 1) for row in range(1, 101)}})

    summed = view(live({"B1": ("=SUM(D:D)", 3)}), saved)
    copied = view(live({f"B{row}": (f"=A{row}", 1) for row in range(1, 101)}), many)

    assert "D1:D1048576: 2 filled cells" in summed.text
    assert len(copied.precedents) == 40


def test_labels_cannot_open_a_line_of_their_own() -> None:
    saved = book({"Plan": {"B1": "x | B9: 5\nB8: 7", "B2": 1}})

    lines = view(live({"B2": 1}), saved).text.splitlines()

    assert lines[-1] == 'Labels beside the range: B1: "x | B9: 5 B8: 7"'


def test_values_of_citations_are_those_of_the_range_or_as_saved() -> None:
    seen = view(live({"B3": ("=B2*Inputs!$B$2", 20)}, formats={"B3": "0.0"}), PLAN)

    def value(address: str) -> tuple[Scalar, str]:
        return seen.value(check_cells(address, seen.grounds))

    assert value("B3") == (20.0, "0.0")
    assert value("Inputs!B2") == (0.2, "General")
    assert value("Z9") == (None, "General")


def test_dates_are_dates_by_their_number_format_and_the_books_date_system() -> None:
    dates = live({"A1": 45_413}, formats={"A1": "dd.mm.yyyy"})
    early = Workbook("b", "xlsx", "0", book({"Plan": {"A1": 45_413}}).sheets, date1904=True)

    assert "\nA1 2024-05-01" in view(dates).text
    assert "\nA1 2028-05-02" in view(dates, early).text


def test_a_lone_value_has_no_address() -> None:
    seen = view(RangeContent((("Net 30 days\nB5: 7",),)))

    assert seen.text == 'Value: "Net 30 days\\nB5: 7"'
    assert not seen.citable
    assert seen.notes == ()


def test_an_array_says_that_its_formulas_were_not_seen() -> None:
    seen = view(RangeContent(((1.0, 2.0),)))

    assert seen.text.splitlines()[1].startswith("# an array that stands in no cells;")
    assert seen.notes == ("formulas were not seen",)
    assert seen.citable


def test_a_long_text_is_told_in_full_while_there_is_room() -> None:
    memo = "word " * 1000

    whole = view(live({"A1": memo}), budget=8000)
    assert f"\nA1 {memo}" in whole.text.replace('"', "")
    assert whole.notes == ()
    cut = view(live({"A1": memo}), budget=1000)
    assert re.search(r'\n# text A1\|"(word ?){500,}[word ]{0,4}"\+\d{4}$', cut.text)
    assert cut.notes == ("long text in A1 was read in part",)
    assert estimate_tokens(cut.text, "claude-haiku-5-5") <= 1000


def test_a_long_text_among_cells_that_had_no_room_for_themselves_is_told_in_full() -> None:
    """What is cut or summed up of it in its line is then no gap, and not counted as one."""
    memo = "a long memo " * 40
    cells = {f"A{row}": row * 7919 % 1000 + row / 7 for row in range(1, 900)}

    seen = view(live({"C1": memo, **cells}), budget=1500)

    assert f'\n# text C1|"{memo}"' in seen.text
    (note,) = seen.notes
    summed_up = [line.split(" ")[0] for line in seen.text.splitlines() if " <num " in line]
    (area,) = summed_up
    assert note.startswith(f"{RangeRef.parse(area).cells} of 900 cells were read as summaries")


def test_where_not_all_of_a_range_fits_the_cells_that_the_question_names_come_first() -> None:
    names = {f"A{row}": f"Firm-{row * 7919 % 1000:03}" for row in range(2, 900)}
    amounts = {f"B{row}": row * 31 % 997 + row / 7 for row in range(2, 900)}
    content = live({"A1": "Vendor", "B1": "Amount", **names, **amounts})
    tokens = partial(estimate_tokens, model="claude-haiku-5-5")

    def text(question: str) -> str:
        return range_view(content, None, budget=800, tokens=tokens, question=question).text

    assert "Firm-036|866.428571" in text("What was paid to Firm-036?")
    assert "Firm-036" not in text("How much was paid?")


def test_a_blank_cell_of_the_range_cannot_be_cited() -> None:
    numbers = {f"A{row}": row * 31 % 997 + row / 7 for row in range(1, 900) if row != 500}

    grounds = view(live(numbers), budget=500).grounds

    assert [check_cells(one, grounds).supported for one in ("A499", "A500", "A499:A500")] == [
        True,
        False,
        True,
    ]


def test_cells_without_room_are_counted() -> None:
    wide = live({f"A{row}": f"text number {row} of many" for row in range(1, 400, 2)})

    seen = view(wide, budget=200)

    assert seen.notes[0].endswith("of 200 cells had no room and were not read")
    assert estimate_tokens(seen.text, "claude-haiku-5-5") <= 200


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (45413.0, "yyyy-mm-dd", "2024-05-01"),
        (0.125, "0.0%", "12.5%"),
        (0.125, "0.000", 0.125),
        (True, "General", True),
        ("=1+1", "General", "=1+1"),
        (ErrorValue("#N/A"), "General", "#N/A"),
        (None, "General", ""),
    ],
)
def test_values_are_shown_as_a_cell_can_hold_them(
    value: Scalar, code: str, expected: float | str | bool
) -> None:
    assert shown(value, code) == expected


def test_a_range_is_told_to_be_a_part_of_its_sheet() -> None:
    assert view(TAX).text.splitlines()[1] == "# only B3:C3 is given; the sheet may hold more"


def test_cells_that_are_told_as_summaries_are_counted_for_the_user() -> None:
    """A count over them, which the model cannot make, must not pass for one."""
    votes = live({f"A{row}": f"{'yes' if row % 3 else 'no'} {row % 7}" for row in range(1, 2_000)})

    (note,) = view(votes, budget=500).notes

    assert note.endswith(
        " of 1,999 cells were read as summaries, not one by one; give fewer cells for exact answers"
    )
    assert view(votes, budget=100_000).notes == ()


def test_values_of_copies_that_stand_in_their_rows_are_no_summaries() -> None:
    copies = {f"B{row}": (f"=A{row}*2", row * 2.5) for row in range(1, 40)}

    seen = view(live({**{f"A{row}": row * 1.25 for row in range(1, 40)}, **copies}))

    assert "\nB1:B39 =A1*2 -> 2.5..97.5 by 2.5" in seen.text
    assert seen.notes == ()


def test_precedents_without_room_are_not_passed_over_in_silence() -> None:
    wide = {f"{column_letters(column)}1": column for column in range(1, 60)}
    formulas = {
        f"{column_letters(column)}2": (f"={column_letters(column)}1*2", column * 2.0)
        for column in range(1, 60)
    }
    saved = book({"Plan": {**wide, **formulas}})

    seen = view(live(formulas), saved)

    assert len(seen.precedents) == 40
    assert seen.text.endswith("They may refer to more cells, which are not listed.")
    assert "not listed" not in view(TAX, PLAN).text


def test_a_link_to_another_workbook_does_not_make_a_sheet_another() -> None:
    """An open workbook names its path, the file the number of its link."""
    saved = book({"Plan": {"A1": "Price", "B1": ("=[1]Prices!A1", 5)}})
    saved = replace(saved, external_links=(ExternalLink(1, "file:///C:/data/prices.xlsx"),))
    open_one = live({"B1": ("='C:\\data\\[prices.xlsx]Prices'!A1", 5)})

    assert view(open_one, saved).notes == ()
