"""The content fingerprint: moved by what a workbook says, and by nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tickmark
from tests.books import CellSpec, book, sheet
from tests.read.parts import parts, read
from tickmark.model.address import CellRef, RangeRef
from tickmark.model.annotation import Comment, Reply
from tickmark.model.book_details import BookDetails
from tickmark.model.cell_rules import DataValidation
from tickmark.model.fingerprint import fingerprint
from tickmark.model.grid import Cells
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import (
    DefinedName,
    ExternalLink,
    Sheet,
    SheetFailure,
    SheetState,
    Style,
    Workbook,
)

CELLS: Mapping[str, CellSpec] = {
    "A1": "Year",
    "B1": "Sum",
    "A2": 2024,
    "B2": ("=A2*2", 4048),
    "A3": True,
    "B3": "#N/A",
    "A4": "Year",
    "B4": "=A2",
}
BOOK = book(
    {
        "Data": sheet(
            CELLS,
            merges=("D1:E1", "D2:E2"),
            tables=(("Sales", "A1:B4"), ("Other", "D1:E4")),
            shared={"C2:C9": "=A2*3"},
        ),
        "Notes": {"A1": "end"},
    },
    names=(DefinedName("first", "Data!$A$1"), DefinedName("second", "Data!$A$2")),
    links=(ExternalLink(1, "a.xlsx"), ExternalLink(2, "b.xlsx")),
)


def with_sheet(**changes: Any) -> Workbook:  # noqa: ANN401 - fields of any type
    return replace(BOOK, sheets=(replace(BOOK.sheets[0], **changes), *BOOK.sheets[1:]))


def with_cells(workbook: Workbook, **changes: Any) -> Workbook:  # noqa: ANN401 - fields of any type
    first = workbook.sheets[0]
    cells = Cells(**{one.name: getattr(first.cells, one.name) for one in fields(Cells)} | changes)
    return replace(workbook, sheets=(replace(first, cells=cells), *workbook.sheets[1:]))


def edited(column: str, at: int, value: float) -> Workbook:
    array = np.array(getattr(BOOK.sheets[0].cells, column))
    array[at] = value
    return with_cells(BOOK, **{column: array})


def other(value: object) -> object:
    """Another value of the kind of a field's."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return value + "x"
        case tuple():
            return (*value, "one more")
        case Mapping():
            return {**value, "key": "one more"}
        case _:
            return "something"


def test_a_fingerprint_is_that_of_the_content_for_ever() -> None:
    # Kept between versions, so that what was noted about a workbook finds it again.
    assert fingerprint(BOOK) == "99c5f6a44352bf997724af0986427e7ca6da6fcee04cefd668e66c5a593c9d47"


def test_the_python_api_has_it() -> None:
    assert tickmark.fingerprint is fingerprint


STORED: Mapping[str, object] = {
    "path": "elsewhere.xlsx",
    "format": "xlsm",
    "sha256": "f" * 64,
    "formulas_available": False,
    "problems": ("A part was not read.",),
    "notes": ("A remark.",),
}
SAID: Mapping[str, object] = {
    "sheets": BOOK.sheets[::-1],
    "styles": (Style("0.00"),),
    "names": BOOK.names[:1],
    "external_links": BOOK.external_links[:1],
    "date1904": True,
    "has_macros": True,
    "failures": (SheetFailure("Lost", "It could not be read."),),
    "details": BookDetails(properties={"title": "Budget"}),
}


