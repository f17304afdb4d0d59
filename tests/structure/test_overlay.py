"""A live range laid over its saved sheet."""

from __future__ import annotations

from tests.books import book, sheet
from tests.ranges import live
from tickmark.model.workbook import Workbook
from tickmark.structure.overlay import overlaid
from tickmark.structure.range_sheet import place_of, range_workbook
from tickmark.structure.relative import formula_text

SAVED = book(
    {
        "Other": {"A1": "stays"},
        "Plan": sheet(
            {"A1": "old", "B1": 1, "C1": "beside", "A2": ("=B1*2", 2), "B2": "gone"},
            shared={"D1:D3": "=B1+1"},
        ),
    }
)


def laid(cells: dict[str, object]) -> Workbook:
    content = live(cells)  # type: ignore[arg-type]
    return overlaid(SAVED, range_workbook(content), place_of(content))


def test_cells_inside_are_those_of_now_and_all_others_stay() -> None:
    workbook = laid({"A1": "new", "B1": ("=A1", "new"), "A2": 5, "B2": None})
    plan = workbook["Plan"]

    assert workbook["Other"] is SAVED["Other"]
    assert {
        cell.a1: (cell.value, formula_text(plan, at)) for at, cell in enumerate(plan.cells)
    } == {
        "A1": ("new", ""),
        "B1": ("new", "=A1"),
        "C1": ("beside", ""),
        "D1": (None, "=B1+1"),
        "A2": (5.0, ""),
        "D2": (None, "=B2+1"),
        "D3": (None, "=B3+1"),
    }


def test_number_formats_of_both_are_kept() -> None:
    content = live({"A1": 45_000}, formats={"A1": "yyyy-mm-dd"})

    workbook = overlaid(SAVED, range_workbook(content), place_of(content))
    cell = workbook["Plan"].cell(1, 1)

    assert cell is not None
    assert workbook.styles[cell.style].number_format == "yyyy-mm-dd"
