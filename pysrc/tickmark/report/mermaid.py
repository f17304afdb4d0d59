"""A diagram in the language of Mermaid, which GitHub, GitLab and wikis draw inside Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from tickmark.report.diagram import NO_GROUP, Diagram, Node, NodeKind, one_line

_SHAPES = {
    NodeKind.SHEET: ('["', '"]'),
    NodeKind.FORMULAS: ('["', '"]'),
    NodeKind.CYCLE: ('["', '"]'),
    NodeKind.RANGE: ('(["', '"])'),
    NodeKind.NAME: ('>"', '"]'),
    NodeKind.TABLE: ('[["', '"]]'),
    NodeKind.BOOK: ('[("', '")]'),
}
_CYCLE_LOOK = "classDef cycle fill:#fbe3e1,stroke:#b3261e"


def mermaid_text(diagram: Diagram) -> str:
    """The diagram as a flowchart."""
    return "\n".join(_lines(diagram)) + "\n"


def quoted(text: str) -> str:
    """A workbook's text as a string of Mermaid, of which nothing is taken for markup.

    Only letters, digits, spaces and commas stay as they are; all else becomes an entity such as
    `#34;`, for a label is Markdown and HTML, and the text around it is searched for directives.
    """
    apart = one_line(text).replace("$$", "$\u200b$").replace("$$", "$\u200b$")  # no formula of TeX
    kept = (c if c.isalnum() or c in " ," else f"#{ord(c)};" for c in apart)
    # The lexer takes a whole line for a statement where this word and a blank stand in it.
    line = "".join(kept).replace("direction", "#100;irection")
    return f'"{line or " "}"'  # no text is no label to the parser


def _lines(diagram: Diagram) -> Iterator[str]:
    yield "flowchart LR"
    yield from (f"  %% {note}" for note in diagram.notes)
    inside: dict[int, list[str]] = {}
    for number, node in enumerate(diagram.nodes):
        inside.setdefault(node.group, []).append(_node(number, node))
    for number, title in enumerate(diagram.groups):
        yield f"  subgraph g{number}[{quoted(title)}]"
        yield from (f"    {line}" for line in inside.get(number, ()))
        yield "  end"
    yield from (f"  {line}" for line in inside.get(NO_GROUP, ()))
    for edge in diagram.edges:
        label = f"|{quoted(edge.label)}|" if edge.label else ""
        yield f"  n{edge.tail} -->{label} n{edge.head}"
    circular = [f"n{at}" for at, one in enumerate(diagram.nodes) if one.kind is NodeKind.CYCLE]
    if circular:
        yield f"  {_CYCLE_LOOK}"
        yield f"  class {','.join(circular)} cycle"


def _node(number: int, node: Node) -> str:
    before, after = _SHAPES[node.kind]
    return f"n{number}{before}{'<br/>'.join(quoted(line)[1:-1] for line in node.lines)}{after}"
