"""Figure `noise`: how many findings real workbooks have, and what those of high severity say."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.audit_scores.own_audit import OwnAudit
from tests.benchmarks.region_scores.goals import Goal, Report, at_most
from tickmark.audit.rule import Facts
from tickmark.errors import TickmarkError
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import SUPPORTED, read_workbook
from tickmark.read.office import Office
from tickmark.structure.formulas import formulas_of
from tickmark.structure.relative import formula_text

FIGURE = "findings of the default tier in real workbooks"
FEWEST_FORMULAS = 50
MEDIAN, MOST = 5.0, 15.0
SHOWN = 60
_TEXTS = frozenset({"csv", "tsv"})


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """A workbook and its findings of the default tier."""

    workbook: Workbook
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        return Path(self.workbook.path).name

    @property
    def rate(self) -> float:
        """Findings per 1,000 formulas."""
        return 1000 * len(self.findings) / self.workbook.formula_count


def figure(folder: Path, cache: Path, *, high: int = 0) -> Iterator[Report]:
    """Findings per 1,000 formulas; `high` workbooks have their high findings printed."""
    auditor = OwnAudit()
    found = noises(folder, cache, auditor)
    shown = [one for one in found if any(_is_high(finding) for finding in one.findings)]
    shown.sort(key=lambda one: hashlib.sha256(one.name.encode()).hexdigest())
    read = [line for one in shown[:high] for line in _read(one)]
    rates = {one.name: one.rate for one in found}
    yield Report(
        (*_lines(found), *auditor.lines, *read),
        {"rates": rates, "raised": dict(auditor.raised)},
        (*_goals(found), auditor.goal("real workbooks")),
    )


def noises(folder: Path, cache: Path, auditor: OwnAudit) -> list[Noise]:
    """The workbooks of a folder that have FEWEST_FORMULAS, those that cannot be read left out."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    office = Office(Path(program), cache / "converted") if program else None
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix.lower().removeprefix(".") not in SUPPORTED - _TEXTS:
            continue
        try:
            workbook = read_workbook(path, office=office)
        except TickmarkError:
            continue
        if workbook.formula_count >= FEWEST_FORMULAS:
            findings = auditor.findings(Facts(workbook, formulas_of(workbook)))
            kept = tuple(one for one in findings if one.tier is Tier.DEFAULT)
            found.append(Noise(workbook, kept))
    return found


def _lines(found: Sequence[Noise]) -> Iterator[str]:
    if not found:
        yield "  no workbook with formulas; left out"
        return
    formulas = sum(one.workbook.formula_count for one in found)
    findings = sum(len(one.findings) for one in found)
    yield (
        f"  {len(found)} workbooks, {formulas:,} formulas, {findings:,} findings, "
        f"{1000 * findings / formulas:.1f} per 1,000 formulas in total"
    )
    yield f"  {'':50}{'formulas':>9}{'findings':>9}{'high':>6}{'per 1,000':>10}"
    for one in sorted(found, key=lambda one: -one.rate):
        rules = Counter(finding.rule for finding in one.findings).most_common(4)
        high = sum(map(_is_high, one.findings))
        yield (
            f"    {one.name[:46]:48}{one.workbook.formula_count:9,}{len(one.findings):9,}{high:6,}"
            f"{one.rate:10.1f}  {'OVER ' if one.rate > MOST else ''}"
            + ", ".join(f"{rule} {count}" for rule, count in rules)
        )
    yield f"  {'by rule':32}{'findings':>9}{'high':>6}{'workbooks':>11}"
    every = [(finding, one.name) for one in found for finding in one.findings]
    for rule, count in Counter(finding.rule for finding, _ in every).most_common():
        high = sum(_is_high(finding) for finding, _ in every if finding.rule == rule)
        books = len({name for finding, name in every if finding.rule == rule})
        yield f"    {rule:30}{count:9,}{high:6,}{books:11,}"


def _goals(found: Sequence[Noise]) -> Iterator[Goal]:
    if found:
        rates = [one.rate for one in found]
        yield at_most("findings per 1,000 formulas, median", median(rates), MEDIAN, form=".1f")
        yield at_most("findings per 1,000 formulas, worst", max(rates), MOST, form=".1f")


def _is_high(finding: Finding) -> bool:
    return finding.severity is Severity.HIGH


def _read(one: Noise) -> Iterator[str]:
    """The high findings of a workbook, with what stands around the first accused cell."""
    yield f"  {one.name}"
    for finding in one.findings:
        if _is_high(finding):
            ranges = ", ".join(finding.ranges[:4])
            yield f"    {finding.rule} {finding.confidence:.2f} {finding.sheet}!{ranges}"
            yield f"      {finding.message}"
            for label, text in finding.evidence.items():
                yield f"        {label}: {_short(text)}"
            if finding.ranges:
                yield from _around(one.workbook[finding.sheet], RangeRef.parse(finding.ranges[0]))


def _around(sheet: Sheet, area: RangeRef) -> Iterator[str]:
    cells = sheet.cells
    row, column = area.top, area.left
    for name, down, across in (
        ("cell", 0, 0),
        ("left", 0, -1),
        ("right", 0, 1),
        ("above", -1, 0),
        ("below", 1, 0),
    ):
        at = cells.position(row + down, column + across)
        if at is not None:
            address = cell_address(row + down, column + across)
            text = f"{cells.value(at)!r} {formula_text(sheet, at)}"
            yield f"        {name:6}{address}: {_short(text)}"


def _short(text: str) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= 2 * SHOWN else f"{text[:SHOWN]} … {text[-SHOWN:]}"
