"""Workbooks of a run share its processes: one each while there are many, several for few."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.books import save
from tickmark.hosts import preparation
from tickmark.hosts.preparation import Request, prepare_all
from tickmark.hosts.sources import find_sources
from tickmark.hosts.workers import processes_each
from tickmark.model.analysis import Analysis
from tickmark.read import read_workbook
from tickmark.settings import Settings
from tickmark.wiring import Reader


class Silent:
    """A watch that looks away."""

    def phase(self, words: str, total: int) -> None:
        """Not kept."""

    def step(self, shown: str) -> None:
        """Not kept."""

    def result(self, analysis: Analysis) -> None:
        """Not kept."""

    def say(self, sentence: str) -> None:
        """Not kept."""


@pytest.mark.parametrize(
    ("workers", "workbooks", "each"),
    [(8, 1, 8), (8, 2, 4), (8, 3, 2), (8, 5, 1), (8, 100, 1), (1, 1, 1), (1, 100, 1), (8, 0, 8)],
)
def test_no_process_is_idle_and_none_is_too_many(workers: int, workbooks: int, each: int) -> None:
    assert processes_each(workers, workbooks) == each


@pytest.mark.parametrize(("books", "each"), [(1, 4), (2, 2), (3, 1)])
def test_the_reader_of_a_run_knows_how_many_processes_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, books: int, each: int
) -> None:
    asked: list[int] = []

    def reader(_settings: Settings, *, processes: int) -> Reader:
        asked.append(processes)
        return partial(read_workbook, processes=processes)

    monkeypatch.setattr(preparation, "reader", reader)
    for number in range(books):
        save(tmp_path / f"{number}.xlsx", {"S": {"A1": number}})
    request = Request(find_sources([str(tmp_path)]), workers=4)

    results = dict(prepare_all(request, Settings(), Silent()))

    assert sorted(results) == list(range(books))
    assert asked == [each]
