"""Precision, recall and F1 of accused cells, and of findings as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tests.benchmarks.audit_scores.accusations import Accusation, Place
from tests.benchmarks.audit_scores.error_labels import ALL, CLASSES, Labels
from tests.benchmarks.region_scores.scores import f1, share

RIGHT = 0.5
"""Share of a finding's cells that have to be labelled for it to be right."""


@dataclass(frozen=True, slots=True)
class CellCounts:
    """Cells of a class that were accused, accused cells outside all classes, cells missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: CellCounts) -> CellCounts:
        return CellCounts(
            self.right + other.right, self.wrong + other.wrong, self.missed + other.missed
        )

    @property
    def precision(self) -> float:
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        return f1(self.precision, self.recall)


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """Findings that accuse cells, those of them that are right, and their cells."""

    findings: int = 0
    right: int = 0
    cells_right: int = 0
    cells_wrong: int = 0

    def __add__(self, other: FindingCounts) -> FindingCounts:
        return FindingCounts(
            self.findings + other.findings,
            self.right + other.right,
            self.cells_right + other.cells_right,
            self.cells_wrong + other.cells_wrong,
        )


@dataclass(slots=True)
class Scores:
    """Sums over workbooks: cells by class, findings in total and by rule."""

    classes: dict[str, CellCounts] = field(
        default_factory=lambda: dict.fromkeys(CLASSES, CellCounts())
    )
    rules: dict[str, FindingCounts] = field(default_factory=dict)

    def add(self, labels: Labels, found: Collection[Accusation]) -> None:
        """Count one workbook."""
        for name, counts in class_counts(labels, found).items():
            self.classes[name] += counts
        for one in found:
            if one.cells:
                before = self.rules.get(one.rule, FindingCounts())
                self.rules[one.rule] = before + finding_counts(labels[ALL], one)

    @property
    def findings(self) -> FindingCounts:
        """All rules together."""
        return sum(self.rules.values(), FindingCounts())


def class_counts(labels: Labels, found: Iterable[Accusation]) -> Mapping[str, CellCounts]:
    """The counts of each class; wrong is what no class has."""
    accused = {place for one in found for place in one.cells}
    wrong = len(accused - labels[ALL])
    return {
        name: CellCounts(len(accused & cells), wrong, len(cells - accused))
        for name, cells in labels.items()
    }


def finding_counts(labelled: Collection[Place], one: Accusation) -> FindingCounts:
    """A finding is right where at least half of its cells are labelled."""
    inside = len(one.cells & frozenset(labelled))
    right = inside >= RIGHT * len(one.cells)
    return FindingCounts(1, int(right), inside, len(one.cells) - inside)
