"""The timeline of a run as one self-contained HTML file: no network, no script, all escaped."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tickmark.engine.bottlenecks import Bottlenecks, Share, bottlenecks
from tickmark.engine.stretches import Cause
from tickmark.engine.trace import TaskTrace, Trace
from tickmark.report.timeline_drawing import LEFT, LOOKS, TimelineDrawing, draw_timeline
from tickmark.report.timeline_text import (
    ends_text,
    refusals_text,
    seconds_text,
    share_text,
    task_text,
)
from tickmark.report.wording import cost, counted, number, plain
from tickmark.templates import render_html, template_text

MOST_BYTES: Final = 1_900_000
MOST_STEPS: Final = 12

_STYLES: Final = ("reports/run.css", "reports/timeline.css")
_LEGEND: Final = (
    ("provider", "waiting on the provider"),
    ("rate", "on the rate limit"),
    ("retry", "failed sends and waits after them"),
    ("down", "for the provider to recover"),
    ("held", "for a slot, memory or budget"),
    ("kept", "kept or shared answers"),
    ("own", "own work"),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a bar that is 100 wide."""

    look: str
    start: float
    length: float
    title: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A task in a table: seconds, its name, how it ended or what it waited for."""

    seconds: str
    name: str
    word: str


def timeline_html(trace: Trace, *, name: str = "", found: Bottlenecks | None = None) -> str:
    """The page of a run called `name`; `found` are its bottlenecks where they are known already.

    Below two million bytes: of more than 2,500 tasks, or of fewer with very long names, what each
    thread did is drawn. The text is free of lone surrogates.
    """
    found = found or bottlenecks(trace)
    page = _page(trace, found, name, draw_timeline(trace, found.chain))
    if len(page.encode()) <= MOST_BYTES:
        return page
    return _page(trace, found, name, draw_timeline(trace, found.chain, single=False))


def _page(trace: Trace, found: Bottlenecks, name: str, drawing: TimelineDrawing) -> str:
    style = "".join(map(template_text, _STYLES))
    causes = _causes(found)
    looks = {LOOKS[one] for one in causes}
    return render_html(
        "reports/timeline.html.j2",
        style=style,
        style_hash="sha256-" + base64.b64encode(sha256(style.encode()).digest()).decode(),
        title=f"Timeline of {plain(name, 200)}" if name else "Timeline of a run",
        verdict=plain(found.sentence),
        tiles=_tiles(found),
        drawing=drawing,
        left=LEFT,
        legend=[one for one in _LEGEND if one[0] in looks],
        failed=any(bar.failed for row in drawing.rows for bar in row.bars),
        bars=[
            ("What the end waited for", _bar(found.of_end)),
            ("What threads did", _bar(found.of_threads)),
        ],
        causes=[
            (
                LOOKS[one],
                one.value,
                *(
                    _share(shares, one)
                    for shares in (found.of_end, found.of_threads, found.of_tasks)
                ),
            )
            for one in causes
        ],
        slowest=[_line(one) for one in found.slowest],
        path=[_line(one) for one in found.critical_path[-MOST_STEPS:]],
        path_seconds=seconds_text(found.critical_seconds),
        path_tasks=len(found.critical_path),
        chain=[
            _Line(seconds_text(one.seconds), task_text(one.task), one.link.value)
            for one in found.chain[-MOST_STEPS:]
        ],
        chain_tasks=len(found.chain),
        left_out=trace.left_out,
        number=number,
        counted=counted,
    )


def _tiles(found: Bottlenecks) -> list[tuple[str, str, tuple[str, ...]]]:
    usage = found.usage
    read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    threads = counted(found.jobs, "thread") if found.jobs else ""
    busy = f"{threads}, busy {share_text(found.busy)} of the time" if threads else ""
    speed = f"{found.speed_up:.1f} times one after another" if found.speed_up else ""
    sent = f"{number(found.sends)} sent" if found.sends != usage.calls else ""
    latency = found.latency
    half = f"half within {seconds_text(latency.p50)}" if latency else ""
    most = f"99% within {seconds_text(latency.p99)}" if latency else ""
    failed = f"failed sends: {refusals_text(found)}" if found.failed_sends else ""
    tasks = sum(count for _, count in found.ends) + found.left_out
    told, out = f"{number(read)} tokens in", f"{number(usage.output_tokens)} out"
    through = (told, out, f"{found.tokens_per_second:,.0f} tokens a second")
    calls = f"{found.calls_per_second:.1f} a second" if usage.calls else ""
    tiles = (
        ("Time", seconds_text(found.seconds), (speed, busy)),
        ("Tasks", number(tasks), (ends_text(found),)),
        (
            "Calls",
            number(usage.calls),
            (", ".join(filter(None, (calls, sent))), half, most, failed),
        ),
        (
            "Cost",
            cost(usage) if usage.calls else "$0.00",
            through if usage.calls else ("No model was asked.",),
        ),
    )
    return [(label, figure, tuple(filter(None, small))) for label, figure, small in tiles]


def _causes(found: Bottlenecks) -> list[Cause]:
    """All that time went to, what the end waited for most first."""
    known = dict.fromkeys(
        one.cause for shares in (found.of_end, found.of_threads, found.of_tasks) for one in shares
    )
    return list(known)


def _share(shares: Sequence[Share], cause: Cause) -> str:
    return next((share_text(one.share) for one in shares if one.cause is cause), "")


def _bar(shares: Sequence[Share]) -> list[_Part]:
    parts, start = [], 0.0
    for one in shares:
        length = 100 * one.share
        title = f"{one.cause.value}: {share_text(one.share)}, {seconds_text(one.seconds)}"
        parts.append(_Part(LOOKS[one.cause], round(start, 2), round(length, 2), title))
        start += length
    return parts


def _line(task: TaskTrace) -> _Line:
    word = f"{task.end.value} ({plain(task.note, 60)})" if task.note else task.end.value
    return _Line(seconds_text(task.seconds), task_text(task), word)
