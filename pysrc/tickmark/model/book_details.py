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
    `on_load` and `on_save` tell when everything is calculated anew; values may be out of date
    where it is not `completed`, or where a manual mode does not calculate on saving.
    """

    mode: str = "auto"
    iterates: bool = False
    most_iterations: int = 100
    most_change: float = 0.001
    as_displayed: bool = False
    r1c1: bool = False
    on_load: bool = False
    on_save: bool = True
    completed: bool = True


@dataclass(frozen=True, slots=True)
class BookProtection:
    """What is locked: the order and names of sheets, or the windows.

    `password` tells that one is needed to unlock them. `read_only` advises to open the file for
    reading only; `write_password` is needed to save it under its name. The file holds at most
    hashes, which are not read.
    """

    structure: bool = False
    windows: bool = False
    password: bool = False
    read_only: bool = False
    write_password: bool = False


@dataclass(frozen=True, slots=True)
class ChartSheet:
    """A sheet that is one chart."""

    name: str
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class BookDetails:
    """Details of a workbook.

    `properties` are those of the document by the format's own names (`title`, `creator`,
    `lastModifiedBy`, `created`, `Company`, …), `custom_properties` those that its users added;
    all as texts, and none where it is empty.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    custom_properties: Mapping[str, str] = field(default_factory=dict)
    calculation: Calculation = Calculation()
    protection: BookProtection = BookProtection()
    chart_sheets: tuple[ChartSheet, ...] = ()
