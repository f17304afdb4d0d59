"""Figure `labelled`: cells that people have labelled as wrong, beside another auditor."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.audit_scores.accusations import (
    FACT_RULES,
    Accusation,
    without_facts,
)
from tests.benchmarks.audit_scores.auditor_peer import (
    CANDIDATES,
    PACKAGE,
    peer_accusations,
    peer_version,
)
from tests.benchmarks.audit_scores.cell_scores import Scores
from tests.benchmarks.audit_scores.error_labels import (
    ALL,
    CLASSES,
    FORMULA,
    LabelledBook,
    labelled_books,
)
from tests.benchmarks.audit_scores.own_audit import OwnAudit
from tests.benchmarks.region_scores.goals import Goal, Report, at_least
from tests.benchmarks.region_scores.scores import share
from tickmark.model.address import cell_address

FIGURE = "cells labelled as wrong in real workbooks"
OWN, OWN_MISTAKES = "tickmark", "tickmark, mistakes only"
F1, PRECISION, RECALL = 0.70, 0.60, 0.35
PUBLISHED = {
    "tool of the labels' paper": (0.553, 0.662, 0.602),
    "CACheck": (0.631, 0.405, 0.493),
    "CUSTODES": (0.489, 0.420, 0.452),
    "Excel's own checker": (0.121, 0.330, 0.177),
    "ExceLint": (0.314, 0.046, 0.081),
}
"""Precision, recall, F1 of all errors on all 33 workbooks, as their authors' lists give them."""


def figure(
    folder: Path, cache: Path, *, aside: bool, peers: bool = True, misses: str = ""
) -> Iterator[Report]:
    """Scores of the workbooks set aside, or of the others; misses only of the latter."""
    scores: dict[str, Scores] = {}
    auditor = OwnAudit()
    left_out: list[str] = []
    missed: list[str] = []
    sheets = formulas = books = 0
    for book in labelled_books(folder, cache, aside=aside):
        if isinstance(book, str):
            left_out.append(book)
            continue
        books += 1
        sheets += len(book.workbook.sheets)
        formulas += book.workbook.formula_count
        for name, found in _found(book, auditor, peers=peers, left_out=left_out):
            scores.setdefault(name, Scores()).add(book.labels, found)
            if name == OWN and misses and not aside and misses in book.name:
                missed += _misses(book, found)
    state = "set aside" if aside else "tuning"
    head = f"{state}: {books} workbooks, {sheets} sheets, {formulas:,} formulas"
    yield Report(
        (
            f"  {head}",
            *(f"  left out: {one}" for one in left_out),
            *_lines(scores, formulas),
            *auditor.lines,
            *missed,
        ),
        _told(state, scores, left_out),
        (*_goals(state, scores[OWN]), auditor.goal(state)) if OWN in scores else (),
    )


def _found(
    book: LabelledBook, auditor: OwnAudit, *, peers: bool, left_out: list[str]
) -> Iterator[tuple[str, list[Accusation]]]:
    own = auditor.accusations(book.workbook)
    yield OWN, own
    yield OWN_MISTAKES, without_facts(own)
    known = peer_version()
    if not peers:
        return
    if known is None:
        if f"{PACKAGE}: not installed" not in left_out:
            left_out.append(f"{PACKAGE}: not installed")
        return
    try:
        told = peer_accusations(book.workbook, book.path)
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        left_out.append(f"{PACKAGE}: no report of one workbook: {type(error).__name__}")
        told = {name: [] for name in CANDIDATES}
    yield from ((f"{PACKAGE} {known}{name}", found) for name, found in told.items())


def _lines(scores: Mapping[str, Scores], formulas: int) -> Iterator[str]:
    if not scores:
        return
    yield "  cells, all workbooks as one; of single classes only what no class has is wrong"
    yield f"  {'':42}" + "".join(f"{title:>22}" for title in CLASSES.values())
    yield f"  {'':42}" + f"{'P':>10}{'R':>6}{'F1':>6}" * len(CLASSES)
    for name, one in scores.items():
        yield f"  {name:42}" + "".join(
            f"{counts.precision:10.3f}{counts.recall:6.3f}{counts.f1:6.3f}"
            for counts in one.classes.values()
        )
    for name, (precision, recall, both) in PUBLISHED.items():
        yield f"  {name:42}{precision:10.3f}{recall:6.3f}{both:6.3f}   published, all 33 workbooks"
    yield f"  mistakes only leaves out: {', '.join(sorted(FACT_RULES))}"
    yield "  findings that accuse cells; right: at least half of their cells are labelled"
    yield f"  {'':42}{'findings':>10}{'right':>7}{'share':>7}{'per 1,000 formulas':>20}"
    for name, one in scores.items():
        every = one.findings
        yield (
            f"  {name:42}{every.findings:10,}{every.right:7,}"
            f"{share(every.right, every.findings):7.2f}"
            f"{share(1000 * every.findings, formulas):20.1f}"
        )
    yield f"  {'by rule':42}{'findings':>10}{'right':>7}{'share':>7}{'cells right':>13}{'wrong':>8}"
    for code, counts in sorted(scores[OWN].rules.items()):
        yield (
            f"    {code:40}{counts.findings:10,}{counts.right:7,}"
            f"{share(counts.right, counts.findings):7.2f}"
            f"{counts.cells_right:13,}{counts.cells_wrong:8,}"
        )


def _goals(state: str, scores: Scores) -> Iterator[Goal]:
    every, formula = scores.classes[ALL], scores.classes[FORMULA]
    yield at_least(f"F1 of all errors, {state}", every.f1, F1)
    yield at_least(f"precision of formula errors, {state}", formula.precision, PRECISION)
    yield at_least(f"recall of formula errors, {state}", formula.recall, RECALL)


def _told(state: str, scores: Mapping[str, Scores], left_out: Sequence[str]) -> dict[str, object]:
    return {
        "state": state,
        "left_out": list(left_out),
        "candidates": {
            name: {
                "classes": {
                    title: {
                        "right": counts.right,
                        "wrong": counts.wrong,
                        "missed": counts.missed,
                        "precision": counts.precision,
                        "recall": counts.recall,
                        "f1": counts.f1,
                    }
                    for title, counts in one.classes.items()
                },
                "rules": {
                    code: {
                        "findings": counts.findings,
                        "right": counts.right,
                        "cells_right": counts.cells_right,
                        "cells_wrong": counts.cells_wrong,
                    }
                    for code, counts in sorted(one.rules.items())
                },
            }
            for name, one in scores.items()
        },
        "published": PUBLISHED,
    }


def _misses(book: LabelledBook, found: Sequence[Accusation]) -> Iterator[str]:
    """Labelled cells that nothing accuses, and accused ones that no label has."""
    accused = {place: one for one in found for place in one.cells}
    yield f"  {book.name}"
    for sheet, row, column in sorted(book.labels[ALL] - accused.keys()):
        yield f"    missed {sheet}!{cell_address(row, column)}"
    for place in sorted(accused.keys() - book.labels[ALL]):
        sheet, row, column = place
        yield f"    wrong {sheet}!{cell_address(row, column)} {accused[place].rule}"
