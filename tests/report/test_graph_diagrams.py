"""What is drawn of a formula graph: blocks while they are few, sheets else, the rest told."""

from __future__ import annotations

from tests.books import CellSpec, book, sheet
from tickmark.model.workbook import DefinedName, ExternalLink, Workbook
from tickmark.report.diagram import NO_GROUP, Diagram, Edge, Node, NodeKind
from tickmark.report.graph_diagrams import Size, block_diagram, clear_diagram, sheet_diagram
from tickmark.structure.formulas import formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of

MOST = Size(100, 100)


def graph(workbook: Workbook) -> FormulaGraph:
    return graph_of(formulas_of(workbook))


def model() -> FormulaGraph:
    return graph(
        book(
            {
                "In": {"A1": 1, "A2": 2},
                "Calc": sheet(
                    {"C1": "=Rate*[1]Fx!A1", "D1": "=D1+C1"}, shared={"B1:B9": "=In!$A$1*2"}
                ),
                "Hidden": sheet({"A1": "=SUM(Calc!B1:B9)"}, state="hidden"),
            },
            names=(DefinedName("Rate", "In!$A$2"),),
            links=(ExternalLink(1, "fx.xlsx"),),
        )
    )


def test_blocks_stand_in_their_sheets_and_names_and_books_outside() -> None:
    drawn = block_diagram(model(), MOST)

    nodes = {node.lines: node for node in drawn.nodes}
    assert nodes == {
        lines: Node(kind, lines, group)
        for kind, lines, group in (
            (NodeKind.FORMULAS, ("B1:B9", "=In!$A$1*2"), 1),
            (NodeKind.FORMULAS, ("C1", "=Rate*[1]Fx!A1"), 1),
            (NodeKind.CYCLE, ("D1", "=D1+C1"), 1),
            (NodeKind.FORMULAS, ("A1", "=SUM(Calc!B1:B9)"), 2),
            (NodeKind.RANGE, ("A1",), 0),
            (NodeKind.RANGE, ("A2",), 0),
            (NodeKind.NAME, ("Rate", "=In!$A$2"), NO_GROUP),
            (NodeKind.BOOK, ("[1]", "fx.xlsx"), NO_GROUP),
        )
    }
    assert drawn.groups == ("In", "Calc", "Hidden")
    ways = {
        (drawn.nodes[edge.tail].lines[0], drawn.nodes[edge.head].lines[0], edge.label)
        for edge in drawn.edges
    }
    assert ways == {
        ("A1", "B1:B9", "9"),
        ("A2", "Rate", ""),
        ("Rate", "C1", "1"),
        ("[1]", "C1", "1"),
        ("C1", "D1", "1"),
        ("D1", "D1", "1"),
        ("B1:B9", "A1", "1"),
    }


def test_sheets_are_drawn_with_what_feeds_them() -> None:
    assert sheet_diagram(model(), MOST) == Diagram(
        nodes=(
            Node(NodeKind.SHEET, ("In", "no formulas")),
            Node(NodeKind.SHEET, ("Calc", "11 formulas")),
            Node(NodeKind.SHEET, ("Hidden", "1 formula, hidden")),
            Node(NodeKind.BOOK, ("[1]", "fx.xlsx")),
        ),
        edges=(Edge(0, 1, "10"), Edge(1, 2, "1"), Edge(3, 1, "1")),
    )


def test_of_too_many_those_with_most_references_are_drawn() -> None:
    drawn = sheet_diagram(model(), Size(3, 1))

    assert [node.lines[0] for node in drawn.nodes] == ["In", "Calc", "Hidden"]
    assert drawn.edges == (Edge(0, 1, "10"),)
    assert drawn.notes == (
        "1 sheet with the fewest references left out.",
        "1 edge with the fewest references left out.",
    )


def test_few_blocks_are_drawn_as_blocks_and_many_as_sheets() -> None:
    made = model()

    assert clear_diagram(made, MOST, MOST) == block_diagram(made, MOST)
    drawn = clear_diagram(made, Size(4, 100), MOST)
    assert drawn.nodes == sheet_diagram(made, MOST).nodes
    assert drawn.notes == (
        "Drawn are the sheets, since 4 blocks would be too many; use --level blocks for these.",
    )


def test_many_blocks_of_one_sheet_are_still_drawn_as_blocks() -> None:
    cells: dict[str, CellSpec] = {f"B{row}": f"=A{row}+{row}" for row in range(1, 31)}

    drawn = clear_diagram(graph(book(cells)), Size(10, 10), MOST)

    assert len(drawn.nodes) == 10
    assert drawn.notes[0] == "50 nodes with the fewest references left out."


def test_without_formulas_the_sheets_are_drawn() -> None:
    assert clear_diagram(graph(book({"A1": 1})), MOST, MOST) == Diagram(
        (Node(NodeKind.SHEET, ("Sheet1", "no formulas")),)
    )
