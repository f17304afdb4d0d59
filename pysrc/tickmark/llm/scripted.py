"""A language model made of a function: for tests, trials and documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tickmark.llm.model import Prompt, Reply
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.usage import Usage


class ScriptedModel:
    """Answers every prompt with what a function makes of it, and keeps the prompts.

    The function returns the text of the answer or a whole Reply, or raises a ModelError. A Reply
    without usage gets the usage that the token estimator gives.
    """

    def __init__(self, answer: Callable[[Prompt], str | Reply]) -> None:
        self._answer = answer
        self._lock = RankedLock(Rank.PROVIDER)
        self._prompts: list[Prompt] = []

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """All prompts so far, in the order of their arrival."""
        with self._lock:
            return tuple(self._prompts)

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        with self._lock:
            self._prompts.append(prompt)
        answer = self._answer(prompt)
        reply = Reply(answer) if isinstance(answer, str) else answer
        if reply.usage == Usage():
            reply = replace(reply, usage=_usage(prompt, reply))
        return replace(reply, model=reply.model or prompt.model)


def _usage(prompt: Prompt, reply: Reply) -> Usage:
    sent = "\n".join(prompt.texts)
    return Usage(
        calls=1,
        input_tokens=estimate_tokens(sent, prompt.model),
        output_tokens=estimate_tokens(reply.text, prompt.model),
    )
