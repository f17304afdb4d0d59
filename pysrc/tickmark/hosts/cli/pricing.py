"""What a run over workbooks would cost, for `analyze --dry-run` and `estimate`."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from tickmark.hosts.cli.password import given_password
from tickmark.settings import Settings, debugging

if TYPE_CHECKING:
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.hosts.preparation import Request


def request_of(
    paths: list[str],
    exclude: list[str],
    question: str,
    password: str | None,
    settings: Settings,
    *,
    ask_model: bool,
) -> Request:
    """The workbooks of a command line, and what is asked about them."""
    import os

    from tickmark.hosts.preparation import Request
    from tickmark.hosts.sources import find_sources

    listed = "-" in paths
    if listed and isinstance(sys.stdin, io.TextIOWrapper):
        # Names of files need not be text in the encoding of the terminal.
        sys.stdin.reconfigure(errors="surrogateescape")
    password = given_password(password, listed=listed)
    return Request(
        sources=find_sources(paths, exclude=exclude, listed=sys.stdin if listed else ()),
        paths=tuple(paths),
        question=question,
        password=password,
        workers=settings.workers or os.cpu_count() or 1,
        ask_model=ask_model,
        debug=debugging(),
    )


def price(
    request: Request,
    settings: Settings,
    terminal: Terminal,
    *,
    show_prompt: bool = False,
    batch: bool = False,
) -> int:
    """Price a request on the terminal and send nothing; 3 where a workbook cannot be read.

    `batch` prices message batches.
    """
    import secrets

    from tickmark.hosts.dry_run import dry_run
    from tickmark.llm.fenced import fenced

    secret = secrets.token_bytes(32)
    show = (lambda prompt: terminal.prompt(fenced(prompt, secret))) if show_prompt else None
    priced = dry_run(request, settings, terminal, show=show, batch=batch)
    terminal.priced(priced, settings)
    return 3 if any(one.error for one in priced) else 0
