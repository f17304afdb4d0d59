"""What a run would send, without sending it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tickmark.analyses.analyze import plan
from tickmark.analyses.prepared import Prepared
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.preparation import Request, Unprepared, prepare_all
from tickmark.hosts.watch import Watch
from tickmark.llm.calibration import Calibrated
from tickmark.llm.model import Prompt
from tickmark.llm.prices import Price
from tickmark.settings import Settings
from tickmark.wiring import calibrated, price_of


@dataclass(frozen=True, slots=True)
class WorkbookEstimate:
    """One workbook of a dry run; `error` is the sentence for a refused one."""

    path: str
    estimate: Estimate
    error: str = ""


def dry_run(
    request: Request,
    settings: Settings,
    watch: Watch,
    *,
    show: Callable[[Prompt], None] | None,
    batch: bool = False,
) -> tuple[WorkbookEstimate, ...]:
    """Price each workbook, in input order, and show its prompts; sends nothing.

    The workbook's own prompt is shown without the answers that it will quote. `batch` prices
    message batches.
    """
    price = price_of(settings, batch=batch)
    found: dict[int, WorkbookEstimate] = {}
    learnt = calibrated()
    waiting: dict[int, Prepared | Unprepared] = {}
    for number, prepared in prepare_all(request, settings, watch):
        waiting[number] = prepared
        while len(found) in waiting:
            turn = len(found)
            found[turn] = _one(
                request.sources[turn].shown,
                waiting.pop(turn),
                settings,
                request.question,
                learnt,
                price=price,
                show=show,
            )
    return tuple(found[number] for number in sorted(found))


def _one(
    shown: str,
    prepared: Prepared | Unprepared,
    settings: Settings,
    question: str,
    learnt: Calibrated,
    *,
    price: Price,
    show: Callable[[Prompt], None] | None,
) -> WorkbookEstimate:
    if isinstance(prepared, Unprepared):
        return WorkbookEstimate(shown, Estimate(), prepared.message)
    if prepared.own_output:
        return WorkbookEstimate(shown, Estimate())
    tasks = plan(prepared, model=settings.model, question=question)
    if show is not None:
        for task in tasks:
            show(task.prompt_after({}))
    return WorkbookEstimate(shown, estimate(tasks, settings.model, price, learnt))
