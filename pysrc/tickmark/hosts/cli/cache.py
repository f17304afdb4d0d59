"""`tickmark cache`: the kept answers, and the workbooks that were converted."""

from __future__ import annotations

import json

import typer

from tickmark.settings import cache_file

app = typer.Typer(
    help="Answers and converted workbooks, kept so that none is paid or waited for twice."
)


@app.command("stats")
def stats(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """How many answers and converted workbooks are kept, and where.

    \b
    Example:
      tickmark cache stats
    """
    from tickmark.wiring import converted_files, reply_store

    path = cache_file()
    found = reply_store().stats()
    files = converted_files()
    converted = files.stats()
    if as_json:
        record = {
            "schema_version": 1,
            "path": str(path),
            "replies": found.entries,
            "bytes": found.bytes,
            "converted": {
                "path": str(files.folder),
                "workbooks": converted.files,
                "bytes": converted.bytes,
            },
        }
        typer.echo(json.dumps(record))
        return
    typer.echo(f"{found.entries:,} answers, {found.bytes / 1e6:.1f} MB, in {path}")
    typer.echo(
        f"{converted.files:,} converted workbooks, {converted.bytes / 1e6:.1f} MB, in "
        f"{files.folder}"
    )


@app.command("clear")
def clear() -> None:
    """Forget all kept answers, to be paid for again, and delete converted workbooks.

    \b
    Example:
      tickmark cache clear
    """
    from tickmark.wiring import converted_files, reply_store

    store = reply_store()
    entries = store.stats().entries
    if not store.clear():
        typer.echo(
            f"The kept answers in {cache_file()} are in use; try again when all runs have ended.",
            err=True,
        )
        raise typer.Exit(2)
    files = converted_files()
    workbooks = files.stats().files
    files.clear()
    typer.echo(f"{entries:,} answers forgotten, {workbooks:,} converted workbooks deleted.")
