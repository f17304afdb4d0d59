"""`tickmark analyze`: the main job over files and folders."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, QUIET, WORKERS
from tickmark.hosts.cli.password import given_password
from tickmark.settings import Key, Settings, debugging, find_key, load_settings

if TYPE_CHECKING:
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.hosts.preparation import Request
    from tickmark.model.run import Run


def analyze(
    paths: list[str] = typer.Argument(
        metavar="PATHS",
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
    results.jsonl and run.json. Sources are never altered.

    \b
    Example:
      tickmark analyze budgets/ --question "Which inputs drive net income?"
    """
    from tickmark.hosts.cli.terminal import Terminal

    settings = load_settings(
        {
            "model": model,
            "max_cost": max_cost,
            "jobs": jobs,
            "workers": workers,
            "fail_on": fail_on,
            "max_file_mb": max_file_mb,
            "limits": limit or None,
        }
    )
    key = None if no_model else find_key()
    local = bool(settings.base_url) and key is None
    asks = not no_model and (key is not None or local or dry_run)
    if question and not asks:
        raise SettingError(
            "A question needs a model: set ANTHROPIC_API_KEY or run `tickmark key set`, and leave "
            "out --no-model."
        )
    request = _request(paths, exclude, question, password, settings, ask_model=asks)
    terminal = Terminal(quiet=quiet, verbose=verbose, as_json=as_json, as_jsonl=as_jsonl)
    if dry_run:
        return _priced(request, settings, terminal, show_prompt=show_prompt)
    if not asks:
        terminal.say(
            "Rules only: no model is asked."
            if no_model
            else "Rules only: no API key is set (tickmark key set, or ANTHROPIC_API_KEY)."
        )
    run = _run(request, settings, terminal, out=out, key=key, show_prompt=show_prompt)
    return run.exit_code


def _request(
    paths: list[str],
    exclude: list[str],
    question: str,
    password: str | None,
    settings: Settings,
    *,
    ask_model: bool,
) -> Request:
    import os

    from tickmark.hosts.preparation import Request
    from tickmark.hosts.sources import find_sources

    listed = "-" in paths
    if listed and isinstance(sys.stdin, io.TextIOWrapper):
        # Names of files need not be text in the encoding of the terminal.
        sys.stdin.reconfigure(errors="surrogateescape")
    password = given_password(password, listed=listed)
    return Request(
        sources=find_sources(paths, exclude=exclude, listed=sys.stdin if listed else ()),
        paths=tuple(paths),
        question=question,
        password=password,
        workers=settings.workers or os.cpu_count() or 1,
        ask_model=ask_model,
        debug=debugging(),
    )


def _priced(request: Request, settings: Settings, terminal: Terminal, *, show_prompt: bool) -> int:
    import secrets

    from tickmark.hosts.dry_run import dry_run
    from tickmark.llm.fenced import fenced

    secret = secrets.token_bytes(32)
    show = (lambda prompt: terminal.prompt(fenced(prompt, secret))) if show_prompt else None
    priced = dry_run(request, settings, terminal, show=show)
    terminal.priced(priced, settings)
    return 3 if any(one.error for one in priced) else 0


def _run(
    request: Request,
    settings: Settings,
    terminal: Terminal,
    *,
    out: Path | None,
    key: Key | None,
    show_prompt: bool,
) -> Run:
    import datetime as dt
    from contextlib import nullcontext
    from threading import Event

    from tickmark.hosts.folder import run_folder
    from tickmark.hosts.run_folder import RunFolder, default_out, new_run_id
    from tickmark.wiring import language_model

    run_id = new_run_id(dt.datetime.now(dt.UTC).astimezone())
    folder = RunFolder(out or default_out(Path("tickmark-out")) / run_id)
    show = terminal.prompt if show_prompt else None
    stop = Event()
    wired = (
        language_model(settings, key, stop=stop, say=terminal.say, show=show)
        if request.ask_model
        else nullcontext(None)
    )
    with wired as model:
        run = run_folder(
            request, settings, folder, run_id=run_id, model=model, watch=terminal, stop=stop
        )
    terminal.finished(run, folder.path)
    return run
