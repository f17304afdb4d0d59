"""What the script of the page works on."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.report.facts import FACTS
from tickmark.report.graph_data import PageData, page_data, script_json
from tickmark.report.graph_facts import (
    STILL,
    BlockFacts,
    GraphFacts,
    Reach,
    SheetFacts,
    TemplateFacts,
)


def test_facts_become_short_lists() -> None:
    assert page_data(FACTS) == PageData(
        {
            "sheets": [
                {
                    "name": "Inputs",
                    "state": "",
                    "formulas": 0,
                    "unique": 0,
                    "blocks": 0,
                    "area": [1, 1, 9, 2],
                    "outline": ["tn"],
                },
                {
                    "name": "P&L",
                    "state": "hidden",
                    "formulas": 29,
                    "unique": 3,
                    "blocks": 3,
                    "area": [1, 1, 20, 5],
                    "outline": ["t.ff."],
                },
            ],
            "books": ["old.xlsx"],
            "links": [[0, 1, 18], [2, 1, 1]],
            "names": [["Rate", 0, 2, 2, 2, 2]],
            "blocks": [
                [1, 2, 2, 9, 1, 0, 0, [[0, 2, 2, 2, 2, 1, 0, 1, 0, 0, 0, 0, 0]]],
                [
                    *(1, 2, 3, 5, 2, 1, 1),
                    [[1, 2, 2, 10, 2], [1, 2, 2, 2, 2, *[0] * 8, 2, 3, 1, 2, 1, 1]],
                    {"s": [2, 1], "l": ["Revenue", ""], "c": 1, "m": 4},
                ],
                [1, 20, 1, 2, 5, 2, 0, []],
            ],
            "templates": [
                [["Inputs!", [3, 0, 0, 0, 0], "*2"]],
                [["SUM(", [16, 2, 2, 10, 2], ")"], {"u": 1}],
                [["TABLE(,B1)"], {"a": [20, 1], "t": 1}],
            ],
        },
        (0, 1, 2),
    )


def test_of_too_many_blocks_the_largest_stay_in_order_and_templates_are_numbered_anew() -> None:
    sheet = SheetFacts("S", formulas=5_150, unique=300, blocks=300, area=(1, 1, 300, 30))
    blocks = tuple(BlockFacts(0, (at, 1, 1, at, 1, 1), at) for at in range(1, 301))
    templates = tuple(TemplateFacts((f"{at:09}",)) for at in range(301))
    facts = GraphFacts("b", (sheet,), (), {}, templates, blocks, ())
    whole = page_data(facts)
    part = page_data(facts, most_bytes=6_000)
    assert len(whole.blocks) == 300
    assert 100 < len(part.blocks) < 200
    assert part.blocks == tuple(range(300 - len(part.blocks), 300))
    listed = part.values["templates"]
    assert isinstance(listed, list)
    assert listed[0] == [[f"{301 - len(part.blocks):09}"]]
    assert len(script_json(part.values).encode()) <= 6_000


def test_the_first_blocks_of_a_small_sheet_come_before_larger_ones_of_a_large_sheet() -> None:
    sheets = tuple(SheetFacts(name, blocks=150) for name in "AB")
    large = [BlockFacts(0, (at, 1, 100, 1, 1, 1), 0) for at in range(150)]
    small = [BlockFacts(1, (at, 1, 1, 1, 1, 1), 0) for at in range(150)]
    facts = GraphFacts("b", sheets, (), {}, (TemplateFacts(("1",)),), (*large, *small), ())
    found = page_data(facts, most_bytes=5_000).blocks
    assert len([at for at in found if at >= 150]) >= 90


def test_a_reach_is_told_no_longer_than_it_needs_to_be() -> None:
    reaches = (Reach(0, (1, 1, 1, 1)), Reach(0, (1, 1, 1, 1), STILL, (0, 1, 0, 1)))
    block = replace(FACTS.blocks[0], reaches=reaches)
    found = page_data(replace(FACTS, blocks=(block,))).values["blocks"]
    assert found == [[1, 2, 2, 9, 1, 0, 0, [[0, 1, 1, 1, 1], [0, 1, 1, 1, 1, *STILL, 0, 1, 0, 1]]]]


def test_no_text_can_end_a_script_element_or_begin_a_comment() -> None:
    hostile = ["</script>", "<!--", "]]>", "&amp;", "\u2028\u2029", '"\\', "é"]
    text = script_json(hostile)
    assert text == (
        r'["\u003c/script\u003e","\u003c!--","]]\u003e","\u0026amp;","\u2028\u2029","\"\\","é"]'
    )
    assert json.loads(text) == hostile
