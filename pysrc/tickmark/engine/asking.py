"""One task's question put to the model, in parts where the whole is too long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tickmark.engine.plan import Done, Failed, Outcome, Split, Task
from tickmark.errors import (
    AnswerCut,
    AnswerPending,
    AnswerUnusable,
    ModelBusy,
    PromptTooLong,
    RequestInvalid,
    TickmarkError,
)
from tickmark.llm.answers import ask
from tickmark.llm.model import LanguageModel, Prompt, spent_on
from tickmark.model.usage import Usage

MOST_HALVINGS: Final = 5
"""A question is asked in at most 2 to this power parts."""

FOR_GOOD: Final = (PromptTooLong, AnswerUnusable, RequestInvalid)
"""Failures that concern one question only."""


def _nothing() -> str:
    return ""


def outcome_of(
    task: Task,
    model: LanguageModel,
    parents: Mapping[str, Outcome],
    *,
    why_not: Callable[[], str] = _nothing,
) -> Outcome:
    """Ask one task's question; deliberate errors become its failure.

    Where prompt or answer of a task with `split` are too long, it is asked in halves, and these in
    halves again. `why_not` gives a sentence as soon as nothing more may be asked, else "".
    """
    try:
        prompt = task.prompt_after(parents)
    except TickmarkError as error:
        return _failed(error)
    whole = _asked(task, model, prompt)
    if task.split is None or isinstance(whole, Done) or not _too_long(whole):
        return whole
    return _in_parts(task, task.split, model, prompt, whole=whole, why_not=why_not)


def _asked(task: Task, model: LanguageModel, prompt: Prompt) -> Done | Failed:
    try:
        if task.form is None:
            reply = model.complete(prompt)
            return Done(reply.text, reply.usage, reply.cached)
        value, reply = ask(model, prompt, task.form)
    except TickmarkError as error:
        return _failed(error)
    return Done(value, reply.usage, reply.cached)


def _in_parts(
    task: Task,
    split: Split,
    model: LanguageModel,
    prompt: Prompt,
    *,
    whole: Failed,
    why_not: Callable[[], str],
) -> Outcome:
    """Ask the halves of a question that is too long, in their order."""
    parts = _Parts(split, whole.usage, cached=not whole.usage.calls)
    try:
        if not parts.halve(prompt, 0):
            return whole
        while parts.left:
            if reason := why_not():
                return Failed(ModelBusy(reason), parts.usage)
            prompt, halvings = parts.left.pop()
            failure = parts.take(_asked(task, model, prompt), prompt, halvings)
            if failure is not None:
                return Failed(failure, parts.usage)
        return parts.outcome()
    except TickmarkError as error:
        return Failed(_released(error), parts.usage)


@dataclass(slots=True)
class _Parts:
    """The parts of a question: those that are left to be asked, and what became of the others.

    The first part that fails fails the task, unless the split has a value for it and another part
    an answer. One whose answer is collected later does not: the parts behind it are handed in as
    well.
    """

    split: Split
    usage: Usage
    cached: bool
    left: list[tuple[Prompt, int]] = field(default_factory=list)
    _values: list[object] = field(default_factory=list)
    _answered: bool = False
    _lost: TickmarkError | None = None
    _pending: TickmarkError | None = None

    def halve(self, prompt: Prompt, halvings: int) -> bool:
        """Ask a prompt in two that has been halved so often already; whether that can be."""
        halves = self.split.halves(prompt) if halvings < MOST_HALVINGS else None
        self.left.extend((half, halvings + 1) for half in reversed(halves or ()))
        return halves is not None

    def take(self, part: Done | Failed, prompt: Prompt, halvings: int) -> TickmarkError | None:
        """Add what became of a part; the error that fails the task, if it does."""
        self.usage += part.usage
        if isinstance(part, Done):
            self._answered = True
            self._values.append(part.value)
            self.cached = self.cached and part.cached
        elif isinstance(part.error, AnswerPending):
            self._pending = part.error
        elif _too_long(part) and self.halve(prompt, halvings):
            pass
        elif self.split.lost is not None and isinstance(part.error, FOR_GOOD):
            self._lost = self._lost or part.error
            self._values.append(self.split.lost(prompt, part.error))
        else:
            return part.error
        return None

    def outcome(self) -> Outcome:
        """What all parts make together."""
        failure = self._pending or (None if self._answered else self._lost)
        if failure is not None:
            return Failed(failure, self.usage)
        return Done(self.split.join(self._values), self.usage, self.cached, len(self._values))


def _too_long(failed: Failed) -> bool:
    return isinstance(failed.error, (PromptTooLong, AnswerCut))


def _failed(error: TickmarkError) -> Failed:
    return Failed(_released(error), spent_on(error))


def _released(error: TickmarkError) -> TickmarkError:
    """The error without its frames and those of its causes: they hold the whole prompt."""
    links: list[BaseException | None] = [error]
    seen: set[int] = set()
    while links:
        link = links.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            link.__traceback__ = None
            links += (link.__cause__, link.__context__)
    return error
