"""`tickmark prompts`: prompts of everybody's own through the same engine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import ITPM, OTPM, QUIET, RPM
from tickmark.hosts.cli.output import emit, hang_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tickmark.hosts.prompts import Prompts
    from tickmark.settings import Settings

SCHEMA_VERSION = 1


def prompts(
    file: str = typer.Argument(
        metavar="FILE.jsonl", help="Prompts, one JSON object a line; - is stdin."
    ),
    model: str | None = typer.Option(None, "--model", metavar="NAME", help="The model to ask."),
    jobs: int | None = typer.Option(
        None, "--jobs", metavar="N", help="Model calls at once [default: 8]."
    ),
    rpm: int | None = RPM,
    itpm: int | None = ITPM,
    otpm: int | None = OTPM,
    max_tokens: int = typer.Option(
        4096,
        "--max-tokens",
        metavar="N",
        min=1,
        help="Bound of an answer, unless a line says more.",
    ),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="USD", help="Spending limit [default: 1]."
    ),
    max_failures: int | None = typer.Option(
        None, "--max-failures", metavar="N", help="Stop after so many failures [default: never]."
    ),
    out: str | None = typer.Option(
        None, "--out", metavar="FILE", help="File for the answers [default: stdout]."
    ),
    resume: bool = typer.Option(
        False, "--resume", help="Go on where an earlier call was broken off, and write --out anew."
    ),
    batch: bool = typer.Option(
        False, "--batch", help="Ask by message batches at half price; collect with --resume."
    ),
    wait: bool = typer.Option(
        False, "--wait", help="Wait for the message batches until all is answered."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Price the prompts and send nothing."),
    trace: Path | None = typer.Option(
        None, "--trace", metavar="FILE", help="Write a timeline: .html, or .json for Perfetto."
    ),
    as_json: bool = typer.Option(False, "--json", help="With --dry-run: the price as JSON."),
    quiet: bool = QUIET,
) -> int:
    """Answer prompts in bulk: in parallel, within limits and budget, in the order of the input.

    A line has "user", and may have "id", "system", "after" (ids of prompts whose answers it needs;
    they stand at its end), "model", "max_tokens", "priority", "schema" and "tolerant". A line of
    the answer has "id", "status" (done, failed or skipped), "text", "error", "usage" and "cached".

    \b
    Example:
      tickmark prompts questions.jsonl --jobs 50 --max-cost 5 --out answers.jsonl
    """
    from tickmark.hosts.answers_file import AnswersFile
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.hosts.prompts import read_prompts
    from tickmark.hosts.prompts_run import Wanted, carry_out, check_prices
    from tickmark.settings import find_key, load_settings

    settings = load_settings(
        {
            "model": model,
            "max_cost": max_cost,
            "max_failures": max_failures,
            "jobs": jobs,
            "rpm": rpm,
            "itpm": itpm,
            "otpm": otpm,
        }
    )
    if wait and not (batch or resume):
        raise SettingError("--wait waits for message batches; give it with --batch or --resume.")
    if as_json and not dry_run:
        raise SettingError("--json is for --dry-run: the answers are JSON anyhow.")
    if out == "-":
        out = None
    answers = AnswersFile(out, _print, resume=resume)
    if not dry_run:
        answers.check()
        _check_trace(trace, {file, out})
    found = _prompts(
        file, lambda lines, name: read_prompts(lines, name, settings, max_tokens=max_tokens)
    )
    terminal = Terminal(quiet=quiet, as_jsonl=out is None)
    check_prices(found, settings)
    if dry_run:
        _priced(found, settings, batch=batch, as_json=as_json)
        return 0
    key = find_key()
    if key is None and settings.needs_key:
        raise SettingError("Prompts need a model: set ANTHROPIC_API_KEY or run `tickmark key set`.")
    wanted = Wanted(file, resume=resume, batch=batch, wait=wait, trace=trace)
    return carry_out(found, settings, key, wanted, watch=terminal, answers=answers)


def _priced(found: Prompts, settings: Settings, *, batch: bool, as_json: bool) -> None:
    import json

    from tickmark.hosts.prompts_run import priced, priced_text

    estimate = priced(found, settings, batch=batch)
    if as_json:
        record = {
            "schema_version": SCHEMA_VERSION,
            "models": list(found.models),
            "max_cost": settings.max_cost,
            "estimate": estimate.record,
        }
        emit(json.dumps(record))
    else:
        emit(priced_text(estimate, found, settings, batch=batch))


def _prompts(file: str, read: Callable[[Iterable[bytes], str], Prompts]) -> Prompts:
    from tickmark.errors import InputError

    if file == "-":
        return read(sys.stdin.buffer, "stdin")
    try:
        with Path(file).open("rb") as lines:
            return read(lines, file)
    except OSError as error:
        raise InputError(
            f"{file} cannot be read ({error.strerror}); name a file of JSON lines."
        ) from error


def _check_trace(trace: Path | None, others: set[str | None]) -> None:
    """Refuse a place for the timeline before anything is paid for it."""
    from tickmark.errors import InputError

    if trace is None:
        return
    if trace.is_dir() or not trace.parent.is_dir() or str(trace) in others:
        raise InputError(f"{trace} is no place for the timeline; name another file with --trace.")


def _print(line: str) -> None:
    """Print an answer at once; raises BrokenPipeError where its reader has left."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
        raise
