"""`tickmark trace`: what cells are computed from, or what is computed from them."""

from __future__ import annotations

import json
import sys

import typer

from tickmark.errors import SettingError
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, PASSWORD, QUIET, WORKERS
from tickmark.hosts.cli.output import emit, printable, terminal_width

INCOMPLETE = 3


def trace(
    book: str = typer.Argument(metavar="BOOK", help="The workbook."),
    place: str = typer.Argument(
        metavar="PLACE",
        help="What to trace: 'Sheet!C5', 'Sheet!A1:F20', a defined name or a table.",
    ),
    precedents: bool = typer.Option(
        False, "--precedents", help="What it is computed from [default for formulas]."
    ),
    dependents: bool = typer.Option(
        False, "--dependents", help="What is computed from it [default for all else]."
    ),
    depth: int | None = typer.Option(
        None, "--depth", metavar="N", min=1, help="Only so many steps [default: all]."
    ),
    password: str | None = PASSWORD,
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    quiet: bool = QUIET,
) -> int:
    """List what a cell is computed from, or what is computed from it.

    All precedents or dependents count, over any number of steps, and exactly: precedents with
    empty cells, dependents only cells with a formula. What INDIRECT, OFFSET and the like reach is
    not followed; how many formulas use them is told. In JSON `direction` tells which way was
    taken; `ranges` has at most 100,000 rectangles, and `truncated` tells where there are more.
    Exits with 3 where a part of the workbook could not be read.

    \b
    Example:
      tickmark trace model.xlsx "P&L!F20"
      tickmark trace model.xlsx GrowthRate --dependents --json
    """
    if precedents and dependents:
        raise SettingError("Give --precedents or --dependents, not both.")
    from tickmark.hosts.cli.book import open_book

    found = open_book(
        book, password=password, workers=workers, max_file_mb=max_file_mb, limits=limit
    )
    from tickmark.report.graph_record import trace_record
    from tickmark.report.trace import trace as traced
    from tickmark.report.trace_summary import Direction
    from tickmark.report.trace_text import trace_text

    asked = Direction.PRECEDENTS if precedents else Direction.DEPENDENTS if dependents else None
    summary = traced(
        found.graph,
        place,
        direction=asked,
        depth=depth,
        problems=found.problems,
    )
    if as_json:
        emit(json.dumps(trace_record(summary)))
    else:
        text = trace_text(summary, width=terminal_width())
        emit("\n".join(map(printable, text.split("\n"))))
    if not quiet:
        for sentence in found.problems:
            print(f"tickmark: {printable(sentence)}", file=sys.stderr)
    return INCOMPLETE if found.problems else 0
