"""`tickmark rules`: the catalogue, in 80 columns and as JSON."""

from __future__ import annotations

import json

import pytest

from tickmark.audit.catalogue import rules
from tickmark.audit.rule import HEADINGS
from tickmark.hosts.cli.app import run


def test_every_rule_is_listed_with_its_severity(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    heads = [line.split()[:2] for line in lines if not line.startswith(" ")]
    assert heads == [[one.code, one.severity.word] for one in rules()]
    assert max(map(len, lines)) <= 80


def test_the_list_as_json_has_each_section(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "list", "--json"]) == 0

    record = json.loads(capsys.readouterr().out)
    assert record["schema_version"] == 1
    assert [one["rule"] for one in record["rules"]] == [one.code for one in rules()]
    assert all(tuple(one["sections"]) == HEADINGS for one in record["rules"])


def test_a_rule_is_shown_with_its_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "show", "Broken-Reference"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "broken-reference  high at most"
    assert [line for line in lines if line in HEADINGS] == list(HEADINGS)
    assert max(map(len, lines)) <= 80


def test_a_rule_as_json_is_an_entry_of_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    run(["rules", "list", "--json"])
    listed = json.loads(capsys.readouterr().out)["rules"][0]
    run(["rules", "show", listed["rule"], "--json"])

    assert json.loads(capsys.readouterr().out) == {"schema_version": 1} | listed


def test_an_unknown_rule_exits_with_2_and_the_nearest_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["rules", "show", "broken-referense"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert "There is no rule 'broken-referense'; did you mean broken-reference" in err
