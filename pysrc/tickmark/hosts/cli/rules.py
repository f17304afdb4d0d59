"""`tickmark rules`: the catalogue of the audit's rules."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from tickmark.errors import InputError
from tickmark.hosts.cli.options import AS_JSON
from tickmark.hosts.cli.output import emit, terminal_width

if TYPE_CHECKING:
    from tickmark.audit.rule import Rule

app = typer.Typer(help="The rules that `tickmark audit` applies.")


@app.command("list")
def list_rules(as_json: bool = AS_JSON) -> None:
    """Every rule with the highest severity of its findings and what it finds.

    \b
    Example:
      tickmark rules list
    """
    from tickmark.audit.catalogue import rules

    found = rules()
    if as_json:
        emit(json.dumps({"schema_version": 1, "rules": [_record(one) for one in found]}))
        return
    emit("\n".join(_lines(found)))


@app.command("show")
def show_rule(
    rule: str = typer.Argument(metavar="RULE", help="The code of a rule."),
    as_json: bool = AS_JSON,
) -> None:
    """What a rule finds, why it matters, an example, the fix, and what it gets wrong.

    \b
    Example:
      tickmark rules show number-among-formulas
    """
    from tickmark.audit.catalogue import rule_named, unknown_rule

    found = rule_named(rule.strip().lower())
    if found is None:
        raise InputError(unknown_rule(rule))
    if as_json:
        emit(json.dumps({"schema_version": 1} | _record(found)))
        return
    emit("\n".join(_page(found)))


def _record(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.code,
        "severity": rule.severity.word,
        "summary": rule.summary,
        "sections": {name: " ".join(text.split()) for name, text in rule.sections.items()},
    }


def _lines(found: tuple[Rule, ...]) -> Iterator[str]:
    """Two columns: code and severity, and the summary over as many lines as it needs."""
    from tickmark.hosts.cli.painting import painter
    from tickmark.report.terminal_text import wrapped

    paint = painter(sys.stdout)
    code = max(len(one.code) for one in found) + 2
    room = terminal_width() - code - len("medium  ")
    for one in found:
        word = one.severity.word
        head = f"{paint('rule', one.code)}{' ' * (code - len(one.code))}"
        head += f"{paint(word, word)}{' ' * (8 - len(word))}"
        first, *rest = wrapped(one.summary, room)
        yield head + first
        yield from (" " * (code + 8) + line for line in rest)


def _page(rule: Rule) -> Iterator[str]:
    from tickmark.hosts.cli.painting import painter
    from tickmark.report.terminal_text import wrapped

    paint = painter(sys.stdout)
    width = terminal_width()
    word = rule.severity.word
    yield f"{paint('rule', rule.code)}  {paint(word, word)} at most"
    yield from wrapped(rule.summary, width)
    for name, text in rule.sections.items():
        yield ""
        yield paint("title", name)
        yield from (f"  {line}" for line in wrapped(text, width - 2))
