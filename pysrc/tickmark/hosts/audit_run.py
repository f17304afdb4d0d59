"""An audit over files and folders: which rules, what is known already, and how it ends."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from tickmark.analyses.told_findings import ToldFinding
from tickmark.audit.catalogue import rules, unknown_rule
from tickmark.audit.judging.baseline import Baseline, BaselineEntry, baseline_of
from tickmark.audit.judging.judgement import Disposition, Judge, JudgedRun, JudgedWorkbook, Policy
from tickmark.engine.interrupt import ctrl_c_sets
from tickmark.errors import InputError, SettingError, WriteRefused
from tickmark.hosts.audit_file import Wanted
from tickmark.hosts.auditing import audit_all
from tickmark.hosts.sources import Source, is_excluded
from tickmark.hosts.watch import Progress
from tickmark.model.analysis import Status
from tickmark.model.finding import Severity, Tier
from tickmark.report.baseline_text import baseline_text, parse_baseline
from tickmark.settings import Settings

INTERRUPTED = 130
INCOMPLETE = 3


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What is asked beside the settings: the sources, the files of known findings.

    `baseline` and `write_baseline` are paths, "" for none; `workers` are reading processes;
    `debug` lets faults of Tickmark through. With `explain` what a model may be told of the findings
    is found out as well, with `explain_only` (ids) only of those.
    """

    sources: Sequence[Source]
    baseline: str = ""
    write_baseline: str = ""
    show_dismissed: bool = False
    password: str | None = None
    workers: int = 1
    debug: bool = False
    explain: bool = False
    explain_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditOutcome:
    """A finished audit, its exit code, and the text of the baseline that was asked for.

    `told` is what a model may be told of findings, by their ids.
    """

    run: JudgedRun
    exit_code: int
    baseline: str = ""
    told: Mapping[str, ToldFinding] = field(default_factory=dict)


def run_audit(
    request: AuditRequest,
    settings: Settings,
    watch: Progress,
    *,
    today: dt.date,
    tell: Callable[[JudgedWorkbook], None] = lambda _book: None,
    stop: Event | None = None,
) -> AuditOutcome:
    """Audit all sources; `tell` gets each workbook in input order as soon as it is judged.

    Writes nothing. The first Ctrl-C sets `stop`; what is through by then is kept. Raises
    SettingError for rules that do not exist, InputError for a baseline that is none.
    """
    stop = stop or Event()
    policy = _policy(request, settings, today)
    judge = Judge(policy)
    patterns = settings.audit.exclude
    kept = [one for one in request.sources if not is_excluded(Path(one.shown), patterns)]
    books: list[JudgedWorkbook] = []
    told: dict[str, ToldFinding] = {}
    own: list[str] = []
    wanted = Wanted(frozenset(policy.rules), policy.tier, request.explain_only)
    # Work in this process is not to be waited for: Ctrl-C ends it at once.
    with ctrl_c_sets(stop) if len(kept) > 1 else nullcontext():
        for file in audit_all(
            kept,
            settings,
            watch,
            workers=request.workers,
            password=request.password,
            debug=request.debug,
            stop=stop,
            explain=wanted if request.explain else None,
        ):
            if file.workbook.own_output:
                own.append(file.workbook.path)
                continue
            books.append(judge.judged(file.workbook))
            told |= {books[-1].findings[at].id: one for at, one in file.told.items()}
            tell(books[-1])
    stopped = stop.is_set()
    notes = _notes(len(request.sources) - len(kept), settings, own, stopped=stopped)
    run = JudgedRun(
        workbooks=tuple(books),
        complete=not stopped and all(one.audited.status is Status.OK for one in books),
        baseline=request.baseline,
        notes=(*notes, *judge.sentences()),
        show_dismissed=request.show_dismissed,
    )
    text = ""
    if request.write_baseline:
        entries = _entries(run, policy.baseline, request.write_baseline)
        text = baseline_text(entries)
    code = _exit_code(run, settings.audit.fail_on, accepted=bool(text), stopped=stopped)
    return AuditOutcome(run, code, text, told)


