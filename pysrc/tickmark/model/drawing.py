"""What floats above the cells: shapes with their texts, charts, sparklines."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import CellRef, RangeRef


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn object: `kind` is `text box`, `shape`, `picture`, `group`, `connector` or `control`.

    `text` is what it shows, `alt_text` what is said for those who cannot see it; `anchor` is the
    range that it covers, None where it is placed freely. `link` is the formula of a text box whose
    text comes from a cell, without `=`.
    """

    name: str
    kind: str
    text: str = ""
    alt_text: str = ""
    anchor: RangeRef | None = None
    link: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One series: the references as formulas without `=`, and its name as last shown."""

    name: str = ""
    name_reference: str = ""
    categories: str = ""
    values: str = ""
    sizes: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: titles as last shown, `kinds` such as `bar` and `line`, and where its data is."""

    name: str
    title: str = ""
    title_reference: str = ""
    kinds: tuple[str, ...] = ()
    series: tuple[ChartSeries, ...] = ()
    axis_titles: tuple[str, ...] = ()
    alt_text: str = ""
    anchor: RangeRef | None = None


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A chart inside a cell; `kind` is `line`, `column` or `stacked`, `values` a reference."""

    cell: CellRef
    kind: str
    values: str
