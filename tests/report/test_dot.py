"""Drawings for Graphviz: no text of a workbook is more than a text in them."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickmark.report.diagram import Diagram, Edge, Node, NodeKind
from tickmark.report.dot import dot_text, quoted

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def drawn(*texts: str) -> Diagram:
    """A drawing with a node and an edge for each text, all in a group of the first."""
    nodes = tuple(Node(NodeKind.FORMULAS, (text, text), 0) for text in texts)
    edges = tuple(Edge(at, 0, text or "-") for at, text in enumerate(texts))
    return Diagram(nodes, edges, texts[:1], ("1 edge left out.",))


def test_nodes_stand_in_their_groups_with_all_edges_behind() -> None:
    diagram = Diagram(
        nodes=(
            Node(NodeKind.RANGE, ("Rates!B2:B9",), 0),
            Node(NodeKind.FORMULAS, ("C2:C9", "=RC[-1]*2"), 1),
            Node(NodeKind.BOOK, ("[1]",)),
        ),
        edges=(Edge(0, 1, "8"), Edge(2, 1)),
        groups=("Rates", "P&L"),
        notes=("2 sheets left out.",),
    )

    assert dot_text(diagram).splitlines() == [
        "digraph workbook {",
        "  // 2 sheets left out.",
        "  rankdir=LR;",
        '  graph [charset="UTF-8" fontname="Helvetica" compound=true];',
        '  node [fontname="Helvetica" fontsize=10];',
        '  edge [fontname="Helvetica" fontsize=9 color="#666666"];',
        "  subgraph cluster_0 {",
        '    label="Rates";',
        '    color="#bbbbbb";',
        '    n0 [label="Rates!B2:B9" shape=ellipse style=filled fillcolor="#eaf4e6"];',
        "  }",
        "  subgraph cluster_1 {",
        '    label="P&amp;L";',
        '    color="#bbbbbb";',
        '    n1 [label="C2:C9\\n=RC[-1]*2" shape=box style=filled fillcolor="#ffffff"];',
        "  }",
        '  n2 [label="[1]" shape=folder style=filled fillcolor="#f1e8f7"];',
        '  n0 -> n1 [label="8"];',
        "  n2 -> n1;",
        "}",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('say "no"', r'"say \"no\""'),
        ("C:\\new", r'"C:\\new"'),
        ("ends in \\", r'"ends in \\"'),
        ("\\N\\G", r'"\\N\\G"'),
        ("&lt;b&gt;", '"&amp;lt;b&amp;gt;"'),
        ("two\nlines\tand\x00more", '"two lines and\ufffdmore"'),
        ("left\u202eright", '"left\ufffdright"'),
        ("", '""'),
        ("x" * 100, '"' + "x" * 59 + '…"'),
    ],
)
def test_a_text_is_quoted_as_it_is(text: str, written: str) -> None:
    assert quoted(text) == written


@given(st.lists(st.text(max_size=70), min_size=2, max_size=2))
def test_no_text_changes_the_form_of_a_drawing(texts: list[str]) -> None:
    plain, hostile = dot_text(drawn("a", "b")), dot_text(drawn(*texts))

    assert _STRING.sub("", hostile) == _STRING.sub("", plain)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_hostile_texts_and_says_nothing() -> None:
    texts = (
        'a"]; n9 [label="x',
        "\\",
        "-> n0; }",
        "<b>bold</b>",
        "&amp;\\N\\G",
        "// /* #",
        "\x07\ud800\ufffe",
        "数据 P&L 'O''Brien'",
    )
    done = subprocess.run(
        ["dot", "-Tsvg"],  # noqa: S607 - found above
        input=dot_text(drawn(*texts)).encode(),
        capture_output=True,
        check=True,
    )

    svg = done.stdout.decode()
    assert done.stderr == b""
    assert (svg.count('class="node"'), svg.count('class="edge"')) == (len(texts), len(texts))
    assert "&lt;b&gt;bold&lt;/b&gt;" in svg
    assert "&amp;amp;\\N\\G" in svg
