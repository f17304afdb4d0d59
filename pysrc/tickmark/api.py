"""The Python API: the same functions as the command line, on workbooks in memory.

::

    import tickmark

    workbook = tickmark.read_workbook("budget.xlsx")
    for finding in tickmark.audit_workbook(workbook):
        print(finding.severity.word, finding.sheet, finding.ranges, finding.message)
    for region in tickmark.regions(workbook)["Budget"]:
        if region.role is tickmark.Role.TABLE:
            print(region.range.a1, region.name, tickmark.to_frame(workbook, region).dtypes)
    graph = tickmark.formula_graph(workbook)
    print(graph.dependents("Budget!B4").count, graph.precedents("Budget!N20").ranges)
"""

from __future__ import annotations

from collections.abc import Mapping

from tickmark.analyses.analyze import conclude, plan
from tickmark.analyses.prepared import prepare
from tickmark.audit.audit import audit as audit_workbook
from tickmark.engine.run import run
from tickmark.llm.model import LanguageModel
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef
from tickmark.model.analysis import Analysis
from tickmark.model.finding import Finding, Severity
from tickmark.model.fingerprint import fingerprint
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import Limits, read_workbook
from tickmark.settings import Settings
from tickmark.structure.formulas import formulas_of
from tickmark.structure.frames import to_frame
from tickmark.structure.graph import FormulaGraph, graph_of
from tickmark.structure.regions.detect import regions_of

__all__ = [
    "Analysis",
    "Finding",
    "FormulaGraph",
    "Limits",
    "RangeRef",
    "Region",
    "Role",
    "Severity",
    "Sheet",
    "Workbook",
    "analyze",
    "audit_workbook",
    "fingerprint",
    "formula_graph",
    "read_workbook",
    "regions",
    "to_frame",
]


def analyze(
    workbook: Workbook,
    *,
    model: LanguageModel | None = None,
    question: str = "",
    settings: Settings | None = None,
) -> Analysis:
    """Analyse a workbook that was read; without a model by rules only. Writes nothing.

    `model` is anything with `complete(Prompt) -> Reply`, such as `tickmark.llm.scripted`'s.
    """
    settings = settings or Settings()
    prepared = prepare(
        workbook,
        budget=settings.sheet_tokens if model is not None else 0,
        tokens=lambda text: estimate_tokens(text, settings.model),
    )
    if model is None:
        return conclude(prepared, {})
    outcomes = run(
        plan(prepared, model=settings.model, question=question), model, jobs=settings.jobs
    )
    return conclude(prepared, outcomes, model=settings.model, question=question)


def formula_graph(workbook: Workbook) -> FormulaGraph:
    """The formula graph of a workbook: precedents, dependents, paths, levels, cycles, impact.

    A question about cells takes `CellRef`, `RangeRef` or a text such as `P&L!C5` or a defined name.
    """
    return graph_of(formulas_of(workbook))


def regions(workbook: Workbook) -> Mapping[str, tuple[Region, ...]]:
    """What a person sees on each sheet, by its name: tables, key-value blocks, titles, notes.

    Each cell with content is in just one region; `to_frame` makes a DataFrame of a table.
    """
    return regions_of(formulas_of(workbook))
