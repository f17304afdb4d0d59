"""The inputs on which most depends: exact, the right ones, and bounded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import book
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure import drivers as module
from tickmark.structure.drivers import Driver, Drivers, drivers_of
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of


def graph(workbook: Workbook) -> FormulaGraph:
    return graph_of(formulas_of(workbook))


def found(workbook: Workbook, most: int = 10) -> Drivers:
    made = graph(workbook)
    return drivers_of(made.formulas, made.reach, most=most)


def driver(area: str, cells: int, dependents: int) -> Driver:
    return Driver(RangeRef.parse(area, sheet="Sheet1"), cells, dependents)


def test_inputs_come_by_all_that_depends_on_them_and_not_by_the_next_formula() -> None:
    workbook = book(
        {
            "A1": 0.1,
            "A2": 5,
            "A3": 7,
            "A4": "unused",
            "A5": 9,
            "B1": "=A1",
            "B2": "=B1*A2",
            "B3": "=B2+1",
            "B4": "=B3+1",
            "B5": "=A5+A5",
            "C1": "=A3",
            "C2": "=A3*2",
            "C3": "=A3*3",
        }
    )

    assert found(workbook) == Drivers(
        (
            driver("A1", 1, 4),
            driver("A2", 1, 3),
            driver("A3", 1, 3),
            driver("A5", 1, 1),
        ),
        constants=4,
        complete=True,
    )


def test_neighbours_that_are_only_used_together_stay_together() -> None:
    workbook = book(
        {
            **{f"A{row}": row for row in range(1, 11)},
            "B1": 1,
            "B2": 2,
            "C1": "=SUM(A1:A10)",
            "C2": "=C1*2",
            "D1": "=B1",
            "D2": "=B2",
        }
    )

    assert found(workbook).found == (
        driver("A1:A10", 10, 2),
        driver("B1", 1, 1),
        driver("B2", 1, 1),
    )


def test_constants_that_head_nothing_or_stand_alone_are_no_inputs() -> None:
    assert found(book({"A1": "Title", "B1": 5, "C1": "=1+1"})) == Drivers((), 0, complete=True)


def test_far_too_many_formulas_are_not_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BITS", 1)

    assert found(book({"A1": 1, "B1": "=A1"})) == Drivers((), 1, complete=False)


def test_what_is_not_followed_is_told_as_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FOLLOWED", 2)
    workbook = book({"A1": 1, "A9": 2, "B1": "=A1", "B2": "=B1+1", "B9": "=A9*3"})

    made = found(workbook)

    assert made.complete is False
    assert made.found == (
        driver("A1", 1, 2),
        Driver(RangeRef("Sheet1", 9, 1, 9, 1), 1, 1, exact=False),
    )


ADDRESS = st.builds("{}{}".format, st.sampled_from("ABC"), st.integers(1, 5))
FORMULA = st.builds("={}+{}*SUM({}:{})".format, ADDRESS, ADDRESS, ADDRESS, ADDRESS)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(ADDRESS, st.one_of(st.integers(1, 9), FORMULA), min_size=1))
def test_the_ranking_is_that_of_asking_each_constant(cells: dict[str, int | str]) -> None:
    made = graph(book(cells))
    counts = sorted(
        (
            made.dependents(f"Sheet1!{address}").count
            for address, value in cells.items()
            if isinstance(value, int)
        ),
        reverse=True,
    )

    drivers = drivers_of(made.formulas, made.reach, most=1_000)

    told = [one.dependents for one in drivers.found for _ in range(one.cells)]
    assert told == [count for count in counts if count]
    assert drivers.constants == len(told)
    assert drivers_of(made.formulas, made.reach, most=1).found == drivers.found[:1]


@pytest.mark.parametrize("name", ["excel_to_code__model.xlsx", "web_models__DCF.xlsx"])
def test_no_input_of_a_real_workbook_has_more_dependents(corpus: Path, name: str) -> None:
    made = graph(read_workbook(corpus / name))

    drivers = drivers_of(made.formulas, made.reach, most=3)

    least = drivers.found[-1].dependents
    everything = drivers_of(made.formulas, made.reach, most=60)
    assert everything.found[:3] == drivers.found
    assert all(one.dependents <= least for one in everything.found[3:])
    assert all(made.reach.dependents(one.range).count == one.dependents for one in everything.found)
