"""The desk as Excel and LibreOffice open it, against a server on loopback."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.functions.desk_bench import ask, cell, settled, single
from tests.messages_api import KEY, Fault, MessagesApi
from tickmark.errors import SettingError
from tickmark.excel.functions import FUNCTIONS
from tickmark.hosts.functions import local_desk
from tickmark.hosts.functions.bodies import bodies as own_bodies
from tickmark.hosts.functions.call import Call, Caller
from tickmark.hosts.functions.desk import Desk
from tickmark.hosts.functions.local_desk import UserSettings, control, log_file, open_desk
from tickmark.hosts.functions.question import Body
from tickmark.settings import user_file
from tickmark.wiring import spending

WAIT = "#LLM wait"


class Told:
    """The cells that were told."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []

    def __call__(self, callers: Sequence[Caller]) -> None:
        self.callers.extend(callers)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    with MessagesApi(lambda content: f"seen by {content['model']}") as server:
        monkeypatch.setenv("TICKMARK_BASE_URL", server.url)
        monkeypatch.setenv("TICKMARK_API_KEY", KEY)
        yield server


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    def body(call: Call, _: object) -> Any:  # noqa: ANN401 - a question of the bench
        return single(str(call.argument(0)))

    known: dict[str, Body] = {"ASK": body}
    monkeypatch.setattr(local_desk, "bodies", lambda: known)


@pytest.fixture
def desk(api: MessagesApi, bodies: None) -> Iterator[Desk]:  # noqa: ARG001 - what it stands on
    made = open_desk(Told())
    yield made
    made.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("tickmark")]
    logger = logging.getLogger("tickmark.functions")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def test_twenty_cells_are_answered_over_http_and_none_waits(api: MessagesApi, desk: Desk) -> None:
    go = threading.Event()

    def answer(content: dict[str, Any]) -> str:
        assert go.wait(20)
        return f"seen by {content['model']}"

    api.answer = answer
    assert [ask(desk, f"why {row}", row) for row in range(1, 21)] == [WAIT] * 20
    assert api.answered == 0
    go.set()
    settled(desk)

    assert len(api.calls) == 20
    assert {ask(desk, f"why {row}", row) for row in range(1, 21)} == {"seen by claude-haiku-5-5"}
    assert len(api.calls) == 20


def test_cell_text_is_sent_as_fenced_data(api: MessagesApi, desk: Desk) -> None:
    ask(desk, "why")
    settled(desk)

    (request,) = api.calls
    assert request.user.startswith('<data fence="')
    assert request.user.endswith("\n\nAnswer.")


def test_a_new_process_finds_the_answer_and_the_money_spent(api: MessagesApi, desk: Desk) -> None:
    ask(desk, "why")
    settled(desk)
    desk.close()
    again = open_desk(Told())

    assert ask(again, "why") == "seen by claude-haiku-5-5"
    assert spending().spent().calls == 1
    assert spending().spent().usd > 0
    assert len(api.calls) == 1
    again.close()


def test_a_lost_item_is_found_in_the_models_own_cache(api: MessagesApi, desk: Desk) -> None:
    """As after a process that was killed between its answer and the keeping of the item."""
    ask(desk, "why")
    settled(desk)
    kept = desk._kept  # noqa: SLF001 - the loss that no door offers
    kept.forget(single("why").items[0].keys, api.url)
    desk.close()
    again = open_desk(Told())
    ask(again, "why")
    settled(again)

    assert ask(again, "why") == "seen by claude-haiku-5-5"
    assert len(api.calls) == 1
    again.close()


def test_a_refresh_goes_past_the_models_own_cache(api: MessagesApi, desk: Desk) -> None:
    ask(desk, "why")
    settled(desk)
    api.answer = lambda _: "new"
    control().refresh_all()
    settled(desk)
    assert ask(desk, "why") == WAIT
    settled(desk)

    assert ask(desk, "why") == "new"
    assert len(api.calls) == 2


