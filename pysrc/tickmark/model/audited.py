"""What the rules found in one workbook, before anything of it is hidden."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.analysis import Status
from tickmark.model.finding import Finding


@dataclass(frozen=True, slots=True)
class AuditedWorkbook:
    """One workbook of an audit, whole or failed.

    `path` is the source as given, with `/`; `sha256` that of its bytes. `error` is the sentence
    for a failed workbook. `sheets`, `cells` and `formulas` count what was read. `findings` are
    those of all rules and tiers, worst first. `problems` are sentences about what is missing,
    `notes` remarks. `own_output` marks a workbook that Tickmark wrote itself.
    """

    path: str
    status: Status = Status.OK
    sha256: str = ""
    format: str = ""
    error: str = ""
    sheets: int = 0
    cells: int = 0
    formulas: int = 0
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    own_output: bool = False
