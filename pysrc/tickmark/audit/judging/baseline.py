"""A baseline: findings that were there before, so that only new ones count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding


@dataclass(frozen=True, slots=True, order=True)
class BaselineEntry:
    """Findings of one fingerprint in one workbook; the texts are for people.

    `path` is the workbook's as seen from the folder of the baseline's file, with `/`; `count` how
    many such findings there are, `cells` how many cells the largest of them accuses.
    """

    path: str
    sheet: str
    rule: str
    fingerprint: str
    label: str = ""
    message: str = ""
    count: int = 1
    cells: int = 0


@dataclass(slots=True)
class Known:
    """What is left to be met again of the findings that a workbook had, by fingerprint."""

    counts: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)

    def meets(self, finding: Finding) -> bool:
        """Whether a finding is one of them, which is then met.

        One that accuses more cells than before is not: the others are new.
        """
        name = finding.fingerprint
        if self.counts[name] < 1 or accused(finding) > self.cells[name]:
            return False
        self.counts[name] -= 1
        return True


@dataclass(frozen=True, slots=True)
class Baseline:
    """All entries; `origin` is the path of the file."""

    entries: tuple[BaselineEntry, ...] = ()
    origin: str = ""

    def of(self, path: str) -> tuple[BaselineEntry, ...]:
        """The entries of a workbook."""
        return tuple(one for one in self.entries if one.path == path)

    def known(self, path: str) -> Known:
        """What a workbook had."""
        known = Known()
        for one in self.of(path):
            known.counts[one.fingerprint] += one.count
            known.cells[one.fingerprint] = max(known.cells[one.fingerprint], one.cells)
        return known

    def fixed(
        self, path: str, found: Iterable[Finding], rules: Collection[str]
    ) -> tuple[BaselineEntry, ...]:
        """What a workbook had and has no more, as far as the rules tell that were applied."""
        left = Counter(one.fingerprint for one in found)
        gone = []
        for entry in self.of(path):
            there = min(entry.count, left[entry.fingerprint])
            left[entry.fingerprint] -= there
            if there < entry.count and entry.rule in rules:
                gone.append(replace(entry, count=entry.count - there))
        return tuple(gone)


def accused(finding: Finding) -> int:
    """How many cells a finding accuses."""
    return sum(RangeRef.parse(area).cells for area in finding.ranges)


def baseline_of(found: Iterable[tuple[str, Finding]]) -> tuple[BaselineEntry, ...]:
    """Entries of (path, finding) pairs, sorted, findings of one fingerprint counted together."""
    entries: dict[tuple[str, str], BaselineEntry] = {}
    for path, one in found:
        at = path, one.fingerprint
        known = entries.get(at)
        if known is not None:
            cells = max(known.cells, accused(one))
            entries[at] = replace(known, count=known.count + 1, cells=cells)
            continue
        entries[at] = BaselineEntry(
            path, one.sheet, one.rule, one.fingerprint, one.label, one.message, 1, accused(one)
        )
    return tuple(sorted(entries.values()))
