"""`tickmark excel`: the add-in for Excel."""

from __future__ import annotations

from pathlib import Path

import typer

app = typer.Typer(help="The Excel add-in: worksheet functions and a ribbon tab.")


@app.command("build")
def build(
    out: Path = typer.Option(
        Path("Tickmark.xlam"), "--out", metavar="FILE", help="Where to write the add-in."
    ),
) -> None:
    """Build the add-in for the installed xlwings; equal inputs give equal bytes.

    \b
    Example:
      tickmark excel build
    """
    from hashlib import sha256

    from tickmark.errors import WriteRefused
    from tickmark.excel.build import build as build_addin
    from tickmark.write.atomic_file import replacing

    content = build_addin()
    try:
        with replacing(out) as (_, stream):
            stream.write(content)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WriteRefused(f"{out} cannot be written ({reason}); choose another --out.") from error
    typer.echo(f"{out}  {len(content):,} bytes")
    typer.echo(f"SHA-256  {sha256(content).hexdigest()}")
