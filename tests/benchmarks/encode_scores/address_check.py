"""Claims of other encoders held against the cells, by the definitions of the note on encoders.

Covered is a cell whose address lies in a claim of its value, its type or its formula. Wrong is an
address with a value that is not there. A type or a formula at a filled cell is not looked at
further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.encode_scores.claim_check import SheetTruth
from tests.benchmarks.encode_scores.told_sheet import ToldSheet
from tests.benchmarks.encode_scores.told_values import agrees
from tickmark.encode.claim import Claim, Value
from tickmark.model.grid import CellKind


@dataclass
class Addressed:
    """Filled cells, those covered and those with their exact value; addresses told, and wrong."""

    cells: int = 0
    covered: int = 0
    exact: int = 0
    addresses: int = 0
    wrong: int = 0

    def add(self, other: Addressed) -> None:
        """Count another sheet in."""
        self.cells += other.cells
        self.covered += other.covered
        self.exact += other.exact
        self.addresses += other.addresses
        self.wrong += other.wrong


def addressed(told: ToldSheet, truth: SheetTruth) -> Addressed:
    """The account of the claims about one sheet."""
    filled = truth.filled
    covered = np.zeros(len(truth.cells), np.bool_)
    exact = np.zeros(len(truth.cells), np.bool_)
    found = Addressed(cells=int(filled.sum()))
    for claim in told.claims:
        count = sum(area.cells for area in claim.areas)
        found.addresses += count
        held = [at for area in claim.areas for at in truth.cells.within(area).tolist()]
        right = _right(claim, truth, held)
        found.wrong += count - len(right)
        covered[right] = True
        if claim.constant is not None:
            exact[right] = True
    found.covered = int((covered & filled).sum())
    found.exact = int((exact & filled).sum())
    return found


def _right(claim: Claim, truth: SheetTruth, held: Sequence[int]) -> list[int]:
    """The cells of a claim that are as it says."""
    if claim.constant is None:
        return [at for at in held if truth.cells.kinds[at] != CellKind.EMPTY]
    return [at for at in held if agrees(claim.constant, Value(*truth.value(at)))]
