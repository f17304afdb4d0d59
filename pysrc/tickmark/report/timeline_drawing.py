"""The picture of a trace as data: a row for each thread, its time axis and strips of load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tickmark.engine.chain import Step
from tickmark.engine.stretches import Cause, Stretch, stretches
from tickmark.engine.trace import End, TaskTrace, Trace
from tickmark.report.timeline_lanes import Lane, lanes
from tickmark.report.timeline_load import load_of
from tickmark.report.timeline_text import seconds_text, share_text, task_text
from tickmark.report.wording import counted, number, plain

MOST_SINGLE: Final = 2_500
"""Of more tasks, what a thread did is drawn, no single task."""

MOST_ROWS: Final = 96
"""Of more threads, several share a row."""

MOST_SINGLE_ROWS: Final = 240
"""Where single tasks are drawn, this many threads still have a row each."""

LEFT: Final = 116
WIDTH: Final = 1_120
_PLOT: Final = WIDTH - LEFT - 12
_STRIP: Final = 46
_BETWEEN: Final = 20
_TOP: Final = 20
_BINS: Final = 249
_RUN_BINS: Final = 496
_LETTER: Final = 6.3
_MOST_TICKS: Final = 10
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200)

LOOKS: Final[Mapping[Cause, str]] = {
    Cause.PROVIDER: "provider",
    Cause.RATE: "rate",
    Cause.RETRY: "retry",
    Cause.DOWN: "down",
    Cause.SLOT: "held",
    Cause.MEMORY: "held",
    Cause.BUDGET: "held",
    Cause.SHARED: "kept",
    Cause.KEPT: "kept",
    Cause.OWN: "own",
    Cause.THREAD: "thread",
    Cause.PARENTS: "parents",
}
"""The class of a cause, that is its colour."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A task, or all that a row did: strokes by class, a tooltip, and what stands in it.

    `failed` and `chain` are paths of marks: at the end of a failed task, and under one that the end
    of the run waited for.
    """

    title: str
    strokes: tuple[tuple[str, str], ...]
    label: str = ""
    x: float = 0.0
    failed: str = ""
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thread, or several in a run with very many; `y` is its middle."""

    y: float
    name: str
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """A curve over time: its area from `base` up, what it is, and its highest value in words."""

    name: str
    most: str
    base: float
    line: str
    area: str


@dataclass(frozen=True, slots=True)
class TimelineDrawing:
    """A picture of `width` x `height`; `thick` is the height of a bar, `ticks` are x and text."""

    width: int
    height: int
    thick: float
    top: float
    bottom: float
    ticks: tuple[tuple[float, str], ...]
    strips: tuple[Strip, ...]
    rows: tuple[Row, ...]
    single: bool
    threads: int


