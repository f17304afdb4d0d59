"""`tickmark excel install`, `uninstall` and `doctor`."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import typer

from tickmark.hosts.cli.excel import app
from tickmark.settings import state_folder

if TYPE_CHECKING:
    from tickmark.excel.check import Check
    from tickmark.excel.setup import Setup

__all__ = ["app", "doctor", "install", "uninstall"]

_MARKS = {"ok": "ok  ", "failed": "FAIL", "unknown": "?   "}


@app.command("install")
def install(
    folder: Path | None = typer.Option(
        None, "--folder", metavar="DIR", help="Place the add-in here, not where Excel starts it."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done; do nothing."),
    libreoffice: bool = typer.Option(
        False, "--libreoffice", help="The add-in for LibreOffice instead (experimental)."
    ),
) -> int:
    """Build the add-in for this Python, put it where Excel finds it, check.

    Excel is not started. What stands there and is not Tickmark's is copied first.

    \b
    Example:
      tickmark excel install
    """
    if libreoffice:
        return _install_extension(dry_run=dry_run)
    from tickmark.excel import setup as work

    setup = setup_here(folder)
    for line in work.install(setup, dry_run=dry_run):
        typer.echo(line)
    if dry_run:
        return 0
    if setup.system == "linux":
        typer.echo("Excel does not run on Linux, so nothing starts this file here.")
        return 0
    typer.echo()
    code = doctor(as_json=False)
    typer.echo()
    if folder is not None:
        typer.echo("Excel opens this add-in once you choose it: Excel's Add-ins dialog, Browse.")
    elif code == 0:
        typer.echo("Start Excel, or close all its windows and start it again.")
    return code


@app.command("uninstall")
def uninstall(
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done; do nothing."),
    libreoffice: bool = typer.Option(
        False, "--libreoffice", help="The add-in for LibreOffice instead."
    ),
) -> int:
    """Remove what install wrote; what you changed since is left and named.

    Settings, key, kept answers and logs stay.

    \b
    Example:
      tickmark excel uninstall
    """
    if libreoffice:
        return _remove_extension(dry_run=dry_run)
    from tickmark.excel import setup as work

    lines = work.uninstall(setup_here(_last_folder()), dry_run=dry_run)
    for line in lines or ("Nothing is installed.",):
        typer.echo(line)
    return 0


def _install_extension(*, dry_run: bool) -> int:
    from tickmark import __version__
    from tickmark.excel import libreoffice, oxt

    office = libreoffice.needed_libreoffice()
    if dry_run:
        typer.echo(f"Install the extension {oxt.IDENTIFIER} in {office.program}")
        return 0
    command = libreoffice.backend_command()
    libreoffice.install(office, oxt.extension(oxt.sources(), command, __version__))
    typer.echo(f"Installed the extension {oxt.IDENTIFIER} {__version__} in {office.program}")
    typer.echo('Start LibreOffice again, then try =LLM_COST("today") in Calc (experimental).')
    return 0


def _remove_extension(*, dry_run: bool) -> int:
    from tickmark.excel import libreoffice, oxt

    office = libreoffice.needed_libreoffice()
    if dry_run:
        typer.echo(f"Remove the extension {oxt.IDENTIFIER} from {office.program}")
    elif libreoffice.uninstall(office):
        typer.echo(f"Removed the extension {oxt.IDENTIFIER} from {office.program}")
    else:
        typer.echo("Nothing is installed.")
    return 0


@app.command("doctor")
def doctor(as_json: bool = typer.Option(False, "--json", help="One JSON object.")) -> int:
    """Check all that the add-in needs; each failed check comes with its fix.

    Starts Python twice as Excel would, but not Excel. Sends nothing.

    \b
    Example:
      tickmark excel doctor
    """
    checks = examine()
    bad = any(check.bad for check in checks)
    if as_json:
        record = {
            "schema_version": 1,
            "ok": not bad,
            "checks": [
                {
                    "name": one.name,
                    "ok": one.state in {"ok", "not applicable"},
                    "state": one.state.value,
                    "needed": one.needed,
                    "found": one.found,
                    "fix": one.fix,
                }
                for one in checks
            ],
        }
        typer.echo(json.dumps(record))
    else:
        _show(checks)
    return 2 if bad else 0


def _show(checks: tuple[Check, ...]) -> None:
    for one in checks:
        if one.state == "not applicable":
            continue
        mark = "note" if one.state == "failed" and not one.needed else _MARKS[one.state]
        typer.echo(f"{mark} {one.name}: {one.found}")
        if one.state != "ok":
            typer.echo(f"     {one.fix}")
    left = [one.name for one in checks if one.state == "not applicable"]
    if left:
        typer.echo(fill(", ".join(left), 80, initial_indent="n/a  ", subsequent_indent="     "))


def examine() -> tuple[Check, ...]:
    """All checks of the add-in, and those of the installation that it needs too."""
    from dataclasses import replace

    from tickmark import __version__
    from tickmark.errors import SettingError
    from tickmark.excel import checks, libreoffice, probe
    from tickmark.excel.check import Check, State
    from tickmark.hosts.doctor import examine as examine_installation
    from tickmark.settings import load_settings

    setup = setup_here(_last_folder())
    machine = probe.Machine(
        setup.system, setup.places, setup.build, probe.run_command, setup.encoding
    )
    try:
        daily_cost = load_settings().daily_cost
    except SettingError:
        daily_cost = None
    shared = [
        Check(one.name, State.OK if one.ok else State.FAILED, one.found, one.fix, one.needed)
        for one in examine_installation()
        if one.name in {"settings", "cache", "api key"}
    ]
    calc = libreoffice.examine(libreoffice.find_libreoffice(), __version__)
    extension = any(one.state is State.OK for one in calc)
    facts = replace(probe.collect(machine, daily_cost), extension=extension)
    return (*checks.examine(facts), *calc, *shared)


def _last_folder() -> Path | None:
    """Where the last installation put the add-in."""
    from tickmark.excel.setup import read_record, record_file, recorded_addin

    last = recorded_addin(read_record(record_file(state_folder())))
    return Path(last).parent if last else None


def setup_here(folder: Path | None) -> Setup:
    """The installation for this Python, in a folder or where Excel starts add-ins."""
    import locale
    import sys
    from importlib.metadata import version

    from tickmark import __version__
    from tickmark.excel import probe
    from tickmark.excel.build import build
    from tickmark.excel.places import places
    from tickmark.excel.setup import Setup
    from tickmark.settings import roaming_folder
    from tickmark.write.atomic_file import replacing

    system = probe.this_system()
    found = places(
        system,
        home=Path.home(),
        roaming=roaming_folder(),
        xlwings=version("xlwings"),
        folder=folder.resolve() if folder else None,
    )
    return Setup(
        system=system,
        places=found,
        version=__version__,
        interpreter=sys.executable,
        pythonpath=probe.search_path,
        encoding="ascii" if system == "macos" else locale.getencoding(),
        build=build,
        script=probe.applescript,
        shorten=probe.short_path,
        replacing=replacing,
        state=state_folder(),
    )
