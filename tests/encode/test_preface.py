"""The header of an encoded sheet: what its lines say, whole tuples of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.books import book, sheet
from tickmark.encode.claim import Claim
from tickmark.encode.decode import decode
from tickmark.encode.preface import Preface, PrefaceLine, preface
from tickmark.encode.preface_words import area_word, listed, phrase, sheet_title, sheet_word
from tickmark.encode.source import Source, sources_of
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Comment, Hyperlink
from tickmark.model.cell_rules import ConditionalFormat, DataValidation
from tickmark.model.drawing import Chart, ChartSeries, Shape, Sparkline
from tickmark.model.pivot import PivotTable
from tickmark.model.region import Region, Role
from tickmark.model.sheet_details import SheetDetails, SheetProtection
from tickmark.model.workbook import DefinedName, ExternalLink, Table, Workbook
from tickmark.structure.formulas import formulas_of

S = "Sheet1"


def _area(text: str, name: str = S) -> RangeRef:
    return RangeRef.parse(text, sheet=name)


def _source(workbook: Workbook, number: int = 0, *, hidden: bool = False) -> Source:
    return sources_of(formulas_of(workbook), hidden=hidden)[number]


def _with_details(workbook: Workbook, details: SheetDetails, number: int = 0) -> Workbook:
    sheets = list(workbook.sheets)
    sheets[number] = replace(sheets[number], details=details)
    return replace(workbook, sheets=tuple(sheets))


def _essential(source: Source) -> tuple[str, ...]:
    return tuple(line.text for line in preface(source).essential)


def _further(source: Source) -> tuple[str, ...]:
    return tuple(line.text for line in preface(source).further)


def _regions(*regions: Region) -> Source:
    return replace(_source(book({"A1": 1, "T200": 2})), regions=regions)


def test_a_plain_table_has_one_line() -> None:
    cells: dict[str, str | int] = {"A1": "Item", "B1": "Units"}
    for row in range(2, 9):
        cells |= {f"A{row}": f"item {row}", f"B{row}": row}
    assert preface(_source(book(cells))) == Preface("# Sheet1|A1:B8")


def test_an_empty_sheet_has_no_range() -> None:
    assert preface(_source(book({"Empty": {}}))) == Preface("# Empty|")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("P&L", "P&L"),
        ("Model - DES", "Model - DES"),
        ("_Proj", "_Proj"),
        ("2024", '"2024"'),
        ("1..5", '"1..5"'),
        ("TRUE", '"TRUE"'),
        ("a|b", '"a|b"'),
        ('say "so"', '"say \\"so\\""'),
        (" edge", " edge"),
        ("line\nbreak", '"line\\nbreak"'),
        ("a*3", '"a*3"'),
        ("a>2", '"a>2"'),
        ("#REF!", '"#REF!"'),
        ("book 2024", '"book 2024"'),
        ("bookings", "bookings"),
        ("seen\u2028as", '"seen\\u2028as"'),
        ("销售", "销售"),
    ],
)
def test_the_name_of_a_sheet_is_a_literal(name: str, title: str) -> None:
    assert sheet_title(name) == title
    decoded = decode(f"# {title}|B2:C9")
    assert [(one.name, one.used_range) for one in decoded] == [(name, _area("B2:C9", name))]


def test_a_name_longer_than_any_sheet_has_is_cut() -> None:
    assert sheet_title("x" * 300) == f'"{"x" * 255}…"'


def test_words_of_authors_are_quoted_cut_and_never_break_a_line() -> None:
    assert phrase("Sales by region") == "Sales by region"
    assert phrase("a/b", "/") == '"a/b"'
    assert phrase("a|b\nc") == '"a|b\\nc"'
    assert phrase("x" * 61) == f'"{"x" * 60}"…'
    assert sheet_word("P&L 2024") == "'P&L 2024'"
    assert sheet_word("a\r\nb") == '"a\\r\\nb"'
    assert sheet_word("it's") == "'it''s'"


def test_places_are_short() -> None:
    assert area_word(_area("B2:C9"), S) == "B2:C9"
    assert area_word(RangeRef("P&L", 1, 2, 1_048_576, 3), S) == "'P&L'!B:C"
    assert area_word(RangeRef(S, 3, 1, 4, 16_384), S) == "3:4"
    assert listed(["a", "b", "c"], 2) == "a,b and 1 more"
    assert listed(["a", "b"], 2) == "a,b"


def test_hidden_rows_and_columns_are_counted_and_placed_within_the_used_range() -> None:
    workbook = book(
        {
            S: sheet(
                {"A1": "a", "A5": 1, "A12": 2, "F9": 3, "H1": 4, "A20": 5, "H20": 6},
                hidden_rows=((5, 7), (8, 9), (12, 12), (15, 16), (40, 50)),
                hidden_columns=((6, 8), (11, 16_384)),
            )
        }
    )
    told = preface(_source(workbook))
    assert told.first == "# Sheet1|A1:H20"
    assert told.hidden == ("# hidden 5 cells|rows 5:9,12|columns F:H",)
    rows = (_area("A5:H9"), _area("A12:H12"))
    assert decode("\n".join((told.first, *told.hidden)))[0].claims == (
        Claim(S, rows, hidden=True, line=2),
        Claim(S, (_area("F1:H20"),), rows, hidden=True, line=2),
    )


def test_a_hidden_sheet_tells_its_name_and_how_many_cells_it_has() -> None:
    workbook = book({"Out": {"A1": 1}, "Secret": sheet({"A1": "x"}, state="hidden")})
    line = ("# hidden 1 cell|sheet",)
    assert preface(_source(workbook, 1)) == Preface("# Secret|A1", line, line)


def test_a_filter_with_many_runs_keeps_to_its_bound() -> None:
    cells = {f"A{row}": row for row in range(1, 1_001)}
    hidden = tuple((row, row) for row in range(2, 1_000, 2))
    told = preface(_source(book({S: sheet(cells, hidden_rows=hidden)})))
    assert told.hidden_short == ("# hidden 499 cells|rows 2,4,6 and 496 more",)
    assert told.hidden[0].startswith("# hidden 499 cells|rows 2,4,6,8,")
    assert told.hidden[0].endswith(",400 and 299 more")


def test_hidden_cells_that_may_be_shown_are_named_as_such() -> None:
    workbook = book({S: sheet({"A1": 1, "A2": 2, "A3": 3}, hidden_rows=((2, 2),))})
    told = preface(_source(workbook, hidden=True))
    assert told.hidden == ()
    assert told.essential == (PrefaceLine("# shown though hidden|rows 2", 0),)


def test_dates_that_count_from_1904_are_told_where_dates_are_seen() -> None:
    day = dt.date(2024, 1, 1)
    hidden = sheet({"A1": day, "A2": 1}, hidden_rows=((1, 1),))
    workbook = book({"None": {"A1": 1}, "Dates": {"A1": day}, "Hidden": hidden})
    sources = sources_of(formulas_of(replace(workbook, date1904=True)))
    assert [preface(one).dates for one in sources] == [(), ("# dates 1904",), ()]
    assert preface(_source(workbook, 1)).dates == ()


def test_what_is_missing_and_errors_come_first() -> None:
    workbook = book({"A1": "#REF!", "A2": "#REF!", "A3": "#DIV/0!", "B9": 1})
    broken = replace(workbook.sheets[0], problems=("Too many cells.",))
    workbook = replace(workbook, sheets=(broken,), formulas_available=False)
    assert _essential(_source(workbook)) == (
        "# incomplete: parts of this sheet could not be read",
        "# formulas unknown: values only",
        "# errors #REF! 2|#DIV/0! 1",
    )


def test_a_table_tells_headers_keys_totals_and_sections() -> None:
    table = Region(
        _area("A3:F20"),
        Role.TABLE,
        0.9,
        header_rows=2,
        header_columns=2,
        sections=(_area("A5:F5"), _area("A12:F12")),
        total_rows=(_area("A11:F11"), _area("A19:F19"), _area("A20:F20")),
        total_columns=(_area("F3:F20"),),
        repeated_headers=(_area("A13:F13"),),
    )
    assert _essential(_regions(table)) == (
        "# table A3:F20|header 3:4|labels A:B|totals 11,19:20,F|sections 5,12|header again 13",
    )


def test_tables_of_one_shape_share_a_line() -> None:
    first = Region(_area("A3:F20"), Role.TABLE, 0.9, header_rows=2, total_rows=(_area("A20:F20"),))
    second = replace(first, range=_area("A25:F42"), total_rows=(_area("A42:F42"),))
    other = Region(_area("J3:M9"), Role.TABLE, 0.9, header_rows=1)
    assert _essential(_regions(first, other, second)) == (
        "# tables A3:F20,A25:F42|header 2 rows|total in the last row",
        "# table J3:M9",
    )


def test_key_values_and_doubtful_or_tiny_tables_need_no_line() -> None:
    assert (
        _essential(
            _regions(
                Region(_area("A1:B9"), Role.KEY_VALUE, 0.9),
                Region(_area("D1:F9"), Role.TABLE, 0.1),
                Region(_area("H1:I2"), Role.TABLE, 0.9),
            )
        )
        == ()
    )


def test_the_largest_of_many_tables_are_told() -> None:
    tables = [
        Region(
            RangeRef(S, 1 + 10 * at, 1, 5 + 10 * at, 3 + at),
            Role.TABLE,
            0.9,
            header_rows=1,
            sections=(RangeRef(S, 3 + 10 * at, 1, 3 + 10 * at, 3 + at),),
        )
        for at in range(14)
    ]
    lines = _essential(_regions(*tables))
    assert len(lines) == 13
    assert lines[0] == "# table A21:E25|sections 23"
    assert lines[-1] == "# tables 2 more, smaller"


def test_a_drawn_table_is_told_by_its_name() -> None:
    table = Region(
        _area("A1:C9"), Role.TABLE, 1.0, header_rows=1, name="Sales", list_object="Sales"
    )
    assert _essential(_regions(table)) == ("# table A1:C9 Sales",)


def test_headers_above_several_columns_are_spelled_out_where_no_merge_shows_them() -> None:
    table = Region(
        _area("A1:G9"),
        Role.TABLE,
        0.9,
        header_rows=3,
        column_paths=(
            ("Item",),
            ("2023", "Q1", "Plan"),
            ("2023", "Q1", "Actual"),
            ("2023", "Q2"),
            ("a/b", "Q1"),
            ("a/b", "Q2"),
            ("Net", "sold"),
        ),
    )
    source = _regions(table)
    assert _further(source) == ('# columns A1:G9|B:D 2023|B:C 2023/Q1|E:F "a/b"',)
    merged = replace(source.sheet, merges=(_area("B1:D1"), _area("E1:F1")))
    assert _further(replace(source, sheet=merged)) == ("# columns A1:G9|B:C 2023/Q1",)


def test_a_header_that_only_a_hidden_cell_holds_is_not_told_for_its_visible_columns() -> None:
    cells: dict[str, str | int] = {
        "A1": "Item",
        "B1": "secret",
        "E1": 2024,
        "B2": "Q1",
        "E2": "Q1",
        "F2": "Q2",
        "G9": 2,
    }
    spec = sheet(cells, hidden_columns=((2, 2), (6, 6)))
    table = Region(
        _area("A1:G9"),
        Role.TABLE,
        0.9,
        header_rows=2,
        column_paths=(
            ("Item",),
            ("secret", "Q1"),
            ("secret", "Q2"),
            ("secret", "Q3"),
            ("2024", "Q1"),
            ("2024", "Q2"),
            ("2024", "Q3"),
        ),
    )
    source = replace(_source(book({S: spec})), regions=(table,))
    assert _further(source) == ("# columns A1:G9|E:G 2024",)
    shown = replace(_source(book({S: spec}), hidden=True), regions=(table,))
    assert _further(shown) == ("# columns A1:G9|B:D secret|E:G 2024",)


def test_names_tell_what_formulas_mean_and_then_what_else_is_named() -> None:
    workbook = book(
        {
            S: {"A1": "=Rate*2", "A2": "=Rate+VAT+Area", "C5": 1, "C6": "=Gone+Path+Log"},
            "Inputs": {"B3": 1},
        },
        names=[
            DefinedName("Rate", "Inputs!$B$3"),
            DefinedName("VAT", "0.19"),
            DefinedName("Area", "Sheet1!$C$5:$C$90"),
            DefinedName("Gone", "Inputs!#REF!"),
            DefinedName("Path", "'/home/me/[b.xlsx]S'!$A$1"),
            DefinedName("Log", "OFFSET(Inputs!$A$1,0,0,2)"),
            DefinedName("Own", "Sheet1!$A:$A"),
            DefinedName("Theirs", "Sheet1!$A$1", sheet="Inputs"),
            DefinedName("Unseen", "Sheet1!$A$1", hidden=True),
            DefinedName("_xlnm._FilterDatabase", "Sheet1!$A$1"),
            DefinedName("_Toc123", "Sheet1!$A$1"),
        ],
    )
    source = _source(workbook)
    meanings = "Rate=Inputs!B3|VAT=0.19|Area=C5:C90|Gone=Inputs!#REF!|Log=OFFSET(Inputs!$A$1,0,0,2)"
    assert _essential(source) == (f"# names {meanings}",)
    assert _further(source) == ("# reads Inputs 3", "# names Own=A:A")


def test_many_names_keep_to_their_bound() -> None:
    names = [DefinedName(f"N{at}", f"Sheet1!$A${at}") for at in range(1, 31)]
    assert _further(_source(book({"A1": 1}, names=names))) == (
        "# names " + "|".join(f"N{at}=A{at}" for at in range(1, 13)) + " and 18 more",
    )


def test_links_to_sheets_and_other_workbooks() -> None:
    workbook = book(
        {
            "Inputs": {"A1": 1, "A2": 2},
            "P&L": sheet({"B1": "=[1]X!A1+[2]X!A1"}, shared={"A1:A5": "=Inputs!A1*Inputs!$A$2"}),
            "Out": {"A1": "='P&L'!A1", "A2": "=SUM('P&L'!A1:A5)"},
        },
        links=[
            ExternalLink(1, "file:///C:\\Users\\jane\\My%20plans\\Budget%202024.xlsx"),
            ExternalLink(2, "https://example.org/s/Rates.xlsx?token=abc"),
            ExternalLink(3, "unused.xlsx"),
        ],
    )
    source = _source(workbook, 1)
    assert _essential(source) == ("# external [1] Budget 2024.xlsx|[2] Rates.xlsx",)
    assert _further(source) == ("# reads Inputs 10", "# read by Out 2")


def test_charts_tell_kind_place_ranges_and_title() -> None:
    data = [
        ChartSeries("Sales", "Sheet1!$B$1", "Sheet1!$A$2:$A$9", f"Sheet1!${letter}$2:${letter}$9")
        for letter in "BCD"
    ]
    other = ChartSeries(categories="Data!$A$1:$A$4", values="Data!$C$1:$C$4")
    details = SheetDetails(
        charts=(
            Chart("c1", "Sales|by\nmonth", kinds=("bar", "line"), series=tuple(data),
                  anchor=_area("H2:P18")),
            Chart("c2", kinds=("pie",), series=(other,)),
        )
    )  # fmt: skip
    workbook = _with_details(book({S: {"A1": 1, "D9": 2}, "Data": {"A1": 1}}), details)
    assert _further(_source(workbook)) == (
        '# chart bar+line at H2:P18|plots B2:D9 by A2:A9|titled "Sales|by\\nmonth"',
        "# chart pie|plots C1:C4 by A1:A4 of Data",
    )


def test_pivots_tell_place_source_and_fields() -> None:
    pivot = PivotTable(
        "PT",
        _area("A3:D20"),
        "Data!A1:C900",
        rows=("Region",),
        columns=("Year",),
        values=("Sum, net",),
    )
    away = PivotTable("P2", _area("F3:F9"), "'[Book.xlsx]Data'!A1:C9", external=True, rows=("x",))
    details = SheetDetails(pivots=(pivot, away))
    cells = {S: {"A3": 1, "D20": 1}, "Data": {"A1": "Region"}}
    assert _essential(_source(_with_details(book(cells), details))) == (
        '# pivot PT at A3:D20|source Data!A1:C900|rows Region|columns Year|values "Sum, net"',
        "# pivot P2 at F3:F9|source in another workbook",
    )


def test_rules_remarks_and_settings_are_counts_and_places() -> None:
    details = SheetDetails(
        validations=(
            DataValidation((RangeRef(S, 1, 2, 1_048_576, 2),), "list", formulas=('"a,b"',)),
            DataValidation((_area("C1"),), "none", prompt="secret prompt"),
        ),
        conditional_formats=(ConditionalFormat((_area("C5:C9"), _area("Z1")), "cellIs"),),
        comments=(Comment(CellRef(S, 4, 2), "Jane", "private"),),
        hyperlinks=(Hyperlink(_area("A1"), "https://example.org"),),
        shapes=(Shape("p", "picture", anchor=_area("F3:H9")), Shape("t", "text box", "words")),
        sparklines=(Sparkline(CellRef(S, 2, 4), "line", "A1:C1"),),
        protection=SheetProtection(),
        hides_zeros=True,
        frozen_rows=4,
        frozen_columns=2,
        filter_range=_area("A3:D20"),
        print_areas=(_area("A1:C9"),),
    )
    workbook = _with_details(book({"A1": 1, "D20": 1}), details)
    assert _further(_source(workbook)) == (
        "# validated list B1:B20",
        "# conditional formats C5:C9",
        "# filter A3:D20",
        "# holds 1 comment at B4|1 picture at F3|1 shape|1 sparkline",
        "# protected|zeros look empty",
        "# frozen rows 1:4|columns A:B",
        "# print A1:C9",
    )


def test_the_filter_of_a_drawn_table_is_told_while_it_hides_rows() -> None:
    table = Table(
        "T", _area("A1:B9"), ("a", "b"), filter_range=_area("A1:B9"), filtered=("secret",)
    )
    workbook = book({"A1": "a", "B9": 1})
    workbook = replace(workbook, sheets=(replace(workbook.sheets[0], tables=(table,)),))
    assert "# filter A1:B9 in use" in _further(_source(workbook))


def test_ranks_count_on_from_essential_to_further() -> None:
    workbook = book({"A": {"A1": "#N/A", "B1": "=B!A1"}, "B": {"A1": 1}})
    told = preface(_source(workbook))
    assert told.essential == (PrefaceLine("# errors #N/A 1", 0),)
    assert told.further == (PrefaceLine("# reads B 1", 1),)
