"""A workbook made ready for analysis: facts, findings and texts for a model, without its cells.

It is a fraction of the workbook's size, so that a long run holds many of them, and it travels
between processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tickmark.analyses.shown_sheets import ShownSheets
from tickmark.audit.audit import findings_of
from tickmark.audit.instructions.untold import may_be_told
from tickmark.audit.rule import Facts
from tickmark.encode.book_preface import book_preface
from tickmark.encode.encoding import Encoding
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, sources_of
from tickmark.model.address import RangeRef
from tickmark.model.analysis import SheetAnalysis, SheetCoverage
from tickmark.model.edit import MARK
from tickmark.model.finding import Finding
from tickmark.model.fingerprint import fingerprint
from tickmark.model.grid import CellKind
from tickmark.model.region import Region, Role
from tickmark.model.shown_cells import ShownCells
from tickmark.model.workbook import Sheet, SheetFailure, SheetState, Workbook
from tickmark.structure.concealment import unseen_cells
from tickmark.structure.contents import book_contents, sheet_contents
from tickmark.structure.formulas import Formulas, formulas_of
from tickmark.structure.outline import outline

Mask: TypeAlias = npt.NDArray[np.bool_]
"""For each cell of a sheet, whether it cannot be seen."""


@dataclass(frozen=True, slots=True)
class PreparedSheet:
    """One sheet: its facts, and its text for the model (None: nothing of it may be shown).

    `shown` are the cells that the text tells something about.
    """

    facts: SheetAnalysis
    used_range: RangeRef | None = None
    text: str | None = None
    shown: ShownCells = field(default_factory=lambda: ShownCells.of(()))


@dataclass(frozen=True, slots=True)
class Prepared:
    """One workbook ready for planning and concluding.

    `problems` are sentences about what the workbook lacks as a whole; `incomplete` tells that it
    or a sheet lacks anything, or that formulas could not be read at all. `shown_findings` are the
    open ones whose cells can all be seen: only they may reach a model. `preface` are lines about
    the workbook for a model, without what is hidden. `own_output` marks a workbook that Tickmark
    wrote itself.
    """

    path: str
    format: str
    sha256: str
    fingerprint: str = ""
    sheets: tuple[PreparedSheet, ...] = ()
    findings: tuple[Finding, ...] = ()
    shown_findings: tuple[Finding, ...] = ()
    preface: tuple[str, ...] = ()
    external_links: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    incomplete: bool = False
    own_output: bool = False


def prepare(
    workbook: Workbook, *, budget: int, tokens: Callable[[str], int], question: str = ""
) -> Prepared:
    """Facts, findings and texts of a workbook.

    `budget` bounds the text of one sheet, counted by `tokens`; 0 leaves the texts out, for runs
    that ask no model. Where not all of a sheet fits, what the `question` names comes first.
    """
    # Where the user deleted our sheet again, Excel leaves the name without its cell.
    if any(name.name == MARK and "#REF!" not in name.refers_to for name in workbook.names):
        return Prepared(workbook.path, workbook.format, workbook.sha256, own_output=True)
    known = Facts(workbook, formulas_of(workbook))
    findings = findings_of(known)
    sources = sources_of(known.formulas, regions=known.regions) if budget else ()
    masks = [one.unseen for one in sources] or [
        unseen_cells(workbook, sheet) for sheet in workbook.sheets
    ]
    encodings = [
        encode_sheet(source, budget=budget, tokens=tokens, question=question)
        if source.sheet.state is SheetState.VISIBLE and bool(np.any(source.visible))
        else None
        for source in sources
    ] or [None] * len(masks)
    sheets = tuple(
        _sheet(known, sheet, mask, encoding)
        for sheet, mask, encoding in zip(workbook.sheets, masks, encodings, strict=True)
    )
    # Of two sheets with one name the first counts, as in `workbook[name]`.
    hidden = {
        sheet.name: mask for sheet, mask in zip(workbook.sheets[::-1], masks[::-1], strict=True)
    }
    failures = tuple(
        PreparedSheet(SheetAnalysis(one.sheet, error=_reason(workbook.path, one)))
        for one in workbook.failures
    )
    return Prepared(
        path=workbook.path,
        format=workbook.format,
        sha256=workbook.sha256,
        fingerprint=fingerprint(workbook),
        sheets=sheets + failures,
        findings=findings,
        shown_findings=_shown(known, hidden, findings),
        preface=_preface(known.formulas, sources),
        contents=book_contents(workbook),
        external_links=tuple(link.target or "(lost)" for link in workbook.external_links),
        problems=workbook.problems,
        notes=workbook.notes,
        incomplete=bool(failures)
        or bool(workbook.problems)
        or not workbook.formulas_available
        or any(sheet.problems for sheet in workbook.sheets),
    )


def _reason(path: str, failure: SheetFailure) -> str:
    """Why a sheet could not be read, for a place that names workbook and sheet already."""
    told = failure.message.removeprefix(f"{path}: ")
    named = f"sheet {failure.sheet!r} "
    return f"It {told.removeprefix(named)}" if told.startswith(named) else told


def _preface(formulas: Formulas, sources: Sequence[Source]) -> tuple[str, ...]:
    links = {one.sheet.name: one.links for one in sources if one.links is not None}
    return book_preface(formulas, links) if sources else ()


def _sheet(known: Facts, sheet: Sheet, hidden: Mask, encoding: Encoding | None) -> PreparedSheet:
    cells = sheet.cells
    used = sheet.used_range
    coverage = SheetCoverage(
        cells=len(cells),
        formulas=cells.formula_count,
        errors=int(np.count_nonzero(cells.kinds == CellKind.ERROR)),
        hidden_cells=int(np.count_nonzero(hidden)),
        shown_cells=encoding.shown_cells if encoding else 0,
        left_out=encoding.left_out if encoding else (),
    )
    facts = SheetAnalysis(
        name=sheet.name,
        state=sheet.state.value,
        used_range=used.a1 if used else "",
        tables=tuple(
            _named(region) for region in known.regions[sheet.name] if region.role is Role.TABLE
        ),
        contents=sheet_contents(sheet),
        coverage=coverage,
        outline=outline(sheet, unseen=hidden),
        problems=sheet.problems,
    )
    if encoding is None:
        return PreparedSheet(facts, used)
    return PreparedSheet(facts, used, encoding.text, encoding.shown())


def _named(region: Region) -> str:
    """A table as a report names it: `Sales (A3:F20)`, or its range alone."""
    return f"{region.name} ({region.range.a1})" if region.name else region.range.a1


def _shown(
    known: Facts, hidden: Mapping[str, Mask], findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Open findings that touch no cell that is unseen, since their words quote what cells hold.

    Nor do they name a hidden sheet, as the steps of a circle or the place of a name can, or quote
    what stands in unseen cells alone or gives orders to a model.
    """
    workbook = known.workbook
    shown = ShownSheets(known, findings)
    return tuple(
        f
        for f in findings
        if f.is_open
        and may_be_told(f)
        and (not f.sheet or _visible(workbook[f.sheet], hidden[f.sheet], f))
        and not shown.betrays(f.message)
    )


def _visible(sheet: Sheet, hidden: Mask, finding: Finding) -> bool:
    if sheet.state is not SheetState.VISIBLE:
        return False
    return not any(
        bool(np.any(hidden[sheet.cells.within(RangeRef.parse(area, sheet=sheet.name))]))
        for area in finding.ranges
    )
