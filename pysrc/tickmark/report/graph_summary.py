"""What is told of a formula graph, in text and in JSON, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import CellRef, RangeRef
from tickmark.structure.inputs import UnusedInput
from tickmark.structure.unresolved import Unresolved


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One sheet: its formulas, its formula blocks, and the other sheets that feed it.

    `filled` counts the cells that array formulas and data tables fill beside their first one.
    `feeds` have the number of references to each, most first. `state` is empty for a visible sheet.
    """

    name: str
    state: str
    formulas: int
    filled: int
    blocks: int
    feeds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OtherBook:
    """Another workbook: its index in brackets, its file, the sheets it feeds with references."""

    index: str
    target: str
    feeds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """A circular reference: all its cells, and one short way around."""

    ranges: tuple[RangeRef, ...]
    cells: int
    path: tuple[CellRef, ...]
    certain: bool
    intended: bool


@dataclass(frozen=True, slots=True)
class LevelLine:
    """Formula cells that can be calculated in parallel; `steps` for the longest chain in them."""

    number: int
    cells: int
    steps: int
    ranges: tuple[RangeRef, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Cells with what they are called, and the formula or value of the first of them."""

    range: RangeRef
    cells: int
    label: str = ""
    formula: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class CriticalStep:
    """One stage of the critical path; `steps` are the cells of it that wait for each other."""

    number: int
    at: Step
    steps: int


@dataclass(frozen=True, slots=True)
class InputLine:
    """Cells without formula, and how many formula cells depend on them: at most, if not `exact`."""

    at: Step
    dependents: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class UnknownLine:
    """A formula some of whose precedents only a calculation tells, and how many cells hold it."""

    cell: CellRef
    formula: str
    cells: int


@dataclass(frozen=True, slots=True)
class GraphSummary:
    """All that is told of a graph.

    `formulas` counts cells with a formula, `filled` those that array formulas and data tables fill
    beside. `order` are groups of sheet names in the order of analysis; several in a group need each
    other. Where there are more levels or stages than can be told, `levels` and `critical` have the
    first ones and the last; `level_count` and `stage_count` count all.
    `circles_complete` and `inputs_complete` are False where there was too much to look at all of
    it, `complete` where the workbook has too many references to follow all. `constants` counts
    the cells without formula that formulas refer to. `steps` is the length of the critical path
    in cells one after the other.
    """

    path: str
    sheets: tuple[SheetLine, ...]
    order: tuple[tuple[str, ...], ...]
    books: tuple[OtherBook, ...]
    cells: int
    formulas: int
    filled: int
    unique_formulas: int
    references: int
    nodes: int
    blocks: int
    edges: int
    plain_edges: int
    edge_ratio: float
    circles: tuple[Circle, ...]
    circles_complete: bool
    levels: tuple[LevelLine, ...]
    level_count: int
    critical: tuple[CriticalStep, ...]
    stage_count: int
    steps: int
    inputs: tuple[InputLine, ...]
    constants: int
    inputs_complete: bool
    unused: tuple[UnusedInput, ...]
    unresolved: tuple[Unresolved, ...]
    unknown: tuple[UnknownLine, ...]
    complete: bool
    formulas_available: bool
    problems: tuple[str, ...]
    read_seconds: float
    build_seconds: float
