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
    encoding = tickmark.encode_sheet(workbook, "Budget", budget=2000)
    print(encoding.text, encoding.expand("B4:D9").text, encoding.find("Total"))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tickmark.analyses.analyze import conclude, plan
from tickmark.analyses.prepared import prepare
from tickmark.audit.audit import audit as audit_workbook
from tickmark.encode.book import BookEncoding, encode_book, sheet_source
from tickmark.encode.claim import DecodedSheet
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.sheet import encode_sheet as encode_source
from tickmark.encode.source import sources_of
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
    "BookEncoding",
    "DecodedSheet",
    "Encoding",
    "Finding",
    "FormulaGraph",
    "Level",
    "Limits",
    "RangeRef",
    "Region",
    "Role",
    "Severity",
    "Sheet",
    "Workbook",
    "analyze",
    "audit_workbook",
    "decode",
    "encode_sheet",
    "encode_workbook",
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
        tokens=_counter(settings),
        question=question,
    )
    if model is None:
        return conclude(prepared, {})
    outcomes = run(
        plan(prepared, model=settings.model, question=question), model, jobs=settings.jobs
    )
    return conclude(prepared, outcomes, model=settings.model, question=question)


def encode_workbook(
    workbook: Workbook,
    *,
    budget: int | None = None,
    level: Level | None = None,
    hidden: bool = False,
    question: str = "",
    settings: Settings | None = None,
) -> BookEncoding:
    """All sheets of a workbook as one text for a model, in the notation of docs/encoding.md.

    `budget` bounds its tokens, which are counted for the model of the settings; what a `question`
    names is then told first. Without a budget the `level` decides, by default the skeleton. Of
    hidden cells only their number and place are told, unless with `hidden`.
    """
    return encode_book(
        sources_of(formulas_of(workbook), hidden=hidden),
        tokens=_counter(settings),
        budget=budget,
        level=level,
        question=question,
    )


def encode_sheet(
    workbook: Workbook,
    sheet: str,
    *,
    budget: int | None = None,
    level: Level | None = None,
    hidden: bool = False,
    question: str = "",
    settings: Settings | None = None,
) -> Encoding:
    """One sheet of a workbook as text; like `encode_workbook`, the budget is that of the sheet.

    Its `expand` gives the exact cells of a range, its `find` the cells that hold a value. Raises
    KeyError where the workbook has no such sheet.
    """
    source = sheet_source(formulas_of(workbook), workbook[sheet], hidden=hidden)
    return encode_source(
        source, tokens=_counter(settings), budget=budget, level=level, question=question
    )


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


def _counter(settings: Settings | None) -> Callable[[str], int]:
    """Counts tokens for the model of the settings."""
    return partial(estimate_tokens, model=(settings or Settings()).model)
