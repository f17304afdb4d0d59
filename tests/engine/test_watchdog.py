"""The watchdog: what is a standstill, and what is written down of it."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest

from tickmark.engine.plan import Plan, Task
from tickmark.engine.progress import Progress, UnderWay
from tickmark.engine.run import Runner
from tickmark.engine.watchdog import Policy, Watchdog
from tickmark.llm.call import Call, Span, Stage, begin
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.scripted import ScriptedModel

SECONDS = 5.0


class Watched:
    """A run whose clock goes on only while the watchdog sleeps; `sleeps` is for how long it did."""

    def __init__(self, log: Path, progress: list[Progress], policy: Policy = Policy.GO_ON) -> None:
        self.now = 100.0
        self.sleeps: list[float] = []
        self.said: list[str] = []
        self.stop = threading.Event()
        self._progress = progress
        self._shown = progress[0]
        self.watchdog = Watchdog(
            self.progress,
            seconds=60.0,
            log=log,
            say=self.said.append,
            policy=policy,
            stop=self.stop,
            clock=lambda: self.now,
            wait=self.wait,
        )

    def progress(self) -> Progress:
        """What it sees at each look."""
        self._shown = self._progress.pop(0)
        return self._shown

    def wait(self, seconds: float) -> bool:
        """Sleep; the watch is over when nothing is left to be seen."""
        if not self._progress:
            return True
        self.sleeps.append(seconds)
        self.now += seconds
        return False


def under_way(
    stage: Stage | None, since: float, *spans: Span, until: float | None = None
) -> UnderWay:
    return UnderWay(1, 90.0, Call("a", 0, list(spans), stage, since, until))


def test_no_event_and_no_end_of_a_stage_is_a_standstill_told_once(tmp_path: Path) -> None:
    still = Progress(100.0, 1, 3, (under_way(Stage.PROVIDER, 95.0),))
    watched = Watched(tmp_path / "stall.log", [still, still, still])

    watched.watchdog.watch()

    assert watched.sleeps == [60.0, 60.0, 60.0]
    assert len(watched.said) == 1
    assert watched.said[0] == (
        "The run has stood still for 60 seconds; it goes on waiting, and what each thread is doing "
        f"is in {tmp_path / 'stall.log'}."
    )
    assert not watched.stop.is_set()


def test_a_second_standstill_is_told_again(tmp_path: Path) -> None:
    first = Progress(100.0, 1, 0, ())
    moved = Progress(170.0, 1, 0, ())
    watched = Watched(tmp_path / "stall.log", [first, moved, moved])

    watched.watchdog.watch()

    assert watched.sleeps == [60.0, 60.0, 10.0]
    assert len(watched.said) == 2


def test_it_sleeps_until_a_standstill_can_be_at_the_earliest(tmp_path: Path) -> None:
    span = Span(Stage.PROVIDER, 110.0, 150.0)
    watched = Watched(
        tmp_path / "stall.log",
        [
            Progress(130.0, 1, 0, ()),
            Progress(130.0, 1, 0, (under_way(None, 110.0, span),)),
            Progress(130.0, 1, 0, (under_way(Stage.PROVIDER, 205.0, span),)),
        ],
    )

    watched.watchdog.watch()

    assert watched.sleeps == [60.0, 30.0, 20.0]
    assert watched.said == []


def test_without_a_plan_nothing_stands_still(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "stall.log", [Progress(0.0, 0, 0, ())] * 3)

    watched.watchdog.watch()

    assert watched.said == []
    assert watched.sleeps == [60.0, 60.0, 60.0]


@pytest.mark.parametrize("stage", [Stage.RATE, Stage.PAUSE, Stage.MEMORY, Stage.BACKOFF])
def test_an_announced_wait_is_no_standstill_before_it_is_over(tmp_path: Path, stage: Stage) -> None:
    waits = Progress(
        100.0,
        1,
        9,
        (under_way(stage, 100.0, until=400.0), under_way(Stage.PROVIDER, 100.0)),
    )
    watched = Watched(tmp_path / "stall.log", [waits, waits])

    watched.watchdog.watch()

    assert watched.sleeps == [60.0, 300.0]
    assert len(watched.said) == 1


def test_a_wait_without_an_announced_end_is_no_standstill(tmp_path: Path) -> None:
    watched = Watched(
        tmp_path / "stall.log", [Progress(100.0, 1, 9, (under_way(Stage.RATE, 100.0),))] * 4
    )

    watched.watchdog.watch()

    assert watched.said == []


@pytest.mark.parametrize(
    "stage", [Stage.SLOT, Stage.BUDGET, Stage.MEMORY, Stage.SHARED, Stage.KEPT, None]
)
def test_a_wait_that_only_others_can_end_is_announced_by_nobody(
    tmp_path: Path, stage: Stage | None
) -> None:
    watched = Watched(tmp_path / "stall.log", [Progress(100.0, 1, 9, (under_way(stage, 100.0),))])

    watched.watchdog.watch()

    assert len(watched.said) == 1


def test_the_time_limit_of_a_call_announces_nothing(tmp_path: Path) -> None:
    call = under_way(Stage.PROVIDER, 100.0, until=700.0)
    watched = Watched(tmp_path / "stall.log", [Progress(100.0, 1, 9, (call,))])

    watched.watchdog.watch()

    assert len(watched.said) == 1


def test_by_policy_it_sets_the_stop(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "stall.log", [Progress(100.0, 1, 0, ())], Policy.STOP)

    watched.watchdog.watch()

    assert watched.stop.is_set()
    assert "nothing more is started" in watched.said[0]


def test_a_log_that_cannot_be_written_is_said_and_changes_nothing(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "gone" / "stall.log", [Progress(100.0, 1, 0, ())])

    watched.watchdog.watch()

    assert "stall.log cannot be written (No such file or directory)" in watched.said[0]


def test_the_log_tells_functions_lines_locks_and_stages_and_no_value(tmp_path: Path) -> None:
    log = tmp_path / "stall.log"
    hangs, go, told = threading.Event(), threading.Event(), threading.Event()
    lock = RankedLock(Rank.STORE)

    def stands_still(prompt: Prompt) -> Reply:
        secret_of_the_cell = prompt.user
        with lock:
            begin(Stage.PROVIDER)
            hangs.set()
            assert go.wait(SECONDS)
        return Reply(secret_of_the_cell)

    looks = iter([False])

    def wait(_: float) -> bool:
        hangs.wait(SECONDS)
        return next(looks, True)

    with Runner(ScriptedModel(stands_still), jobs=1) as runner:
        watchdog = Watchdog(
            lambda: runner.progress,
            seconds=0.0,
            log=log,
            say=lambda _: told.set(),
            wait=wait,
        )
        threads = [
            threading.Thread(
                target=runner.run, args=(Plan([Task("t-1", Prompt("m", "s", "secret-4711"))]),)
            ),
            threading.Thread(target=watchdog.watch),
        ]
        for thread in threads:
            thread.start()
        assert told.wait(SECONDS)
        go.set()
        for thread in threads:
            thread.join(SECONDS)

    text = log.read_text(encoding="utf-8")
    assert "1 plans, 0 tasks queued, 1 under way" in text
    assert "task 't-1' in thread " in text
    assert ": waiting on the provider for 0 s" in text
    assert ".stands_still, line " in text
    assert "  holds STORE" in text
    assert "tickmark-call-" in text
    assert "secret" not in text
    if sys.platform != "win32":
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_it_ends_with_its_block_while_it_sleeps(tmp_path: Path) -> None:
    with Watchdog(
        lambda: Progress(0.0, 0, 0, ()), seconds=3600.0, log=tmp_path / "stall.log"
    ) as watchdog:
        assert watchdog is not None

    assert not [one for one in threading.enumerate() if one.name == "tickmark-watchdog"]
