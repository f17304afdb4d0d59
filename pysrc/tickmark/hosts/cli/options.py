"""Options that commands which read workbooks share."""

from __future__ import annotations

from typing import Any, Final

import typer

PASSWORD: Final[Any] = typer.Option(
    None, "--password", metavar="TEXT", help="Password of the workbook; - asks for it."
)
WORKERS: Final[Any] = typer.Option(
    None, "--workers", metavar="N", help="Reading processes [default: one a core]."
)
MAX_FILE_MB: Final[Any] = typer.Option(
    None, "--max-file-mb", metavar="N", help="Refuse larger files [default: 200]."
)
LIMIT: Final[Any] = typer.Option(
    [],
    "--limit",
    metavar="NAME=N",
    help="Another limit of reading, such as sheet_cells=2e6; docs/limits.md lists them.",
)
AS_JSON: Final[Any] = typer.Option(False, "--json", help="One JSON object on stdout.")
QUIET: Final[Any] = typer.Option(False, "--quiet", help="No talk on stderr.")
RPM: Final[Any] = typer.Option(
    None, "--rpm", metavar="N", help="Requests a minute [default: as the provider says]."
)
ITPM: Final[Any] = typer.Option(
    None, "--itpm", metavar="N", help="Input tokens a minute [default: as the provider says]."
)
OTPM: Final[Any] = typer.Option(
    None, "--otpm", metavar="N", help="Output tokens a minute [default: as the provider says]."
)
MAX_FAILURES: Final[Any] = typer.Option(
    None, "--max-failures", metavar="N", help="Stop after so many failures [default: never]."
)
