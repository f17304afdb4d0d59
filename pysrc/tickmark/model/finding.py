"""Findings: what a rule has to say about cells, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from hashlib import sha256


class Severity(IntEnum):
    """How much a finding matters; ordered, so that `max` is the worst."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """Lower-case name as it stands in JSON and on the command line."""
        return self.name.lower()


class Tier(StrEnum):
    """Whether a finding is shown without asking."""

    DEFAULT = "default"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Effect:
    """What depends on some cells: formula cells, results of the workbook and their labels.

    `labels` are those of the first few results, the ones with the most cells first.
    """

    dependents: int = 0
    outputs: int = 0
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One accusation by one rule.

    `sheet` is empty and `ranges` is empty where the whole workbook is meant (a defined name, a
    link). `ranges` are A1 texts without sheet: exactly the accused cells. `evidence` maps a label
    (`found`, `expected`, `target`, …) to text; `found` and `expected` are formulas in A1 notation
    as the first accused cell has them, `found R1C1` and `expected R1C1` the same in R1C1.
    `siblings` are up to two cells (A1 without sheet) that show what was expected. `key` is what
    makes the finding the same finding after rows were inserted (normalised formula, name, text),
    `label` what the first accused cell is called; the fingerprint is made from both. `confidence`
    is the share of like findings that are right. `effect` is None where nothing was looked up.
    `dismissed` says who has dismissed the finding and why, "" for one that is open.
    """

    rule: str
    severity: Severity
    message: str
    sheet: str = ""
    ranges: tuple[str, ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict)
    fix: str = ""
    confidence: float = 1.0
    tier: Tier = Tier.DEFAULT
    key: str = ""
    siblings: tuple[str, ...] = ()
    label: str = ""
    effect: Effect | None = None
    dismissed: str = ""

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same while rule, sheet, key and label do."""
        key = self.key or ("" if self.label else " ".join(self.ranges))
        text = f"{self.rule}\x1f{self.sheet}\x1f{key}\x1f{self.label}"
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def is_open(self) -> bool:
        """Whether it is shown without asking and counts: of the default tier, not dismissed."""
        return self.tier is Tier.DEFAULT and not self.dismissed
