"""Tickmark's engine as its users get it: the model that wiring builds, and a runner on top."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from tests.benchmarks.engine_load.candidates import (
    KEY,
    MODEL,
    SYSTEM,
    TIMEOUT,
    Answer,
    Opening,
)
from tickmark.engine.journal import Journal
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.engine.run import Event as Step
from tickmark.engine.run import OnEvent, Runner
from tickmark.engine.trace import TaskTrace, Tracer
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.settings import Key, Settings
from tickmark.wiring import language_model

USD = 100_000.0
"""Far more than any benchmark costs, so that a limit of spending is kept and never met."""


@contextmanager
def our_model(to: Opening, *, stop: Event, journal: Path | None = None) -> Iterator[LanguageModel]:
    """The model of a run with all its wrappers; cache and records are under TICKMARK_HOME."""
    settings = Settings(
        model=MODEL,
        base_url=to.url,
        server="anthropic",
        jobs=to.threads,
        max_cost=USD,
        timeout=TIMEOUT,
        rpm=to.rpm,
        itpm=to.itpm,
        otpm=to.otpm,
    )
    key = Key(KEY, "benchmark")
    with ExitStack() as opened:
        kept = None if journal is None else opened.enter_context(Journal(journal))
        yield opened.enter_context(
            language_model(settings, key, stop=stop, say=_warn, journal=kept, run="benchmark")
        )


@contextmanager
def our_runner(to: Opening, journal: Path | None = None) -> Iterator[Runner]:
    """The threads on top of the model."""
    stop = Event()
    with (
        our_model(to, stop=stop, journal=journal) as model,
        Runner(model, jobs=to.threads, stop=stop) as runner,
    ):
        yield runner


def prompt_of(text: str, max_tokens: int) -> Prompt:
    """The question as all candidates ask it."""
    return Prompt(MODEL, SYSTEM, text, max_tokens=max_tokens)


def asked(runner: Runner, texts: Sequence[str], max_tokens: int) -> list[Answer]:
    """The answers to questions that do not depend on each other."""
    plan = Plan(
        Task(f"q{number}", prompt_of(text, max_tokens)) for number, text in enumerate(texts)
    )
    return list(answers_of(runner, plan).values())


def answers_of(runner: Runner, plan: Plan, on_event: OnEvent | None = None) -> dict[str, Answer]:
    """Carry out a plan with the trace of the run on; the answers of all tasks, by their ids."""
    tracer = Tracer()
    follow = tracer.follow(plan)

    def take(step: Step) -> None:
        follow(step)
        if on_event is not None:
            on_event(step)

    outcomes = runner.run(plan, take)
    traced = {task.id: task for task in tracer.trace().tasks}
    return {name: _answer(outcome, traced.get(name)) for name, outcome in outcomes.items()}


def _answer(outcome: Outcome, traced: TaskTrace | None) -> Answer:
    seconds = traced.seconds if traced is not None else 0.0
    match outcome:
        case Done(value=value):
            return Answer(str(value), seconds, _first(traced))
        case Failed(error=error):
            return Answer("", seconds, problem=f"{type(error).__name__}: {error}")
        case Skipped(reason=reason):
            return Answer("", seconds, problem=reason)


def _first(traced: TaskTrace | None) -> float | None:
    """Seconds from the start of a task to the first piece of its answer."""
    for span in reversed(traced.spans if traced is not None else ()):
        if span.first_token is not None and traced is not None:
            return span.start + span.first_token - traced.started
    return None


def _warn(sentence: str) -> None:
    print(sentence, file=sys.stderr)
