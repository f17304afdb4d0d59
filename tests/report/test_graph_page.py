"""The page of a formula graph in a real browser: sheets, blocks, cells, search."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.books import book, sheet
from tests.report.test_graph_html import HOSTILE, named
from tickmark.model.workbook import DefinedName
from tickmark.report.graph_html import graph_page, page_of
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import graph_of
from tickmark.structure.lattices import Lattice
from tickmark.structure.pieces import pieces, r1c1_text
from tickmark.structure.relative import shift
from tickmark.templates import template_text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MODEL = book(
    {
        "Inputs": {"A1": "Rate", "B1": 2, "A2": "Growth", "B2": 3},
        "P&L": {
            "B1": 2024,
            "C1": 2025,
            "D1": 2026,
            "A2": "Revenue",
            "B2": "=Inputs!$B$1*100",
            "C2": "=B2*Inputs!$B$2",
            "D2": "=C2*Inputs!$B$2",
            "A3": "Total",
            "B3": "=SUM(B2:D2)",
            **{f"F{row}": f"=B{row}*2" for row in range(2, 80, 2)},
        },
        "Sheet's <b>end</b>": sheet({"A1": "='P&L'!B3", "A2": '=INDIRECT("A1")'}),
    },
    names=[DefinedName("Growth_Rate", "Inputs!$B$2")],
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "model.html"
    path.write_text(graph_page(graph_of(formulas_of(MODEL))), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page; that it asks for nothing but itself and says nothing is checked at the end."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    asked: set[str] = set()
    opened.on("request", lambda request: asked.add(request.url.partition("#")[0]))
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    opened.close()
    assert said == []
    assert len([url for url in asked if not url.startswith("data:")]) <= 1


def wait_for_title(page: Page, text: str, of: str = "block-title") -> None:
    """Wait until the title of the block or sheet is this; what is shown follows the address."""
    page.wait_for_function(
        "([id, text]) => (document.getElementById(id)?.textContent ?? '').trim() === text",
        arg=[of, text],
        timeout=5_000,
    )


def wait_for_focus(page: Page, name: str) -> None:
    page.wait_for_function("(id) => document.activeElement.id === id", arg=name, timeout=5_000)


def test_a_sheet_opens_to_its_blocks_and_a_block_to_its_cells(page: Page, model: Path) -> None:
    page.goto(model.as_uri())
    wait_for_title(page, "P&L", of="sheet-title")
    page.locator(".map a.box", has_text="Inputs").click()
    wait_for_title(page, "Inputs", of="sheet-title")
    page.locator(".map a.box", has_text="P&L").click()
    wait_for_title(page, "P&L", of="sheet-title")
    assert page.locator(".list tbody bdi").all_inner_texts() == [
        *("B2", "Revenue · 2024", "C2:D2", "Revenue"),
        *("F2:F78, every 2nd row", "B3", "Total"),
    ]
    page.get_by_role("link", name="C2:D2").click()
    wait_for_title(page, "C2:D2")
    panel = page.locator(".panel")
    assert panel.locator("pre").first.inner_text() == "=B2*Inputs!$B$2"
    sections = panel.locator("section").all_inner_texts()
    assert [" ".join(one.split()) for one in sections] == [
        "Refers to (2) B2:C2 in B2, C2:D2 Inputs!B2 no formulas there",
        "Referred to by (2) C2:D2 =B2*Inputs!$B$2 B3 =SUM(B2:D2)",
    ]
    panel.get_by_text("Its 2 cells").click()
    panel.locator("tbody tr").nth(1).wait_for()
    assert [row.split("\t") for row in panel.locator("tbody tr").all_inner_texts()] == [
        ["C2", "=B2*Inputs!$B$2"],
        ["D2", "=C2*Inputs!$B$2"],
    ]
    panel.get_by_role("link", name="D2", exact=True).click()
    wait_for_title(page, "D2")
    sections = panel.locator("section").all_inner_texts()
    assert [" ".join(one.split()) for one in sections] == [
        "Refers to (2) C2 in C2:D2 Inputs!B2 no formulas there",
        "Referred to by (1) B3 =SUM(B2:D2)",
    ]
    page.go_back()
    wait_for_title(page, "C2:D2")


def test_the_picture_shows_what_is_chosen_and_opens_what_is_clicked(
    page: Page, model: Path
) -> None:
    page.goto(model.as_uri() + "#s1b2")
    wait_for_title(page, "F2:F78, every 2nd row")
    marks = page.locator(".outlines path")
    assert [one.get_attribute("class") for one in marks.all()] == ["precedent", "chosen"]
    picture = page.locator(".picture svg")
    box = picture.bounding_box()
    assert box is not None
    columns = page.locator(".ruler text", has_text="B").first.bounding_box()
    assert columns is not None
    picture.click(position={"x": columns["x"] - box["x"] + 4, "y": 18 + 5 * 1.5})
    wait_for_title(page, "B2")
    wait_for_focus(page, "block-title")


def test_an_input_cell_tells_what_refers_to_it(page: Page, model: Path) -> None:
    page.goto(model.as_uri() + "#s0r2c2")
    wait_for_title(page, "B2")
    assert page.locator(".panel").get_by_text("No formula here.").is_visible()
    assert page.locator(".panel section a").all_inner_texts() == ["'P&L'!C2:D2"]


@pytest.mark.parametrize(
    ("text", "hash_"),
    [
        ("P&L!C2", "#s1r2c3"),
        ("='p&l'!$D$2", "#s1r2c4"),
        ("F30", "#s1r30c6"),
        ("P&L!C2:D2", "#s1b1"),
        ("growth_rate", "#s0r2c2"),
        ("inputs", "#s0"),
        ("'Sheet''s <b>end</b>'!A2", "#s2r2c1"),
    ],
)
def test_an_address_or_a_name_is_found(page: Page, model: Path, text: str, hash_: str) -> None:
    page.goto(model.as_uri())
    page.get_by_label("Find a cell").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_function("(hash) => location.hash === hash", arg=hash_, timeout=5_000)
    assert page.locator("#found li").count() == 0


def test_a_label_finds_its_blocks_and_a_miss_is_said(page: Page, model: Path) -> None:
    page.goto(model.as_uri())
    page.get_by_label("Find a cell").fill("revenue")
    assert page.locator("#found a").all_inner_texts() == ["Revenue", "Revenue · 2024"]
    page.locator("#found a").first.click()
    wait_for_title(page, "C2:D2")
    page.get_by_label("Find a cell").fill("No such!A1")
    page.keyboard.press("Enter")
    assert page.get_by_role("status").inner_text() == "There is no sheet 'No such'."
    page.get_by_label("Find a cell").fill("nothing like it")
    assert "Nothing is called nothing like it." in page.get_by_role("status").inner_text()


def test_what_is_known_only_in_calculation_is_said(page: Page, model: Path) -> None:
    page.goto(model.as_uri() + "#s2r2c1")
    page.locator(".panel").get_by_role("link", name="A2").click()
    page.locator(".panel").get_by_text("known only when it is calculated").wait_for()


def test_all_can_be_reached_by_keyboard(page: Page, model: Path) -> None:
    page.goto(model.as_uri())
    page.locator(".map a.box").first.focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "sheet-title")
    page.locator(".sheet-links a", has_text="P&L").focus()
    page.keyboard.press("Enter")
    wait_for_title(page, "P&L", of="sheet-title")
    page.locator(".list tbody a").nth(2).focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "block-title")
    page.locator(".cells summary").focus()
    page.keyboard.press("Enter")
    page.locator(".cells tbody tr").nth(38).wait_for()
    assert page.locator(".cells tbody tr").count() == 39


def test_long_lists_grow_when_asked(page: Page, tmp_path: Path) -> None:
    cells = {f"{'ABCD'[at % 4]}{at + 1}": f"={at}+1" for at in range(120)}
    path = tmp_path / "long.html"
    path.write_text(graph_page(graph_of(formulas_of(book(cells)))), encoding="utf-8")
    page.goto(path.as_uri())
    assert page.locator(".list tbody tr").count() == 25
    page.get_by_role("button", name="Show 95 more of 120").click()
    assert page.locator(".list tbody tr").count() == 120
    assert page.evaluate("document.activeElement.textContent") == "B26"
    page.get_by_label("Order").select_option("place")
    assert page.locator(".list tbody a").first.inner_text() == "A1"


@pytest.mark.parametrize("hash_", ["#s9", "#s1b99", "#s1b0", "#s1r0c0", "#s1r9999999c1", "#x", "#"])
def test_an_address_that_means_nothing_does_no_harm(page: Page, model: Path, hash_: str) -> None:
    page.goto(model.as_uri() + hash_)
    wait_for_title(page, "P&L", of="sheet-title")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_they_are(page: Page, tmp_path: Path, text: str) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(page_of(named(text)), encoding="utf-8", errors="replace")
    page.goto(path.as_uri() + "#s1b1")
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, b, i").count() == 0
    page.get_by_label("Find a cell").fill(text[:9])
    page.keyboard.press("Enter")
    assert page.locator("script, img, iframe, b, i").count() == 2
    if text.isprintable():
        assert page.locator(".label-of").inner_text() == f"{text} · {text}"


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_the_page_never_scrolls_sideways(page: Page, model: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(model.as_uri() + "#s1b1")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.set_viewport_size({"width": 500, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 500


def test_dark_mode_and_print_follow_the_reader(page: Page, model: Path) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(model.as_uri() + "#s1b1")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 24, 28)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not page.locator(".finder").is_visible()
    assert page.locator(".panel").is_visible()


def test_without_script_the_map_leads_to_the_tables(browser: Browser, model: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(model.as_uri())
    assert not page.locator("#explorer").is_visible()
    page.locator(".map a.box", has_text="P&L").click()
    assert page.url.endswith("#s1")
    assert page.locator("#s1 td", has_text="=B2*Inputs!$B$2").is_visible()
    page.close()


@pytest.fixture
def cells(page: Page) -> Page:
    """An empty page with the functions of the script that draw nothing."""
    page.goto("about:blank")
    page.evaluate("(script) => window.eval(script)", template_text("reports/graph_cells.js"))
    return page


def test_the_script_writes_the_formulas_of_all_cells_as_excel_does(cells: Page) -> None:
    texts = [
        "A1+$B2*C$3-$D$4",
        "SUM(A1:B9,$A:C,3:$7,'P&L'!X10:$Y$11)",
        "A1048576+XFD1",
        'INDEX(Jan:Mar!B2:B$9,1)&"A1"',
        "Table1[[#This Row],[A1]]*[1]Plan!Z9",
        "A1#+@B2:B9",
    ]
    places = [(1, 1), (7, 5), (1_048_576, 16_384), (52, 703)]
    wanted = [[shift(text, row - 5, column - 4) for row, column in places] for text in texts]
    found = cells.evaluate(
        "([all, places]) => all.map((one) => places.map(([y, x]) => formulaAt([one], y, x)))",
        [[list(pieces(text, 5, 4)) for text in texts], places],
    )
    assert found == [[f"={text}" for text in row] for row in wanted]
    found = cells.evaluate(
        "(all) => all.map((one) => relativeFormula([one]))",
        [list(pieces(text, 5, 4)) for text in texts],
    )
    assert found == ["=" + r1c1_text(pieces(text, 5, 4)) for text in texts]


def test_the_script_tells_exactly_which_cells_a_block_reaches(cells: Page) -> None:
    chance = random.Random(11)  # noqa: S311 - the same cases every time
    cases = [_case(chance) for _ in range(4_000)]
    wanted = [_reaches(*case) for case in cases]
    assert 500 < sum(wanted) < 3_500
    found = cells.evaluate(
        """(cases) => cases.map(([reach, ...lattices]) => {
            const [own, target] = lattices.map(([, top, left, height, width, down, across]) =>
                ({ top, left, height, width, down, across }));
            return reaches(reach, own, target);
        })""",
        cases,
    )
    pairs = zip(cases, found, wanted, strict=True)
    assert [case for case, one, other in pairs if one != other] == []


Case = tuple[list[int], Lattice, Lattice]


def _case(chance: random.Random) -> Case:
    """A reach as in the data of the page, the cells that have it, and a lattice."""
    own, target = _lattice(chance, 6), _lattice(chance, 9)
    if chance.random() < 0.3:  # long, one way
        size = chance.randint(30, 90)
        own = own._replace(height=size, width=1, column_step=1)
        if chance.random() < 0.5:
            own = own._replace(height=1, width=size, row_step=1)
    top, left = chance.randint(1, 30), chance.randint(1, 30)
    first = [top, left, top + chance.choice([0, 0, 1, 3]), left + chance.choice([0, 0, 1, 3])]
    by_row, by_column = [0] * 4, [0] * 4
    for side in (0, 1):
        moves = chance.choice([by_row, by_column])
        if (own.height if moves is by_row else own.width) > 1:
            slope = chance.choice([0, 1, 1, 2, 3, 4, 7])
            moves[side] = chance.choice([0, slope]) if chance.random() < 0.3 else slope
            moves[side + 2] = max(moves[side], slope)
    if not any(by_row + by_column):
        return [0, *first], own, target
    return [0, *first, *by_row, *by_column], own, target


def _lattice(chance: random.Random, most: int) -> Lattice:
    height, width = chance.randint(1, most), chance.randint(1, most)
    steps = [chance.randint(1, 4) if size > 1 else 1 for size in (height, width)]
    return Lattice(0, chance.randint(1, 25), chance.randint(1, 25), height, width, *steps)


def _reaches(reach: list[int], own: Lattice, target: Lattice) -> bool:
    rows = set(range(target.top, target.bottom + 1, target.row_step))
    columns = set(range(target.left, target.right + 1, target.column_step))
    moves = [0] * 8 if len(reach) == 5 else reach[5:]
    for i, j in product(range(own.height), range(own.width)):
        sides = [reach[1 + at] + moves[at] * i + moves[4 + at] * j for at in range(4)]
        if rows.intersection(range(sides[0], sides[2] + 1)) and columns.intersection(
            range(sides[1], sides[3] + 1)
        ):
            return True
    return False
