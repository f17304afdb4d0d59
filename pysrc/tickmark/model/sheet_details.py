"""What a sheet says beside its cells, merges and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tickmark.model.address import RangeRef
from tickmark.model.annotation import Comment, Hyperlink
from tickmark.model.cell_rules import ConditionalFormat, DataValidation, IgnoredErrors
from tickmark.model.drawing import Chart, Shape, Sparkline
from tickmark.model.pivot import PivotTable, Slicer
from tickmark.model.scenario import Consolidation, Scenario


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
class ProtectedRange:
    """Ranges that named people, or those with the password, may edit on a protected sheet."""

    name: str
    ranges: tuple[RangeRef, ...]
    password: bool = False


@dataclass(frozen=True, slots=True)
class SheetDetails:
    """Details of one sheet, in the order of the file.

    `headers_and_footers` maps `oddHeader`, `evenFooter`, … to their texts with codes such as `&P`.
    `frozen_rows` and `frozen_columns` count what stays in view while scrolling. `print_titles` are
    whole rows or columns that repeat on every page.

    `summary_below` and `summary_right` tell where the totals of outlined rows and columns stand.
    With `hides_zeros` cells of value 0 look empty. With `lotus_rules` formulas are evaluated as
    Lotus 1-2-3 did (`transitionEvaluation`): a text counts as 0, a comparison gives 1 or 0.
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
    summary_below: bool = True
    summary_right: bool = True
    hides_zeros: bool = False
    lotus_rules: bool = False
    protected_ranges: tuple[ProtectedRange, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    consolidation: Consolidation | None = None
