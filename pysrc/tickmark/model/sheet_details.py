"""What a sheet says beside its cells, merges and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tickmark.model.address import RangeRef
from tickmark.model.annotation import Comment, Hyperlink
from tickmark.model.cell_rules import ConditionalFormat, DataValidation, IgnoredErrors
from tickmark.model.drawing import Chart, Shape, Sparkline
from tickmark.model.pivot import PivotTable, Slicer


@dataclass(frozen=True, slots=True)
class OutlineRun:
    """Neighbouring rows or columns of one outline level, 1-based and inclusive; level 1 to 7."""

    first: int
    last: int
    level: int
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class SheetProtection:
    """That locked cells cannot be edited; `allowed` are the actions that still can be done.

    `password` tells that one is needed to lift it; the file holds at most a hash, which is not
    read.
    """

    password: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetDetails:
    """Details of one sheet, in the order of the file.

    `headers_and_footers` maps `oddHeader`, `evenFooter`, … to their texts with codes such as `&P`.
    `frozen_rows` and `frozen_columns` count what stays in view while scrolling. `print_titles` are
    whole rows or columns that repeat on every page.
    """

    row_outline: tuple[OutlineRun, ...] = ()
    column_outline: tuple[OutlineRun, ...] = ()
    validations: tuple[DataValidation, ...] = ()
    conditional_formats: tuple[ConditionalFormat, ...] = ()
    ignored_errors: tuple[IgnoredErrors, ...] = ()
    hyperlinks: tuple[Hyperlink, ...] = ()
    comments: tuple[Comment, ...] = ()
    shapes: tuple[Shape, ...] = ()
    charts: tuple[Chart, ...] = ()
    sparklines: tuple[Sparkline, ...] = ()
    pivots: tuple[PivotTable, ...] = ()
    slicers: tuple[Slicer, ...] = ()
    headers_and_footers: Mapping[str, str] = field(default_factory=dict)
    protection: SheetProtection | None = None
    frozen_rows: int = 0
    frozen_columns: int = 0
    filter_range: RangeRef | None = None
    print_areas: tuple[RangeRef, ...] = ()
    print_titles: tuple[RangeRef, ...] = ()
