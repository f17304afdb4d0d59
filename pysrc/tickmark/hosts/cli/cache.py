"""`tickmark cache`: the kept answers."""

from __future__ import annotations

import json

import typer

from tickmark.settings import cache_file

app = typer.Typer(help="Answers of the model, kept so that none is paid for twice.")


@app.command("stats")
def stats(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """How many answers are kept, and where.

    \b
    Example:
      tickmark cache stats
    """
    from tickmark.wiring import reply_store

    path = cache_file()
    found = reply_store().stats()
    if as_json:
        record = {
            "schema_version": 1,
            "path": str(path),
            "replies": found.entries,
            "bytes": found.bytes,
        }
        typer.echo(json.dumps(record))
        return
    typer.echo(f"{found.entries:,} answers, {found.bytes / 1e6:.1f} MB, in {path}")


@app.command("clear")
def clear() -> None:
    """Forget all kept answers; they will be paid for again.

    \b
    Example:
      tickmark cache clear
    """
    from tickmark.wiring import reply_store

    store = reply_store()
    entries = store.stats().entries
    store.clear()
    typer.echo(f"{entries:,} answers forgotten.")
