"""The timeline as a page, read as text and looked at in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.traced import made_up, task
from tickmark.engine.bottlenecks import bottlenecks
from tickmark.engine.stretches import Cause
from tickmark.engine.trace import End, TaskTrace, Trace
from tickmark.llm.call import Span, Stage
from tickmark.model.usage import Usage
from tickmark.report.timeline import timeline_html
from tickmark.report.timeline_drawing import LEFT, LOOKS, WIDTH, TimelineDrawing, draw_timeline

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LIMIT = 2_000_000
HOSTILE = "</title></svg><script>alert(1)</script><img src=x onerror=alert(1)>&\"'\x00\u202e\ud800"


def drawn(trace: Trace) -> TimelineDrawing:
    return draw_timeline(trace, bottlenecks(trace).chain)


class Markup(HTMLParser):
    """The elements and attributes of a page, and the tooltips of its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.titles: list[str] = []
        self._title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self._title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._title = self._title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._title:
            self.titles.append(data)


def test_a_task_is_a_bar_of_strokes_with_a_tooltip() -> None:
    one = task(
        "sheet 1",
        10.0,
        20.0,
        Span(Stage.RATE, 10.0, 12.0, "requests"),
        Span(Stage.PROVIDER, 12.0, 20.0),
        planned=0.0,
        ready=5.0,
        plan="reports/budget.xlsx",
        thread="tickmark-call_0",
    )
    other = task("b", 0.0, 5.0, ended=End.FAILED, note="ModelBusy", thread="tickmark-call_1")

    first, second = drawn(Trace((other, one), 0.0, 20.0)).rows

    half, whole = (WIDTH - LEFT - 12) / 2, WIDTH - LEFT - 12
    assert (first.name, first.title) == ("call_0", "tickmark-call_0: 1 task, busy 50% of the time")
    (bar,) = first.bars
    start = LEFT + half
    assert bar.strokes == (
        ("rate", f"M{start} 0h{round(whole / 10, 1)}"),
        ("provider", f"M{round(start + whole / 10, 1)} 0h{round(0.4 * whole - 1, 1)}"),
    )
    assert bar.label == "sheet 1"
    assert bar.title == (
        "budget.xlsx: sheet 1\n"
        "done, 10.0 s from 10.0 s\n"
        "waiting for a thread: 5.00 s\n"
        "waiting on the rate limit (requests): 2.00 s\n"
        "waiting on the provider: 8.00 s"
    )
    (bad,) = second.bars
    assert bad.title == "b\nfailed, 5.00 s from 0 ms (ModelBusy)\nown work: 5.00 s"
    assert (bad.failed, bar.failed) == (f"M{LEFT + half / 2 - 4} 0h3", "")


def test_every_cause_has_its_colour() -> None:
    style = Path("templates/reports/timeline.css").read_text(encoding="utf-8")

    assert set(LOOKS) == set(Cause)
    for look in LOOKS.values():
        assert f".fill-{look} " in style
        assert style.count(f"--c-{look}: #") == 2


@pytest.mark.parametrize(("books", "jobs"), [(3, 8), (30, 4), (600, 8), (60, 200), (900, 400)])
def test_bars_of_a_row_do_not_overlap_and_stay_on_the_picture(books: int, jobs: int) -> None:
    made = drawn(made_up(books, jobs=jobs))

    assert len(made.rows) <= 240
    assert made.single == (books <= 60)
    assert made.rows[-1].y < made.bottom < made.height
    for row in made.rows:
        strokes = sorted(
            (float(x), float(length))
            for bar in row.bars
            for _, path in bar.strokes
            for x, length in re.findall(r"M([\d.]+) 0h([\d.]+)", path)
        )
        assert strokes
        reached = float(LEFT)
        for x, length in strokes:
            assert x >= reached - 0.21
            reached = x + length
        assert reached <= WIDTH - 12 + 0.7


@pytest.mark.parametrize("jobs", [1, 8, 300])
def test_a_page_of_twenty_thousand_tasks_is_small(jobs: int) -> None:
    trace = made_up(2_223, jobs=jobs)

    assert len(trace.tasks) > 20_000
    assert len(timeline_html(trace).encode()) < LIMIT