@pytest.mark.usefixtures("bodies")
def test_the_limit_of_the_day_stops_before_the_call(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKMARK_DAILY_COST", "0")
    desk = open_desk(Told())
    ask(desk, "why")
    settled(desk)

    assert ask(desk, "why") == "#LLM budget: today's 0.00 USD are spent"
    assert api.seen == []
    desk.close()


def test_a_refused_key_is_told_and_nothing_secret_is_logged(api: MessagesApi, desk: Desk) -> None:
    api.key = "another"
    ask(desk, "a word of a cell")
    settled(desk)

    assert str(ask(desk, "a word of a cell")).startswith("#LLM key: ")
    log = log_file().read_text(encoding="utf-8")
    assert "ASK: ModelDenied: " in log
    assert KEY not in log
    assert "a word of a cell" not in log


def test_a_rate_limit_of_long_is_told_with_its_time(api: MessagesApi, desk: Desk) -> None:
    api.faults.append(Fault(429, headers={"retry-after": "7200"}))
    ask(desk, "why")
    settled(desk)

    assert str(ask(desk, "why")).startswith("#LLM rate, retry ")
    assert len(api.calls) == 1


@pytest.mark.usefixtures("api", "bodies")
def test_a_model_of_unknown_price_is_refused_without_a_server_of_ones_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TICKMARK_BASE_URL")
    monkeypatch.setattr("tests.hosts.functions.desk_bench.MODEL", "of-unknown-price")
    desk = open_desk(Told())
    ask(desk, "why")
    settled(desk)

    assert ask(desk, "why") == (
        "#LLM value: the price of the model 'of-unknown-price' is not known; name another"
    )
    desk.close()


_KILLED = """
from tests.hosts.functions.desk_bench import cell, single
from tickmark.hosts.functions import local_desk
from tickmark.hosts.functions.call import Call

local_desk.bodies = lambda: {"ASK": lambda call, _: single(call.arguments[0])}
desk = local_desk.open_desk(lambda _: None)
print(desk.answer(Call("ASK", ("why",), cell(1)))[0][0], flush=True)
desk.idle(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not those of Windows")
def test_after_a_process_was_killed_in_the_middle_the_next_one_starts_clean(
    api: MessagesApi, desk: Desk
) -> None:
    reached, go = threading.Event(), threading.Event()

    def answer(_: object) -> str:
        reached.set()
        assert go.wait(20)
        return "there"

    api.answer = answer
    root = Path(__file__).parents[3]
    with subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-c", _KILLED],
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'pysrc'}{os.pathsep}{root}"},  # noqa: TID251 - handed on
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "#LLM wait\n"
        assert reached.wait(60)
        process.kill()
    go.set()
    assert ask(desk, "why") == WAIT
    settled(desk)

    assert ask(desk, "why") == "there"
    spent = spending().spent()
    assert spent.reserved == 0.0
    assert spent.doubtful > 0.0
    assert spent.calls == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
def test_the_log_is_its_owners_only(desk: Desk) -> None:
    desk.answer(Call("ASK", ("x",), cell(1)))

    assert stat.S_IMODE(log_file().stat().st_mode) == 0o600


def test_settings_are_read_again_when_the_users_file_has_changed() -> None:
    now = [0.0]
    settings = UserSettings(clock=lambda: now[0])
    assert settings().consent_calls == 25

    user_file().parent.mkdir(parents=True)
    user_file().write_text("consent_calls = 3\n")
    assert settings().consent_calls == 25
    now[0] += 3
    assert settings().consent_calls == 3

    user_file().write_text("consent_calls = 'many'\n")
    now[0] += 3
    for _ in range(2):
        with pytest.raises(SettingError, match="consent_calls is 'many'"):
            settings()
    user_file().unlink()
    now[0] += 3
    assert settings().consent_calls == 25


def test_a_settings_file_in_the_folder_of_a_workbook_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "strangers"
    folder.mkdir()
    (folder / "tickmark.toml").write_text("cell_model = 'of-strangers'\n")
    monkeypatch.chdir(folder)

    assert UserSettings()().cell_model == "claude-haiku-5-5"


def test_all_functions_of_the_list_have_a_body_or_are_the_desks_own() -> None:
    names = {function.name for function in FUNCTIONS}

    assert names == own_bodies().keys() | {"LLM_COST", "LLM_STATUS"}