def place(file: str, path: str) -> str:
    """A path as seen from the folder of a file, with `/`; absolute on another drive."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - keeps links
    folder = os.path.dirname(os.path.abspath(file))  # noqa: PTH100, PTH120 - as above
    try:
        return Path(os.path.relpath(whole, folder)).as_posix()
    except ValueError:
        return whole.as_posix()


def locate(path: str) -> str:
    """A path below the working folder, with `/`; absolute where it lies outside."""
    seen = place("x", path)
    outside = seen.startswith("../")
    return Path(os.path.abspath(path)).as_posix() if outside else seen  # noqa: PTH100 - as above


def check_baseline_target(path: str) -> None:
    """Refuse to write a baseline over a file that is none; raises WriteRefused."""
    if not Path(path).is_file():
        return
    try:
        read_baseline(path)
    except InputError as error:
        message = f"{path} holds something else than a baseline; choose another file."
        raise WriteRefused(message) from error


def read_baseline(path: str) -> Baseline:
    """The baseline in a file; raises InputError."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        message = f"{path} cannot be read ({reason}); make a baseline with --write-baseline."
        raise InputError(message) from error
    return parse_baseline(text, path)


def _policy(request: AuditRequest, settings: Settings, today: dt.date) -> Policy:
    known = {one.code for one in rules()}
    audit = settings.audit
    problems = [
        f"{settings.origins.get(f'audit.{name}', 'flag')}: {unknown_rule(code)}"
        for name, codes in (("rules", audit.rules), ("exclude_rules", audit.exclude_rules))
        for code in codes
        if code not in known
    ]
    problems += [
        f"{one.name}: {unknown_rule(one.rule)}"
        for one in audit.suppress
        if one.rule and one.rule not in known
    ]
    if problems:
        raise SettingError(" ".join(problems))
    return Policy(
        rules=frozenset(audit.rules or known) - frozenset(audit.exclude_rules),
        place=place,
        today=today,
        tier=Tier(audit.tier),
        suppressions=audit.suppress,
        baseline=read_baseline(request.baseline) if request.baseline else None,
    )


def _notes(excluded: int, settings: Settings, own: Sequence[str], *, stopped: bool) -> list[str]:
    told = []
    if excluded:
        books = "1 workbook was" if excluded == 1 else f"{excluded:,} workbooks were"
        origin = settings.origins["audit.exclude"]
        told.append(f"{books} left out by {'--exclude' if origin == 'flag' else origin}.")
    if own:
        told.append(f"Passed over as Tickmark's own output: {', '.join(own)}.")
    if stopped:
        told.append("Stopped before the end; the other workbooks were not audited.")
    return told


def _entries(run: JudgedRun, old: Baseline | None, target: str) -> tuple[BaselineEntry, ...]:
    """What the run accepts: open and known findings, and what it could not look at again."""
    kept = (Disposition.OPEN, Disposition.BASELINE)
    entries = list(
        baseline_of(
            (place(target, book.audited.path), one.finding)
            for book in run.workbooks
            for one in book.of(*kept)
        )
    )
    there = {(one.path, one.fingerprint) for one in entries}
    for book in run.workbooks:
        if old is not None and book.audited.status is not Status.OK:
            known = old.of(place(old.origin, book.audited.path))
            seen = place(target, book.audited.path)
            entries += [
                replace(one, path=seen) for one in known if (seen, one.fingerprint) not in there
            ]
    return tuple(sorted(entries))


def _exit_code(run: JudgedRun, fail_on: str, *, accepted: bool, stopped: bool) -> int:
    if stopped:
        return INTERRUPTED
    if not run.complete:
        return INCOMPLETE
    worst = run.worst()
    if accepted or fail_on == "never" or worst is None:
        return 0
    return int(worst >= Severity[fail_on.upper()])
