"""Items that share a plan, with what it will cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Outcome, Plan
from tickmark.errors import ArgumentRefused, TickmarkError
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.functions.question import Answer, Item, Question
from tickmark.hosts.functions.waiting import Parcel
from tickmark.llm.calibration import Calibrated
from tickmark.llm.prices import Price


@dataclass(slots=True, eq=False)
class Group:
    """Parcels of one group of questions; planned once its plan is there.

    `calls_left` counts the tasks of the plan that have no outcome yet.
    """

    parcels: list[Parcel]
    saved: Saved | None = None
    plan: Plan = field(default_factory=lambda: Plan(()))
    model: str = ""
    estimate: Estimate = field(default_factory=Estimate)
    calls_left: int = 0

    @property
    def question(self) -> Question:
        """Any of the questions: they differ in their items only."""
        return self.parcels[0].question

    @property
    def fresh(self) -> bool:
        """Whether the model is asked anew even where its answer is kept."""
        return self.parcels[0].fresh

    @property
    def items(self) -> list[Item]:
        """The items, by their positions in the plan."""
        return [parcel.item for parcel in self.parcels]

    @property
    def usd_left(self) -> float:
        """The estimate of the calls that have no outcome yet."""
        return (self.estimate.likely or 0.0) * self.calls_left / max(1, len(self.plan))

    def conclude(self, outcomes: Mapping[str, Outcome]) -> Mapping[int, Answer | TickmarkError]:
        """Answers or errors by the positions of the items."""
        return self.question.conclude(self.items, self.saved, outcomes)


def grouped(parcels: Iterable[Parcel]) -> list[Group]:
    """Groups whose items may share a plan, in the order in which they were asked."""
    groups: dict[tuple[object, ...], Group] = {}
    for parcel in parcels:
        asked = parcel.question
        kind = (asked.function, asked.group, asked.book, asked.free, parcel.fresh, parcel.place)
        groups.setdefault(kind, Group([])).parcels.append(parcel)
    return list(groups.values())


def make_plan(
    group: Group, saved: Callable[[str], Saved | None], price: Price, learnt: Calibrated
) -> None:
    """Give a group its saved workbook, its plan and its estimate, and each item its share.

    Raises what the question's own plan raises, and ArgumentRefused for a model without a known
    price, since no limit could be kept.
    """
    question = group.question
    group.saved = saved(question.book) if question.book else None
    group.plan = question.plan(group.items, group.saved)
    group.calls_left = len(group.plan)
    for task in group.plan:
        group.model = task.prompt_after({}).model
        break
    group.estimate = estimate(group.plan, group.model, price, learnt)
    if group.estimate.likely is None:
        raise ArgumentRefused(f"the price of the model {group.model!r} is not known; name another")
    share = group.estimate.likely / len(group.parcels)
    for parcel in group.parcels:
        parcel.usd = share
