"""One task's question put to the model, in parts where the whole is too long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tickmark.engine.plan import Done, Failed, Outcome, Split, Task
from tickmark.errors import AnswerCut, AnswerPending, ModelBusy, PromptTooLong, TickmarkError
from tickmark.llm.answers import ask
from tickmark.llm.model import LanguageModel, Prompt, spent_on
from tickmark.model.usage import Usage

MOST_HALVINGS: Final = 5
"""A question is asked in at most 2 to this power parts."""


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
        value, usage = ask(model, prompt, task.form)
    except TickmarkError as error:
        return _failed(error)
    return Done(value, usage, _is_cached(usage))


def _in_parts(
    task: Task,
    split: Split,
    model: LanguageModel,
    prompt: Prompt,
    *,
    whole: Failed,
    why_not: Callable[[], str],
) -> Outcome:
    """Ask the halves of a question that is too long, in their order.

    The first part that fails fails the task. One whose answer is collected later does not: the
    parts behind it are handed in as well.
    """
    usage = whole.usage
    values: list[object] = []
    pending: Failed | None = None
    left: list[tuple[Prompt, int]] = []

    def halve(prompt: Prompt, halvings: int) -> bool:
        halves = split.halves(prompt) if halvings < MOST_HALVINGS else None
        left.extend((half, halvings + 1) for half in reversed(halves or ()))
        return halves is not None

    try:
        if not halve(prompt, 0):
            return whole
        while left:
            if reason := why_not():
                return Failed(ModelBusy(reason), usage)
            prompt, halvings = left.pop()
            part = _asked(task, model, prompt)
            usage += part.usage
            if isinstance(part, Done):
                values.append(part.value)
            elif isinstance(part.error, AnswerPending):
                pending = part
            elif not _too_long(part) or not halve(prompt, halvings):
                return Failed(part.error, usage)
        if pending is not None:
            return Failed(pending.error, usage)
        return Done(split.join(values), usage, _is_cached(usage), len(values))
    except TickmarkError as error:
        return Failed(_released(error), usage)


def _too_long(failed: Failed) -> bool:
    return isinstance(failed.error, (PromptTooLong, AnswerCut))


def _is_cached(usage: Usage) -> bool:
    return usage.calls == 0 and usage.cached_calls > 0


def _failed(error: TickmarkError) -> Failed:
    return Failed(_released(error), spent_on(error))


def _released(error: TickmarkError) -> TickmarkError:
    """The error without its frames and those of its causes: they hold the whole prompt."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
