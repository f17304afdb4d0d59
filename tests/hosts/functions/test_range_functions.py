"""Functions about one range, over the user's own desk, a real file and real requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.books import save
from tests.messages_api import MessagesApi
from tests.ranges import live
from tickmark.hosts.functions.call import Argument, Call, Caller, Table
from tickmark.hosts.functions.desk import Desk
from tickmark.hosts.functions.local_desk import open_desk
from tickmark.model.range_content import RangeContent

SAVED = {
    "Plan": {
        "A1": "Region",
        "B1": "Units",
        "C1": "Revenue",
        **{f"A{row}": f"Region {row}" for row in range(2, 8)},
        **{f"B{row}": row for row in range(2, 8)},
        **{f"C{row}": f"=B{row}*Rates!$B$2" for row in range(2, 8)},
    },
    "Rates": {"A2": "Price", "B2": 5},
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    with MessagesApi() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", server.key)
        yield server


@pytest.fixture
def desk(api: MessagesApi) -> Iterator[Desk]:
    assert api.url
    opened = open_desk(lambda _callers: None)
    yield opened
    opened.close()


@pytest.fixture
def book(tmp_path: Path) -> str:
    return str(save(tmp_path / "plan.xlsx", SAVED))


def revenue(
    book: str, first: int = 2, sheet: str = "Plan", odd: float | None = None
) -> RangeContent:
    """C2:C7, or the same after rows were inserted above."""
    cells: dict[str, tuple[str, float] | float] = {
        f"C{row}": (f"=B{row}*Rates!$B$2", 5.0 * (row - first + 2))
        for row in range(first, first + 6)
    }
    if odd is not None:
        cells[f"C{first + 2}"] = odd
    return live(cells, sheet=sheet, book=book)


def called(desk: Desk, function: str, *arguments: Argument, row: int = 1) -> Table:
    return desk.answer(Call(function, arguments, Caller("plan.xlsx", "Plan", row, 9)))


def answered(desk: Desk, function: str, *arguments: Argument) -> Table:
    assert called(desk, function, *arguments) == (("#LLM wait",),)
    assert desk.idle(20)
    return called(desk, function, *arguments)


def test_an_answer_cites_the_range_and_dates_what_it_knows_from_the_file(
    desk: Desk, api: MessagesApi, book: str
) -> None:
    ((text,),) = answered(desk, "LLM_ASK", revenue(book), "Which region leads?\nBe brief.")

    assert isinstance(text, str)
    assert text.startswith("Sheet Plan: 1 cells seen; the first is C2:C7: =B2*Rates!$B$2")
    assert "Asked: Be brief. [Plan!C2:C7] (Labels and precedents as saved " in text
    (request,) = api.calls
    assert "Labels beside the range: A2: Region 2 | A3: Region 3" in request.user
    assert "Rates!B2 (Price): 5" in request.user
    assert request.json["model"] == "claude-haiku-5-5"


def test_a_hundred_calculations_copies_and_inserted_rows_pay_one_request(
    desk: Desk, api: MessagesApi, book: str
) -> None:
    first = answered(desk, "LLM_ANALYZE", revenue(book))
    again = [called(desk, "LLM_ANALYZE", revenue(book), row=row) for row in range(1, 100)]
    moved = called(desk, "LLM_ANALYZE", revenue(book, first=5, sheet="P&L"))

    assert again == [first] * 99
    assert first[1][1:] == ("Plan!C2:C7", 10.0, "ok", "high")
    assert moved[1][1:] == ("'P&L'!C5:C10", 10.0, "ok", "high")
    assert len(api.calls) == 1


def test_copies_of_a_formula_pay_one_explanation(desk: Desk, api: MessagesApi, book: str) -> None:
    one = live({"C3": ("=B3*Rates!$B$2", 15.0)}, book=book)
    other = live({"C6": ("=B6*Rates!$B$2", 30.0)}, book=book)

    ((text,),) = answered(desk, "LLM_EXPLAIN", one)
    ((copied,),) = called(desk, "LLM_EXPLAIN", other)

    assert str(text).startswith("It computes B3*Rates!$B$2 from [Plan!B3]. (")
    assert str(copied).startswith("It computes B3*Rates!$B$2 from [Plan!B6]. (")
    assert len(api.calls) == 1


def test_an_audit_is_free_until_words_are_asked_for(
    desk: Desk, api: MessagesApi, book: str
) -> None:
    free = answered(desk, "LLM_AUDIT", revenue(book, odd=99.0))
    calls = len(api.calls)
    paid = answered(desk, "LLM_AUDIT", revenue(book, odd=99.0), None, "explain=yes")

    assert [row[:3] for row in free] == [
        ("Severity", "Rule", "Cell"),
        ("high", "number-among-formulas", "Plan!C4"),
        ("note", "", ""),
    ]
    assert calls == 0
    assert paid[1][4] == "The rule was right about it [Plan!C2:C3]."
    assert len(api.calls) == 1


def test_an_answer_longer_than_a_cell_is_cut_as_excel_counts(desk: Desk, api: MessagesApi) -> None:
    api.answer = lambda _content: (
        '{"found": true, "answer": "' + "\N{GRINNING FACE}" * 40_000 + ' [A1]"}'
    )

    ((text,),) = answered(desk, "LLM_ASK", live({"A1": "x"}), "What is it?")

    assert isinstance(text, str)
    assert len(text.encode("utf-16-le")) <= 2 * 32_767
    assert text.endswith("… [cut]")
