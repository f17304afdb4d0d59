"""`tickmark analyze`: the main job over files and folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import (
    AS_JSON,
    ITPM,
    LIMIT,
    MAX_FAILURES,
    MAX_FILE_MB,
    OTPM,
    QUIET,
    RPM,
    WORKERS,
)
from tickmark.hosts.cli.password import given_password
from tickmark.hosts.cli.pricing import price, request_of
from tickmark.settings import Key, Settings, debugging, find_key, load_settings

if TYPE_CHECKING:
    from tickmark.hosts.analysis_run import Conduct
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.hosts.preparation import Request
    from tickmark.hosts.run_folder import RunFolder
    from tickmark.hosts.run_request import RunRequest


def analyze(
    paths: list[str] | None = typer.Argument(
        None,
        metavar="[PATHS]",
        help="Workbooks, folders (recursive) or patterns; - reads a list of paths from stdin.",
    ),
    question: str = typer.Option(
        "", "--question", "-q", metavar="TEXT", help="A question to answer above all."
    ),
    out: Path | None = typer.Option(
        None,
        "--out",
        metavar="DIR",
        help="New folder for the results [default: ./tickmark-out/RUN].",
    ),
    model: str | None = typer.Option(None, "--model", metavar="NAME", help="The model to ask."),
    no_model: bool = typer.Option(False, "--no-model", help="Ask no model: rules only."),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="USD", help="Spending limit of the run [default: 1]."
    ),
    resume: str | None = typer.Option(
        None,
        "--resume",
        metavar="RUN",
        help="Go on with a run that was broken off: its folder or id.",
    ),
    batch: bool = typer.Option(
        False, "--batch", help="Ask by message batches at half price; collect with --resume."
    ),
    wait: bool = typer.Option(
        False, "--wait", help="Wait for the message batches until the run is whole."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Price the run and send nothing."),
    show_prompt: bool = typer.Option(
        False,
        "--show-prompt",
        help="Print every prompt exactly as it is sent (on stderr with --json).",
    ),
    fail_on: str | None = typer.Option(
        None,
        "--fail-on",
        metavar="LEVEL",
        help="Exit with 1 for findings: high, medium, low or never.",
    ),
    exclude: list[str] = typer.Option([], "--exclude", metavar="GLOB", help="Leave these out."),
    password: str | None = typer.Option(
        None, "--password", metavar="TEXT", help="Password of encrypted workbooks; - asks for it."
    ),
    jobs: int | None = typer.Option(
        None, "--jobs", metavar="N", help="Model calls at once [default: 8]."
    ),
    max_failures: int | None = MAX_FAILURES,
    rpm: int | None = RPM,
    itpm: int | None = ITPM,
    otpm: int | None = OTPM,
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    as_jsonl: bool = typer.Option(False, "--jsonl", help="One JSON object a workbook on stdout."),
    quiet: bool = QUIET,
    verbose: bool = typer.Option(False, "-v", "--verbose", help="Name every finding that counts."),
) -> int:
    """Analyse workbooks: facts, findings and, with a key, what a model makes of them.

    Writes for each workbook a copy with one more sheet, and for the run report.html,
    results.jsonl and run.json. Sources are never altered. A run that was broken off, stopped by
    its spending limit or killed goes on with --resume: what is paid for is not paid again.

    \b
    Example:
      tickmark analyze budgets/ --question "Which inputs drive net income?"
      tickmark analyze --resume tickmark-out/20261121-021530-9f3c
    """
    from tickmark.hosts.cli.terminal import Terminal

    if resume is not None:
        given = {
            "PATHS": paths,
            "--question": question,
            "--out": out,
            "--model": model,
            "--no-model": no_model,
            "--batch": batch,
            "--dry-run": dry_run,
            "--exclude": exclude,
            "--fail-on": fail_on,
            "--max-file-mb": max_file_mb,
            "--limit": limit,
        }
        _refuse_beside_resume([name for name, value in given.items() if value])
    elif not paths:
        raise SettingError("Name the workbooks or folders to analyze, or a run with --resume.")
    if wait and not (batch or resume):
        raise SettingError("--wait waits for message batches; give it with --batch or --resume.")
    settings = load_settings(
        {
            "model": model,
            "max_cost": max_cost,
            "jobs": jobs,
            "max_failures": max_failures,
            "rpm": rpm,
            "itpm": itpm,
            "otpm": otpm,
            "workers": workers,
            "fail_on": fail_on,
            "max_file_mb": max_file_mb,
            "limits": limit or None,
        }
    )
    terminal = Terminal(
        quiet=quiet, verbose=verbose, as_json=as_json, as_jsonl=as_jsonl, holds=wait
    )
    if resume is not None:
        return _resumed(
            resume,
            settings,
            terminal,
            max_cost=max_cost,
            password=password,
            show_prompt=show_prompt,
            wait=wait,
        )
    key = None if no_model else find_key()
    asks = not no_model and (key is not None or not settings.needs_key or dry_run)
    if (question or batch) and not asks:
        raise SettingError(
            f"{'A question' if question else 'A message batch'} needs a model: set "
            "ANTHROPIC_API_KEY or run `tickmark key set`, and leave out --no-model."
        )
    request = request_of(paths or [], exclude, question, password, settings, ask_model=asks)
    if dry_run:
        return price(request, settings, terminal, show_prompt=show_prompt, batch=batch)
    if not asks:
        terminal.say(
            "Rules only: no model is asked."
            if no_model
            else "Rules only: no API key is set (tickmark key set, or ANTHROPIC_API_KEY)."
        )
    from tickmark.hosts.analysis_run import begin

    folder, asked = begin(request, settings, out, batch=batch)
    conduct = _conduct(key, terminal, show_prompt=show_prompt, wait=wait)
    return _carried_out(request, settings, folder, asked, conduct, terminal)


def _refuse_beside_resume(given: list[str]) -> None:
    if given:
        raise SettingError(
            f"A run that is resumed keeps its workbooks, question and model; leave out "
            f"{', '.join(given)}."
        )


def _resumed(
    name: str,
    settings: Settings,
    terminal: Terminal,
    *,
    max_cost: float | None,
    password: str | None,
    show_prompt: bool,
    wait: bool,
) -> int:
    import os

    from tickmark.hosts.analysis_run import find_run
    from tickmark.hosts.preparation import Request
    from tickmark.hosts.run_request import read_request

    folder = find_run(name)
    asked = read_request(folder)
    settings = asked.settings(settings, max_cost=max_cost)
    key = find_key() if asked.model else None
    if asked.model and key is None and settings.needs_key:
        raise SettingError(
            f"The run {asked.id} asks {asked.model}: set ANTHROPIC_API_KEY or run `tickmark key "
            "set` to go on."
        )
    request = Request(
        sources=asked.sources,
        paths=asked.paths,
        question=asked.question,
        password=given_password(password, listed=False),
        workers=settings.workers or os.cpu_count() or 1,
        ask_model=bool(asked.model),
        debug=debugging(),
    )
    conduct = _conduct(key, terminal, show_prompt=show_prompt, wait=wait)
    return _carried_out(request, settings, folder, asked, conduct, terminal)


def _conduct(key: Key | None, terminal: Terminal, *, show_prompt: bool, wait: bool) -> Conduct:
    from threading import Event

    from tickmark.hosts.analysis_run import Conduct

    return Conduct(key, terminal, Event(), show=terminal.prompt if show_prompt else None, wait=wait)


def _carried_out(
    request: Request,
    settings: Settings,
    folder: RunFolder | Path,
    asked: RunRequest,
    conduct: Conduct,
    terminal: Terminal,
) -> int:
    from tickmark.hosts.analysis_run import carry_out
    from tickmark.hosts.run_folder import RunFolder

    place = folder.path if isinstance(folder, RunFolder) else folder
    try:
        run, trace = carry_out(request, settings, folder, asked, conduct)
    except BaseException:
        # What is done is told, though the rest cannot be waited for.
        terminal.tell_held()
        raise
    terminal.finished(run, place, trace)
    return run.exit_code
