"""Writes the pages of `docs/` that are made from the code: `python docs/generate.py [--check]`.

`cli.md` is the help of every command, `functions.md` that of the worksheet functions, `limits.md`
the bounds of reading, `rules.md` the catalogue of audit rules. With `--check` nothing is written;
the pages that are out of date are named, and the exit code is 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import typer

from tickmark.audit.catalogue import rules
from tickmark.excel.functions import FUNCTIONS
from tickmark.hosts.cli.app import app
from tickmark.read.limits import meanings

FOLDER = Path(__file__).resolve().parent
WIDTH = 80
NOTE = "<!-- Made by docs/generate.py from the code; change it there. -->"
INTRODUCTION = (
    "Data goes to stdout, talk to stderr. Exit codes: 0 nothing found at or above `--fail-on`; 1 "
    "something found; 2 wrong use, a wrong setting or an internal error; 3 incomplete; 4 stopped "
    "by the spending limit; 5 the provider cannot be reached or refuses the key; 130 interrupted."
)

LIMITS = (
    "No file may cost more than these bounds, whatever it claims to be. What one of them cuts off "
    "or refuses is said in a sentence, and the workbook is reported as incomplete. Each is set "
    "with `--limit NAME=N`, which can be given several times (`--limit part_bytes=1e9`), with "
    "`TICKMARK_LIMITS=NAME=N,NAME=N`, or in the table `[limits]` of the user's settings file. The "
    "project file, which may come from a stranger, can only lower them. `tickmark config show` "
    "tells which hold."
)


def cli_page() -> str:
    """The help of each command, in the order in which `tickmark --help` names them."""
    parts = [
        "# Command line",
        NOTE,
        INTRODUCTION,
    ]
    for name, text in _helps():
        parts += [f"{'#' * min(name.count(' ') + 2, 4)} `{name}`", f"```text\n{text}\n```"]
    return "\n\n".join(parts) + "\n"


def _helps() -> Iterator[tuple[str, str]]:
    """Each command's full name and help, parents before their children."""
    above: typer.Context | None = None
    waiting = [("tickmark", typer.main.get_command(app), above)]
    while waiting:
        name, command, above = waiting.pop(0)
        settings = {**command.context_settings, "terminal_width": WIDTH}
        context = typer.Context(command, info_name=name, parent=above, **settings)
        yield context.command_path, command.get_help(context)
        children = getattr(command, "commands", {})
        waiting[:0] = [(name, child, context) for name, child in children.items()]


def limits_page() -> str:
    """What reading is bounded by, and how each bound is moved."""
    table = ["| limit | default | bounds |", "| --- | --- | --- |"]
    table += [
        "| `--max-file-mb` | 200 | megabytes of a file |",
        *(f"| `{name}` | {default:,.0f} | {bounds} |" for name, default, bounds in meanings()),
    ]
    return "\n\n".join(["# Limits of reading", NOTE, LIMITS, "\n".join(table)]) + "\n"


def rules_page() -> str:
    """A table of all rules, then a section for each from its docstring."""
    found = rules()
    table = ["| rule | severity, at most | finds |", "| --- | --- | --- |"]
    table += [
        f"| [`{one.code}`](#{one.code}) | {one.severity.word} | {one.summary} |" for one in found
    ]
    parts = ["# Audit rules", NOTE, "\n".join(table)]
    for one in found:
        parts += [f"## `{one.code}`", f"{one.summary} Severity: {one.severity.word} at most."]
        parts += [f"**{heading}.** {text}" for heading, text in one.sections.items()]
    return "\n\n".join(parts) + "\n"


def functions_page() -> str:
    """A table of all worksheet functions, what holds for all, then a section for each."""
    table = ["| function | gives | asks the model |", "| --- | --- | --- |"]
    table += [
        f"| [`{one.signature}`](#{one.name.lower()}) | {one.returns} | {one.asks} |"
        for one in FUNCTIONS
    ]
    around = (FOLDER / "functions.in.md").read_text(encoding="utf-8").strip()
    parts = ["# Worksheet functions", NOTE, "\n".join(table), around]
    for one in FUNCTIONS:
        parts += [f"## {one.name}", one.help, f"```text\n{one.example}\n```"]
        parts.append(
            "\n".join(
                f"- `{a.name}`{' (optional)' if a.optional else ''}: {a.help}"
                for a in one.arguments
            )
        )
    return "\n\n".join(parts) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "functions.md": functions_page,
    "limits.md": limits_page,
    "rules.md": rules_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them where `--check` is given."""
    stale = 0
    for name, page in PAGES.items():
        path = FOLDER / name
        text = page()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"docs/{name} is out of date; run `python run.py check --fix`.")
            stale = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"Wrote docs/{name}.")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