def test_tasks_with_very_long_names_are_drawn_together() -> None:
    spans = tuple(Span(stage, 0.0, 0.0) for stage in Stage)
    tasks = tuple(
        task(
            "x" * 300,
            float(at),
            at + 0.99,
            *(
                Span(one.stage, at + number / 11, at + (number + 1) / 11, "n" * 60)
                for number, one in enumerate(spans)
            ),
            plan="y" * 300,
            thread=f"t{at % 240}",
        )
        for at in range(2_500)
    )

    text = timeline_html(Trace(tasks, 0.0, 2_500.0))

    assert len(text.encode()) < LIMIT
    assert "So many tasks are drawn together" in text


def test_no_text_from_strangers_is_markup() -> None:
    hostile = TaskTrace(
        HOSTILE,
        End.FAILED,
        0.0,
        0.0,
        0.0,
        5.0,
        HOSTILE,
        HOSTILE,
        (Span(Stage.PROVIDER, 1.0, 2.0, HOSTILE), Span(Stage.RATE, 2.0, 5.0, "requests")),
        Usage(1, 5, 5),
        (),
        HOSTILE,
    )
    trace = Trace((hostile,), 0.0, 5.0, 1)

    text = timeline_html(trace, name=HOSTILE)

    plain = Markup(timeline_html(Trace((task("a", 0.0, 5.0, *hostile.spans),), 0.0, 5.0, 1)))
    found = Markup(text)
    assert found.elements == plain.elements
    assert not {"script", "img"} & found.elements
    assert not any(name.startswith("on") for name in found.attributes)
    assert not set("\x00\u202e\ud800") & set(text)
    assert any("alert(1)" in title for title in found.titles)
    text.encode("utf-8")


def test_a_run_of_nothing_is_a_page_all_the_same() -> None:
    text = timeline_html(Trace(()))

    assert "Nothing was asked." in text
    assert "over time" not in text


def test_what_was_left_out_is_said() -> None:
    text = timeline_html(Trace((task("a", 0.0, 5.0),), 0.0, 5.0, 1, left_out=1_234))

    assert "1,234 tasks more ended later" in text
    assert '<span class="figure">1,235</span>' in text


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("timeline") / "timeline.html"
    path.write_text(timeline_html(made_up(3), name="20261121-021530-9f3c"), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


def test_the_page_asks_for_nothing_and_says_nothing(page: Page, timeline: Path) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(timeline.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [timeline.as_uri()]
    assert said == []
    assert page.evaluate("getComputedStyle(document.querySelector('.tiles')).display") == "grid"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_never_scrolls_sideways(page: Page, timeline: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(timeline.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_every_task_is_seen_and_its_texts_lie_inside_the_picture(
    page: Page, timeline: Path
) -> None:
    page.goto(timeline.as_uri())
    assert page.locator(".bar").count() == 27
    outside = """[...document.querySelectorAll('.timeline text')].filter(one => {
        const box = one.getBBox(), all = one.ownerSVGElement.viewBox.baseVal;
        return box.x < 0 || box.x + box.width > all.width;
    }).map(one => one.textContent)"""
    assert page.evaluate(outside) == []


def test_labels_fit_into_their_bars(page: Page, timeline: Path) -> None:
    page.goto(timeline.as_uri())
    too_wide = """[...document.querySelectorAll('.bar .on')].filter(one => {
        const bar = one.parentElement.querySelectorAll('.s');
        const right = Math.max(...[...bar].map(s => s.getBBox().x + s.getBBox().width));
        return one.getBBox().x + one.getBBox().width > right;
    }).map(one => one.textContent)"""
    assert page.locator(".bar .on").count() > 10
    assert page.evaluate(too_wide) == []


def test_dark_mode_has_colours_of_its_own_and_prints_are_light(page: Page, timeline: Path) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(timeline.as_uri())
    stroke = "getComputedStyle(document.querySelector('.s-provider')).stroke"
    assert page.evaluate(stroke) == "rgb(74, 159, 214)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(stroke) == "rgb(86, 180, 233)"
