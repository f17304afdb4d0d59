"""docs/audit.md: what it shows is what Tickmark takes."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer

from tickmark.audit.judging.settings import parse_audit
from tickmark.hosts.cli.app import app

GUIDE = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
COMMANDS = [
    *re.findall(r"^\$ (tickmark .+)$", GUIDE, re.MULTILINE),
    *(line.partition(">>")[0] for line in re.findall(r"run: (tickmark .+)$", GUIDE, re.MULTILINE)),
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_parses(line: str) -> None:
    command = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    context = typer.Context(command)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]

    command.make_context("tickmark", words, parent=context, resilient_parsing=False)


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_settings_file_is_taken(text: str) -> None:
    assert parse_audit(tomllib.loads(text)["audit"], "tickmark.toml")


def test_the_guide_shows_commands_and_settings() -> None:
    assert len(COMMANDS) >= 9
    assert len(blocks("toml")) == 2
