"""Doctor: the checks of the installation on a new sheet."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tickmark.errors import InputError
from tickmark.hosts.jobs.job import Job
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.report.wording import counted
from tickmark.settings import state_folder
from tickmark.write.live import add_sheet

DOCTOR_SHEET = "Tickmark doctor"
COMMANDS = (("doctor", "--json"), ("excel", "doctor", "--json"))
SECONDS = 180.0
NOT_APPLICABLE = "not applicable"

_WIDTHS = (15.0, 24.0, 70.0, 70.0)


@dataclass(frozen=True, slots=True)
class Checked:
    """One check as `tickmark doctor --json` tells it."""

    name: str
    ok: bool
    needed: bool
    found: str
    fix: str
    state: str = ""


def examination(job: Job) -> str:
    """Run the checks in processes of their own and write what they found; sends nothing."""
    checks: list[Checked] = []
    for command in COMMANDS:
        job.show(f"tickmark {' '.join(command[:-1])}")
        checks += [one for one in run_checks(command) if one not in checks]
    add_sheet(job.book, doctor_sheet(checks))
    return _sentence(checks)


def run_checks(command: Sequence[str]) -> list[Checked]:
    """The checks that a command of ours prints as JSON. Raises InputError."""
    shown = f"tickmark {' '.join(command)}"
    try:
        done = subprocess.run(  # noqa: S603 - our own Python and constants
            [sys.executable, "-P", "-m", "tickmark", *command],
            cwd=state_folder(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        record = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise InputError(f"`{shown}` gave no answer; run it in a terminal to see why.") from error
    checks = record.get("checks", []) if isinstance(record, dict) else []
    return [_checked(one) for one in checks if isinstance(one, dict)]


def doctor_sheet(checks: Sequence[Checked]) -> AddSheet:
    """The checks as a table, each failed one with its fix."""
    header = [WrittenCell(name, CellStyle.HEADER) for name in ("Result", "Check", "Found", "Fix")]
    rows = [
        (WrittenCell("Tickmark doctor", CellStyle.TITLE),),
        (WrittenCell(_sentence(checks)),),
        tuple(header),
        *(_row(one) for one in checks),
        (),
        (WrittenCell("Delete this sheet, or press Remove results.", CellStyle.MUTED),),
    ]
    return AddSheet(DOCTOR_SHEET, tuple(rows), _WIDTHS, 3, f"A3:D{3 + max(1, len(checks))}")


def _row(one: Checked) -> tuple[WrittenCell, ...]:
    result = ("✓ ok", CellStyle.GOOD) if one.ok else ("✗ fail", CellStyle.HIGH)
    if not one.ok and not one.needed:
        result = ("• note", CellStyle.LOW)
    if one.state == NOT_APPLICABLE:
        result = ("○ not here", CellStyle.INFO)
    return (
        WrittenCell(*result),
        WrittenCell(one.name, CellStyle.WRAPPED),
        WrittenCell(one.found, CellStyle.WRAPPED),
        WrittenCell("" if one.ok else one.fix, CellStyle.WRAPPED),
    )


def _sentence(checks: Sequence[Checked]) -> str:
    failed = sum(not one.ok and one.needed for one in checks)
    if not failed:
        return f"All is in place: {counted(len(checks), 'check')}."
    return f"{counted(failed, 'check')} of {len(checks)} failed; the fix stands beside each."


def _checked(record: Mapping[str, object]) -> Checked:
    return Checked(
        name=str(record.get("name", "")),
        ok=record.get("ok") is True,
        needed=record.get("needed", True) is not False,
        found=str(record.get("found", "")),
        fix=str(record.get("fix") or ""),
        state=str(record.get("state") or ""),
    )
