"""Figure `speed`: processor time of the audit on top of the graph and the regions."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.formula_graph.books import filled_down
from tests.benchmarks.region_scores.goals import Goal, Report, at_most
from tests.large_book import write_large_book
from tickmark.audit.audit import findings_of
from tickmark.audit.catalogue import rules
from tickmark.audit.rule import Facts
from tickmark.errors import TickmarkError
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import Formulas, formulas_of

FIGURE = "processor time of the audit on top of graph and regions"
ROUNDS = 3
LARGEST = 4
FORMULAS = 25_000
SECONDS = 1.0
"""For so many FORMULAS."""

MADE = {
    "made: ledger, 100,000 formulas": lambda path: write_large_book(path, 16_667),
    "made: model, 100,000 formulas": lambda path: filled_down(path, 20_000, "plain"),
}
SLOWEST = 6


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of graph and regions, of the audit on top, and of each part of it."""

    name: str
    formulas: int
    ground: float
    audit: float
    parts: dict[str, float]

    @property
    def scaled(self) -> float:
        """Seconds of the audit for FORMULAS."""
        return self.audit * FORMULAS / self.formulas


def figure(folder: Path) -> Iterator[Report]:
    """The largest workbooks of a folder, and two that are made."""
    every = [spent(name, workbook) for name, workbook in _workbooks(folder)]
    head = f"{'formulas':>9}{'graph+regions':>15}{'audit':>8}{'ratio':>7}{'per 25,000':>12}"
    lines = [f"  fastest of {ROUNDS}, seconds of the processor", f"  {'':46}{head}"]
    goals: list[Goal] = []
    for one in every:
        lines.append(
            f"  {one.name[:44]:46}{one.formulas:9,}{one.ground:15.2f}{one.audit:8.2f}"
            f"{one.audit / one.ground:7.2f}{one.scaled:12.2f}"
        )
        slow = sorted(one.parts.items(), key=lambda part: -part[1])[:SLOWEST]
        lines.append("      " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in slow))
        goals.append(at_most(f"audit of {FORMULAS:,}, {one.name[:24]}", one.scaled, SECONDS, "s"))
    told = {
        one.name: {
            "formulas": one.formulas,
            "graph_and_regions": one.ground,
            "audit": one.audit,
            "parts": one.parts,
        }
        for one in every
    }
    yield Report(tuple(lines), told, tuple(goals))


def spent(name: str, workbook: Workbook) -> Spent:
    """The fastest round of each measure; the first round loads what is loaded lazily."""
    formulas = formulas_of(workbook)
    grounds, audits = [], []
    parts: dict[str, float] = {}
    for _ in range(ROUNDS):
        facts, ground = _ground(formulas)
        grounds.append(ground)
        audits.append(_seconds(lambda facts=facts: findings_of(facts)))
    for _ in range(ROUNDS):
        facts, _seen = _ground(formulas)
        for part, seconds in _parts(facts):
            parts[part] = min(seconds, parts.get(part, seconds))
    # What is done for all findings once the rules have spoken: labels, effects, order.
    parts["(completing)"] = max(0.0, min(audits) - sum(parts.values()))
    return Spent(name, workbook.formula_count, min(grounds), min(audits), parts)


def _ground(formulas: Formulas) -> tuple[Facts, float]:
    facts = Facts(formulas.workbook, formulas)
    return facts, _seconds(lambda: (facts.graph, facts.regions))


def _parts(facts: Facts) -> Iterator[tuple[str, float]]:
    """What all rules share, then each rule; the first that needs another shared thing pays it."""
    yield "(grids)", _seconds(lambda: facts.grids)
    for rule in rules():
        yield rule.code, _seconds(lambda rule=rule: tuple(rule.check(facts)))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _workbooks(folder: Path) -> Iterator[tuple[str, Workbook]]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            try:
                found.append(read_workbook(path))
            except TickmarkError:
                continue
    found.sort(key=lambda workbook: -workbook.formula_count)
    for workbook in found[:LARGEST]:
        if workbook.formula_count:
            yield Path(workbook.path).name, workbook
    with tempfile.TemporaryDirectory() as scratch:
        for name, write in MADE.items():
            path = Path(scratch) / "made.xlsx"
            write(path)
            yield name, read_workbook(path)
