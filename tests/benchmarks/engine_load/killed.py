"""Figure `kill`: a run killed at its half and resumed asks nothing again that was finished."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.benchmarks.engine_load.children import Found, Job, command, environment, found_by, judged
from tests.benchmarks.engine_load.load import Load
from tests.benchmarks.engine_load.loopback import Loopback
from tests.benchmarks.engine_load.questions import questions
from tests.benchmarks.engine_load.rows import answered_goal, load_average
from tests.benchmarks.region_scores.goals import Goal, Report

FIGURE = "kill -9 at half of the run, then the same run again, with its journal"
COUNT = 400
THREADS = 20
BYTES = 2000
LOAD = Load(latency=0.1, spread=0.4)
SALT = "a run that is killed"


@dataclass(frozen=True, slots=True)
class Killed:
    """One run: what had finished when it was killed, and what was asked again afterwards.

    `in_flight` are answers that the server had begun and nobody had finished.
    """

    finished: int
    in_flight: int
    paid_twice: int
    repeated: int
    resumed: Found


def killed_task(job: Job) -> Found:
    """The child's part: says each finished question as it finishes."""
    from tests.benchmarks.engine_load.candidates import Opening  # noqa: PLC0415 - for children only
    from tests.benchmarks.engine_load.own_stack import (  # noqa: PLC0415 - likewise
        answers_of,
        our_runner,
        prompt_of,
    )
    from tickmark.engine.plan import Plan, Task  # noqa: PLC0415 - likewise
    from tickmark.engine.run import Event, EventKind  # noqa: PLC0415 - likewise

    to = Opening(job["url"], THREADS)
    texts = questions(SALT, COUNT, BYTES)
    plan = Plan(Task(str(at), prompt_of(text, to.max_tokens)) for at, text in enumerate(texts))

    def say(event: Event) -> None:
        if event.kind is EventKind.FINISHED:
            print(event.task, flush=True)

    with our_runner(to, Path(job["journal"])) as runner:
        answers = answers_of(runner, plan, say)
    return judged([answers[str(at)] for at in range(COUNT)], texts, LOAD.answer_bytes)


def figure(server: Loopback, *, repeats: int) -> Iterator[Report]:
    """Kill at a half, and in further rounds at a third and at two thirds."""
    parts = (COUNT // 2, COUNT // 3, COUNT * 2 // 3)[:repeats]
    yield report([_killed(server, at) for at in parts])


def _killed(server: Loopback, at: int) -> Killed:
    server.reset(LOAD)
    digests = [sha256(text.encode()).hexdigest() for text in questions(SALT, COUNT, BYTES)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        job = {"url": server.url, "journal": str(home / "run.journal")}
        finished = _finished_before_kill(job, home, at)
        before = server.asks()
        resumed = found_by("killed", job, home)
        after = server.asks()
    again = {one for one, times in before.items() if after[one] > times}
    paid = {digests[number] for number in finished}
    return Killed(len(finished), len(before) - len(paid), len(again & paid), len(again), resumed)


def _finished_before_kill(job: Job, home: Path, at: int) -> list[int]:
    """Start the run, kill it when so many questions are finished; those that it said were."""
    with subprocess.Popen(  # noqa: S603 - this very benchmark
        command("killed", job), env=environment(home), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        finished = []
        for line in process.stdout:
            if not line.endswith("\n"):
                break
            finished.append(int(line))
            if len(finished) == at:
                process.kill()
    return finished


def report(runs: list[Killed]) -> Report:
    """What the runs say."""
    lines = [
        f"  {COUNT} questions, {THREADS} threads{load_average()}",
        f"  {'finished':>10}{'in flight':>11}{'asked again':>13}{'of the finished':>17}",
        *(
            f"  {one.finished:10}{one.in_flight:11}{one.repeated:13}{one.paid_twice:17}"
            for one in runs
        ),
    ]
    twice = sum(one.paid_twice for one in runs)
    most = max(one.repeated for one in runs)
    goals = (
        Goal("finished calls paid again", str(twice), "0", twice == 0),
        Goal("calls asked again", str(most), f"<= {THREADS}", most <= THREADS),
        answered_goal("kill", all(one.resumed["right"] == COUNT for one in runs)),
    )
    told = [
        {"finished": one.finished, "repeated": one.repeated, "paid_twice": one.paid_twice}
        for one in runs
    ]
    return Report(tuple(lines), {"runs": told}, goals)
