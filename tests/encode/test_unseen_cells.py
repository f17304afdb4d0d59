"""Texts that a reader cannot see: counted and placed, and told nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.encode.checked_claims import faults
from tests.encode.random_books import random_books
from tickmark.encode.book import encode_book
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Level
from tickmark.encode.expansion import expand
from tickmark.encode.paper.paper import encode_paper
from tickmark.encode.preface import preface
from tickmark.encode.search import find
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, sources_of
from tickmark.encode.vanilla import vanilla
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, parse_cell
from tickmark.model.cell_rules import ConditionalFormat
from tickmark.model.drawing import Chart, ChartSeries
from tickmark.model.pivot import PivotTable
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import DefinedName, Style, Workbook
from tickmark.structure.formulas import formulas_of

WHITE = Style(font_colour="FFFFFF")
TINY = Style(font_size=1)
MASKED = Style(number_format=";;;")
LOOKS = (WHITE, TINY, MASKED)
ON_BLUE = Style(font_colour="FFFFFF", filled=True, fill_colour="1F497D")

NOTES: dict[str, CellSpec] = {
    "A1": "Item",
    "B1": "Amount",
    "A2": "Rent",
    "B2": 1200,
    "A3": "canary white",
    "B3": 900,
    "A4": "Power",
    "B4": 80,
    "C2": "canary masked",
    "C3": ('=N("canary in a formula")+B3', 900),
    "D4": "canary tiny",
}
STYLES = {"A3": WHITE, "C2": MASKED, "C3": WHITE, "D4": TINY, "B3": WHITE, "A1": ON_BLUE}


def styled(workbook: Workbook, looks: dict[str, Style], sheet: int = 0) -> Workbook:
    """The workbook with the looks of some cells of a sheet."""
    page = workbook.sheets[sheet]
    known = list(workbook.styles)
    styles = page.cells.styles.copy()
    for address, look in looks.items():
        at = page.cells.position(*parse_cell(address))
        assert at is not None
        styles[at] = len(known)
        known.append(look)
    page = replace(page, cells=replace(page.cells, styles=styles))
    sheets = (*workbook.sheets[:sheet], page, *workbook.sheets[sheet + 1 :])
    return replace(workbook, sheets=sheets, styles=tuple(known))


def source(workbook: Workbook, *, hidden: bool = False) -> Source:
    return sources_of(formulas_of(workbook), hidden=hidden)[0]


NOTED = styled(book({"S": NOTES}), STYLES)


def test_such_texts_are_counted_and_placed_and_nothing_of_them_is_told() -> None:
    made = encode_sheet(source(NOTED), tokens=estimate_tokens, level=Level.LOSSLESS)

    assert made.text == (
        "# S|A1:D4\n"
        "# hidden 4 cells|cells C2:C3,A3,D4\n"
        "A1:A2 Item|Rent\n"
        "B1:B4 Amount|1200|900|80\n"
        "A4 Power"
    )
    assert (made.cells, made.shown_cells, made.hidden_cells) == (7, 7, 4)
    assert faults(made, estimate_tokens) == []


def test_they_are_told_where_they_may_be_shown() -> None:
    made = encode_sheet(source(NOTED, hidden=True), tokens=estimate_tokens, level=Level.LOSSLESS)

    assert made.text.splitlines()[:2] == ["# S|A1:D4", "# shown though hidden|cells C2:C3,A3,D4"]
    assert made.text.count("canary") == 4
    assert (made.shown_cells, made.hidden_cells) == (11, 0)
    assert faults(made, estimate_tokens) == []


def test_hidden_rows_and_columns_stand_beside_them() -> None:
    spec = {"S": sheet(NOTES, hidden_rows=((3, 3),), hidden_columns=((4, 4),))}
    told = preface(source(styled(book(spec), STYLES)))

    assert told.hidden == ("# hidden 5 cells|rows 3|columns D|cells C2",)


def test_a_short_line_names_only_the_first_of_many() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": f"canary {row}" for row in range(1, 21, 2)}
    told = preface(source(styled(book({"S": {**cells, "B1": 1}}), dict.fromkeys(cells, TINY))))

    assert told.hidden_short == ("# hidden 10 cells|cells A1,A3,A5 and 7 more",)
    (read,) = decode(f"{told.first}\n{told.hidden_short[0]}")
    assert (len(read.claims[0].areas), read.claims[0].hidden, read.more_hidden) == (3, True, 7)


def test_what_a_reader_sees_is_told() -> None:
    area = RangeRef("S", 1, 1, 9, 9)
    coloured = ConditionalFormat((area,), "cellIs")
    workbook = styled(book({"S": {"A1": "on blue", "A2": "coloured"}}), {"A1": ON_BLUE})
    formatted = styled(workbook, {"A2": WHITE})
    page = replace(formatted.sheets[0], details=SheetDetails(conditional_formats=(coloured,)))
    made = encode_sheet(
        source(replace(formatted, sheets=(page,))), tokens=estimate_tokens, level=Level.LOSSLESS
    )

    assert made.hidden_cells == 0
    assert "on blue|coloured" in made.text
    (part,) = [expand(made.source, area, tokens=estimate_tokens)] if made.source else []
    assert "hidden" not in part.text


def test_they_are_neither_found_nor_expanded() -> None:
    own = source(NOTED)

    assert find(own, "canary white") == ()
    assert find(source(NOTED, hidden=True), "canary white") == (RangeRef("S", 3, 1, 3, 1),)
    assert "canary" not in expand(own, RangeRef("S", 1, 1, 9, 9), tokens=estimate_tokens).text


@pytest.mark.parametrize("extraction", [False, True])
@pytest.mark.parametrize("translation", [False, True])
def test_the_paper_and_plain_cells_leave_them_blank(extraction: bool, translation: bool) -> None:
    page = NOTED.sheets[0]
    switches = {"extraction": extraction, "translation": translation, "aggregation": False}

    assert "canary" not in encode_paper(NOTED, page, **switches).text
    assert "canary" in encode_paper(NOTED, page, hidden=True, **switches).text
    assert list(vanilla(NOTED, page))[2] == "|A3, |B3,900|C3, |D3, "
    assert "canary" in "\n".join(vanilla(NOTED, page, hidden=True))


def test_whatever_repeats_them_is_not_told_either() -> None:
    head: dict[str, CellSpec] = {
        "B1": "canary head",
        "D1": "Plan",
        **dict(zip(("B2", "C2", "D2", "E2"), ("Q1", "Q2", "Q1", "Q2"), strict=True)),
        **{f"A{row}": f"Item {row}" for row in range(3, 9)},
        **{f"{letter}{row}": row * 1.5 for letter in "BCDE" for row in range(3, 9)},
        "H1": "canary title",
        "H2": "canary field",
    }
    far: dict[str, CellSpec] = {"A1": "canary far", "A2": 5}
    names = [DefinedName("canary_name", "S!$H$1"), DefinedName("canary_far", "Far!$A$1")]
    workbook = book({"S": head, "Far": far}, names=names)
    workbook = styled(workbook, {"B1": WHITE, "H1": MASKED, "H2": TINY})
    workbook = styled(workbook, {"A1": WHITE}, sheet=1)
    series = (ChartSeries("canary far", name_reference="Far!$A$1", values="S!$B$3:$B$8"),)
    details = SheetDetails(
        charts=(
            Chart("one", "canary title", title_reference="S!$H$1", series=series),
            Chart("two", "canary far", series=series),
        ),
        pivots=(
            PivotTable(
                "Pivot", RangeRef("S", 20, 1, 22, 2), source="S!$H$1:$H$9", rows=("canary field",)
            ),
        ),
    )
    page = replace(workbook.sheets[0], details=details)
    workbook = replace(workbook, sheets=(page, workbook.sheets[1]))
    told, shown = ("\n".join(_lines(workbook, hidden=hidden)) for hidden in (False, True))

    assert "canary" not in told
    assert "# columns A1:E8|D:E Plan\n" in told
    assert "# columns A1:E8|B:C canary head|D:E Plan\n" in shown
    assert "titled canary title" in shown
    assert "titled canary far" in shown
    assert "canary_name=H1" in shown
    assert "canary_far=A1" in shown
    assert "rows canary field" in shown


def _lines(workbook: Workbook, *, hidden: bool) -> list[str]:
    """All that may stand above the cells of the sheets, and the cells."""
    formulas = formulas_of(workbook)
    sources = sources_of(formulas, hidden=hidden)
    heads = [preface(one, one.links) for one in sources]
    ranked = (line.text for one in heads for line in (*one.essential, *one.further))
    made = encode_book(sources, tokens=estimate_tokens, level=Level.LOSSLESS)
    return [*ranked, *(line for one in heads for line in one.brief), made.text]


@pytest.mark.parametrize(
    "text",
    ["# S|A1:D4\n# hidden 1 cell|cells A3\nA2:A4 x", "# S|A1:D4\n# hidden|cells B2:C3\nA3 1|2"],
)
def test_a_line_that_fills_one_of_them_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="has cells that line 2 says are hidden"):
        decode(text)


def test_a_list_may_pass_over_them() -> None:
    (read,) = decode("# S|A1:A4\n# hidden 2 cells|cells A2:A3\nA1:A4 1|*2|x")
    assert [one.hidden for one in read.claims] == [False, True]


@settings(max_examples=60, deadline=None)
@given(
    workbook=random_books(20),
    seed=st.integers(0, 1 << 32),
    share=st.sampled_from([0.02, 0.2, 0.7]),
    budget=st.integers(0, 900),
)
def test_all_claims_about_random_books_with_unseen_texts_are_right(
    workbook: Workbook, seed: int, share: float, budget: int
) -> None:
    rng = Random(seed)  # noqa: S311 - no secret
    first = len(workbook.styles)
    sheets = []
    for page in workbook.sheets:
        styles = page.cells.styles.copy()
        for at in range(len(styles)):
            if rng.random() < share:
                styles[at] = first + rng.randrange(len(LOOKS))
        sheets.append(replace(page, cells=replace(page.cells, styles=styles)))
    workbook = replace(workbook, sheets=tuple(sheets), styles=(*workbook.styles, *LOOKS))
    tokens: Callable[[str], int] = len
    with np.errstate(over="ignore", invalid="ignore"):
        sources = sources_of(formulas_of(workbook))
    for own in sources:
        for level in (Level.SKELETON, Level.LOSSLESS):
            assert faults(encode_sheet(own, tokens=tokens, level=level), tokens) == []
        found = encode_sheet(own, tokens=tokens, budget=budget)
        assert faults(found, tokens, budget) == []
