"""What bounds a run as text for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tickmark.engine.bottlenecks import Bottlenecks, Share, Spread
from tickmark.engine.chain import Step
from tickmark.engine.stretches import Cause
from tickmark.engine.trace import TaskTrace
from tickmark.report.terminal_text import in_columns, wrapped
from tickmark.report.wording import cost, counted, listed, number, plain

_WIDTH: Final = 80
_STEPS: Final = 6
_LONGEST: Final = 200


def bottlenecks_text(found: Bottlenecks) -> str:
    """The sentence, the figures, the shares of time, the slowest tasks and the chain to the end."""
    return "\n".join(_lines(found)) + "\n"


def seconds_text(seconds: float) -> str:
    """`5 ms`, `0.25 s`, `12.3 s`, `3 min 5 s`."""
    if seconds < 0.0995:  # noqa: PLR2004 - below a tenth of a second milliseconds say more
        return f"{1000 * seconds:.0f} ms"
    if seconds < 9.995:  # noqa: PLR2004 - three digits
        return f"{seconds:.2f} s"
    if seconds < 99.95:  # noqa: PLR2004 - three digits
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    return f"{hours} h {left} min" if hours else f"{minutes} min {rest} s"


def share_text(share: float) -> str:
    """`62%`; what is there is never shown as nothing."""
    return "< 1%" if 0 < share < 0.01 else f"{share:.0%}"  # noqa: PLR2004 - one per cent


def task_text(task: TaskTrace) -> str:
    """A task with its plan: `budget.xlsx: sheet 1`."""
    name = task.plan.replace("\\", "/").rpartition("/")[2]
    return plain(f"{name}: {task.id}" if name else task.id, _LONGEST)


def ends_text(found: Bottlenecks) -> str:
    """How the tasks ended: `24 done, 3 cached`."""
    told = [f"{number(count)} {end.value}" for end, count in found.ends if count]
    more = f" and {number(found.left_out)} more that were not kept" if found.left_out else ""
    return (", ".join(told) or "no tasks") + more


def refusals_text(found: Bottlenecks) -> str:
    """Failed sends by reason: `529 (12), 429 (3)`."""
    return ", ".join(f"{plain(note, 40)} ({number(n)})" for note, n in found.failed_sends[:6])


def _lines(found: Bottlenecks) -> Iterator[str]:
    yield from wrapped(plain(found.sentence), _WIDTH)
    yield ""
    yield from in_columns(list(_figures(found)), width=_WIDTH)
    if found.of_end:
        yield ""
        yield "Where the time went"
        yield from in_columns(_shares(found), right=(1, 2, 3), width=_WIDTH)
    if found.slowest:
        yield ""
        yield "Slowest tasks"
        rows = [(seconds_text(one.seconds), task_text(one)) for one in found.slowest]
        yield from in_columns(rows, right=(0,), width=_WIDTH)
    if len(found.critical_path) > 1:
        yield ""
        yield (
            f"Critical path: {counted(len(found.critical_path), 'task')}, "
            f"{seconds_text(found.critical_seconds)} whatever the threads"
        )
        rows = [
            (seconds_text(one.seconds), task_text(one)) for one in found.critical_path[-_STEPS:]
        ]
        yield from in_columns(rows, right=(0,), width=_WIDTH)
    if found.chain:
        yield ""
        yield f"What the end waited for{_of(found.chain)}"
        steps = [(seconds_text(s.seconds), s.link.value, task_text(s.task)) for s in _last(found)]
        yield from in_columns(steps, right=(0,), width=_WIDTH)


def _last(found: Bottlenecks) -> Sequence[Step]:
    return found.chain[-_STEPS:]


def _of(chain: Sequence[Step]) -> str:
    return f" (the last {_STEPS} of {number(len(chain))} tasks)" if len(chain) > _STEPS else ""


def _figures(found: Bottlenecks) -> Iterator[tuple[str, str]]:
    threads = f" with {counted(found.jobs, 'thread')}" if found.jobs else ""
    busy = f", {share_text(found.busy)} busy" if found.jobs else ""
    yield "Time", seconds_text(found.seconds) + threads + busy
    if found.speed_up:
        alone = seconds_text(found.one_after_another)
        yield "Speed-up", f"{found.speed_up:.1f} times one after another ({alone})"
    yield "Tasks", ends_text(found)
    usage = found.usage
    if usage.calls:
        read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        yield "Calls", f"{number(usage.calls)} ({found.calls_per_second:.1f}/s), {cost(usage)}"
        through = f"{number(read)} in, {number(usage.output_tokens)} out"
        yield "Tokens", f"{through} ({found.tokens_per_second:,.0f}/s)"
    yield from _spread("Latency", found.latency)
    yield from _spread("First token", found.first_token)
    if found.failed_sends:
        failed = sum(count for _, count in found.failed_sends)
        yield "Failed sends", f"{number(failed)} of {number(found.sends)}: {refusals_text(found)}"


def _spread(label: str, spread: Spread | None) -> Iterator[tuple[str, str]]:
    if spread is not None:
        parts = (
            f"half within {seconds_text(spread.p50)}",
            f"99% within {seconds_text(spread.p99)}",
        )
        yield label, f"{listed(parts)}, at most {seconds_text(spread.most)}"


def _shares(found: Bottlenecks) -> list[tuple[str, ...]]:
    columns = [_by_cause(one) for one in (found.of_end, found.of_threads, found.of_tasks)]
    named = sorted(
        (cause for cause in Cause if any(cause in column for column in columns)),
        key=lambda cause: [-column.get(cause, 0.0) for column in columns],
    )
    rows: list[tuple[str, ...]] = [
        (cause.value, *(share_text(c[cause]) if cause in c else "" for c in columns), "")
        for cause in named
    ]
    return [("", "of the end", "of threads", "of tasks", ""), *rows]


def _by_cause(shares: Sequence[Share]) -> Mapping[Cause, float]:
    return {one.cause: one.share for one in shares}
