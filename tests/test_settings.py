"""Settings: precedence, origins, wrong values named all at once, keys that never show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickmark.errors import SettingError
from tickmark.read.limits import Limits
from tickmark.settings import Key, find_key, load_settings, project_file, store_key, user_file


def test_defaults_say_that_they_are_defaults(tmp_path: Path) -> None:
    settings = load_settings(folder=tmp_path)

    assert settings.max_cost == 1.0
    assert set(settings.origins.values()) == {"default"}


def test_flag_beats_environment_beats_project_beats_user_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = user_file()
    user.parent.mkdir(parents=True)
    user.write_text('model = "from-user"\nmax_cost = 2\njobs = 3\nworkers = 1\n')
    project = tmp_path / "tickmark.toml"
    project.write_text('model = "from-project"\nmax_cost = 3\njobs = 4\n')
    monkeypatch.setenv("TICKMARK_MAX_COST", "4")
    monkeypatch.setenv("TICKMARK_MODEL", "from-environment")

    settings = load_settings({"model": "from-flag", "jobs": None}, folder=tmp_path)

    assert (settings.model, settings.max_cost, settings.jobs, settings.workers) == (
        "from-flag",
        4.0,
        4,
        1,
    )
    assert settings.origins["model"] == "flag"
    assert settings.origins["max_cost"] == "TICKMARK_MAX_COST"
    assert settings.origins["jobs"] == str(project)
    assert settings.origins["workers"] == str(user)
    assert settings.origins["timeout"] == "default"


def test_the_nearest_project_file_is_found_upwards(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.tickmark]\njobs = 2\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    assert project_file(below) == tmp_path / "pyproject.toml"
    assert load_settings(folder=below).jobs == 2


def test_a_pyproject_without_our_table_is_no_project_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\njobs = 2\n")

    assert project_file(tmp_path) != tmp_path / "pyproject.toml"


def test_all_wrong_values_are_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tickmark.toml").write_text('jbs = 2\njobs = 0\nmax_cost = "much"\n')

    with pytest.raises(SettingError) as caught:
        load_settings({"fail_on": "critical"}, folder=tmp_path)

    text = str(caught.value)
    assert "'jbs' is no setting" in text
    assert "jobs is 0; at least 1 is needed" in text
    assert "max_cost is 'much'; a number is needed" in text
    assert "fail_on is 'critical'" in text


@pytest.mark.parametrize("raw", ["nan", "inf", "-1"])
def test_a_budget_is_a_finite_amount(raw: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="max_cost"):
        load_settings({"max_cost": float(raw)}, folder=tmp_path)


def test_a_project_file_cannot_lead_the_key_to_another_host(tmp_path: Path) -> None:
    (tmp_path / "tickmark.toml").write_text('base_url = "https://elsewhere.example"\n')

    with pytest.raises(SettingError, match="base_url may stand only in"):
        load_settings(folder=tmp_path)


def test_a_project_file_cannot_name_a_program_that_is_started(tmp_path: Path) -> None:
    (tmp_path / "tickmark.toml").write_text('soffice = "/tmp/evil"\n')

    with pytest.raises(SettingError, match="soffice may stand only in"):
        load_settings(folder=tmp_path)


@pytest.mark.parametrize(
    "url", ["http://gateway.example", "ftp://x", "https://user:pass@gateway.example", "gateway"]
)
def test_a_key_does_not_travel_in_the_open(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="base_url"):
        load_settings({"base_url": url}, folder=tmp_path)


@pytest.mark.parametrize("url", ["https://gateway.example/v1", "http://127.0.0.1:8080"])
def test_an_encrypted_or_local_address_is_taken(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)

    settings = load_settings(folder=tmp_path)

    assert settings.base_url == url
    assert settings.origins["base_url"] == "ANTHROPIC_BASE_URL"


def test_a_broken_settings_file_is_a_sentence_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "tickmark.toml").write_text("model = \n")

    with pytest.raises(SettingError, match=r"tickmark\.toml cannot be read as TOML"):
        load_settings(folder=tmp_path)


def test_the_key_shows_in_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary")

    key = find_key()

    assert key == Key("sk-canary", "ANTHROPIC_API_KEY")
    assert "canary" not in f"{key} {key!r}"


def test_without_environment_and_keychain_there_is_no_key() -> None:
    assert find_key() is None


def test_a_system_without_keychain_says_what_to_do_instead() -> None:
    with pytest.raises(SettingError, match="ANTHROPIC_API_KEY") as caught:
        store_key("sk-canary")

    assert "canary" not in str(caught.value)


def test_a_project_file_can_lower_the_spending_limit_but_not_raise_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "tickmark.toml"
    project.write_text("max_cost = 0.25\n")
    assert load_settings(folder=tmp_path).max_cost == 0.25

    project.write_text("max_cost = 500\n")
    with pytest.raises(SettingError, match=r"max_cost is 500, which a project file can only lower"):
        load_settings(folder=tmp_path)

    monkeypatch.setenv("TICKMARK_MAX_COST", "3")
    assert load_settings(folder=tmp_path).max_cost == 3.0
    assert load_settings({"max_cost": 4.0}, folder=tmp_path).max_cost == 4.0


def test_a_project_file_may_use_the_limit_of_the_user(tmp_path: Path) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text("max_cost = 10\n")
    (tmp_path / "tickmark.toml").write_text("max_cost = 8\n")

    assert load_settings(folder=tmp_path).max_cost == 8.0


@pytest.mark.parametrize("name", ["jobs", "workers"])
def test_threads_and_processes_have_an_upper_bound(name: str, tmp_path: Path) -> None:
    (tmp_path / "tickmark.toml").write_text(f"{name} = 100000\n")

    with pytest.raises(SettingError, match=f"{name} is 100000; at most 256 is possible"):
        load_settings(folder=tmp_path)


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="base_url is") as caught:
        load_settings({"base_url": "https://user:canary@gateway.example"}, folder=tmp_path)

    assert "canary" not in str(caught.value)


def test_an_address_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"base_url is 'http://\[bad'"):
        load_settings({"base_url": "http://[bad"}, folder=tmp_path)


def test_a_table_of_another_kind_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("# [tool.tickmark]\n[tool]\ntickmark = 3\n")

    with pytest.raises(SettingError, match=r"tool\.tickmark has to be a table"):
        load_settings(folder=tmp_path)


def test_limits_of_reading_come_from_all_sources_each_with_its_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = user_file()
    user.parent.mkdir(parents=True)
    user.write_text("[limits]\nsheet_cells = 9_000_000\nranges = 300\nratio = 500\n")
    (tmp_path / "tickmark.toml").write_text("[limits]\nranges = 250\n")
    monkeypatch.setenv("TICKMARK_LIMITS", "ratio=400, depth=1e3")

    settings = load_settings({"limits": ["depth=300", "child_seconds=1.5"]}, folder=tmp_path)

    assert settings.limits == Limits(
        sheet_cells=9_000_000, ranges=250, ratio=400, depth=300, child_seconds=1.5
    )
    assert {name: origin for name, origin in settings.origins.items() if origin != "default"} == {
        "limits.sheet_cells": str(user),
        "limits.ranges": str(tmp_path / "tickmark.toml"),
        "limits.ratio": "TICKMARK_LIMITS",
        "limits.depth": "flag",
        "limits.child_seconds": "flag",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[limits]\nsheet_cells = 5_000_001\n",
            (
                "limits.sheet_cells is 5000001, which a project file can only lower from 5000000; "
                "raise it with --limit, TICKMARK_LIMITS or in "
            ),
        ),
        (
            "max_file_mb = 201\n",
            (
                "max_file_mb is 201, which a project file can only lower from 200 MB; raise it "
                "with --max-file-mb, TICKMARK_MAX_FILE_MB or in "
            ),
        ),
    ],
)
def test_a_project_file_can_only_lower_the_limits_of_reading(
    text: str, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "tickmark.toml").write_text(text)

    with pytest.raises(SettingError) as caught:
        load_settings(folder=tmp_path)

    assert str(caught.value).startswith(f"{tmp_path / 'tickmark.toml'}: {problem}")


def test_a_project_file_may_go_up_to_what_the_user_allows(tmp_path: Path) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text("[limits]\nranges = 500_000\n")
    (tmp_path / "tickmark.toml").write_text("[limits]\nranges = 400_000\n")

    assert load_settings(folder=tmp_path).limits.ranges == 400_000


def test_all_wrong_limits_are_named_at_once(tmp_path: Path) -> None:
    wrong = ["cells=5", "ranges=many", "ranges", "depth=0", "max_file_mb=9", "ratio=nan"]
    with pytest.raises(SettingError) as caught:
        load_settings({"limits": wrong}, folder=tmp_path)

    text = str(caught.value)
    assert text.startswith("--limit: 'cells' is no limit; known are zip_members, part_bytes, ")
    assert (
        "; limit ranges is 'many'; a number of at least 1 is needed; limit ranges is ''; " in text
    )
    assert "; limit depth is '0'; a number" in text
    assert "; the size of files is set with max_file_mb, not among the limits; " in text
    assert text.endswith("; limit ratio is 'nan'; a number of at least 1 is needed.")


@pytest.mark.parametrize("text", ["limits = 5\n", 'limits = "a=1"\n', "[limits]\nratio = true\n"])
def test_limits_of_another_form_are_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "tickmark.toml").write_text(text)

    with pytest.raises(SettingError, match="limit"):
        load_settings(folder=tmp_path)
