"""How often findings are right, by rule and by the rule's own score."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.audit_scores.accusations import FACT_RULES, accusations
from tests.benchmarks.audit_scores.cell_scores import finding_counts
from tests.benchmarks.audit_scores.error_labels import ALL, labelled_books
from tests.benchmarks.audit_scores.mutations import Trial, trials_of
from tests.benchmarks.audit_scores.noise import noises
from tests.benchmarks.audit_scores.own_audit import OwnAudit

STEP = 0.05
"""Width of a bin of scores."""

PRIOR = 6.0
"""Labelled findings that all injected errors together count for: real errors are the measure."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Findings of a rule with like scores: labelled right and wrong, injected right and wrong.

    `unlabelled` counts those on real workbooks, of which nobody knows.
    """

    score: float
    right: int = 0
    wrong: int = 0
    hit: int = 0
    stray: int = 0
    unlabelled: int = 0

    @property
    def count(self) -> int:
        """Findings of which it is known whether they are right."""
        return self.right + self.wrong + self.hit + self.stray

    @property
    def share(self) -> float:
        """The share right: of the labelled ones, with that of the injected ones as a prior."""
        injected = (self.hit + 1) / (self.hit + self.stray + 2)
        labelled = self.right + self.wrong
        return (self.right + PRIOR * injected) / (labelled + PRIOR)


def write_calibration(
    target: Path, labelled: Path, folder: Path, cache: Path, *, quick: bool, seed: int
) -> list[str]:
    """Write the table that `audit/calibration.py` holds, and what it was made from."""
    table = bins(
        _labelled(labelled, cache),
        trials_of(folder, quick=quick, seed=seed),
        _unlabelled(folder, cache),
    )
    target.write_text("".join(f"{line}\n" for line in _lines(table)), encoding="utf-8")
    return [f"  {target}: {len(table)} rules"]


def bins(
    labelled: Iterable[tuple[str, float, bool]],
    trials: Iterable[Trial],
    unlabelled: Iterable[tuple[str, float]],
) -> dict[str, list[Bin]]:
    """The bins of each rule that has findings of which something is known.

    `labelled` has rule, score and whether the finding is right; `unlabelled` rule and score.
    """
    counts: dict[str, dict[float, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for rule, score, right in labelled:
        counts[rule][_binned(score)]["right" if right else "wrong"] += 1
    for trial in trials:
        for rule, score in trial.scores.items():
            counts[rule][_binned(score)]["hit"] += 1
        for rule, score in trial.fresh:
            counts[rule][_binned(score)]["stray"] += 1
    for rule, score in unlabelled:
        counts[rule][_binned(score)]["unlabelled"] += 1
    made = {
        rule: [one for score, found in sorted(own.items()) if (one := Bin(score, **found)).count]
        for rule, own in sorted(counts.items())
        if rule not in FACT_RULES
    }
    return {rule: own for rule, own in made.items() if own}


def rising(own: Sequence[Bin]) -> list[tuple[float, float]]:
    """Score and share of each bin; where shares fall, bins are averaged until they do not."""
    blocks: list[tuple[float, float, list[float]]] = []
    for one in own:
        weight = one.right + one.wrong + PRIOR
        blocks.append((one.share, weight, [one.score]))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (low, few, before), (high, many, behind) = blocks[-2:]
            both = few + many
            blocks[-2:] = [((low * few + high * many) / both, both, before + behind)]
    return [(score, share) for share, _, scores in blocks for score in scores]


def _binned(score: float) -> float:
    return round(round(score / STEP) * STEP, 2)


def _labelled(folder: Path, cache: Path) -> Iterator[tuple[str, float, bool]]:
    """Findings on the tuning workbooks."""
    auditor = OwnAudit()
    for book in labelled_books(folder, cache, aside=False):
        if not isinstance(book, str):
            for one in auditor.accusations(book.workbook):
                if one.cells:
                    right = bool(finding_counts(book.labels[ALL], one).right)
                    yield one.rule, one.confidence, right


def _unlabelled(folder: Path, cache: Path) -> Iterator[tuple[str, float]]:
    for book in noises(folder, cache, OwnAudit()):
        for one in accusations(book.workbook, book.findings):
            yield one.rule, one.confidence


def _lines(table: Mapping[str, Sequence[Bin]]) -> Iterator[str]:
    yield "# Labelled right/all, injected right/all, unlabelled; by score."
    yield "MEASURED: Final[Mapping[str, tuple[tuple[float, float], ...]]] = {"
    for rule, own in table.items():
        for one in own:
            yield (
                f"    # {one.score:.2f}: {one.right}/{one.right + one.wrong}, "
                f"{one.hit}/{one.hit + one.stray}, {one.unlabelled}"
            )
        pairs = ", ".join(f"({score:.2f}, {share:.2f})" for score, share in rising(own))
        yield f'    "{rule}": ({pairs},),'
    yield "}"
