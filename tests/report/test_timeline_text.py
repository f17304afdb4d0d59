"""What bounds a run, for the terminal, and as a record."""

from __future__ import annotations

import json

import pytest

from tests.traced import made_up, task
from tickmark.engine.bottlenecks import bottlenecks
from tickmark.engine.totals import Totals
from tickmark.engine.trace import End, Trace
from tickmark.llm.call import Span, Stage
from tickmark.model.usage import Usage
from tickmark.report.terminal_text import shown_width
from tickmark.report.timeline_record import bottlenecks_record
from tickmark.report.timeline_text import bottlenecks_text, seconds_text, share_text
from tickmark.report.totals_text import totals_text

FIRST = task(
    "P&L!A1:F20",
    0.0,
    4.0,
    Span(Stage.RATE, 0.0, 1.0, "requests"),
    Span(Stage.PROVIDER, 1.0, 1.5, "529"),
    Span(Stage.BACKOFF, 1.5, 2.0),
    Span(Stage.PROVIDER, 2.0, 4.0, "", 0.25),
    plan="reports/budget.xlsx",
    usage=Usage(1, 1_000, 200, usd=0.5),
)
LAST = task(
    "summary",
    4.0,
    8.0,
    Span(Stage.PROVIDER, 4.0, 8.0),
    plan="reports/budget.xlsx",
    after=("P&L!A1:F20",),
    ready=4.0,
    usage=Usage(1, 10, 20, usd=0.25),
)
TRACE = Trace((FIRST, LAST), 0.0, 8.0, 2)

TEXT = """\
The provider's latency bounds this run (75% of the time) through tasks that
build on each other: more threads will not help, quicker answers or fewer steps
would.

  Time          8.00 s with 2 threads, 50% busy
  Speed-up      0.9 times one after another (7.00 s)
  Tasks         2 done
  Calls         2 (0.2/s), $0.75
  Tokens        1,010 in, 220 out (154/s)
  Latency       half within 2.00 s and 99% within 4.00 s, at most 4.00 s
  First token   half within 0.25 s and 99% within 0.25 s, at most 0.25 s
  Failed sends  1 of 3: 529 (1)

Where the time went
                                     of the end  of threads  of tasks
  waiting on the provider                   75%         75%       50%
  waiting on the rate limit                 12%         12%        8%
  failed sends and waits after them         12%         12%        8%
  waiting on other tasks                                          33%

Slowest tasks
  4.00 s  budget.xlsx: P&L!A1:F20
  4.00 s  budget.xlsx: summary

Critical path: 2 tasks, 8.00 s whatever the threads
  4.00 s  budget.xlsx: P&L!A1:F20
  4.00 s  budget.xlsx: summary

What the end waited for
  4.00 s  the run began                budget.xlsx: P&L!A1:F20
  4.00 s  it builds on the one before  budget.xlsx: summary
"""


def test_the_text_tells_it_all() -> None:
    assert bottlenecks_text(bottlenecks(TRACE)) == TEXT


def test_the_text_of_a_run_of_nothing_says_so() -> None:
    assert bottlenecks_text(bottlenecks(Trace(()))) == (
        "Nothing was asked.\n\n  Time   0 ms\n  Tasks  no tasks\n"
    )


def test_no_line_is_wider_than_a_terminal_and_none_steers_it() -> None:
    wide = task(
        "\u8868" * 300 + "\x1b[2J", 0.0, 3.0, plan="\u8868" * 90 + "\n\x07", ended=End.FAILED
    )

    for trace in (Trace((wide,), 0.0, 3.0), made_up(300, jobs=150)):
        text = bottlenecks_text(bottlenecks(trace))
        assert max(map(shown_width, text.splitlines())) <= 80
        assert not set("\x1b\x07") & set(text)


