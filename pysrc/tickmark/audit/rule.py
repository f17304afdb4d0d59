"""A rule: a pure function from facts to findings, with a code and a page of documentation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tickmark.audit.evaluation.evaluator import Evaluator
from tickmark.audit.region_grid import RegionGrid, grid_of
from tickmark.model.finding import Finding, Severity
from tickmark.model.region import Region
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import Formulas
from tickmark.structure.graph import FormulaGraph, graph_of
from tickmark.structure.labels import Labels, labels_of
from tickmark.structure.regions.detect import regions_of

HEADINGS: Final = (
    "What it finds",
    "Why it matters",
    "Example",
    "Fix",
    "Source",
    "Known false alarms",
)

_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
_HEADING = re.compile(rf"^({'|'.join(HEADINGS)}):\s*", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Facts:
    """What every rule may know about a workbook, found out once for all of them."""

    workbook: Workbook
    formulas: Formulas

    @cached_property
    def graph(self) -> FormulaGraph:
        """The graph of the formulas."""
        return graph_of(self.formulas)

    @cached_property
    def regions(self) -> Mapping[str, tuple[Region, ...]]:
        """The regions of each sheet, by its name."""
        return regions_of(self.formulas)

    @cached_property
    def grids(self) -> tuple[tuple[RegionGrid, ...], ...]:
        """For each sheet, by its number, its regions as matrices; the largest have none."""
        made = []
        for number, own in enumerate(self.formulas.sheets):
            found = (grid_of(number, own, one) for one in self.regions.get(own.sheet.name, ()))
            made.append(tuple(grid for grid in found if grid is not None))
        return tuple(made)

    @cached_property
    def evaluator(self) -> Evaluator:
        """What formulas give on the values that the workbook was saved with."""
        return Evaluator(self.formulas)

    def labels(self, sheet: int) -> Labels:
        """The labels of the sheet with a number."""
        found = self._labels.get(sheet)
        if found is None:
            found = labels_of(self.workbook, self.workbook.sheets[sheet])
            self._labels[sheet] = found
        return found

    @cached_property
    def _labels(self) -> dict[int, Labels]:
        return {}


Check = Callable[[Facts], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `code` is stable for ever. `severity` is the highest that `check` gives a finding.
    `summary` is the first line of the documentation, `sections` maps each of HEADINGS to its text.
    """

    code: str
    severity: Severity
    summary: str
    sections: Mapping[str, str] = field(repr=False)
    check: Check = field(repr=False)


def rule(code: str, *, severity: Severity) -> Callable[[Check], Rule]:
    """Make a rule of a function whose docstring is its documentation.

    Raises ValueError for a code that another module's rule has or that is not kebab case, and for
    a docstring without one of HEADINGS.
    """

    def made(check: Check) -> Rule:
        _claim(code, check.__module__)
        summary, sections = _documentation(code, inspect.getdoc(check) or "")
        return Rule(code, severity, summary, sections, check)

    return made


_owners: dict[str, str] = {}


def _claim(code: str, module: str) -> None:
    if not _CODE.fullmatch(code):
        message = f"{code!r} is no rule code; write words in lower case, joined by hyphens."
        raise ValueError(message)
    owner = _owners.setdefault(code, module)
    if owner != module:
        message = f"{module} and {owner} both define the rule {code}."
        raise ValueError(message)


def _documentation(code: str, text: str) -> tuple[str, Mapping[str, str]]:
    summary, _, body = text.partition("\n")
    pieces = _HEADING.split(body)
    sections = {
        heading: inspect.cleandoc(content).strip()
        for heading, content in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    missing = [heading for heading in HEADINGS if not sections.get(heading)]
    if missing or not summary:
        wanted = ", ".join(missing) or "a first line"
        message = f"The documentation of the rule {code} lacks {wanted}."
        raise ValueError(message)
    return summary.strip(), {heading: sections[heading] for heading in HEADINGS}