@pytest.mark.parametrize("name", [one.name for one in fields(Workbook)])
def test_what_a_workbook_says_changes_it_and_where_it_is_stored_does_not(name: str) -> None:
    changes: dict[str, Any] = {name: {**STORED, **SAID}[name]}
    assert (fingerprint(replace(BOOK, **changes)) != fingerprint(BOOK)) is (name in SAID)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "data"},
        {"state": SheetState.HIDDEN},
        {"merges": (RangeRef("Data", 1, 4, 1, 5),)},
        {"tables": BOOK.sheets[0].tables[:1]},
        {"hidden_rows": ((2, 2),)},
        {"hidden_columns": ((2, 2),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_layout_of_a_sheet_changes_it(changes: dict[str, Any]) -> None:
    assert fingerprint(with_sheet(**changes)) != fingerprint(BOOK)


@pytest.mark.parametrize("name", [one.name for one in fields(SheetDetails)])
def test_each_detail_of_a_sheet_changes_it(name: str) -> None:
    details = SheetDetails()
    changes: dict[str, Any] = {name: other(getattr(details, name))}
    changed = with_sheet(details=replace(details, **changes))
    assert fingerprint(changed) != fingerprint(BOOK)


@pytest.mark.parametrize("name", [one.name for one in fields(BookDetails)])
def test_each_detail_of_a_workbook_changes_it(name: str) -> None:
    changes: dict[str, Any] = {name: other(getattr(BookDetails(), name))}
    assert fingerprint(replace(BOOK, details=replace(BookDetails(), **changes))) != fingerprint(
        BOOK
    )


NOTE = Comment(CellRef("Data", 1, 1), "Ann", "Why?", replies=(Reply("Bob", "Because."),))
RULE = DataValidation((RangeRef("Data", 2, 1, 9, 1),), "list", formulas=('"a,b"',))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"comments": (NOTE,)}, {"comments": (replace(NOTE, text="Why not?"),)}),
        ({"comments": (NOTE,)}, {"comments": (replace(NOTE, resolved=True),)}),
        (
            {"comments": (NOTE,)},
            {"comments": (replace(NOTE, replies=(Reply("Bob", "So."),)),)},
        ),
        ({"validations": (RULE,)}, {"validations": (replace(RULE, allows_blank=True),)}),
        ({"validations": (RULE,)}, {"validations": (RULE, RULE)}),
    ],
)
def test_what_stands_inside_a_detail_changes_it(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    first = with_sheet(details=SheetDetails(**before))
    second = with_sheet(details=SheetDetails(**after))
    assert fingerprint(first) != fingerprint(second)


@pytest.mark.parametrize(
    ("column", "at", "value"),
    [
        ("rows", -1, 10),
        ("columns", 1, 3),
        ("kinds", 2, 5),
        ("values", 2, 2025.0),
        ("values", 2, np.nextafter(2024.0, 3000.0)),
        ("values", 0, 1.0),
        ("styles", 0, 1),
        ("formulas", 0, 0),
        ("formulas", 3, -1),
    ],
)
def test_each_column_of_the_cells_changes_it(column: str, at: int, value: float) -> None:
    workbook = replace(BOOK, styles=(Style(), Style(bold=True)))
    changed = replace(edited(column, at, value), styles=workbook.styles)
    assert fingerprint(changed) != fingerprint(workbook)


@pytest.mark.parametrize("name", [one.name for one in fields(Style)])
def test_each_part_of_a_look_changes_it(name: str) -> None:
    changes: dict[str, Any] = {name: other(getattr(Style(), name))}
    assert fingerprint(replace(BOOK, styles=(Style(**changes),))) != fingerprint(BOOK)


def test_a_formula_of_another_kind_of_group_changes_it() -> None:
    cells = BOOK.sheets[0].cells
    ((index, group),) = cells.formula_groups.items()
    longer = replace(group, range=replace(group.range, bottom=99))
    prints = {
        fingerprint(BOOK),
        fingerprint(with_cells(BOOK, formula_groups={index: longer})),
        fingerprint(with_cells(BOOK, formula_groups={})),
    }
    assert len(prints) == 3


def test_a_text_that_spells_a_group_is_none() -> None:
    cells = BOOK.sheets[0].cells
    ((index, group),) = cells.formula_groups.items()
    spelt = (
        f"('{cells.formula_texts[index]}',FormulaGroup(kind='shared',row={group.row},"
        f"column={group.column},range=RangeRef(sheet='Data',top=2,left=3,bottom=9,right=3)))"
    )
    texts = (*cells.formula_texts[:index], spelt, *cells.formula_texts[index + 1 :])
    imitated = with_cells(BOOK, formula_texts=texts, formula_groups={})
    assert fingerprint(imitated) != fingerprint(BOOK)


@pytest.mark.parametrize(
    "stored",
    [
        replace(BOOK, names=BOOK.names[::-1]),
        replace(BOOK, external_links=BOOK.external_links[::-1]),
        with_sheet(merges=BOOK.sheets[0].merges[::-1]),
        with_sheet(tables=BOOK.sheets[0].tables[::-1]),
        with_sheet(problems=("3 cells skipped.",)),
        edited("values", 2, 2024.0),
    ],
    ids=["names", "links", "merges", "tables", "problems", "nothing"],
)
def test_the_order_of_what_has_none_does_not_change_it(stored: Workbook) -> None:
    assert fingerprint(stored) == fingerprint(BOOK)


def test_the_two_zeros_are_one_number() -> None:
    assert fingerprint(book({"A1": -0.0})) == fingerprint(book({"A1": 0.0}))


def test_texts_that_run_together_alike_are_told_apart() -> None:
    assert fingerprint(book({"A1": "ab", "B1": "c"})) != fingerprint(book({"A1": "a", "B1": "bc"}))
    assert fingerprint(book({"A1": "\ud800"})) != fingerprint(book({"A1": "?"}))


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "a", "b", "#N/A", "=A1", "=A1+1", "=B2"]),
    st.text(max_size=3),
)
SPECS = st.dictionaries(st.sampled_from(["A1", "B1", "A2", "C7", "B9"]), VALUES, min_size=1)


