"""Figure `mutations`: errors injected into real workbooks, and what the audit says of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from math import sqrt
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.benchmarks.audit_scores.accusations import Accusation, Place
from tests.benchmarks.audit_scores.injection import Injection, Subject
from tests.benchmarks.audit_scores.mutation_kinds import MutationKind
from tests.benchmarks.audit_scores.own_audit import OwnAudit
from tests.benchmarks.region_scores.goals import Goal, Report, at_least, at_most
from tests.benchmarks.region_scores.scores import share
from tickmark.errors import TickmarkError
from tickmark.model.address import cell_address
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

FIGURE = "errors injected into real workbooks"
SEED = 8
FEW, MANY = 3, 20
"""Errors of a kind that are put into each workbook."""

FEWEST_FORMULAS = 50
KINDS = (".xlsx", ".xlsm")
"""What the calculation engine reads."""

CAUGHT, CAUGHT_OF_KIND, OTHERS = 0.8, 0.6, 0.01
Z = 1.96
Interval: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """One injected error and what the audit made of it.

    `by` are the rules whose findings are on a wrong cell, `cells` the cells of the smallest such
    finding, `scores` each rule's own confidence. `others` are findings elsewhere, `twin` those of
    the workbook without the error. Of the other findings that it does not have, `fresh` has rule
    and confidence, `effects` the rules of those on cells that depend on the wrong one.
    """

    kind: str
    workbook: str
    cell: str
    before: str
    after: str
    in_run: bool
    by: tuple[str, ...] = ()
    cells: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    others: int = 0
    twin: int = 0
    fresh: tuple[tuple[str, float], ...] = ()
    effects: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        return bool(self.by)


@dataclass(frozen=True, slots=True)
class Book:
    """The trials of one workbook, or why there are none, and what rules raised."""

    name: str
    trials: tuple[Trial, ...] = ()
    left_out: str = ""
    sites: int = 0
    formulas: int = 0
    raised: Mapping[str, int] = field(default_factory=dict)


def figure(
    folder: Path, *, quick: bool, seed: int = SEED, told: Path | None = None
) -> Iterator[Report]:
    """All trials by kind and by rule."""
    books = books_tried(folder, quick=quick, seed=seed)
    trials = trials_of(folder, quick=quick, seed=seed)
    auditor = OwnAudit(sum((Counter(book.raised) for book in books), Counter()))
    if told is not None:
        told.write_text("".join(f"{line}\n" for line in _each(trials)), encoding="utf-8")
    yield Report(
        (*_lines(books, trials), *auditor.lines),
        {
            "trials": [asdict(one) for one in trials],
            "left_out": {book.name: book.left_out for book in books if book.left_out},
            "raised": dict(auditor.raised),
        },
        (*_goals(trials), auditor.goal("injected errors")),
    )


def trials_of(folder: Path, *, quick: bool, seed: int = SEED) -> list[Trial]:
    """The trials of all workbooks of a folder."""
    return [one for book in books_tried(folder, quick=quick, seed=seed) for one in book.trials]


@cache
def books_tried(folder: Path, *, quick: bool, seed: int) -> tuple[Book, ...]:
    """All workbooks of a folder with their trials, as many at once as there are processors."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS)
    with ProcessPoolExecutor(max_workers=max(1, os.cpu_count() or 1)) as pool:
        found = pool.map(partial(_book, count=FEW if quick else MANY, seed=seed), paths)
        return tuple(book for book in found if book is not None)


def wilson(right: int, count: int) -> Interval:
    """The interval that holds the true share 95 times of 100."""
    if not count:
        return 0.0, 1.0
    part, room = right / count, Z * Z / count
    middle = (part + room / 2) / (1 + room)
    half = Z * sqrt(part * (1 - part) / count + room / count / 4) / (1 + room)
    return middle - half, middle + half


def tried(injection: Injection, name: str, found: Sequence[Accusation]) -> Trial:
    """What the findings in the mutated workbook say of the error."""
    site, twin = injection.site, injection.twin
    on = [one for one in found if one.cells & injection.wrong]
    hit = frozenset(place for one in on for place in one.cells) & injection.wrong
    caught = on if 2 * len(hit) >= len(injection.wrong) else []
    others = [one for one in found if not one.cells & injection.wrong]
    known = {(one.rule, _after_deletion(one.cells, injection)) for one in twin.accusations}
    new = [one for one in others if (one.rule, one.cells) not in known]
    sheet = twin.workbook.sheets[site.at[0]].name
    return Trial(
        injection.kind,
        name,
        f"{sheet}!{cell_address(site.row, site.column)}",
        site.text,
        injection.after,
        site.in_run,
        tuple(sorted({one.rule for one in caught})),
        min((len(one.cells) for one in caught), default=0),
        {one.rule: one.confidence for one in caught},
        len(others),
        len(twin.accusations),
        tuple((one.rule, one.confidence) for one in new if not one.cells & injection.needing),
        tuple(one.rule for one in new if one.cells & injection.needing),
    )


