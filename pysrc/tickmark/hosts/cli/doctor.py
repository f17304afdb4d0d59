"""`tickmark doctor`: is everything in place?"""

from __future__ import annotations

import json

import typer


def doctor(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> int:
    """Check the installation; each failed check comes with its fix. Sends nothing.

    \b
    Example:
      tickmark doctor
    """
    from tickmark.hosts.doctor import examine

    checks = examine()
    if as_json:
        record = {
            "schema_version": 1,
            "ok": all(check.ok or not check.needed for check in checks),
            "checks": [
                {"name": c.name, "ok": c.ok, "needed": c.needed, "found": c.found, "fix": c.fix}
                for c in checks
            ],
        }
        typer.echo(json.dumps(record))
    else:
        for check in checks:
            mark = "ok  " if check.ok else ("FAIL" if check.needed else "note")
            typer.echo(f"{mark} {check.name}: {check.found}")
            if not check.ok:
                typer.echo(f"     {check.fix}")
    return 0 if all(check.ok or not check.needed for check in checks) else 2