def draw_timeline(trace: Trace, chain: Sequence[Step], *, single: bool = True) -> TimelineDrawing:
    """The picture of a run; `chain` are the steps that its end waited for.

    With `single` each task is drawn by itself as long as there are not too many.
    """
    found = lanes(trace)
    tasks = sum(len(one.tasks) for one in found)
    single = single and tasks <= MOST_SINGLE and len(found) <= MOST_SINGLE_ROWS
    together = 1 if single else max(1, -(-len(found) // MOST_ROWS))
    high = _row_height(-(-len(found) // together))
    strips = tuple(_strips(trace))
    top = _TOP + len(strips) * (_STRIP + _BETWEEN)
    scale = _Scale(trace)
    waited = {id(one.task): one for one in chain}
    rows = []
    for at, first in enumerate(range(0, len(found), together)):
        group = found[first : first + together]
        bars = _single(scale, group[0], high, waited) if single else _runs(scale, group)
        rows.append(
            Row(
                round(top + (at + 0.5) * high, 1),
                _name(group) if _named(at, high) else "",
                _told(trace, group),
                tuple(bars),
            )
        )
    bottom = top + high * len(rows)
    return TimelineDrawing(
        WIDTH,
        round(bottom + 24),
        round(max(high - 4, 0.75 * high), 1),
        top,
        bottom,
        tuple(_ticks(scale, trace.seconds)),
        strips,
        tuple(rows),
        single,
        len(found),
    )


class _Scale:
    """Seconds of a trace to places on the picture."""

    def __init__(self, trace: Trace) -> None:
        self.start = trace.start
        self.factor = _PLOT / trace.seconds if trace.seconds > 0 else 0.0

    def x(self, moment: float) -> float:
        return round(LEFT + (moment - self.start) * self.factor, 1)


def _row_height(rows: int) -> float:
    for most, height in ((4, 30.0), (16, 24.0), (32, 16.0), (MOST_ROWS, 9.0)):
        if rows <= most:
            return height
    return 6.0


def _named(at: int, high: float) -> bool:
    return high > 12 or at % 5 == 0  # noqa: PLR2004 - where a line of text has room


def _name(group: Sequence[Lane]) -> str:
    return plain(group[0].thread.removeprefix("tickmark-") or "tasks", 17)


def _told(trace: Trace, group: Sequence[Lane]) -> str:
    """A thread in one sentence."""
    tasks = sum(len(one.tasks) for one in group)
    whole = trace.seconds * len(group)
    busy = share_text(sum(one.seconds for one in group) / whole) if whole > 0 else "0%"
    names = plain(group[0].thread or "tasks", 60)
    more = f" and {number(len(group) - 1)} more" if len(group) > 1 else ""
    return f"{names}{more}: {counted(tasks, 'task')}, busy {busy} of the time"


def _single(scale: _Scale, lane: Lane, high: float, waited: Mapping[int, Step]) -> Iterator[Bar]:
    """Each task by itself."""
    starts = [*(scale.x(one.started) for one in lane.tasks[1:]), float(WIDTH)]
    for task, after in zip(lane.tasks, starts, strict=True):
        start, end = scale.x(task.started), scale.x(task.finished)
        # A blank between two tasks, where there is room for one.
        gap = 1.0 if end - start > 4 else 0.0  # noqa: PLR2004 - see above
        strokes = tuple(_strokes(scale, stretches(task), end - gap))
        if not strokes:
            # One that took next to no time is still seen, unless the next one covers it.
            if after <= start:
                continue
            strokes = (("own", f"M{start} 0h{round(min(0.6, after - start), 1)}"),)
        room = int((end - start - 8) / _LETTER)
        label = plain(task.id, room) if room >= 4 and high > 12 else ""  # noqa: PLR2004 - readable
        yield Bar(
            _title(scale, task),
            strokes,
            label,
            start + 4,
            f"M{round(max(start, end - 3 - gap), 1)} 0h3" if task.end is End.FAILED else "",
            _under(scale, waited.get(id(task))),
        )


def _strokes(scale: _Scale, pieces: Sequence[Stretch], most: float) -> Iterator[tuple[str, str]]:
    for look, run in groupby(pieces, key=lambda one: LOOKS[one.cause]):
        members = list(run)
        start, end = scale.x(members[0].start), min(scale.x(members[-1].end), most)
        if end > start:
            yield look, f"M{start} 0h{round(end - start, 1)}"


def _under(scale: _Scale, step: Step | None) -> str:
    if step is None:
        return ""
    start = scale.x(max(step.since, step.task.started))
    return f"M{start} 0h{max(0.6, round(scale.x(step.until) - start, 1))}"


def _title(scale: _Scale, task: TaskTrace) -> str:
    """The tooltip of a task."""
    began = seconds_text(task.started - scale.start)
    head = f"{task_text(task)}\n{task.end.value}, {seconds_text(task.seconds)} from {began}"
    if task.note:
        head += f" ({plain(task.note, 60)})"
    lines = [
        f"{one.cause.value}{f' ({plain(one.note, 40)})' if one.note else ''}: "
        f"{seconds_text(one.seconds)}"
        for one in stretches(task)[:12]
        if one.seconds >= 0.001  # noqa: PLR2004 - a millisecond
    ]
    waited = task.started - task.ready
    if waited >= 0.001:  # noqa: PLR2004 - a millisecond
        lines.insert(0, f"{Cause.THREAD.value}: {seconds_text(waited)}")
    return "\n".join([head, *lines])


def _runs(scale: _Scale, group: Sequence[Lane]) -> Iterator[Bar]:
    """What the threads of a row did for most of the time, in runs of equal kind."""
    width = _PLOT / _RUN_BINS
    spent: list[dict[str, float]] = [{} for _ in range(_RUN_BINS)]
    for lane in group:
        for task in lane.tasks:
            for one in stretches(task):
                _spread(spent, scale, one)
    paths: dict[str, list[str]] = {}
    at = 0
    for look, run in groupby(_most(bin_, len(group), width) for bin_ in spent):
        length = len(list(run))
        if look:
            x = round(LEFT + at * width, 1)
            paths.setdefault(look, []).append(f"M{x} 0h{round(length * width, 1)}")
        at += length
    if paths:
        yield Bar("", tuple((look, "".join(parts)) for look, parts in paths.items()))


def _spread(spent: Sequence[dict[str, float]], scale: _Scale, piece: Stretch) -> None:
    """Add a stretch to the bins that it lies in, in units of the picture."""
    width = _PLOT / _RUN_BINS
    start = (piece.start - scale.start) * scale.factor
    end = (piece.end - scale.start) * scale.factor
    look = LOOKS[piece.cause]
    for at in range(max(0, int(start / width)), min(_RUN_BINS, int(end / width) + 1)):
        part = min(end, (at + 1) * width) - max(start, at * width)
        if part > 0:
            spent[at][look] = spent[at].get(look, 0.0) + part


def _most(spent: Mapping[str, float], lanes_: int, width: float) -> str:
    """The class with most of the time of a bin; "" where its threads were idle for most of it."""
    if sum(spent.values()) < width * lanes_ / 2:
        return ""
    return max(spent, key=spent.__getitem__)


def _strips(trace: Trace) -> Iterator[Strip]:
    load = load_of(trace, _BINS)
    shown = (
        ("calls in flight", load.in_flight, f"{max(load.in_flight):.3g}"),
        ("tokens/s", load.tokens, f"{max(load.tokens):,.0f}"),
    )
    for at, (name, values, most) in enumerate(shown):
        base = _TOP + (at + 1) * (_STRIP + _BETWEEN) - _BETWEEN
        yield _strip(name, values, most, base)


def _strip(name: str, values: Sequence[float], most: str, base: float) -> Strip:
    highest = max(values) or 1.0
    width = _PLOT / len(values)
    points = [
        (LEFT + (at + 0.5) * width, base - _STRIP * v / highest) for at, v in enumerate(values)
    ]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    area = f"M{points[0][0]:.1f} {base}L{line}L{points[-1][0]:.1f} {base}z"
    return Strip(name, most, base, f"M{line}", area)


def _ticks(scale: _Scale, seconds: float) -> Iterator[tuple[float, str]]:
    if seconds <= 0:
        yield LEFT, "0 s"
        return
    step = _step(seconds)
    at = 0
    while at * step <= seconds * 1.0001:
        yield scale.x(scale.start + at * step), _moment(at * step, step)
        at += 1


def _step(seconds: float) -> float:
    """A round distance, so that there are at most ten of them."""
    wish = seconds / _MOST_TICKS
    if wish >= 1:
        return next((one for one in _STEPS if one >= wish), 86_400 * -(-wish // 86_400))
    power = 1e-6
    while power * 10 < wish:
        power *= 10
    return next(one * power for one in (1, 2, 5, 10) if one * power >= wish * 0.9999)


def _moment(seconds: float, step: float) -> str:
    if step >= 60:  # noqa: PLR2004 - whole minutes
        minutes = round(seconds / 60)
        return f"{minutes // 60}:{minutes % 60:02} h" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 - see above
    if step >= 1:
        whole = round(seconds)
        return f"{whole // 60}:{whole % 60:02} min" if whole >= 60 else f"{whole} s"  # noqa: PLR2004 - see above
    if step >= 0.1:  # noqa: PLR2004 - tenths of a second
        return f"{seconds:.1f} s"
    return f"{1000 * seconds:.4g} ms"
