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
class Finding:
    """One accusation by one rule.

    `sheet` is empty and `ranges` is empty where the whole workbook is meant (a defined name, a
    link). `ranges` are A1 texts without sheet: exactly the accused cells. `evidence` maps a label
    (`found`, `expected`, `target`, …) to text. `key` is what makes the finding the same finding
    after rows were inserted (normalised formula, name, label); the fingerprint is made from it.
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

    @property
    def fingerprint(self) -> str:
        """16 hex digits that stay the same while rule, sheet and key do."""
        text = "\x1f".join((self.rule, self.sheet, self.key or " ".join(self.ranges)))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
