"""The open workbook, made ready for analysis."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tickmark.analyses.prepared import Prepared, prepare
from tickmark.errors import InputError
from tickmark.hosts.jobs.job import Job
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.workbook import Workbook
from tickmark.read.live import read_live
from tickmark.settings import Settings
from tickmark.wiring import reader

# Excel for Mac may write here without asking.
_MAC_CONTAINER = "Library/Containers/com.microsoft.Excel/Data"


def live_workbook(job: Job, settings: Settings) -> Workbook:
    """The job's workbook as it is now. Raises WorkbookRefused."""
    job.show("reading the workbook")
    with tempfile.TemporaryDirectory(prefix="tickmark-", dir=_copies()) as folder:
        read = reader(settings, processes=settings.workers)
        return read_live(job.book, Path(folder), read)


def prepared(workbook: Workbook, settings: Settings, *, ask: bool) -> Prepared:
    """Facts, findings and, where a model is to be asked, texts of a workbook."""
    return prepare(
        workbook,
        budget=settings.sheet_tokens if ask else 0,
        tokens=lambda text: estimate_tokens(text, settings.model),
    )


def only(whole: Prepared, sheet: str) -> Prepared:
    """The part of a workbook that is one sheet. Raises InputError where it is none of them."""
    wanted = [one for one in whole.sheets if one.facts.name == sheet]
    if not wanted:
        message = (
            f"{sheet} is no worksheet of yours: it is a chart, or a result of Tickmark; choose "
            "another sheet and press the button again."
        )
        raise InputError(message)
    facts = wanted[0].facts
    return replace(
        whole,
        sheets=(wanted[0],),
        findings=tuple(one for one in whole.findings if one.sheet == sheet),
        shown_findings=tuple(one for one in whole.shown_findings if one.sheet == sheet),
        preface=(),
        external_links=(),
        incomplete=whole.incomplete and bool(facts.error or facts.problems or whole.problems),
    )


def _copies() -> str | None:
    """Where copies go; None for the system's own folder for temporary files."""
    container = Path.home() / _MAC_CONTAINER
    return str(container) if sys.platform == "darwin" and container.is_dir() else None
