"""A diagram in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from tickmark.report.diagram import NO_GROUP, Diagram, Node, NodeKind, one_line

_LOOKS = {
    NodeKind.SHEET: 'shape=box style="rounded,filled" fillcolor="#e8eef7"',
    NodeKind.FORMULAS: 'shape=box style=filled fillcolor="#ffffff"',
    NodeKind.CYCLE: 'shape=box style=filled fillcolor="#fbe3e1" color="#b3261e"',
    NodeKind.RANGE: 'shape=ellipse style=filled fillcolor="#eaf4e6"',
    NodeKind.NAME: 'shape=note style=filled fillcolor="#fdf6dd"',
    NodeKind.TABLE: 'shape=tab style=filled fillcolor="#fdf6dd"',
    NodeKind.BOOK: 'shape=folder style=filled fillcolor="#f1e8f7"',
}


def dot_text(diagram: Diagram) -> str:
    """The diagram as a directed graph, for `dot -Tsvg` and its like."""
    return "\n".join(_lines(diagram)) + "\n"


def quoted(text: str) -> str:
    """A workbook's text as a string of DOT, of which nothing is taken for markup.

    Inside the quotes a backslash begins an escape, and `&` an HTML entity.
    """
    line = one_line(text)
    for written, meant in (("\\", "\\\\"), ('"', '\\"'), ("&", "&amp;")):
        line = line.replace(written, meant)
    return f'"{line}"'


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "digraph workbook {"
    yield from (f"  // {note}" for note in diagram.notes)
    yield "  rankdir=LR;"
    yield '  graph [charset="UTF-8" fontname="Helvetica" compound=true];'
    yield '  node [fontname="Helvetica" fontsize=10];'
    yield '  edge [fontname="Helvetica" fontsize=9 color="#666666"];'
    inside: dict[int, list[str]] = {}
    for number, node in enumerate(diagram.nodes):
        line = f"n{number} [label={_label(node)} {_LOOKS[node.kind]}];"
        inside.setdefault(node.group, []).append(line)
    for number, title in enumerate(diagram.groups):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={quoted(title)};"
        yield '    color="#bbbbbb";'
        yield from (f"    {line}" for line in inside.get(number, ()))
        yield "  }"
    yield from (f"  {line}" for line in inside.get(NO_GROUP, ()))
    for edge in diagram.edges:
        label = f" [label={quoted(edge.label)}]" if edge.label else ""
        yield f"  n{edge.tail} -> n{edge.head}{label};"
    yield "}"


def _label(node: Node) -> str:
    return '"' + "\\n".join(quoted(line)[1:-1] for line in node.lines) + '"'