def _book(path: Path, *, count: int, seed: int = SEED) -> Book | None:
    """The trials of one workbook; None for one with hardly a formula."""
    try:
        workbook = read_workbook(path, processes=1)
    except TickmarkError:
        return None
    if workbook.formula_count < FEWEST_FORMULAS:
        return None
    from tests.benchmarks.audit_scores.recalculation import (  # noqa: PLC0415 - see there
        EngineRecalculation,
    )

    auditor = OwnAudit()
    try:
        formulas = formulas_of(workbook)
        recalculation = EngineRecalculation(formulas, path)
    except Exception as error:  # noqa: BLE001 - the engine has errors of its own
        return Book(path.name, left_out=f"not recalculated: {type(error).__name__}: {error}"[:90])
    subject = Subject(path.name, workbook, recalculation, auditor)
    if not subject.sites:
        return Book(path.name, left_out="no formula of it can be recalculated")
    trials = []
    for kind in MutationKind:
        random = Random(f"{seed} {path.name} {kind}")  # noqa: S311 - the same draws each time
        trials += [
            tried(injection, path.name, auditor.accusations(injection.workbook))
            for injection in subject.injections(kind, count, random)
        ]
    if not recalculation.is_restored():
        return Book(path.name, left_out="the engine lost its values on the way")
    return Book(
        path.name,
        tuple(trials),
        sites=len(subject.sites),
        formulas=workbook.formula_count,
        raised=dict(auditor.raised),
    )


def _after_deletion(cells: frozenset[Place], injection: Injection) -> frozenset[Place]:
    if injection.row is None:
        return cells
    number, row = injection.row
    name = injection.twin.workbook.sheets[number].name
    return frozenset(
        (sheet, line - (sheet == name and line > row), column)
        for sheet, line, column in cells
        if (sheet, line) != (name, row)
    )


def _lines(books: Sequence[Book], trials: Sequence[Trial]) -> Iterator[str]:
    used = [book for book in books if book.trials]
    yield (
        f"  {len(trials):,} errors in {len(used)} workbooks; {sum(b.sites for b in used):,} of "
        f"{sum(b.formulas for b in used):,} formulas are drawn from"
    )
    for book in books:
        if book.left_out:
            yield f"  left out: {book.name}: {book.left_out}"
    yield f"  {'':20}{'in runs of 3 copies and more':>32}{'other cells':>28}"
    head = f"{'caught':>8}{'of':>7}{'share':>7}{'95 %':>12}"
    yield f"  {'':20}{head}{head[:22]:>26}"
    for kind in (*MutationKind, "all"):
        own = [one for one in trials if kind in {one.kind, "all"}]
        runs, alone = ([one for one in own if one.in_run is run] for run in (True, False))
        yield f"  {kind:20}{_share(runs, interval=True)}    {_share(alone, interval=False)}"
    yield "  cells of the smallest finding on a caught one: median, 90 of 100"
    sizes = sorted(one.cells for one in trials if one.caught)
    if sizes:
        yield f"    {sizes[len(sizes) // 2]}, {sizes[len(sizes) * 9 // 10]}"
    yield "  caught by (several may catch one)"
    rules = Counter(rule for one in trials for rule in one.by)
    for rule, count in rules.most_common():
        kinds = Counter(one.kind for one in trials if rule in one.by)
        yield f"    {rule:28}{count:6,}   " + ", ".join(f"{k} {n}" for k, n in kinds.most_common())
    yield "  other findings that the untouched twin does not have: elsewhere, on what is affected"
    fresh = Counter(rule for one in trials for rule, _ in one.fresh)
    effects = Counter(rule for one in trials for rule in one.effects)
    for rule in sorted({*fresh, *effects}, key=lambda rule: -fresh[rule] - effects[rule]):
        yield f"    {rule:28}{fresh[rule]:6,}{effects[rule]:6,}"
    yield "  by workbook, cells in runs"
    for book in used:
        runs = [one for one in book.trials if one.in_run]
        yield f"    {book.name[:46]:48}{_share(runs, interval=True)}"


def _share(trials: Sequence[Trial], *, interval: bool) -> str:
    right = sum(one.caught for one in trials)
    text = f"{right:8,}{len(trials):7,}{share(right, len(trials)):7.2f}"
    if not interval:
        return text
    low, high = wilson(right, len(trials))
    return f"{text}  {low:.2f}-{high:.2f}"


def _goals(trials: Sequence[Trial]) -> Iterator[Goal]:
    runs = [one for one in trials if one.in_run]
    yield at_least("injected errors caught", share(sum(t.caught for t in runs), len(runs)), CAUGHT)
    for kind in MutationKind:
        own = [one for one in runs if one.kind == kind]
        caught = share(sum(one.caught for one in own), len(own))
        yield at_least(f"  {kind}", caught, CAUGHT_OF_KIND)
    more = sum(one.others - one.twin for one in trials)
    rise = share(more, sum(one.twin for one in trials))
    yield at_most("other findings up by", 100 * rise, 100 * OTHERS, "%")


def _each(trials: Sequence[Trial]) -> Iterator[str]:
    """One line an error, missed ones first."""
    for one in sorted(trials, key=lambda one: (one.caught, not one.in_run, one.kind)):
        state = "caught" if one.caught else "MISSED"
        run = "run" if one.in_run else "alone"
        yield (
            f"{state}\t{one.kind}\t{run}\t{one.workbook}\t{one.cell}\t={one.before}\t={one.after}"
            f"\t{','.join(one.by)}"
        )
