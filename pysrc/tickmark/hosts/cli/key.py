"""`tickmark key`: the API key in the system's keychain."""

from __future__ import annotations

import sys

import typer

from tickmark.errors import InputError
from tickmark.settings import find_key, load_settings, store_key

app = typer.Typer(help="The API key: kept in the system's keychain, never in a file.")


@app.command("set")
def set_key() -> None:
    """Keep an API key; it is asked for, or read from stdin.

    \b
    Example:
      tickmark key set
    """
    import getpass

    if sys.stdin.isatty():
        secret = getpass.getpass("API key (not shown): ").strip()
    else:
        secret = sys.stdin.readline().strip()
    if not secret or any(character.isspace() for character in secret):
        raise InputError("No key was given; paste it in one piece or pipe it in.")
    store_key(secret)
    typer.echo("The key is in the keychain; `tickmark key test` tries it.")


@app.command("test")
def test_key() -> None:
    """Ask the provider whether it takes the key; costs nothing.

    \b
    Example:
      tickmark key test
    """
    from tickmark.wiring import check_key

    key = find_key()
    if key is None:
        raise InputError("No API key: run `tickmark key set` or set ANTHROPIC_API_KEY.")
    settings = load_settings()
    check_key(settings, key)
    typer.echo(f"The provider takes the key ({key.origin}).")
