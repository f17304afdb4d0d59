"""The Python API: the same functions as the command line, on workbooks in memory and on prompts.

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

    from tickmark import Plan, Prompt, Task, run

    ask = lambda text: Prompt("claude-haiku-5-5", "Answer briefly.", text)
    plan = Plan([Task("a", ask("Name a prime.")), Task("b", ask("Double it."), after=("a",))])
    print(run(plan)["b"].value)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Event

from tickmark.analyses.analyze import conclude, plan
from tickmark.analyses.asked_book import BookAnswer, BookQuestion, answer, asked_book
from tickmark.analyses.prepared import prepare
from tickmark.audit.audit import audit as audit_workbook
from tickmark.encode.book import BookEncoding, encode_book, sheet_source
from tickmark.encode.claim import DecodedSheet
from tickmark.encode.decode import decode
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.sheet import encode_sheet as encode_source
from tickmark.encode.source import sources_of
from tickmark.engine.journaled import JournaledModel
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Split, Task
from tickmark.engine.run import OnEvent
from tickmark.engine.run import run as run_plan
from tickmark.errors import SettingError
from tickmark.hosts.line import open_line, opened
from tickmark.hosts.watched_runner import watched_runner
from tickmark.llm.model import Image, LanguageModel, Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef
from tickmark.model.analysis import Analysis
from tickmark.model.finding import Finding, Severity
from tickmark.model.fingerprint import fingerprint
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import Limits, read_workbook
from tickmark.settings import Settings, find_key, load_settings
from tickmark.structure.formulas import formulas_of
from tickmark.structure.frames import to_frame
from tickmark.structure.graph import FormulaGraph, graph_of
from tickmark.structure.regions.detect import regions_of

__all__ = [
    "Analysis",
    "BookAnswer",
    "BookEncoding",
    "DecodedSheet",
    "Done",
    "Encoding",
    "Failed",
    "Finding",
    "FormulaGraph",
    "Image",
    "LanguageModel",
    "Level",
    "Limits",
    "Outcome",
    "Plan",
    "Prompt",
    "RangeRef",
    "Region",
    "Reply",
    "Role",
    "ScriptedModel",
    "Settings",
    "Severity",
    "Sheet",
    "Skipped",
    "Split",
    "Task",
    "Workbook",
    "analyze",
    "ask",
    "audit_workbook",
    "decode",
    "encode_sheet",
    "encode_workbook",
    "fingerprint",
    "formula_graph",
    "load_settings",
    "read_workbook",
    "regions",
    "run",
    "to_frame",
]


def _unheard(_sentence: str) -> None:
    """Nobody listens."""


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
    outcomes = run_plan(
        plan(prepared, model=settings.model, question=question), model, jobs=settings.jobs
    )
    return conclude(prepared, outcomes, model=settings.model, question=question)


def ask(
    workbook: Workbook,
    question: str,
    *,
    model: LanguageModel,
    cells: str = "",
    rounds: int = 6,
    settings: Settings | None = None,
) -> BookAnswer:
    """Answer a question about a workbook, or about some `cells` such as `P&L!A1:F20` of it.

    In up to `rounds` rounds the model looks up cells, precedents and texts that it was not shown;
    each cell that the answer cites is checked against the workbook. Raises the ModelError family,
    and InputError for cells that are not there.
    """
    settings = settings or Settings()
    request = BookQuestion(question, settings.model, cells, rounds=rounds)
    asked = asked_book(
        workbook, request, budget=2 * settings.sheet_tokens, tokens=_counter(settings)
    )
    return answer(asked, model)


def run(
    plan: Plan,
    model: LanguageModel | None = None,
    *,
    settings: Settings | None = None,
    journal: Path | str | None = None,
    on_event: OnEvent | None = None,
    stop: Event | None = None,
    say: Callable[[str], None] = _unheard,
) -> dict[str, Outcome]:
    """Answer the tasks of a plan, in parallel; their outcomes by id, in the order of the plan.

    Without a `model` it is the one of the settings, with the key of the environment or keychain:
    limited, retried, within `max_cost`, kept in the cache. A `model` of your own is asked as it is.
    What a `journal` (a path) holds from an earlier call is answered from there, and each answer is
    written to it before it is used. A set `stop`, or Ctrl-C in the main thread, skips what is not
    asked yet. `on_event` sees tasks begin and end, in the thread of the caller; `say` gets
    sentences for the user, from another thread too where nothing moves for long. A failed task
    raises nothing: its outcome is Failed. Raises SettingError where there is neither model nor key,
    and WriteRefused where another process has the journal.
    """
    settings = settings or load_settings()
    stop = stop or Event()
    place = Path(journal) if journal is not None else None

    def carry(asked: LanguageModel) -> dict[str, Outcome]:
        with watched_runner(asked, settings, stop=stop, say=say) as runner:
            return runner.run(plan, on_event)

    if model is not None:
        if place is None:
            return carry(model)
        with opened(place, say) as kept:
            return carry(JournaledModel(model, kept))
    key = find_key()
    if key is None and settings.needs_key:
        raise SettingError(
            "Running a plan needs a model: set ANTHROPIC_API_KEY, run `tickmark key set`, or give "
            "a model."
        )
    with open_line(settings, key, stop=stop, say=say, journal=place) as line:
        return carry(line.model)


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
