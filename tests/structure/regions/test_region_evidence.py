"""What the author of a sheet said about its layout, as far as it can be true."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tests.structure.regions.pages import NAME, area
from tickmark.model.address import RangeRef
from tickmark.model.pivot import PivotTable
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet, Table
from tickmark.structure.regions.appearance import appearance_of
from tickmark.structure.regions.claims import granted
from tickmark.structure.regions.evidence import Evidence, evidence_of
from tickmark.structure.regions.prose import prose_of
from tickmark.structure.regions.raster import Box
from tickmark.structure.regions.remainders import remainder


def marked(*tables: Table, **details: object) -> Sheet:
    """A sheet with cells in A1 and F9, with ListObjects and details."""
    own = book({NAME: {"A1": 1, "F9": 2}}).sheets[0]
    return replace(own, tables=tables, details=SheetDetails(**details))  # type: ignore[arg-type]


def test_an_empty_sheet_tells_nothing() -> None:
    """Whatever it says."""
    own = replace(marked(Table("T", area("A1:B2"))), cells=book({NAME: {}}).sheets[0].cells)
    assert evidence_of(own) == Evidence()


def test_marks_are_told_as_they_are() -> None:
    """ListObjects, pivot tables, filter, print areas, panes, titles of printed pages."""
    table = Table("T", area("A1:B3"), totals_rows=1)
    found = evidence_of(
        marked(
            table,
            pivots=(PivotTable("P", area("D1:F3")),),
            filter_range=area("A5:C9"),
            print_areas=(area("A1:F9"),),
            frozen_rows=2,
            frozen_columns=1,
            print_titles=(area("A1:XFD2"), area("A1:B1048576")),
        )
    )
    assert found == Evidence(
        tables=(table,),
        pivots=(area("D1:F3"),),
        filter_range=area("A5:C9"),
        print_areas=(area("A1:F9"),),
        frozen_rows=2,
        frozen_columns=1,
        title_rows=(1, 2),
        title_columns=(1, 2),
    )


def test_tables_outside_of_the_cells_are_left_out() -> None:
    """Those that meet them are kept whole."""
    inside, outside = Table("In", area("E8:H20")), Table("Out", area("G10:H20"))
    pivots = (PivotTable("P", area("Z99")), PivotTable("Q", area("A1:XFD2")))
    found = evidence_of(marked(inside, outside, pivots=pivots))
    assert found == Evidence(tables=(inside,), pivots=(area("A1:XFD2"),))


def test_of_tables_that_overlap_the_first_counts() -> None:
    """ListObjects before pivot tables."""
    first, second, third = (
        Table(name, area(span)) for name, span in (("A", "A1:B3"), ("B", "B3:C4"), ("C", "C3:D4"))
    )
    pivots = (PivotTable("P", area("B2:F2")), PivotTable("Q", area("E1:F9")))
    found = evidence_of(marked(first, second, third, pivots=pivots))
    assert found == Evidence(tables=(first, third), pivots=(area("E1:F9"),))


def test_counts_that_cannot_be_are_cut() -> None:
    """A header of more rows than the table has, frozen rows below none."""
    table = Table("T", area("A1:B3"), header_rows=9, totals_rows=9)
    other = Table("U", area("D1:E3"), header_rows=-1, totals_rows=-5)
    found = evidence_of(marked(table, other, frozen_rows=-4, frozen_columns=-1))
    assert found == Evidence(
        tables=(
            replace(table, header_rows=3, totals_rows=0),
            replace(other, header_rows=0, totals_rows=0),
        )
    )


LONG = "These figures are taken from the annual reports of the last years and were not audited."


def test_merges_with_running_text_are_prose() -> None:
    """Of two rows and three columns at least, and apart from what is known."""
    cells: dict[str, CellSpec] = {
        "A1": LONG,
        "A5": "Short",
        "A9": LONG,
        "A12": LONG,
        "F1": LONG,
        "F5": 7,
        "F9": LONG,
    }
    merges = ("A1:D3", "A5:D7", "A9:D9", "A12:B14", "F1:H2", "F5:H7", "F9:H10", "G10:J12")
    workbook = book({NAME: sheet(cells, merges=merges)})
    own = appearance_of(workbook.sheets[0], workbook.styles)
    assert prose_of(own, ()) == (area("A1:D3"), area("F1:H2"), area("F9:H10"))
    assert prose_of(own, (area("H2:K4"),)) == (area("A1:D3"), area("F9:H10"))


AREAS = st.builds(
    lambda top, left, high, wide: RangeRef(NAME, top, left, top + high, left + wide),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 4),
    st.integers(0, 4),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(AREAS, max_size=20), AREAS)
def test_a_range_is_granted_where_no_earlier_one_stands(
    areas: list[RangeRef], before: RangeRef
) -> None:
    """One after the other."""
    kept: list[int] = []
    for at, own in enumerate(areas):
        if not any(own.meets(areas[other]) for other in kept) and not own.meets(before):
            kept.append(at)
    assert granted(areas, [before]) == kept


BOXES = st.builds(
    lambda top, left, high, wide: Box(top, left, top + high, left + wide),
    st.integers(-2, 9),
    st.integers(-2, 9),
    st.integers(0, 5),
    st.integers(0, 5),
)


@settings(max_examples=300, deadline=None)
@given(BOXES, st.lists(BOXES, max_size=6))
def test_what_is_left_around_holes_covers_the_rest_once(box: Box, holes: list[Box]) -> None:
    """Each place of the box is in a hole or in just one piece."""
    pieces = remainder(box, holes)
    for row in range(box.top, box.bottom + 1):
        for column in range(box.left, box.right + 1):
            place = Box(row, column, row, column)
            inside = sum(piece.meets(place) for piece in pieces)
            assert inside == (0 if any(hole.meets(place) for hole in holes) else 1)
    assert all(box.around(piece) == box for piece in pieces)
    assert pieces == sorted(pieces)


def test_rows_above_and_below_a_hole_are_left_whole() -> None:
    """What stands beside it is parted."""
    assert remainder(Box(0, 0, 9, 9), [Box(3, 4, 5, 6)]) == [
        Box(0, 0, 2, 9),
        Box(3, 0, 5, 3),
        Box(3, 7, 5, 9),
        Box(6, 0, 9, 9),
    ]
    assert remainder(Box(0, 0, 2, 2), []) == [Box(0, 0, 2, 2)]
    assert remainder(Box(0, 0, 2, 2), [Box(-1, -1, 5, 5)]) == []
