"""Spans of OpenTelemetry for a run and its tasks, around those of the provider's own client.

They go to whatever the program that uses Tickmark has configured; where it has configured nothing,
or telemetry is switched off, nothing is done. No span holds text of a prompt, a cell or an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TypeAlias

from tickmark import __version__
from tickmark.engine.plan import Done, Failed, Outcome, Skipped
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer, TracerProvider

SCOPE: Final = "tickmark"

OnOutcome: TypeAlias = Callable[[Outcome], None]

TaskSpan: TypeAlias = Callable[[str, str], AbstractContextManager[OnOutcome]]
"""Makes the span of a task by its id and the name of its plan, such as `TaskSpans.task`."""


class TaskSpans:
    """The tasks of one run as children of its span; safe for threads."""

    def __init__(self, tracer: Tracer | None = None, context: Context | None = None) -> None:
        self._tracer = tracer
        self._context = context
        self._lock = RankedLock(Rank.TRACE)
        self._counts = {"done": 0, "failed": 0}
        self._usage = Usage()

    @property
    def on(self) -> bool:
        """Whether anybody listens."""
        return self._tracer is not None

    def task(self, task_id: str, plan: str = "") -> AbstractContextManager[OnOutcome]:
        """A task is under way in this thread until the block ends; tell its outcome inside.

        What the provider's client records in the block are children of the task's span.
        """
        if self._tracer is None:
            return nullcontext(_ignored)
        return self._spanned(self._tracer, task_id, plan)

    @property
    def totals(self) -> Mapping[str, int | float]:
        """The attributes of the run: tasks that were asked by outcome, and what they cost."""
        with self._lock:
            counts = {f"tickmark.tasks.{kind}": count for kind, count in self._counts.items()}
            return {**counts, **_spent(self._usage)}

    @contextmanager
    def _spanned(self, tracer: Tracer, task_id: str, plan: str) -> Iterator[OnOutcome]:
        attributes = {"tickmark.task.id": task_id, "tickmark.plan": plan}
        with tracer.start_as_current_span(
            "tickmark.task",
            self._context,
            attributes={name: text for name, text in attributes.items() if text},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            def tell(outcome: Outcome) -> None:
                self._tell(span, outcome)

            try:
                yield tell
            except BaseException as error:
                _fail(span, error)
                raise

    def _tell(self, span: Span, outcome: Outcome) -> None:
        kind, usage = _kind(outcome)
        with self._lock:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._usage += usage
        span.set_attribute("tickmark.outcome", kind)
        if isinstance(outcome, Done):
            span.set_attribute("tickmark.cached", outcome.cached)
        span.set_attributes(_spent(usage))
        if isinstance(outcome, Failed):
            _fail(span, outcome.error)


@contextmanager
def run_span(
    run_id: str = "", *, on: bool = True, provider: TracerProvider | None = None
) -> Iterator[TaskSpans]:
    """The span of a run until the block ends; gives the spans of its tasks.

    `provider` is the one that is configured for the process unless another is given.
    """
    tracer = _tracer(provider) if on else None
    if tracer is None:
        yield TaskSpans()
        return
    from opentelemetry import context  # noqa: PLC0415 - costs start-up time

    with tracer.start_as_current_span(
        "tickmark.run",
        attributes={"tickmark.run.id": run_id} if run_id else None,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        # Threads of a pool begin without the context of who started them.
        tasks = TaskSpans(tracer, context.get_current())
        try:
            yield tasks
        except BaseException as error:
            _fail(span, error)
            raise
        finally:
            span.set_attributes(tasks.totals)


def _tracer(provider: TracerProvider | None) -> Tracer | None:
    """None where the spans would go nowhere."""
    from opentelemetry import trace  # noqa: PLC0415 - costs start-up time

    provider = provider or trace.get_tracer_provider()
    if isinstance(provider, (trace.ProxyTracerProvider, trace.NoOpTracerProvider)):
        return None
    return provider.get_tracer(SCOPE, __version__)


def _kind(outcome: Outcome) -> tuple[str, Usage]:
    match outcome:
        case Done(usage=usage):
            return "done", usage
        case Failed(usage=usage):
            return "failed", usage
        case Skipped():
            return "skipped", Usage()


def _spent(usage: Usage) -> dict[str, int | float]:
    return {f"tickmark.usage.{name}": value for name, value in asdict(usage).items() if value}


def _fail(span: Span, error: BaseException) -> None:
    """The kind of an error, never its text: that may quote an answer."""
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - costs start-up time

    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))


def _ignored(outcome: Outcome) -> None:
    """Nobody listens."""
