"""Audits that are judged, made by hand: what no rule has to find first."""

from __future__ import annotations

import datetime as dt

from tests.report.analyses import HOSTILE
from tickmark.audit.judging.baseline import Baseline, BaselineEntry
from tickmark.audit.judging.judgement import Judge, JudgedRun, Policy
from tickmark.audit.judging.suppression import Suppression
from tickmark.model.analysis import Status
from tickmark.model.audited import AuditedWorkbook
from tickmark.model.finding import Effect, Finding, Severity, Tier

TODAY = dt.date(2026, 11, 21)
RULES = frozenset({"inconsistent-formula", "error-value", "hidden-sheet", "dead-end"})

DEVIATION = Finding(
    "inconsistent-formula",
    Severity.HIGH,
    "D7 has =B7*C6 where the copies around it would have =B7*C7.",
    "P&L",
    ("D7",),
    {"found": "=B7*C6", "expected": "=B7*C7"},
    "=B7*C7",
    0.9,
    key="RC[-2]*R[-1]C[-1]",
    siblings=("C7", "E7"),
    label="Revenue, Apr",
    effect=Effect(37, 2, ("Net profit, Year", "Cash, Year")),
)
ERROR = Finding(
    "error-value",
    Severity.MEDIUM,
    "2 cells show #DIV/0! (F3:F4).",
    "P&L",
    ("F3:F4", "H9"),
    {"found": "#DIV/0!"},
    "Fill the divisor.",
    key="#DIV/0! RC[-1]/RC[-2]",
)
HINT = Finding(
    "dead-end", Severity.INFO, "Nothing reads B2.", "Inputs", ("B2",), tier=Tier.MORE, key="B2"
)
DISMISSED = Finding(
    "error-value",
    Severity.HIGH,
    "A9 shows #N/A.",
    "Inputs",
    ("A9",),
    key="#N/A",
    dismissed="dismissed in Excel: the warning evalError is switched off for these cells",
)
WHOLE = Finding("hidden-sheet", Severity.LOW, "The sheet is very hidden.", "old")


def book(*findings: Finding, path: str = "models/plan.xlsx", **rest: object) -> AuditedWorkbook:
    """An audited workbook of three sheets and 400 formulas."""
    facts = {"sha256": "ab" * 32, "format": "xlsx", "sheets": 3, "cells": 1200, "formulas": 400}
    return AuditedWorkbook(path, findings=findings, **(facts | rest))  # type: ignore[arg-type]


def failed(path: str = "models/broken.xlsx") -> AuditedWorkbook:
    """A workbook that could not be read."""
    return AuditedWorkbook(path, Status.FAILED, error=f"{path} is damaged.")


def hostile() -> AuditedWorkbook:
    """Every text that a stranger can choose tries to break out of its format."""
    text = f"{HOSTILE}\r\n::error::pwned ##[add-mask]x \x1b[2J \u202e |`*_[a](javascript:1) @all"
    finding = Finding(
        "error-value",
        Severity.HIGH,
        f"=cmd|'/c calc'!A1 {text}",
        f"S:,|%\n{HOSTILE}",
        ("A1", "B2:C3"),
        {"found": "=HYPERLINK(1)", "expected": "@SUM(1)"},
        f"+1 {text}",
        key="k",
        siblings=("C7",),
        label=text,
        effect=Effect(1, 1, (text,)),
    )
    return book(finding, path=f"-{HOSTILE[:20]},:%.xlsx")


def place(file: str, path: str) -> str:
    """A path below the folder of a file, both relative."""
    return path.removeprefix(file.rpartition("/")[0] + "/") if "/" in file else path


def policy(**rest: object) -> Policy:
    """What shows everything of the default tier."""
    return Policy(**({"rules": RULES, "place": place, "today": TODAY} | rest))  # type: ignore[arg-type]


def judged(
    *books: AuditedWorkbook, notes: tuple[str, ...] = (), show: bool = False, **rest: object
) -> JudgedRun:
    """A run over workbooks under a policy."""
    made = policy(**rest)
    judge = Judge(made)
    found = tuple(judge.judged(one) for one in books)
    return JudgedRun(
        found,
        complete=all(one.status is Status.OK for one in books),
        baseline=made.baseline.origin if made.baseline else "",
        notes=(*notes, *judge.sentences()),
        show_dismissed=show,
    )


def everything() -> JudgedRun:
    """Two workbooks, one of them failed, with findings of every disposition."""
    known = BaselineEntry("models/plan.xlsx", "P&L", "error-value", ERROR.fingerprint, cells=3)
    gone = BaselineEntry("models/plan.xlsx", "P&L", "error-value", "f" * 16, message="Gone.")
    quiet = Suppression(
        "agreed with the client", rule="hidden-sheet", origin="tickmark.toml", number=1
    )
    left_out = Finding("volatile-function", Severity.LOW, "NOW().", "P&L", ("A1",))
    return judged(
        book(DEVIATION, ERROR, WHOLE, HINT, DISMISSED, left_out),
        failed(),
        suppressions=(quiet,),
        baseline=Baseline((known, gone), "audit.json"),
    )
