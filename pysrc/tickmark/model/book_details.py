"""What a workbook says as a whole: properties, calculation, protection, chart sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tickmark.model.drawing import Chart


@dataclass(frozen=True, slots=True)
class Calculation:
    """How the workbook is calculated (`calcPr`); `mode` is `auto`, `autoNoTable` or `manual`.

    With `iterates`, circular references are meant to be, up to `most_iterations` rounds or until
    nothing changes by more than `most_change`. `as_displayed` rounds values to what is shown.
    """

    mode: str = "auto"
    iterates: bool = False
    most_iterations: int = 100
    most_change: float = 0.001
    as_displayed: bool = False
    r1c1: bool = False


@dataclass(frozen=True, slots=True)
class BookProtection:
    """What is locked: the order and names of sheets, or the windows."""

    structure: bool = False
    windows: bool = False
    password: bool = False


@dataclass(frozen=True, slots=True)
class ChartSheet:
    """A sheet that is one chart."""

    name: str
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class BookDetails:
    """Details of a workbook.

    `properties` are those of the document by the format's own names (`title`, `creator`,
    `lastModifiedBy`, `created`, `company`, …), `custom_properties` those that its users added;
    all as texts, and none where it is empty.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    custom_properties: Mapping[str, str] = field(default_factory=dict)
    calculation: Calculation = Calculation()
    protection: BookProtection = BookProtection()
    chart_sheets: tuple[ChartSheet, ...] = ()
