"""The one sentence at the top: of a run and of a workbook. Incomplete never sounds clean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run
from tickmark.report.severity import Tally, shown, tally
from tickmark.report.wording import counted, listed, number, plain

RULES_ONLY: Final = "Rules only: no model was asked."

_STOPPED: Final = {
    "budget": "The run stopped because the spending limit was reached.",
    "provider": "The run stopped because the model's provider could not be reached or refused.",
    "interrupted": "The run was interrupted.",
    "limit": "The run stopped because the provider's rate limit asks to wait too long.",
    "failures": "The run stopped because too many questions failed.",
    "disk": "The run stopped because its record of answers could not be written.",
    "batch": "Answers of a message batch are awaited; the run is to be resumed.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How many workbooks ended how; `missing` were planned and never analysed."""

    ok: int = 0
    incomplete: int = 0
    failed: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        """All workbooks of the run, the missing ones too."""
        return self.ok + self.incomplete + self.failed + self.missing

    @property
    def whole(self) -> bool:
        """Whether every workbook is complete."""
        return not (self.incomplete or self.failed or self.missing)

    @property
    def words(self) -> str:
        """`9 complete, 2 incomplete and 1 failed`; only what there is."""
        pairs = (
            (self.ok, "complete"),
            (self.incomplete, "incomplete"),
            (self.failed, "failed"),
            (self.missing, "not reached"),
        )
        return listed([f"{number(n)} {word}" for n, word in pairs if n])


def run_verdict(standing: Standing, found: Tally) -> str:
    """One sentence: how many workbooks, how they ended, what was found."""
    if not standing.total:
        return "No workbook was analysed."
    books = counted(standing.total, "workbook")
    if standing.whole:
        return f"{books} analysed completely: {found.sentence}."
    if standing.total == standing.failed:
        return f"{books} could not be analysed."
    return f"{books}: {standing.words}; {found.sentence} in what was analysed."


def run_warning(run: Run, standing: Standing) -> str:
    """Why the run must not be taken as complete; empty where it may be."""
    parts = []
    if run.stopped:
        sentence = plain(run.stopped, 400).rstrip(".")
        parts.append(_STOPPED.get(run.stopped, f"The run stopped: {sentence}."))
    if standing.missing:
        parts.append(f"{_were(standing.missing)} never reached.")
    if standing.failed:
        parts.append(f"{counted(standing.failed, 'workbook')} could not be analysed at all.")
    if standing.incomplete:
        parts.append(f"{_were(standing.incomplete)} analysed only in part.")
    if not parts and not run.complete:
        parts.append("Some task of the run failed.")
    return " ".join(parts)


def workbook_verdict(analysis: Analysis) -> str:
    """One sentence about one workbook."""
    if analysis.status is Status.FAILED:
        return "Not analysed: " + (plain(analysis.error) or "the reason is not known.")
    found = shown(analysis.findings)
    where = listed(
        [
            counted(len(analysis.sheets), "sheet"),
            counted(analysis.cells, "cell"),
            counted(analysis.formulas, "formula"),
        ]
    )
    sentence = tally(found).sentence
    if analysis.status is Status.INCOMPLETE:
        return f"Only a part of this workbook was analysed: {sentence} so far, in {where}."
    return f"{sentence[:1].upper()}{sentence[1:]}, in {where}."


def _were(workbooks: int) -> str:
    return counted(workbooks, "workbook was", "workbooks were")
