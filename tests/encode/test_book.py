"""All sheets of a workbook in one text and one budget."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import book, sheet
from tickmark.encode.book import BookEncoding, encode_book, sheet_source
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Level
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, sources_of
from tickmark.llm.tokens import estimate_tokens
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

SAMPLES = sorted((Path(__file__).parents[2] / "sample_workbooks").glob("*.xlsx"))
WIDE = {
    f"{column}{row}": row * ord(column) * 7919 % 10_007 / 8
    for row in range(2, 60)
    for column in "BCDEF"
}
HANDMADE = {
    "one cell": book({"A1": "alone"}),
    "nothing": book({"Empty": {}, "Empty too": {}}),
    "small and large": book(
        {"Note": {"A1": "Read me"}, "Large": WIDE, "Rates": {"A1": "VAT", "B1": 0.2}}
    ),
    "all hidden": book(
        {"Away": sheet({"A1": 1}, state="hidden"), "Gone": sheet(WIDE, state="veryHidden")}
    ),
    "many": book(
        {f"Sheet {number}": {"A1": number, "A2": f"=A1*{number}"} for number in range(70)}
    ),
    "long names": book({f"A long name (number {one}) 1-2": WIDE for one in "abc"}),
    "Chinese": book({"收入": {"A1": "年度收入合计", "A2": 1200.5}, "成本": WIDE}),
}


@cache
def sample(name: str) -> tuple[Source, ...]:
    (path,) = (path for path in SAMPLES if path.stem == name)
    return sources_of(formulas_of(read_workbook(path)))


@cache
def handmade(name: str) -> tuple[Source, ...]:
    return sources_of(formulas_of(HANDMADE[name]))


def encoded(
    sources: tuple[Source, ...], budget: int | None = None, question: str = ""
) -> BookEncoding:
    return encode_book(sources, tokens=estimate_tokens, budget=budget, question=question)


def dearer_together(text: str) -> int:
    """A counter by which a text costs more than its parts."""
    return len(text) + len(text) ** 2 // 4_000


def check(made: BookEncoding, sources: tuple[Source, ...], budget: int) -> None:
    """What holds for every budget; the decoder reads what there is."""
    assert made.tokens <= budget
    assert made.names == tuple(one.sheet.name for one in sources)
    parts = ["\n".join(made.preface), *(one.text for one in made.sheets)]
    assert made.text == "\n\n".join(part for part in parts if part)
    told = {name for name in made.names if name not in made.left_out}
    assert {one.name for one in (decode(made.text) if told else ())} == told
    for one, source in zip(made.sheets, sources, strict=True):
        assert one.shown_cells <= one.cells == source.visible.sum()
        if one.shown_cells < one.cells:
            assert one.left_out


@pytest.mark.parametrize("name", [path.stem for path in SAMPLES])
@settings(max_examples=12, deadline=None)
@given(budget=st.integers(0, 5_000))
def test_no_budget_of_a_sample_is_exceeded(name: str, budget: int) -> None:
    check(encoded(sample(name), budget), sample(name), budget)


@pytest.mark.parametrize("name", HANDMADE)
@settings(max_examples=12, deadline=None)
@given(budget=st.integers(0, 5_000))
def test_no_budget_of_any_workbook_is_exceeded(name: str, budget: int) -> None:
    check(encoded(handmade(name), budget), handmade(name), budget)


@settings(max_examples=12, deadline=None)
@given(budget=st.integers(0, 5_000))
def test_no_budget_is_exceeded_where_a_whole_costs_more_than_its_parts(budget: int) -> None:
    sources = handmade("small and large")

    made = encode_book(sources, tokens=dearer_together, budget=budget)

    assert made.tokens == (dearer_together(made.text) if made.text else 0)
    check(made, sources, budget)


@pytest.mark.parametrize("name", ["long names", "one cell", "Chinese"])
def test_no_small_budget_leaves_a_sheet_without_its_heading(name: str) -> None:
    for budget in range(80):
        check(encoded(handmade(name), budget), handmade(name), budget)


def test_without_a_budget_each_sheet_is_a_skeleton_under_lines_about_the_workbook() -> None:
    workbook = book(
        {
            "Inputs": {"A1": "Price", "B1": 12, "A2": "Growth", "B2": 0.1},
            "P&L": {"A1": "Sales", "B1": ("=Inputs!B1*100", 1200), "C1": ("=B1*1.1", 1320)},
            "Blank": {},
        }
    )

    made = encoded(sources_of(formulas_of(workbook)))

    assert made.text == "\n".join(
        (
            "# book sheets Inputs A1:B2|'P&L' A1:C1|Blank empty",
            "# book flow Inputs > 'P&L'",
            "",
            *made["Inputs"].text.split("\n"),
            "",
            "# P&L|A1:C1",
            "A1 Sales|=Inputs!B1*100|=B1*1.1",
            "",
            "# Blank|",
        )
    )
    assert made["Inputs"].text.startswith("# Inputs|A1:B2\n")
    assert made.tokens == estimate_tokens(made.text)
    assert {one.level for one in made.sheets} == {Level.SKELETON}
    assert made.left_out == ()


def test_with_room_for_everything_every_sheet_is_told_without_loss() -> None:
    sources = handmade("small and large")

    made = encoded(sources, 20_000)

    assert [one.level for one in made.sheets] == [Level.LOSSLESS] * 3
    assert [one.text for one in made.sheets] == [
        encode_sheet(one, tokens=estimate_tokens, level=Level.LOSSLESS).text for one in sources
    ]


def test_small_sheets_are_whole_and_leave_their_share_to_the_large_one() -> None:
    sources = handmade("small and large")
    budget = encoded(sources, 20_000).tokens * 2 // 3

    made = encoded(sources, budget)

    assert [one.level for one in made.sheets] == [Level.LOSSLESS, Level.BUDGET, Level.LOSSLESS]
    assert made["Large"].tokens > budget // 2
    assert made.tokens > budget * 0.9


def test_where_skeletons_do_not_fit_large_sheets_get_equal_parts() -> None:
    sources = sample("three_statement_model")

    made = encoded(sources, 1_000)

    needed = [encode_sheet(one, tokens=estimate_tokens).tokens for one in sources]
    assert sum(needed) > 1_000
    assert min(one.tokens for one in made.sheets) > 100
    assert max(one.tokens for one in made.sheets) < 300


def test_sheets_without_room_are_named() -> None:
    made = encoded(sample("three_statement_model"), 200)

    assert made.left_out
    named = next(line for line in made.preface if line.startswith("# book left out "))
    assert named == "# book left out 2 sheets" or all(one in named for one in made.left_out)
    assert f"# {made.names[0]}|" in made.text


def test_very_many_sheets_without_room_are_counted() -> None:
    made = encoded(handmade("many"), 150)

    assert len(made.left_out) > 60
    assert f"# book left out {len(made.left_out)} sheets" in made.text


def test_the_sheet_that_a_question_names_comes_first() -> None:
    sources = sample("three_statement_model")

    made = encoded(sources, 130, "Why does the cash flow fall?")

    assert made["Cash flow"].text
    assert not made["Assumptions"].text


def test_a_sheet_is_not_named_by_a_part_of_a_word() -> None:
    sources = sources_of(formulas_of(book({"First": WIDE, "Cost": WIDE})))

    assert encoded(sources, 110, "What about costs?")["First"].text
    assert encoded(sources, 110, "What about the cost?")["Cost"].text


def test_a_hidden_sheet_gives_way_to_a_visible_one() -> None:
    workbook = book({"Away": sheet(WIDE, state="hidden"), "Here": WIDE})

    sources = sources_of(formulas_of(workbook))
    enough = encode_sheet(sources[1], tokens=estimate_tokens).tokens

    made = encoded(sources, enough + 20)

    assert made["Here"].text
    assert not made["Away"].text


def test_hidden_cells_are_told_where_the_sources_show_them() -> None:
    workbook = book({"Here": {"A1": "seen"}, "Away": sheet({"A1": "unseen"}, state="hidden")})
    formulas = formulas_of(workbook)

    counted = encoded(sources_of(formulas))
    told = encoded(sources_of(formulas, hidden=True))

    assert counted["Away"].text == "# Away|A1\n# hidden 1 cell|sheet"
    assert "unseen" not in counted.text
    assert told["Away"].text == "# Away|A1\n# shown though hidden|sheet\nA1 unseen"
    assert "Away A1 hidden" in told.preface[0]


def test_a_sheet_with_the_name_of_another_is_left_out_since_none_can_cite_it() -> None:
    workbook = book({"Twin": {"A1": "first"}, "Other": {"A1": "second"}})
    first, second = sources_of(formulas_of(workbook))
    object.__setattr__(second.sheet, "name", "Twin")

    for budget in (None, 1_000):
        made = encoded((first, second), budget)

        assert [bool(one.text) for one in made.sheets] == [True, False]
        assert made.sheets[1].left_out == ("A1",)
        assert "second" not in made.text


def test_one_sheet_alone_keeps_its_links_to_the_others() -> None:
    workbook = book({"In": {"A1": 2}, "Out": {"A1": "=In!A1*3", "A3": "x"}})
    formulas = formulas_of(workbook)

    alone = sheet_source(formulas, workbook["Out"])

    whole = sources_of(formulas)[1]
    assert alone.regions == whole.regions
    assert alone.links == whole.links
    assert alone.sheet is whole.sheet


def test_a_sheet_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="has no sheet 'Nope'"):
        encoded(handmade("one cell"))["Nope"]
