"""The report in a real browser: nothing loads, nothing runs, everything fits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.report.analyses import all_kinds, model_workbook, run_of
from tickmark.report.html import render_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_report(run_of(all_kinds()), all_kinds()), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 320, "height": 640})
    yield opened
    opened.close()


def test_the_page_asks_for_nothing_and_runs_nothing(page: Page, everything: Path) -> None:
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(everything.as_uri())
    page.wait_for_timeout(100)
    assert [url for url in asked if not url.startswith("data:")] == [everything.as_uri()]
    assert said == []
    assert page.locator("script, img, iframe, b, i").count() == 0


def test_the_policy_lets_the_own_style_through(page: Page, everything: Path) -> None:
    page.goto(everything.as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('.tiles')).display") == "grid"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_never_scrolls_sideways(page: Page, everything: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(everything.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_wide_tables_scroll_in_their_own_box(page: Page, everything: Path) -> None:
    page.goto(everything.as_uri())
    box = "document.querySelector('.scroll')"
    assert page.evaluate(f"{box}.scrollWidth > {box}.clientWidth")
    assert page.evaluate(f"{box}.tabIndex") == 0


def test_what_is_folded_on_the_screen_is_open_in_print(page: Page, everything: Path) -> None:
    page.goto(everything.as_uri())
    inside = (
        "document.querySelector('details:not([open]) .coverage')"
        ".checkVisibility({contentVisibilityAuto: true})"
    )
    assert page.evaluate(inside) is False
    assert page.locator(".filter").is_visible()
    page.emulate_media(media="print")
    page.wait_for_function(inside, timeout=5_000)
    assert not page.locator(".filter").is_visible()


def test_findings_are_filtered_by_severity_without_script_but_never_in_print(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_report(run_of((model_workbook(),)), (model_workbook(),)), "utf-8")
    page.goto(path.as_uri())
    row = page.locator("#w1f4")
    assert row.is_visible()
    page.get_by_label("Medium").uncheck()
    assert not row.is_visible()
    assert page.locator("#w1f1").is_visible()
    assert page.locator(".filter-note").is_visible()
    page.emulate_media(media="print")
    assert row.is_visible()


def test_dark_mode_follows_the_reader(page: Page, everything: Path) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(everything.as_uri())
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 24, 28)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_the_first_key_press_offers_to_skip_to_the_content(page: Page, everything: Path) -> None:
    page.goto(everything.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_a_mark_on_a_picture_leads_to_its_finding(page: Page, everything: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(everything.as_uri())
    page.locator("#w1 .mark-high").first.click()
    assert page.evaluate("location.hash") == "#w1f1"
