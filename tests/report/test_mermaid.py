"""Drawings for Mermaid: no text of a workbook is more than a text in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.report.diagram import Diagram, Edge, Node, NodeKind
from tickmark.report.mermaid import mermaid_text, quoted

_STRING = re.compile(r'"([^"]*)"')
_ENTITY = re.compile(r"#(\d+);")


def drawn(*texts: str) -> Diagram:
    """A drawing with a node and an edge for each text, all in a group of the first."""
    nodes = tuple(Node(NodeKind.FORMULAS, (text,), 0) for text in texts)
    edges = tuple(Edge(at, 0, text or "-") for at, text in enumerate(texts))
    return Diagram(nodes, edges, texts[:1])


def test_nodes_stand_in_their_groups_and_circles_are_coloured() -> None:
    diagram = Diagram(
        nodes=(
            Node(NodeKind.RANGE, ("B2",), 0),
            Node(NodeKind.CYCLE, ("C2", "B2 + D2"), 0),
            Node(NodeKind.SHEET, ("Data",)),
            Node(NodeKind.NAME, ("Rate",)),
            Node(NodeKind.TABLE, ("Sales",)),
            Node(NodeKind.BOOK, ("[1]",)),
        ),
        edges=(Edge(0, 1, "8"), Edge(2, 1)),
        groups=("P&L",),
        notes=("2 sheets left out.",),
    )

    assert mermaid_text(diagram).splitlines() == [
        "flowchart LR",
        "  %% 2 sheets left out.",
        '  subgraph g0["P#38;L"]',
        '    n0(["B2"])',
        '    n1["C2<br/>B2 #43; D2"]',
        "  end",
        '  n2["Data"]',
        '  n3>"Rate"]',
        '  n4[["Sales"]]',
        '  n5[("#91;1#93;")]',
        '  n0 -->|"8"| n1',
        "  n2 --> n1",
        "  classDef cycle fill:#fbe3e1,stroke:#b3261e",
        "  class n1 cycle",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('"]; click n0 call x()', '"#34;#93;#59; click n0 call x#40;#41;"'),
        ("%%{init: {}}%%", '"#37;#37;#123;init#58; #123;#125;#125;#37;#37;"'),
        ("1. Inputs", '"1#46; Inputs"'),
        ("in the direction TB", '"in the #100;irection TB"'),
        ("<b>", '"#60;b#62;"'),
        ("$$x$$", '"#36;#8203;#36;x#36;#8203;#36;"'),
        ("two\nlines", '"two lines"'),
        (" \x00", '"#65533;"'),
        ("", '" "'),
        ("数据", '"数据"'),
    ],
)
def test_a_text_is_quoted_so_that_none_of_it_is_markup(text: str, written: str) -> None:
    assert quoted(text) == written


@given(st.lists(st.text(max_size=70), min_size=2, max_size=2))
def test_no_text_changes_the_form_of_a_drawing(texts: list[str]) -> None:
    plain, hostile = mermaid_text(drawn("a", "b")), mermaid_text(drawn(*texts))

    assert _STRING.sub("", hostile) == _STRING.sub("", plain)
    for inside in _STRING.findall(hostile):
        assert all(one.isalnum() or one in " ," for one in _ENTITY.sub("", inside))
        assert not re.search(r"direction\s", inside)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=50))
def test_a_text_can_be_read_again(text: str) -> None:
    shown = _ENTITY.sub(lambda entity: chr(int(entity[1])), quoted(text)[1:-1])

    assert shown.replace("\u200b", "") == (text or " ")
