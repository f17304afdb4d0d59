"""`tickmark config`: the settings and where each came from."""

from __future__ import annotations

import json

import typer

from tickmark.audit.judging.settings import NAMES as AUDIT_NAMES
from tickmark.hosts.cli.output import printable
from tickmark.read.limits import meanings
from tickmark.settings import find_key, load_settings, setting_names, user_file

_WIDTH = 22

app = typer.Typer(help="Settings: flag > environment > project file > user file > default.")


@app.command("show")
def show(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> None:
    """Every setting with its value and its origin; the key's value is never shown.

    \b
    Example:
      tickmark config show
    """
    settings = load_settings()
    key = find_key()
    values = {name: getattr(settings, name) for name in setting_names()}
    values |= {
        f"limits.{name}": getattr(settings.limits, name) for name, _default, _bounds in meanings()
    }
    values |= {f"audit.{name}": getattr(settings.audit, name) for name in AUDIT_NAMES}
    if as_json:
        record = {
            "schema_version": 1,
            "settings": {
                name: {"value": value, "origin": settings.origins[name]}
                for name, value in values.items()
            },
            "suppressions": [
                {"name": one.name, "reason": one.reason} for one in settings.audit.suppress
            ],
            "key": {"set": key is not None, "origin": key.origin if key else None},
            "user_file": str(user_file()),
        }
        typer.echo(json.dumps(record))
        return
    for name, value in values.items():
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        typer.echo(f"{name:<{_WIDTH}} {shown:<22} {settings.origins[name]}")
    typer.echo(
        f"{'api key':<{_WIDTH}} {'set' if key else 'not set':<22} {key.origin if key else ''}"
    )
    for one in settings.audit.suppress:
        typer.echo(printable(f"suppressed: {one.name}: {one.reason}"))
    typer.echo(f"\nUser file: {user_file()}")
