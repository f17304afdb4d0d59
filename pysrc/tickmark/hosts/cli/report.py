"""`tickmark report`: the report of a run, made again."""

from __future__ import annotations

from pathlib import Path

import typer


def report(
    run: Path = typer.Argument(
        metavar="RUN",
        help="Folder of a run, such as tickmark-out/20261121-021530-9f3c.",
    ),
) -> None:
    """Render report.html again from the results of a run.

    \b
    Example:
      tickmark report tickmark-out/20261121-021530-9f3c
    """
    from tickmark.hosts.run_folder import REPORT_FILE, read_run, write_report

    write_report(run, read_run(run))
    typer.echo(str(run / REPORT_FILE))
