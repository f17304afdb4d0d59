"""Values that a sheet holds beside its cells: scenarios, and where a consolidation came from."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import CellRef


@dataclass(frozen=True, slots=True)
class ScenarioInput:
    """What a scenario puts into a cell; `value` is the text as if typed."""

    cell: CellRef
    value: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """Values that are put into cells all at once (what-if analysis)."""

    name: str
    inputs: tuple[ScenarioInput, ...]
    comment: str = ""
    user: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Consolidation:
    """The ranges that were last consolidated into the sheet (Data > Consolidate).

    `function` is the format's word (`sum`, `average`, …), `sources` are references, an external
    book in brackets. Without `links` the results are plain numbers that follow no change.
    """

    function: str
    sources: tuple[str, ...]
    links: bool = False
