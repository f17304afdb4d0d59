"""What floats above the cells: shapes with their texts, charts, sparklines."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import CellRef, RangeRef


@dataclass(frozen=True, slots=True)
class Shape:
    """A drawn object above the cells.

    `kind` is `text box`, `shape`, `picture`, `group`, `connector`, `diagram` or `control`, and
    `control` tells which: `button`, `check box`, `drop-down`, …, empty where the file does not.
    `text` is what it shows, `alt_text` what is said for those who cannot see it; `anchor` is the
    range that it covers, None where it is placed freely. `link` is the cell that a text box shows
    or a control sets, `source` the range that a control lists or a linked picture shows, all as
    formulas without `=`. `macro` is what runs on a click.
    """

    name: str
    kind: str
    text: str = ""
    alt_text: str = ""
    anchor: RangeRef | None = None
    link: str = ""
    source: str = ""
    macro: str = ""
    hidden: bool = False
    control: str = ""


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
    """A chart: titles as last shown, `kinds` such as `bar` and `line`, and where its data is.

    A chart of one series may show the name of that series as its title.
    `pivot` names the pivot table that it shows, with its sheet, where it shows one.
    """

    name: str
    title: str = ""
    title_reference: str = ""
    kinds: tuple[str, ...] = ()
    series: tuple[ChartSeries, ...] = ()
    axis_titles: tuple[str, ...] = ()
    alt_text: str = ""
    anchor: RangeRef | None = None
    pivot: str = ""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A chart inside a cell; `kind` is `line`, `column` or `stacked`, `values` a reference."""

    cell: CellRef
    kind: str
    values: str
