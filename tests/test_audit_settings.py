"""The settings of the audit: where they come from, and which source wins."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tickmark.audit.judging.settings import AuditSettings
from tickmark.errors import SettingError
from tickmark.hosts.settings_file import settings_text
from tickmark.settings import load_settings, user_file


def write_user(text: str) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text(text, encoding="utf-8")


def test_defaults_fail_on_high_and_show_the_default_tier(tmp_path: Path) -> None:
    settings = load_settings(folder=tmp_path)

    assert settings.audit == AuditSettings()
    assert settings.audit.fail_on == "high"
    assert settings.fail_on == "never"
    assert settings.origins["audit.tier"] == "default"


def test_flag_beats_environment_beats_project_beats_user_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_user('[audit]\nrules = ["a", "b"]\nexclude = ["x"]\ntier = "more"\n')
    (tmp_path / "tickmark.toml").write_text(
        '[audit]\nexclude_rules = ["c"]\nexclude = ["y"]\ntier = "default"\n'
    )
    monkeypatch.setenv("TICKMARK_AUDIT_EXCLUDE_RULES", "d, e")

    settings = load_settings({"audit": {"tier": "more"}}, folder=tmp_path)

    assert settings.audit == AuditSettings(
        tier="more", rules=("a", "b"), exclude_rules=("d", "e"), exclude=("y",)
    )
    assert settings.origins["audit.tier"] == "flag"
    assert settings.origins["audit.exclude_rules"] == "TICKMARK_AUDIT_EXCLUDE_RULES"
    assert settings.origins["audit.exclude"] == str(tmp_path / "tickmark.toml")
    assert settings.origins["audit.rules"] == str(user_file())


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('fail_on = "medium"\n', "medium"),
        ('fail_on = "medium"\n[audit]\nfail_on = "low"\n', "low"),
        ("", "high"),
    ],
)
def test_one_level_holds_for_all_commands_unless_the_audit_has_its_own(
    tmp_path: Path, text: str, level: str
) -> None:
    (tmp_path / "tickmark.toml").write_text(text)

    assert load_settings(folder=tmp_path).audit.fail_on == level


def test_the_level_of_the_environment_beats_the_table_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tickmark.toml").write_text('[audit]\nfail_on = "low"\n')
    monkeypatch.setenv("TICKMARK_FAIL_ON", "never")

    assert load_settings(folder=tmp_path).audit.fail_on == "never"


def test_suppressions_of_user_and_project_stand_beside_each_other(tmp_path: Path) -> None:
    write_user('[[audit.suppress]]\nrule = "a"\nreason = "mine"\n')
    project = tmp_path / "tickmark.toml"
    project.write_text('[[audit.suppress]]\nrule = "b"\nreason = "ours"\n')

    found = load_settings(folder=tmp_path).audit.suppress

    assert [(one.rule, one.reason, one.origin) for one in found] == [
        ("a", "mine", str(user_file())),
        ("b", "ours", str(project)),
    ]


def test_every_wrong_value_is_named_with_its_file(tmp_path: Path) -> None:
    project = tmp_path / "tickmark.toml"
    project.write_text('[audit]\ntier = 1\nrules = [2]\n[[audit.suppress]]\nrule = "a"\n')

    with pytest.raises(SettingError) as raised:
        load_settings(folder=tmp_path)

    told = str(raised.value)
    assert told.startswith(f"{project}: ")
    assert "audit.tier is 1; it is one of default, more" in told
    assert "audit.rules is [2]; a list of texts is needed" in told
    assert "audit.suppress entry 1: it has no reason" in told


def test_the_settings_file_that_tickmark_makes_names_what_it_takes(tmp_path: Path) -> None:
    lines = settings_text().splitlines()
    start = lines.index("# [audit]")
    kept = [line.removeprefix("# ") for line in lines[start:] if " = " in line or "# [" in line]
    text = "\n".join(kept)
    (tmp_path / "tickmark.toml").write_text(text)

    audit = load_settings(folder=tmp_path).audit

    assert set(tomllib.loads(text)["audit"]) == {
        *("fail_on", "tier", "rules", "exclude_rules", "exclude", "suppress")
    }
    assert audit.suppress[0].reason == "the rate of the contract"
