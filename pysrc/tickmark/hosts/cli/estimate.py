"""`tickmark estimate`: what an analysis would cost."""

from __future__ import annotations

import typer

from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, QUIET, WORKERS
from tickmark.hosts.cli.pricing import price, request_of
from tickmark.settings import load_settings


def estimate(
    paths: list[str] = typer.Argument(
        metavar="PATHS",
        help="Workbooks, folders (recursive) or patterns; - reads a list of paths from stdin.",
    ),
    question: str = typer.Option(
        "", "--question", "-q", metavar="TEXT", help="A question to answer above all."
    ),
    model: str | None = typer.Option(None, "--model", metavar="NAME", help="The model to ask."),
    max_cost: float | None = typer.Option(
        None, "--max-cost", metavar="USD", help="Spending limit of the run [default: 1]."
    ),
    batch: bool = typer.Option(False, "--batch", help="At the half price of message batches."),
    exclude: list[str] = typer.Option([], "--exclude", metavar="GLOB", help="Leave these out."),
    password: str | None = typer.Option(
        None, "--password", metavar="TEXT", help="Password of encrypted workbooks; - asks for it."
    ),
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    quiet: bool = QUIET,
) -> int:
    """Calls, tokens and money that `tickmark analyze` would need; sends nothing.

    Needs no key. Answers from the cache are not taken into account: what was asked before costs
    nothing.

    \b
    Example:
      tickmark estimate budgets/ --batch
    """
    from tickmark.hosts.cli.terminal import Terminal

    settings = load_settings(
        {
            "model": model,
            "max_cost": max_cost,
            "workers": workers,
            "max_file_mb": max_file_mb,
            "limits": limit or None,
        }
    )
    request = request_of(paths, exclude, question, password, settings, ask_model=True)
    return price(request, settings, Terminal(quiet=quiet, as_json=as_json), batch=batch)