def test_the_record_is_json_with_all_figures() -> None:
    record = bottlenecks_record(bottlenecks(TRACE))

    assert json.loads(json.dumps(record)) == record
    assert record == {
        "sentence": (
            "The provider's latency bounds this run (75% of the time) through tasks that build on "
            "each other: more threads will not help, quicker answers or fewer steps would."
        ),
        "seconds": 8.0,
        "jobs": 2,
        "busy": 0.5,
        "one_after_another": 7.0,
        "speed_up": 0.875,
        "tasks": {"done": 2, "cached": 0, "failed": 0, "skipped": 0},
        "left_out": 0,
        "usage": {
            "calls": 2,
            "input_tokens": 1_010,
            "output_tokens": 220,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "usd": 0.75,
            "cached_calls": 0,
        },
        "calls_per_second": 0.25,
        "tokens_per_second": 153.75,
        "shares": {
            "of_end": {
                "provider": {"seconds": 6.0, "share": 0.75},
                "rate": {"seconds": 1.0, "share": 0.125},
                "retry": {"seconds": 1.0, "share": 0.125},
            },
            "of_threads": {
                "provider": {"seconds": 6.0, "share": 0.75},
                "rate": {"seconds": 1.0, "share": 0.125},
                "retry": {"seconds": 1.0, "share": 0.125},
            },
            "of_tasks": {
                "provider": {"seconds": 6.0, "share": 0.5},
                "parents": {"seconds": 4.0, "share": 0.333333},
                "rate": {"seconds": 1.0, "share": 0.083333},
                "retry": {"seconds": 1.0, "share": 0.083333},
            },
        },
        "sends": 3,
        "failed_sends": {"529": 1},
        "latency": {"count": 2, "p50": 2.0, "p99": 4.0, "most": 4.0},
        "first_token": {"count": 1, "p50": 0.25, "p99": 0.25, "most": 0.25},
        "slowest": [_told("P&L!A1:F20"), _told("summary")],
        "critical_path": {
            "seconds": 8.0,
            "count": 2,
            "tasks": [_told("P&L!A1:F20"), _told("summary")],
        },
        "chain_count": 2,
        "chain": [
            {**_told("P&L!A1:F20"), "took": 4.0, "waited_for": "start"},
            {**_told("summary"), "took": 4.0, "waited_for": "parent"},
        ],
    }


def _told(name: str) -> dict[str, object]:
    plan = "reports/budget.xlsx"
    return {"plan": plan, "id": name, "end": "done", "seconds": 4.0, "note": ""}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.0049, "5 ms"),
        (0.25, "0.25 s"),
        (9.994, "9.99 s"),
        (12.34, "12.3 s"),
        (99.96, "1 min 40 s"),
        (7_260.0, "2 h 1 min"),
    ],
)
def test_seconds_have_three_digits(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


def test_a_small_share_is_not_nothing() -> None:
    assert [share_text(one) for one in (0.0, 0.002, 0.014, 1.0)] == ["0%", "< 1%", "1%", "100%"]


BUSY = Totals(
    plans=12,
    plans_ended=3,
    tasks=108,
    under_way=8,
    done=23,
    cached=4,
    failed=2,
    skipped=1,
    retries=5,
    usage=Usage(21, 70_380, 9_540, usd=0.53),
    seconds=60.0,
    left=185.0,
)


def test_the_line_of_a_run_tells_its_totals() -> None:
    assert totals_text(BUSY, width=200) == (
        "3/12 workbooks  26/108 tasks  2 failed  1 skipped  4 cached  5 retries  21 calls  "
        "70k+9.5k tokens  $0.53  4 min left"
    )


def test_what_does_not_fit_is_left_out_the_least_telling_first() -> None:
    assert totals_text(BUSY) == (
        "3/12 workbooks  26/108 tasks  2 failed  70k+9.5k tokens  $0.53  4 min left"
    )
    assert totals_text(BUSY, width=40) == "26/108 tasks  2 failed  4 min left"
    assert totals_text(BUSY, width=5) == "26/10"


def test_the_line_of_a_single_plan_names_no_workbooks() -> None:
    assert totals_text(Totals(plans=1, tasks=9)) == "0/9 tasks"


@pytest.mark.parametrize(
    ("count", "text"),
    [(950, "950"), (9_540, "9.5k"), (70_380, "70k"), (1_240_000, "1.2M"), (45_600_000, "46M")],
)
def test_tokens_are_shown_short(count: int, text: str) -> None:
    made = totals_text(Totals(tasks=1, usage=Usage(1, count, 0, usd=1.0)))

    assert made == f"0/1 tasks  1 call  {text}+0 tokens  $1.00"
