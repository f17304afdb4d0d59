"""Roles of regions: what a person takes for a table, a form, a list, notes or mere cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.structure.regions.pages import area, page, regions
from tickmark.model.region import Edge, Reason, Region, Role
from tickmark.model.workbook import Table, Workbook

PARAGRAPH = """This sheet holds the inputs of the model, all
of which were agreed with the client in May
and are not to be changed by anybody before
the plan is signed."""


def roles(text: str, *, merges: tuple[str, ...] = ()) -> dict[str, Role]:
    return {one.range.a1: one.role for one in regions(page(text, merges=merges))}


def only(text: str, *, merges: tuple[str, ...] = ()) -> Role:
    (found,) = regions(page(text, merges=merges))
    return found.role


@pytest.mark.parametrize(
    "text",
    [
        "Region|Units\nNorth|12\nSouth|7",
        "*Region*|*Owner*\nNorth|Ann\nSouth|Bob\nWest|Cy",
        "|2024|2025\nSales|12|14\nCosts|7|9",
        "|Average\nSeed|22.6\nFertilizer|16.9\nChemical|31.1",
        "Year|Amount\n2021|5\n2022|6\n2023|8\n2024|9",
        "Region|Jan|Feb\nNorth|1|2",
        "Phase|Mass|Cap|Cost\nTrade|||\nDesign|||\nBuild|||",
        "A|1.5|2.5|3.5\nB|4.5|5.5|6.5\nC|7.5|8.5|9.5\nD|1.5|1.5|2.5",
        "2024-01-31|5\n2024-02-29|6\n2024-03-31|8\n2024-04-30|9",
        "1|10\n2|12\n3|14\n4|9\n5|15",
        "GHG_code|GHG_description|Comment\nC|CO_2|\nM|CH_4|\nN|N_2O|\nF|HFCs|",
        "Code|Description\nA1|Particles\nA2|Nitrogen\nA3|Sulphur\nA4|Carbon",
        "Method|Sample|Analysis|Interval\n054|Instrument|Infrared|Hourly",
    ],
    ids=[
        "three rows with a header",
        "texts under a bold header",
        "a cross tabulation",
        "a header over the one column of figures",
        "two columns under a header",
        "one record",
        "an empty form table",
        "records without a header",
        "dates and figures",
        "numbered figures",
        "codes with a column of remarks that is blank",
        "codes and what they mean",
        "one record of texts",
    ],
)
def test_a_table(text: str) -> None:
    assert only(text) is Role.TABLE


@pytest.mark.parametrize(
    "text",
    [
        "Name:|Ann\nDate:|2024-03-31\nPlace:|York",
        "Company|Acme Ltd\nRate|0.05\nStart|2024-03-31\nTerm|12",
        "*Company*|Acme Ltd\n*Contact*|Ann Lee\n*Place*|York",
        "Discount rate|0.08\nGrowth|0.02\nTax|0.19",
        "EURO norm|-|5\nWeight|tons|14.5\nLength|m|12.5\nLoad|tons|9.5",
        "k =|0.25|constant|taken from the fit of the curve\nR =|11.04|bcm|\nn =|2.5||",
        "Name:||Date:|\nStreet:||Place:|\nPhone:||Mail:|",
        "Height|12.5|Width|7.5\nDepth|3.5|Weight|40.5\nVolume|328.5|Price|99.5",
        "Total error|0.5",
        "Name:\nStreet:\nPlace:",
        "Equals|36.5|Joules\nEquals|9.5|Watts\nEquals|1.5|Square metres",
        "0.085|Share of the owners\n12.5|Price of a share\n4.25|Growth of the plan",
    ],
    ids=[
        "labels with colons",
        "values of many kinds",
        "bold labels",
        "inputs",
        "units in the middle",
        "units and remarks",
        "blanks to fill in",
        "pairs side by side",
        "one label with its value",
        "labels only",
        "one word for all with value and unit",
        "values left of their labels",
    ],
)
def test_a_key_value_block(text: str) -> None:
    assert only(text) is Role.KEY_VALUE


@pytest.mark.parametrize(
    "text",
    [
        "North\nSouth\nWest\nEast",
        "1.5\n2.5\n3.5",
        "Units\n12\n7\n31",
        "12|14|15|19",
    ],
    ids=["texts", "figures", "figures under a header", "a row"],
)
def test_a_list(text: str) -> None:
    assert only(text) is Role.LIST


@pytest.mark.parametrize(
    "text",
    [
        "Source: statistics office, table 7",
        "Note 3: before tax",
        "The figures of the last year are estimates and will be revised once the audit is done.",
        "(1) Electricity and heat, own use left out\n(2) Revised since the last issue",
        PARAGRAPH,
    ],
    ids=["a source", "a remark", "a sentence", "footnotes", "a paragraph"],
)
def test_notes(text: str) -> None:
    assert only(text) is Role.NOTES


@pytest.mark.parametrize(
    "text",
    [
        "1|2\n3|4",
        "12",
        "Red",
        "a|b\nc|d",
        "Level 1|\n|Sub a\n|Sub b\nLevel 2|\n|Sub c",
        "1.5|2.5|3.5\n4.5|5.5|6.5",
        "1.5|2.5|3.5\n4.5|5.5|6.5\n1.5|2.5|3.5\n4.5|5.5|6.5",
    ],
    ids=[
        "a clump",
        "a number",
        "a word",
        "four words",
        "labels that are indented",
        "two rows",
        "numbers that nothing names",
    ],
)
def test_no_table(text: str) -> None:
    assert Role.TABLE not in roles(text).values()


def test_a_bold_first_pair_does_not_make_a_table_of_values_of_many_kinds() -> None:
    text = "*Activity*|Power at grid\nunits|3\nplace|Riga\namount|1.5\nsource|survey"
    assert only(text) is Role.KEY_VALUE


def test_long_paragraphs_in_two_columns_are_notes() -> None:
    long = "Read this page with care before you enter any figure in the sheets that follow it."
    assert only(f"1.|{long}\n2.|{long} Then save.\n3.|{long} Then print.") is Role.NOTES


def test_a_list_object_has_the_range_and_the_rows_of_its_author() -> None:
    made = page("Sales\n\nName|Units\nNorth|1\nSouth|2\nTotal|3")
    table = Table("Sales", area("A3:B6"), ("Name", "Units"), header_rows=1, totals_rows=1)
    found = regions(_with(made, table))
    drawn = Reason(Edge.TOP, "ListObject Sales was drawn by the author")
    own = found[1]
    assert (own.range, own.role, own.confidence) == (area("A3:B6"), Role.TABLE, 0.99)
    assert own.reasons[0] == drawn
    assert (own.name, own.list_object, own.title) == ("Sales", "Sales", area("A1"))
    assert own.total_rows == (area("A6:B6"),)
    assert own.column_paths == (("Name",), ("Units",))


def test_a_list_object_beyond_the_cells_has_a_path_for_each_of_its_columns() -> None:
    made = page("|||\n|Name|Units\n|North|1")
    (found,) = regions(_with(made, Table("T", area("A2:E9"), header_rows=1, totals_rows=99)))
    assert found.range == area("A2:E9")
    assert found.column_paths == ((), ("Name",), ("Units",), (), ())
    assert all(area("A2:E9").contains(one.top, one.left) for one in found.total_rows)


def test_a_region_of_a_table_tells_its_parts() -> None:
    text = "*Region*|*Units*\nNorth|12\nSouth|7\nTotal|19"
    (found,) = regions(page(text))
    assert found == Region(
        area("A1:B4"),
        Role.TABLE,
        found.confidence,
        found.reasons,
        header_rows=1,
        header_columns=1,
        total_rows=(area("A4:B4"),),
        column_paths=(("Region",), ("Units",)),
    )


def test_values_left_of_their_labels_are_no_header_column() -> None:
    (found,) = regions(page("0.085|Share of the owners\n12.5|Price of a share\n4.25|Growth a year"))
    assert (found.role, found.header_columns) == (Role.KEY_VALUE, 0)


def test_labels_of_a_key_value_block_are_its_header_column() -> None:
    (found,) = regions(page("Rate|0.05\nStart|2024-03-31\nTerm|12"))
    assert (found.role, found.header_rows, found.header_columns) == (Role.KEY_VALUE, 0, 1)


def _with(made: Workbook, table: Table) -> Workbook:
    own = replace(made.sheets[0], tables=(table,))
    return replace(made, sheets=(own,))
