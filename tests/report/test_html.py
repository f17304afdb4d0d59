from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from tests.report.analyses import (
    HOSTILE,
    all_kinds,
    clean_workbook,
    failed_workbook,
    hostile_workbook,
    incomplete_workbook,
    large_workbook,
    model_workbook,
    quiet_workbook,
    run_of,
)
from tickmark.model.analysis import Analysis, SheetAnalysis, Status
from tickmark.model.finding import Effect, Finding, Severity
from tickmark.model.usage import Usage
from tickmark.report.html import render_report
from tickmark.report.section import local_link
from tickmark.report.severity import shown, tally


class Page(HTMLParser):
    """Tags with their attributes, and all text outside of style."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.style = ""
        self.open: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
        else:
            self.words += data

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.words)

    def attributes(self, name: str) -> Iterator[str]:
        return (
            value or "" for _, attrs in self.tags for key, value in attrs.items() if key == name
        )


def page_of(*analyses: Analysis, model: str = "claude-sonnet-4-6", stopped: str = "") -> Page:
    return Page(render_report(run_of(analyses, model=model, stopped=stopped), analyses))


EVERYTHING = page_of(*all_kinds())


def test_the_page_holds_nothing_that_runs_or_loads() -> None:
    kinds = {tag for tag, _ in EVERYTHING.tags}
    assert kinds.isdisjoint({"script", "img", "iframe", "object", "embed", "form", "base", "video"})
    names = {name for _, attrs in EVERYTHING.tags for name in attrs}
    assert not [name for name in names if name.startswith("on")]
    assert names.isdisjoint({"style", "src", "srcset", "action", "xlink:href"})
    assert "@import" not in EVERYTHING.style
    assert "url(" not in EVERYTHING.style


def test_every_link_leads_into_the_page_or_to_a_file_beside_it() -> None:
    links = [
        link for link in EVERYTHING.attributes("href") if not link.startswith("data:image/svg")
    ]
    assert {link[0] for link in links} == {"#", "."}
    assert all(link.startswith("./") and ":" not in link for link in links if link[0] != "#")
    assert "./javascript%3Aalert%285%29.xlsx" in links


def test_every_inner_link_has_its_target_and_every_id_is_unique() -> None:
    ids = list(EVERYTHING.attributes("id"))
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in EVERYTHING.attributes("href") if link.startswith("#")}
    assert targets <= set(ids)


def test_the_policy_allows_only_the_style_of_the_page() -> None:
    digest = base64.b64encode(sha256(EVERYTHING.style.encode()).digest()).decode()
    policies = [
        attrs["content"]
        for tag, attrs in EVERYTHING.tags
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
            "form-action 'none'"
        )
    ]


def test_texts_of_strangers_are_shown_as_they_are() -> None:
    text = page_of(hostile_workbook()).text
    assert text.count(HOSTILE) >= 9
    assert "{{ 7*7 }}" in text
    assert '=WEBSERVICE("http://evil.example/' in text
    assert "file:///etc/passwd" in text


def test_the_page_can_always_be_written_as_utf8() -> None:
    odd = replace(hostile_workbook(), path="a\udcff.xlsx", output="b/\udcff.xlsx", summary="\ud800")
    source = render_report(run_of((odd,)), (odd,))
    source.encode()
    assert 'href="./b/%FF.xlsx"' in source


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("a/b c.xlsx", "./a/b%20c.xlsx"),
        ("売上.xlsx", "./%E5%A3%B2%E4%B8%8A.xlsx"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("a#b?c.xlsx", "./a%23b%3Fc.xlsx"),
        ("", ""),
        ("/abs/b.xlsx", ""),
        ("//host/b.xlsx", ""),
        ("\\\\host\\b.xlsx", ""),
        ("C:/b.xlsx", ""),
        ("\ud800.xlsx", ""),
    ],
)
def test_only_relative_paths_become_links(path: str, link: str) -> None:
    assert local_link(path) == link


def test_the_verdict_stands_at_the_top_with_the_tiles() -> None:
    text = page_of(model_workbook(), clean_workbook()).text
    assert (
        "2 workbooks analysed completely: 8 findings (3 high, 2 medium, 2 low and 1 info)." in text
    )
    assert "20,736" in text
    assert "6 calls, 4 from cache; 23,264 tokens in, 2,310 out; limit $1.00" in text
    assert "Incomplete" not in text


def test_rules_only_is_said_at_the_top() -> None:
    quiet = replace(clean_workbook(), model="", summary="", usage=Usage())
    text = page_of(quiet, model="").text
    assert "Rules only: no model was asked." in text
    assert "No model was asked." in text
    assert "words of the model" not in text
    assert "Rules only" not in page_of(clean_workbook()).text


def test_an_incomplete_run_has_a_banner_and_says_so_in_its_title() -> None:
    page = page_of(failed_workbook(), incomplete_workbook())
    assert "Incomplete: Analysis of 2 workbooks · Tickmark" in page.text
    assert (
        "1 workbook could not be analysed at all. 1 workbook was analysed only in part."
        in page.text
    )
    assert "Not analysed: group/board/salaries.xlsx is encrypted" in page.text
    assert "Actuals: The sheet part is damaged" in page.text
    assert "not known" in page.text


def test_an_incomplete_workbook_always_says_what_is_missing() -> None:
    cut = replace(clean_workbook(), status=Status.INCOMPLETE)
    assert "Missing here It is not known what is missing." in page_of(cut).text
    noted = replace(cut, notes=("Only the first million cells were read.",))
    assert page_of(noted).text.count("Only the first million cells were read.") == 1


def test_a_sheet_that_is_incomplete_is_not_said_to_have_no_findings() -> None:
    page = page_of(replace(incomplete_workbook(), findings=()))
    assert "1,600 cells · 420 formulas◐ incomplete" in page.text
    assert "formulasno findings" not in page.text


def test_a_stopped_run_counts_what_was_never_reached() -> None:
    analyses = (clean_workbook(),)
    run = replace(run_of(analyses, stopped="budget"), workbooks=4)
    text = Page(render_report(run, analyses)).text
    assert "The run stopped because the spending limit was reached." in text
    assert "4 workbooks: 1 complete and 3 not reached; no findings in what was analysed." in text


def test_a_run_marked_incomplete_never_looks_clean() -> None:
    analyses = (clean_workbook(),)
    run = replace(run_of(analyses), complete=False)
    assert "Some task of the run failed." in Page(render_report(run, analyses)).text


def test_the_table_names_all_workbooks_in_order() -> None:
    rows = re.findall(r'<th scope="row"><span class="folder">.*?</th>', render_all())
    names = [re.sub("<.*?>", "", row) for row in rows]
    assert names[:5] == [
        "group/models/Three statement model FY26 v7 (final).xlsx",
        "group/sales/ledger.xlsx",
        "group/board/salaries.xlsx",
        "group/plants/Budget 2026.xlsm",
        "group/consolidation/All plants.xlsx",
    ]


def render_all() -> str:
    analyses = all_kinds()
    return render_report(run_of(analyses), iter(analyses))


def test_many_findings_are_capped_and_every_rule_is_heard() -> None:
    page = page_of(large_workbook())
    rows = [one for one in page.attributes("id") if re.fullmatch(r"w1f\d+", one)]
    assert len(rows) == 200
    assert "3,997 findings, 3,800 more in results.jsonl" in page.text
    assert "200 findings are shown here, 3,800 more are in results.jsonl" in page.text
    assert "circular-reference" in page.text
    assert "volatile-function" in page.text


def test_supported_and_unsupported_citations_look_different() -> None:
    source = render_report(run_of((model_workbook(),)), (model_workbook(),))
    assert '<s><bdi dir="ltr">&#39;P&amp;L&#39;!Z99</bdi></s> not in sheet' in source
    text = Page(source).text
    assert "✓ 'P&L'!E12 (cell lies in what the model was shown)" in text
    assert (
        "5 cited places checked by code: 4 in what the model was shown, 1 not in the sheet." in text
    )


def test_weaker_hints_and_dismissed_findings_are_folded_away_and_not_counted() -> None:
    dismissed = Finding(
        "empty-reference",
        Severity.HIGH,
        "It reads empty cells.",
        "Inputs",
        ("B2",),
        dismissed="dismissed in Excel: off",
    )
    book = model_workbook()
    page = page_of(replace(book, findings=(*book.findings, dismissed)))

    before, folded = page.text.split("Not counted", 1)
    assert folded.startswith(" 1 weaker hint (tier “more”), 1 dismissed in Excel")
    assert "A number is stored as text." not in before
    assert "A number is stored as text." in folded
    assert "Dismissed in Excel: off." in folded
    assert tally(shown(book.findings)).sentence in page.text.lower()


def test_a_finding_tells_its_label_its_effect_and_cells_to_compare_with() -> None:
    finding = Finding(
        "inconsistent-formula",
        Severity.HIGH,
        "D7 deviates.",
        "Inputs",
        ("D7",),
        {"found": "=B7*C6", "expected": "=B7*C7"},
        siblings=("C7", "E7"),
        label="Revenue, <b>Apr",
        effect=Effect(37, 2, ("Net profit, <i>", "Cash, Year")),
    )
    page = page_of(replace(model_workbook(), findings=(finding,)))

    assert "Revenue, <b>Apr" in page.text
    assert "Feeds 37 cells, among them 2 results (Net profit, <i>; Cash, Year)." in page.text
    assert "expected =B7*C7" in page.text
    assert "compare C7, E7" in page.text


def test_each_picture_has_a_title_and_its_marks_lead_to_the_findings() -> None:
    page = page_of(model_workbook())
    pictures = [attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img"]
    assert len(pictures) == 5
    assert page.text.count("Picture of sheet") == 5
    assert "Picture of sheet P&L, A1:N46." in page.text
    assert "#w1f3" in set(page.attributes("href"))


def test_of_many_sheets_those_with_findings_are_seen_first_and_the_others_are_folded() -> None:
    book = large_workbook(sheets=30, findings=4)
    late = replace(book.findings[0], sheet="Plant 28")
    book = replace(book, findings=(late, *book.findings))
    source = render_report(run_of((book,)), (book,))
    seen, folded = source.split("18 more sheets</summary>")
    names = [f"Plant {number:02d}" for number in range(1, 31)]
    first = [name for name in names if f"<bdi>{name}</bdi></strong>" in seen]
    assert first == [*names[:11], "Plant 28"]
    assert sum(f"<bdi>{name}</bdi></strong>" in folded for name in names) == 18


def test_a_large_run_has_a_full_table_and_sections_for_those_with_something_to_say() -> None:
    analyses = [quiet_workbook(number) for number in range(400)]
    analyses[350:352] = [failed_workbook(), clean_workbook()]
    many = tuple(analyses)
    page = page_of(*many)
    books = {one for one in page.attributes("id") if re.fullmatch(r"w\d+", one)}
    assert len(books) == 300
    assert {"w351", "w352"} <= books
    assert "300 workbooks have a section below" in page.text
    assert "0399.xlsx" in page.text


def test_headings_descend_without_a_gap() -> None:
    levels = [int(tag[1]) for tag, _ in EVERYTHING.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_heading_says_what_it_heads() -> None:
    scopes = [attrs.get("scope") for tag, attrs in EVERYTHING.tags if tag == "th"]
    assert set(scopes) == {"col", "row", "rowgroup"}


def test_severity_is_a_word_and_a_symbol_never_a_colour_alone() -> None:
    text = EVERYTHING.text
    for severity, symbol in zip(sorted(Severity, reverse=True), "▲◆●○", strict=True):
        assert f"{symbol} {severity.word.capitalize()}" in text


def test_fifty_sheets_stay_below_a_megabyte_and_a_half() -> None:
    noisy = tuple("".join("tnfd"[(row + column) % 4] for column in range(24)) for row in range(48))
    book = large_workbook(sheets=50)
    sheets = tuple(replace(one, outline=noisy) for one in book.sheets)
    source = render_report(run_of((book,), model=""), (replace(book, sheets=sheets),))
    assert len(source.encode()) < 1_500_000


def test_a_sheet_without_cells_does_no_harm() -> None:
    empty = replace(clean_workbook(), sheets=(SheetAnalysis("Empty"),), summary="")
    assert "empty" in page_of(empty).text


def test_a_run_without_workbooks_says_so() -> None:
    assert "No workbook was analysed." in page_of().text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_colour_is_legible_on_its_ground(scheme: str) -> None:
    light, dark = EVERYTHING.style.split("prefers-color-scheme: dark", 1)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    pairs = [("warn", "warn-back"), ("good", "good-back"), ("muted", "panel"), ("ink", "panel")]
    pairs += [(one, f"{one}-back") for one in ("high", "medium", "low", "info")]
    pairs += [
        (one, ground)
        for one in ("ink", "muted", "link", "good", "high", "medium", "low", "info")
        for ground in ("paper", "panel")
    ]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_report_leads_to_its_timeline_and_to_nothing_else_by_that_name() -> None:
    analyses = (clean_workbook(),)
    page = render_report(run_of(analyses), analyses, timeline='time"line<1>.html')

    links = [attrs["href"] for tag, attrs in Page(page).tags if tag == "a" and "href" in attrs]
    assert "time%22line%3C1%3E.html" in links
    assert "imeline" not in render_report(run_of(analyses), analyses)
