"""The page of a formula graph as text: whole, safe and of bounded size."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import book
from tests.report.facts import FACTS
from tickmark.read import read_workbook
from tickmark.report.graph_data import page_data
from tickmark.report.graph_facts import BlockFacts, GraphFacts, NameFacts, Reach, TemplateFacts
from tickmark.report.graph_html import MOST_BLOCK_ROWS, MOST_ROWS, graph_page, page_of
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import graph_of

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]><img src=x onerror=alert(1)>",
    "\"'><b>x</b>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "\u2028\u2029\u202e\x00\ud800",
    "&lt;b&gt;",
    "$& $1 ${x}",
)


class Elements(HTMLParser):
    """Start tags with their attributes, text of scripts, all other text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser passes it
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        else:
            self.text.append(data)


def elements(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    found.close()
    return found


def named(text: str) -> GraphFacts:
    """The facts with a text in all places where a stranger's text can be, fit for a file."""
    text = text.encode("utf-8", "replace").decode()
    return replace(
        FACTS,
        book=text,
        sheets=tuple(replace(one, name=text, outline=(text,)) for one in FACTS.sheets),
        books=(text,),
        templates=tuple(replace(one, pieces=(text,)) for one in FACTS.templates),
        blocks=tuple(replace(one, labels=(text, text)) for one in FACTS.blocks),
        names=(NameFacts(text, 0, (1, 1, 1, 1)),),
        totals=((text, text, text),),
        notes=(text,),
    )


@given(st.text(min_size=1, max_size=40) | st.sampled_from(HOSTILE))
@settings(max_examples=80, deadline=None)
def test_no_text_of_a_workbook_becomes_an_element_or_an_attribute(text: str) -> None:
    plain, hostile = elements(page_of(named("x"))), elements(page_of(named(text)))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]
    assert [sorted(attributes) for _, attributes in hostile.tags] == [
        sorted(attributes) for _, attributes in plain.tags
    ]
    assert json.loads(hostile.scripts[0]) == page_data(named(text)).values
    assert hostile.scripts[1] == plain.scripts[1]


