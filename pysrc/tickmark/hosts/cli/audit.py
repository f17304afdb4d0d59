"""`tickmark audit`: the fixed rules over files and folders."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, QUIET, WORKERS
from tickmark.hosts.cli.output import emit, terminal_width
from tickmark.hosts.cli.output_file import STDOUT, OutputFile

if TYPE_CHECKING:
    from tickmark.audit.judging.judgement import JudgedRun, JudgedWorkbook
    from tickmark.hosts.audit_run import AuditOutcome, AuditRequest
    from tickmark.hosts.cli.explanations import Explaining
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.hosts.sources import Source
    from tickmark.settings import Settings


class AuditFormat(StrEnum):
    """What the findings are told in."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    MD = "md"
    CSV = "csv"
    GITHUB = "github"


def audit(
    paths: list[str] = typer.Argument(
        metavar="PATHS",
        help="Workbooks, folders (recursive) or patterns; - reads a list of paths from stdin.",
    ),
    form: AuditFormat | None = typer.Option(
        None,
        "--format",
        metavar="FORMAT",
        help="table, json, jsonl, sarif, md, csv or github [default: table].",
    ),
    fail_on: str | None = typer.Option(
        None,
        "--fail-on",
        metavar="LEVEL",
        help="Exit with 1 for findings: high, medium, low or never [default: high].",
    ),
    tier: str | None = typer.Option(
        None,
        "--tier",
        metavar="TIER",
        help="default, or more to list what only informs as well [default: default].",
    ),
    rules: list[str] = typer.Option(
        [], "--rules", metavar="A,B", help="Only these rules; `tickmark rules list` names them."
    ),
    exclude_rules: list[str] = typer.Option(
        [], "--exclude-rules", metavar="A,B", help="All rules but these."
    ),
    baseline: str = typer.Option(
        "", "--baseline", metavar="FILE", help="List and count only what this file does not know."
    ),
    write_baseline: str = typer.Option(
        "",
        "--write-baseline",
        metavar="FILE",
        help="Accept what is found now: write it to this file and exit with 0.",
    ),
    output: str = typer.Option(
        STDOUT, "--output", "-o", metavar="FILE", help="Write here instead of stdout."
    ),
    show_dismissed: bool = typer.Option(
        False, "--show-dismissed", help="List what was dismissed in Excel, too; it does not count."
    ),
    explain: bool = typer.Option(
        False, "--explain", help="Have a model explain the findings: cause, effect and fix."
    ),
    explain_only: list[str] = typer.Option(
        [], "--explain-only", metavar="ID,ID", help="Explain only these findings."
    ),
    language: str = typer.Option(
        "", "--language", metavar="NAME", help="The language of the explanations."
    ),
    model: str | None = typer.Option(None, "--model", metavar="NAME", help="The model to ask."),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="USD", help="Spending limit of --explain [default: 1]."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Price --explain and send nothing."),
    show_prompt: bool = typer.Option(
        False,
        "--show-prompt",
        help="Print every prompt of --explain exactly as it is sent (on stderr unless the format "
        "is table).",
    ),
    exclude: list[str] = typer.Option([], "--exclude", metavar="GLOB", help="Leave these out."),
    password: str | None = typer.Option(
        None, "--password", metavar="TEXT", help="Password of encrypted workbooks; - asks for it."
    ),
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    as_jsonl: bool = typer.Option(False, "--jsonl", help="One JSON object a workbook on stdout."),
    quiet: bool = QUIET,
) -> int:
    """Find errors in workbooks by fixed rules.

    Alters nothing; needs a key and sends something with --explain only. Findings of which a
    baseline knows, that the settings suppress or that were dismissed in Excel are counted, not
    listed. Exits with 1 where there are findings at or above --fail-on, with 3 where a workbook
    could not be read whole.
    docs/audit.md tells of formats, baselines, suppressions and build servers.

    \b
    Example:
      tickmark audit budgets/
      tickmark audit model.xlsx --tier more --fail-on medium
      tickmark audit . --write-baseline audit.json
      tickmark audit . --baseline audit.json --format sarif -o audit.sarif
      tickmark audit model.xlsx --explain --max-cost 0.10
    """
    from tickmark.hosts.cli.explanations import explaining
    from tickmark.settings import load_settings

    wanted = _format(form, as_json=as_json, as_jsonl=as_jsonl)
    given = {"tier": tier, "rules": rules, "exclude_rules": exclude_rules, "exclude": exclude}
    settings = load_settings(
        {
            "workers": workers,
            "max_file_mb": max_file_mb,
            "limits": limit or None,
            "fail_on": fail_on,
            "model": model,
            "max_cost": max_cost,
            "audit": _given(given),
        }
    )
    explained = explaining(
        settings,
        asked=explain,
        only=explain_only,
        language=language,
        dry_run=dry_run,
        show_prompt=show_prompt,
        others={"--model": model, "--max-cost": max_cost},
    )
    target = OutputFile("--output", output)
    target.check()
    known = OutputFile("--write-baseline", write_baseline) if write_baseline else None
    if known is not None:
        _check_baseline(known, target)
    request = _request(paths, settings, baseline, write_baseline, password, show_dismissed)
    if explained is not None:
        request = replace(request, explain=True, explain_only=explained.only)
    return _run(request, settings, wanted, target, known, explained, quiet=quiet)