def renumbered(workbook: Workbook, shuffle: random.Random) -> Workbook:
    """The same cells with texts, styles and formulas listed in another order, some twice."""
    (first,) = workbook.sheets
    cells = first.cells
    texts, text_of = shuffled(cells.texts, "unused", shuffle)
    styles, style_of = shuffled(workbook.styles, Style("unused"), shuffle)
    formulas, formula_of = shuffled(cells.formula_texts, "UNUSED()", shuffle)
    values = cells.values.copy()
    for place in np.flatnonzero(np.isin(cells.kinds, (2, 4))):
        values[place] = shuffle.choice(text_of[int(values[place])])
    again = Cells(
        rows=cells.rows,
        columns=cells.columns,
        kinds=cells.kinds,
        values=values,
        styles=np.array([shuffle.choice(style_of[one]) for one in cells.styles], np.int32),
        formulas=np.array(
            [shuffle.choice(formula_of[one]) if one >= 0 else -1 for one in cells.formulas],
            np.int32,
        ),
        texts=texts,
        formula_texts=formulas,
    )
    return replace(workbook, styles=styles, sheets=(Sheet(first.name, again),))


def shuffled(listed: Any, unused: Any, shuffle: random.Random) -> tuple[Any, list[list[int]]]:  # noqa: ANN401 - texts or styles
    places = [*range(len(listed)), *range(len(listed)), -1]
    shuffle.shuffle(places)
    where = [[at for at, one in enumerate(places) if one == index] for index in range(len(listed))]
    return tuple(listed[one] if one >= 0 else unused for one in places), where


@settings(deadline=None)
@given(SPECS, st.randoms(use_true_random=False))
def test_the_order_of_texts_styles_and_formulas_does_not_change_it(
    spec: Mapping[str, CellSpec], shuffle: random.Random
) -> None:
    workbook = book(spec)
    assert fingerprint(renumbered(workbook, shuffle)) == fingerprint(workbook)


@settings(deadline=None)
@given(SPECS, SPECS)
def test_different_cells_have_different_fingerprints(
    one: Mapping[str, CellSpec], another: Mapping[str, CellSpec]
) -> None:
    first, second = book(one), book(another)
    shown: Callable[[Workbook], object] = lambda workbook: [  # noqa: E731 - used twice, here
        (
            cell.a1,
            cell.kind,
            cell.value,
            workbook.sheets[0].cells.formula_texts[cell.formula] if cell.formula >= 0 else None,
        )
        for cell in workbook.sheets[0].cells
    ]
    assume(shown(first) != shown(second))
    assert fingerprint(first) != fingerprint(second)


def test_a_file_stored_otherwise_has_the_same(tmp_path: Path) -> None:
    styles = "<fonts><font/><font><b/></font></fonts><cellXfs><xf/>{}</cellXfs>"
    one = read(
        tmp_path,
        parts(
            '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s" s="1"><v>1</v></c><c r="C1"><v>10</v></c>',
            strings="<si><t>Ann</t></si><si><t>Bob</t></si>",
            styles=styles.format('<xf fontId="1"/>'),
        ),
    )
    another = read(
        tmp_path,
        parts(
            '<c r="A1" t="inlineStr"><is><r><t>A</t></r><r><t>nn</t></r></is></c>'
            '<c r="B1" t="s" s="2"><v>0</v></c><c r="C1" t="n"><v>1.0E+1</v></c><c r="D1" s="1"/>',
            strings="<si><t>Bob</t></si><si><t>Ann</t></si>",
            styles=styles.format('<xf numFmtId="9"/><xf fontId="1"/>'),
        ),
        name="another.xlsm",
    )
    assert fingerprint(another) == fingerprint(one)
    assert another.sha256 != one.sha256


def test_two_readings_of_a_real_workbook_have_one_and_different_workbooks_have_two(
    corpus: Path,
) -> None:
    names = ("ironcalc__wordle.xlsx", "web_models__DCF.xlsx", "xlwings__async_tests.xlsm")
    prints = [
        [fingerprint(tickmark.read_workbook(corpus / name)) for name in names] for _ in range(2)
    ]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 3
