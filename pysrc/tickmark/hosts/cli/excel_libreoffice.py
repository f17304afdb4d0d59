"""`tickmark excel install --libreoffice` and its way back."""

from __future__ import annotations

import typer


def install_extension(*, dry_run: bool) -> int:
    """Build the extension for this Python and have LibreOffice take it."""
    from tickmark import __version__
    from tickmark.excel import libreoffice, oxt

    office = libreoffice.needed_libreoffice()
    command = libreoffice.backend_command()
    if dry_run:
        typer.echo(f"Would install {oxt.FILE_NAME} into the LibreOffice of {office.program}.")
        typer.echo(f"Its functions would be computed by {command[0]}.")
        return 0
    libreoffice.install(office, oxt.extension(oxt.sources(), command, __version__))
    typer.echo(f"Installed {oxt.FILE_NAME} into the LibreOffice of {office.program}.")
    typer.echo(f"Its functions are computed by {command[0]}.")
    typer.echo("Close all windows of LibreOffice and start it again.")
    return 0


def remove_extension(*, dry_run: bool) -> int:
    """Have LibreOffice remove the extension."""
    from tickmark.excel import libreoffice, oxt

    office = libreoffice.needed_libreoffice()
    if dry_run:
        typer.echo(f"Would remove {oxt.FILE_NAME} from the LibreOffice of {office.program}.")
        return 0
    if libreoffice.uninstall(office):
        typer.echo(f"Removed {oxt.FILE_NAME} from the LibreOffice of {office.program}.")
    else:
        typer.echo("Nothing is installed.")
    return 0