def _format(form: AuditFormat | None, *, as_json: bool, as_jsonl: bool) -> AuditFormat:
    asked = {form} if form is not None else set()
    asked |= {AuditFormat.JSON} if as_json else set()
    asked |= {AuditFormat.JSONL} if as_jsonl else set()
    if len(asked) > 1:
        raise SettingError(f"{' and '.join(sorted(asked))} cannot be given together; choose one.")
    return asked.pop() if asked else AuditFormat.TABLE


def _given(flags: dict[str, str | list[str] | None]) -> dict[str, object] | None:
    """The flags of the audit that were given; lists may hold commas.

    A rule that is asked for by name is applied whatever a settings file leaves out.
    """
    found: dict[str, object] = {}
    for name, value in flags.items():
        if isinstance(value, list) and value:
            parts = value if name == "exclude" else ",".join(value).split(",")
            found[name] = [part for part in parts if part.strip()]
        elif isinstance(value, str):
            found[name] = value
    if "rules" in found:
        found.setdefault("exclude_rules", [])
    return found or None


def _check_baseline(known: OutputFile, target: OutputFile) -> None:
    from tickmark.hosts.audit_run import check_baseline_target

    if known.is_stdout:
        raise SettingError("--write-baseline needs a file, not -.")
    if known.target == target.target:
        raise SettingError("--write-baseline and --output need a file each.")
    known.check()
    check_baseline_target(known.target)


def _request(
    paths: list[str],
    settings: Settings,
    baseline: str,
    write_baseline: str,
    password: str | None,
    show_dismissed: bool,
) -> AuditRequest:
    import os

    from tickmark.hosts.audit_run import AuditRequest
    from tickmark.hosts.cli.password import given_password
    from tickmark.settings import debugging

    listed = "-" in paths
    password = given_password(password, listed=listed)
    return AuditRequest(
        sources=_sources(paths, listed=listed),
        baseline=baseline,
        write_baseline=write_baseline,
        show_dismissed=show_dismissed,
        password=password,
        workers=settings.workers or os.cpu_count() or 1,
        debug=debugging(),
    )


def _sources(paths: list[str], *, listed: bool) -> tuple[Source, ...]:
    import io

    from tickmark.hosts.sources import find_sources

    if listed and isinstance(sys.stdin, io.TextIOWrapper):
        # Names of files need not be text in the encoding of the terminal.
        sys.stdin.reconfigure(errors="surrogateescape")
    return find_sources(paths, listed=sys.stdin if listed else ())