def test_the_policy_allows_the_own_style_and_script_only() -> None:
    page = page_of(FACTS)
    found = elements(page)
    policy = next(
        attributes["content"] or ""
        for tag, attributes in found.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    assert policy == (
        f"default-src 'none'; style-src '{hashed(style[1])}'; "
        f"script-src '{hashed(found.scripts[1])}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    assert not [
        attributes
        for _, attributes in found.tags
        for name in attributes
        if name.startswith("on") or name in {"style", "src"}
    ]


def hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def test_the_map_and_the_largest_blocks_are_there_without_script() -> None:
    page = page_of(FACTS)
    text = " ".join(" ".join(elements(page).text).split())
    assert "29 formulas on 1 of 2 sheets, in 3 blocks of one formula each." in text
    assert "<title>Inputs to P&amp;L: 18 references</title>" in page
    assert 'href="#s1" aria-label="Sheet P&amp;L: 29 formula cells"' in page
    assert 'aria-label="Other workbook old.xlsx: other workbook"' in page
    rows = re.findall(r'<tr><th scope="row"><bdi dir="ltr">(.*?)</tr>', page)
    assert [re.sub("(<[^>]*>)+", "|", row) for row in rows] == [
        "C2:D10, every 2nd row|Revenue|10|=SUM($B$2:$B$10)|B2:B10, B2|",
        "A20:E21|10|=TABLE(,B1)|–|",  # noqa: RUF001 - nothing
        "B2:B10|9|=Inputs!B2*2|Inputs!B2:B10|",
    ]


def test_whole_columns_and_rows_are_written_as_in_excel() -> None:
    reaches = (Reach(0, (1, 3, 1_048_576, 4)), Reach(1, (5, 1, 6, 16_384)))
    facts = replace(FACTS, blocks=(replace(FACTS.blocks[0], reaches=reaches),))
    assert '<bdi dir="ltr">Inputs!C:D, 5:6</bdi>' in page_of(facts)


def test_a_workbook_without_formulas_has_a_page_without_script() -> None:
    page = graph_page(graph_of(formulas_of(book({"A1": 1, "A2": "text"}))))
    found = elements(page)
    assert found.scripts == []
    assert "This workbook has no formulas: 1 sheet of values." in page
    assert [tag for tag, _ in found.tags].count("h2") == 2


def test_a_workbook_without_sheets_has_a_page_too() -> None:
    assert "no formulas: 0 sheets" in page_of(GraphFacts("b", (), (), {}, (), (), ()))


def test_sixty_thousand_different_formulas_make_a_page_below_five_megabytes() -> None:
    count = 60_000
    templates = tuple(
        TemplateFacts((f"LOOKUP({at},", (3, -at % 9, 0, 0, 0), f")*{'x' * 40}"))
        for at in range(count)
    )
    blocks = tuple(
        BlockFacts(
            1,
            (1 + at // 100 * 3, 1 + at % 100 * 3, 1 + at % 3, 2, 1, 1),
            at,
            reaches=(Reach(0, (at % 999 + 1, 1, 1_000, 5)), Reach(1, (1, 1, 9, 9), (1, 0, 1, 0))),
        )
        for at in range(count)
    )
    cells = sum(one.size for one in blocks)
    sheets = (FACTS.sheets[0], replace(FACTS.sheets[1], formulas=cells, blocks=count))
    facts = replace(FACTS, sheets=sheets, templates=templates, blocks=blocks)
    page = page_of(facts)
    assert 4_000_000 < len(page.encode()) < 5_000_000
    listed = json.loads(elements(page).scripts[0])["blocks"]
    assert {row[3] * row[4] for row in listed} >= {6}
    assert 10_000 < len(listed) < count


def test_a_workbook_of_many_sheets_has_short_tables() -> None:
    sheets = tuple(replace(FACTS.sheets[1], name=f"S{at}") for at in range(2_000))
    blocks = tuple(replace(FACTS.blocks[0], sheet=at, reaches=()) for at in range(2_000))
    links = {(at, at + 1): 1 for at in range(1_999)}
    page = page_of(replace(FACTS, sheets=sheets, blocks=blocks, links=links, names=()))
    assert page.count('<tr><th scope="row">') == MOST_ROWS + 150
    assert len(page.encode()) < 1_500_000
    assert "1,700 more sheets are not listed." in page


def test_the_rows_of_blocks_are_shared_among_sheets() -> None:
    blocks = tuple(replace(FACTS.blocks[0], cells=(at, 1, 1, 1, 1, 1)) for at in range(1, 500))
    sheets = (FACTS.sheets[0], replace(FACTS.sheets[1], formulas=499, blocks=499))
    page = page_of(replace(FACTS, sheets=sheets, blocks=blocks))
    assert page.count('<tr><th scope="row"><bdi dir="ltr">') == 40 <= MOST_BLOCK_ROWS
    assert "459 more blocks with 459 cells." in page


@pytest.mark.parametrize(
    "name", ["model.xlsx", "rangearray", "issue_216", "DCF", "async", "TemplateWith", "review"]
)
def test_real_workbooks_have_pages_of_readable_size(corpus: Path, name: str) -> None:
    path = next(iter(sorted(corpus.glob(f"*{name}*"))))
    workbook = read_workbook(path)
    page = graph_page(graph_of(formulas_of(workbook)))
    found = elements(page)
    data = json.loads(found.scripts[0])
    assert len(page.encode()) < 1_000_000
    assert [one["name"] for one in data["sheets"]] == [one.name for one in workbook.sheets]
    for sheet, one in enumerate(data["sheets"]):
        own = [row for row in data["blocks"] if row[0] == sheet]
        assert len(own) == one["blocks"]
        assert sum(row[3] * row[4] for row in own) == one["formulas"]
