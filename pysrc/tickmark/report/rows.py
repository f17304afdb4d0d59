"""Findings as the rows of a report: grouped by severity and rule, capped fairly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.model.address import quote_sheet_name
from tickmark.model.analysis import Citation
from tickmark.model.finding import Effect, Finding, Severity
from tickmark.report.severity import SYMBOLS
from tickmark.report.wording import counted, plain

MOST_RANGES: Final = 6
MOST_EVIDENCE: Final = 6
MOST_LABELS: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, all of it plain text; `anchor` is its id in the page.

    `label` is what the first cell is called, `effect` what depends on the cells, `siblings` cells
    that show what was expected, `dismissed` who dismissed it and why.
    """

    anchor: str
    where: str
    label: str
    message: str
    effect: str
    siblings: str
    dismissed: str
    evidence: tuple[tuple[str, str], ...]
    fix: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one rule with one severity: the rows shown, and how many are not.

    `fix` is the one that all of them have, empty where they differ; rows then do not repeat it.
    """

    severity: Severity
    rule: str
    total: int
    fix: str
    rows: tuple[Row, ...]

    @property
    def symbol(self) -> str:
        """The severity's symbol."""
        return SYMBOLS[self.severity]

    @property
    def more(self) -> int:
        """Number of findings without a row."""
        return self.total - len(self.rows)


def where(finding: Finding, most: int = MOST_RANGES) -> str:
    """`'P&L'!C5, D7 and 3 more`, fit for Excel's name box; `workbook` where no cell is meant."""
    areas = [plain(area, 40) for area in finding.ranges[:most]]
    if len(finding.ranges) > most:
        areas[-1] += f" and {len(finding.ranges) - most} more"
    cells = ", ".join(areas)
    if not finding.sheet:
        return cells or "workbook"
    sheet = quote_sheet_name(plain(finding.sheet, 80))
    return f"{sheet}!{cells}" if cells else plain(finding.sheet, 80)


def cited_place(citation: Citation) -> str:
    """`'P&L'!C5`, or the bare range where the model named no sheet."""
    sheet, area = plain(citation.sheet, 80), plain(citation.range, 60)
    return f"{quote_sheet_name(sheet)}!{area}" if sheet else area


def evidence(finding: Finding, limit: int = 400) -> tuple[tuple[str, str], ...]:
    """(label, text) pairs, the first few, each cut to `limit` characters."""
    pairs = list(finding.evidence.items())[:MOST_EVIDENCE]
    return tuple((plain(label, 60), plain(text, limit)) for label, text in pairs)


def effect_words(effect: Effect) -> str:
    """`Feeds 37 cells, among them 2 results (NPV; Net income).`; empty where nothing depends."""
    if not effect.dependents:
        return ""
    text = f"Feeds {counted(effect.dependents, 'cell')}"
    if effect.outputs:
        names = "; ".join(" ".join(plain(one, 60).split()) for one in effect.labels[:MOST_LABELS])
        named = f" ({names})" if names else ""
        text += f", among them {counted(effect.outputs, 'result')}{named}"
    return text + "."


def groups(numbered: Sequence[tuple[int, Finding]], prefix: str, most: int) -> tuple[Group, ...]:
    """Groups of the numbered findings, worst first, with at most `most` rows in all.

    Where there are more, every rule keeps its first ones: a rule that accuses thousands of cells
    does not crowd out the others.
    """
    found: dict[tuple[int, str], list[tuple[int, Finding]]] = {}
    for one in numbered:
        found.setdefault((-one[1].severity, one[1].rule), []).append(one)
    ordered = sorted(found.items(), key=lambda item: item[0][0])
    shares = fair_shares([len(members) for _, members in ordered], most)
    return tuple(
        _group(members, prefix, share) for (_, members), share in zip(ordered, shares, strict=True)
    )


def fair_shares(wishes: Sequence[int], most: int) -> list[int]:
    """Split `most` among wishes: nobody gets more than asked, the small ones are served whole."""
    shares = [0] * len(wishes)
    left = most
    order = sorted(range(len(wishes)), key=lambda index: wishes[index])
    for served, index in enumerate(order):
        shares[index] = min(wishes[index], left // (len(order) - served))
        left -= shares[index]
    return shares


def _group(members: Sequence[tuple[int, Finding]], prefix: str, share: int) -> Group:
    first = members[0][1]
    same = len(members) > 1 and all(one.fix == first.fix for _, one in members)
    return Group(
        severity=first.severity,
        rule=plain(first.rule, 80),
        total=len(members),
        fix=plain(first.fix, 1_000) if same else "",
        rows=tuple(
            _row(finding, f"{prefix}{n}", with_fix=not same) for n, finding in members[:share]
        ),
    )


def _row(finding: Finding, anchor: str, *, with_fix: bool) -> Row:
    sure = finding.confidence
    return Row(
        anchor=anchor,
        where=where(finding),
        label=plain(finding.label, 200),
        message=plain(finding.message),
        effect=effect_words(finding.effect) if finding.effect else "",
        siblings=", ".join(plain(one, 40) for one in finding.siblings),
        dismissed=plain(finding.dismissed, 400),
        evidence=evidence(finding),
        fix=plain(finding.fix, 1_000) if with_fix else "",
        confidence=f"{sure:.0%} sure" if 0 <= sure < 1 else "",
    )
