"""The result of analysing one workbook: what goes into reports, JSON and the analysed copy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tickmark.model.finding import Finding
from tickmark.model.traced_task import TracedTask
from tickmark.model.usage import Usage


class Status(StrEnum):
    """Whether everything that was asked for is there."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


class Verdict(StrEnum):
    """What code found out about a cited cell."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_IN_SHEET = "not-in-sheet"


@dataclass(frozen=True, slots=True)
class Citation:
    """A cell or range that the model cited, and whether it lies within what the model was shown."""

    sheet: str
    range: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Remark:
    """One observation by the model about a sheet, with its checked citations."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetCoverage:
    """Counts of one sheet: what is there, what cannot be seen, what the model was shown."""

    cells: int = 0
    formulas: int = 0
    errors: int = 0
    hidden_cells: int = 0
    shown_cells: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetAnalysis:
    """One sheet: facts by code, words by the model (empty without one), findings by rules.

    `summary` and `remarks` come from the model. `error` is the sentence that says why the model's
    part is missing where it was asked for. `tables` are texts such as `Sales (A3:F20)`, `contents`
    tell what else stands on the sheet, such as `2 charts`. `problems` are sentences about what
    could not be read, `notes` remarks. `outline` is a small picture of the used range: a text per
    row of tiles, one letter a tile (`.` empty, `t` text, `n` number, `d` date, `b` truth value,
    `f` formula, `e` error; `h` marks hidden cells).
    """

    name: str
    state: str = "visible"
    used_range: str = ""
    tables: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    coverage: SheetCoverage = field(default_factory=SheetCoverage)
    outline: tuple[str, ...] = ()
    summary: str = ""
    remarks: tuple[Remark, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One workbook of a run, whole or failed.

    `path` is the source as given, `output` the analysed copy or companion ("" if none was
    written), both with `/`. `sha256` is that of the source's bytes, `fingerprint` that of what it
    says. `model` is the model's name, "" for rules only. `summary` is the model's; `error` is the
    sentence for a failed workbook. `findings` are sorted by severity, then address. `contents`
    tell what holds for the workbook as a whole, such as `macros`. `problems` are
    sentences about what is missing, `notes` remarks. `trace` tells where the time of its tasks
    went, in the order of their plan; of many tasks the slowest, `trace_left_out` counts the others.
    """

    path: str
    status: Status
    sha256: str = ""
    fingerprint: str = ""
    format: str = ""
    output: str = ""
    error: str = ""
    model: str = ""
    question: str = ""
    summary: str = ""
    sheets: tuple[SheetAnalysis, ...] = ()
    findings: tuple[Finding, ...] = ()
    external_links: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    trace: tuple[TracedTask, ...] = ()
    trace_left_out: int = 0

    @property
    def cells(self) -> int:
        """Number of cells over all sheets."""
        return sum(sheet.coverage.cells for sheet in self.sheets)

    @property
    def formulas(self) -> int:
        """Number of formula cells over all sheets."""
        return sum(sheet.coverage.formulas for sheet in self.sheets)