def _run(
    request: AuditRequest,
    settings: Settings,
    form: AuditFormat,
    target: OutputFile,
    known: OutputFile | None,
    explained: Explaining | None,
    *,
    quiet: bool,
) -> int:
    from tickmark.audit.judging.judgement import JudgedRun
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.report.audit_record import workbook_line
    from tickmark.report.audit_summary import fixed, hidden, one_line, verdict

    streamed = form is AuditFormat.JSONL and target.is_stdout
    terminal = Terminal(quiet=quiet, as_jsonl=streamed, as_json=form is not AuditFormat.TABLE)
    shown = JudgedRun(show_dismissed=request.show_dismissed).shown

    def tell(book: JudgedWorkbook) -> None:
        if streamed:
            emit(json.dumps(workbook_line(book, shown)))

    outcome = _outcome(request, settings, terminal, explained, tell)
    if isinstance(outcome, int):
        return outcome
    run = outcome.run
    if not streamed:
        text = _text(run, form, target)
        if target.is_stdout and form is AuditFormat.TABLE:
            emit(text)
        else:
            target.write(f"{text}\n" if not text.endswith("\n") else text)
    if known is not None:
        known.write(outcome.baseline)
        terminal.say(f"Wrote the baseline {known.target}.")
    if form is not AuditFormat.TABLE or not target.is_stdout:
        parts = [f"Not counted: {'; '.join(hidden(run))}."] if hidden(run) else []
        terminal.say(" ".join(filter(None, [verdict(run), *parts, fixed(run)])))
    for note in run.notes:
        terminal.say(one_line(note))
    return outcome.exit_code


def _outcome(
    request: AuditRequest,
    settings: Settings,
    terminal: Terminal,
    explained: Explaining | None,
    tell: Callable[[JudgedWorkbook], None],
) -> AuditOutcome | int:
    """The audit, explained where that is asked for; after a dry run only its exit code."""
    import datetime as dt

    from tickmark.hosts.audit_run import INCOMPLETE, INTERRUPTED, run_audit
    from tickmark.hosts.cli.explanations import explain

    today = dt.datetime.now().astimezone().date()
    if explained is None:
        return run_audit(request, settings, terminal, today=today, tell=tell)
    outcome = run_audit(request, settings, terminal, today=today)
    if outcome.exit_code != INTERRUPTED:
        made = explain(outcome, explained, settings, terminal)
        if made is None:
            return 0 if outcome.run.complete else INCOMPLETE
        outcome = made
    for book in outcome.run.workbooks:
        tell(book)
    return outcome


def _text(run: JudgedRun, form: AuditFormat, target: OutputFile) -> str:
    """The findings in a format."""
    if form is AuditFormat.TABLE:
        return _table(run, target)
    made: dict[AuditFormat, Callable[[JudgedRun], str]] = {
        AuditFormat.JSON: _json,
        AuditFormat.JSONL: _jsonl,
        AuditFormat.SARIF: _sarif,
        AuditFormat.MD: _markdown,
        AuditFormat.CSV: _csv,
        AuditFormat.GITHUB: _github,
    }
    return made[form](run)


def _json(run: JudgedRun) -> str:
    from tickmark.report.audit_record import audit_record

    return json.dumps(audit_record(run))


def _jsonl(run: JudgedRun) -> str:
    from tickmark.report.audit_record import workbook_line

    return "\n".join(json.dumps(workbook_line(book, run.shown)) for book in run.workbooks)


def _sarif(run: JudgedRun) -> str:
    from tickmark import __version__
    from tickmark.audit.catalogue import rules
    from tickmark.hosts.audit_run import locate
    from tickmark.report.sarif import sarif_log

    return json.dumps(sarif_log(run, rules(), locate, version=__version__), indent=1)


def _markdown(run: JudgedRun) -> str:
    from tickmark.report.audit_markdown import audit_markdown

    return audit_markdown(run)


def _csv(run: JudgedRun) -> str:
    from tickmark.write.findings_csv import findings_csv

    return findings_csv(run)


def _github(run: JudgedRun) -> str:
    from tickmark.hosts.audit_run import locate
    from tickmark.report.audit_github import audit_github

    return audit_github(run, locate)


def _table(run: JudgedRun, target: OutputFile) -> str:
    from tickmark.report.audit_text import audit_text

    if not (target.is_stdout and sys.stdout.isatty()):
        return audit_text(run)
    from tickmark.hosts.cli.painting import painter

    return audit_text(run, width=terminal_width(), paint=painter(sys.stdout))
