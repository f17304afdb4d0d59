"""Whatever a host sends, the desk answers with a table of values that a cell can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hosts.functions.desk_bench import BODIES, BOOK, QUICK, Bench, ask, cell, settled, value
from tickmark.hosts.functions.bodies import bodies
from tickmark.hosts.functions.call import Call, Caller, Unpacked
from tickmark.hosts.functions.desk import Desk
from tickmark.hosts.functions.lru import Lru
from tickmark.hosts.functions.registry import Entry, Registry
from tickmark.model.address import RangeRef
from tickmark.model.range_content import ErrorValue, RangeContent
from tickmark.settings import Settings

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["#LLM wait", "=1+1", "today", "\ud800", "x" * 40_000, "model=;;==", "a=b"]),
    st.just(ErrorValue("#N/A")),
)


@st.composite
def _ranges(draw: st.DrawFn) -> RangeContent:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    values = tuple(tuple(draw(_scalars) for _ in range(columns)) for _ in range(rows))
    area = draw(st.sampled_from([None, RangeRef("Data", 1, 1, rows, columns)]))
    formulas = draw(st.sampled_from([(), tuple(("=A1",) * columns for _ in range(rows))]))
    return RangeContent(values, area, draw(st.sampled_from(["", BOOK, "\x00"])), formulas)


_arguments: st.SearchStrategy[Any] = st.one_of(
    _scalars,
    _ranges(),
    st.just(Unpacked("several areas")),
    st.just(object()),
    st.just(RangeContent(())),
)
_functions = st.one_of(
    st.sampled_from([*BODIES, *bodies(), "LLM_COST", "LLM_STATUS", ""]), st.text(max_size=60)
)
_callers = st.one_of(
    st.none(),
    st.builds(Caller, st.text(max_size=5), st.text(max_size=5), st.integers(), st.integers()),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    bench = Bench(tmp_path_factory.mktemp("hostile"), settings=Settings(consent_calls=0))
    yield bench.desk(QUICK, {**bodies(), **BODIES})
    assert bench.sent == []
    bench.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_functions, st.lists(_arguments, max_size=4), _callers, st.booleans())
def test_no_exception_escapes_and_every_value_fits_a_cell(
    desk: Desk,
    function: str,
    arguments: list[Any],
    caller: Caller | None,
    wizard: bool,
) -> None:
    table = desk.answer(Call(function, tuple(arguments), caller, wizard))

    assert table
    assert table[0]
    assert len({len(row) for row in table}) == 1
    for row in table:
        for one in row:
            assert one is None or isinstance(one, (float, int, str, bool))
            assert not isinstance(one, str) or len(one) <= 32_767


@pytest.mark.parametrize("call", [None, 7, Call("ASK", None), Call("ASK", ("why",), "A1")])  # type: ignore[arg-type]
def test_what_is_no_call_is_an_error_in_the_cell(desk: Desk, call: Any) -> None:  # noqa: ANN401 - what no type allows
    ((shown,),) = desk.answer(call)

    assert str(shown).startswith("#LLM ")


def test_a_long_session_forgets_cells_that_asked_long_ago() -> None:
    registry = Registry(limit=1000)
    for row in range(1, 5001):
        registry.note(Entry(cell(row), "ASK", (("a" * 64,),)))

    assert len(registry) == 500
    assert registry.of(cell(1)) is None
    assert registry.at(BOOK, "data", 5000, 1) == Entry(cell(5000), "ASK", (("a" * 64,),))
    assert len(registry.on(BOOK, "DATA")) == len(registry.on(BOOK)) == 500
    assert registry.on("C:\\other.xlsx") == []


def test_cells_that_ask_again_are_not_counted_twice() -> None:
    registry = Registry(limit=1000)
    for _ in range(5000):
        registry.note(Entry(cell(1), "ASK", (("a",), ("b",))))
    registry.note(Entry(Caller(BOOK, "Data", 1, 1, 2, 2), "ASK"))

    assert len(registry) == 1
    assert registry.at(BOOK, "Data", 2, 2) == Entry(Caller(BOOK, "Data", 1, 1, 2, 2), "ASK")


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    lru: Lru[int, str] = Lru(10, len)
    for number in range(5):
        lru.put(number, "abc")
    assert lru.keys() == [2, 3, 4]
    lru.get(2)
    lru.put(5, "abc")
    assert lru.keys() == [4, 2, 5]
    lru.put(6, "x" * 50)
    assert lru.keys() == [6]
    lru.forget(6)
    lru.forget(7)
    assert len(lru) == 0
    assert lru.get(6) is None


def test_nothing_of_answered_cells_stays_on_its_way(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, settings=Settings(consent_calls=10_000, consent_cost=1e6, daily_cost=1e6)
    )
    desk = bench.desk()
    for row in range(1, 301):
        ask(desk, f"why {row % 30}", row)
    settled(desk)
    for row in range(1, 301):
        ask(desk, f"why {row % 30}", row)

    waiting = desk._waiting  # noqa: SLF001 - what is left behind shows nowhere else
    assert len(waiting) == 0
    assert waiting._askings == {}  # noqa: SLF001 - as above
    assert waiting._gathered == []  # noqa: SLF001 - as above
    assert len(bench.sent) == 30
    bench.close()


def test_the_daily_limit_holds_over_two_desks_and_is_told_in_the_cells(tmp_path: Path) -> None:
    bench = Bench(tmp_path, settings=Settings(daily_cost=0.032))
    one, two = bench.desk(), bench.desk()
    for row in range(1, 7):
        ask((one, two)[row % 2], f"why {row}", row)
    settled(one)
    settled(two)

    assert len(bench.sent) == 5
    assert value(one, "LLM_COST", ("today",)) == pytest.approx(0.025)
    shown = [str(ask((one, two)[row % 2], f"why {row}", row)) for row in range(1, 7)]
    assert shown.count("#LLM budget: today's 0.03 USD are spent") == 1
    assert sum(text.startswith("answer") for text in shown) == 5
    bench.close()
