"""A graph as it is drawn: nodes with a few lines of text, in groups, and edges between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tickmark.report.wording import plain

NO_GROUP: Final = -1
LONGEST_LINE: Final = 60


class NodeKind(StrEnum):
    """What a node stands for."""

    SHEET = "sheet"
    FORMULAS = "formulas"
    CYCLE = "cycle"
    RANGE = "range"
    NAME = "name"
    TABLE = "table"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its lines as they are in the workbook, and the number of its group."""

    kind: NodeKind
    lines: tuple[str, ...]
    group: int = NO_GROUP


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from a precedent to a dependent, by the numbers of the nodes."""

    tail: int
    head: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is drawn. `groups` are titles; `notes` are sentences of ours on what is left out."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    groups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """A text of a workbook on one line, without control characters, cut to LONGEST_LINE."""
    return plain(" ".join(text[: 4 * LONGEST_LINE].split()), LONGEST_LINE)
