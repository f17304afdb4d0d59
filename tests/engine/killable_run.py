"""A run in a process of its own, to be killed: `python -m tests.engine.killable_run '{…}'`.

Asks the prompts `question 0` to `question N` in parallel threads through journal and cache, as far
as the JSON object names files for them, and prints its outcomes as a JSON object at the end.
"""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.messages_api import KEY
from tickmark.engine.journal import Journal
from tickmark.engine.journaled import JournaledModel
from tickmark.engine.plan import Done, Plan, Task
from tickmark.engine.run import Runner
from tickmark.llm.cached import CachedModel
from tickmark.llm.fenced import FencedModel
from tickmark.llm.model import LanguageModel, Prompt
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.store import ReplyStore


@dataclass(frozen=True, slots=True)
class KillableRun:
    """What such a process is told; "" stands for no file."""

    url: str
    questions: int
    jobs: int
    journal: str = ""
    cache: str = ""

    @property
    def prompts(self) -> list[Prompt]:
        return [
            Prompt("claude-sonnet-5-5", "Constant.", f"question {number}", max_tokens=50)
            for number in range(self.questions)
        ]


def carry_out(run: KillableRun) -> dict[str, object]:
    """The text and the cached mark of every answer by its task, and what the run paid in all."""
    tasks = [Task(prompt.user, prompt) for prompt in run.prompts]
    with ExitStack() as stack:
        provider = AnthropicModel(KEY, run.url, timeout=20)
        stack.callback(provider.close)
        model: LanguageModel = FencedModel(provider)
        if run.cache:
            store = ReplyStore(Path(run.cache))
            stack.callback(store.close)
            model = CachedModel(model, store, identity=run.url)
        journal = stack.enter_context(Journal(Path(run.journal))) if run.journal else None
        if journal is not None:
            model = JournaledModel(model, journal, identity=run.url)
        runner = stack.enter_context(Runner(model, jobs=run.jobs))
        outcomes = runner.run(Plan(tasks))
        told: dict[str, object] = {
            name: [one.value, one.cached] if isinstance(one, Done) else str(one)
            for name, one in outcomes.items()
        }
        told["calls"] = journal.usage.calls if journal is not None else None
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(carry_out(KillableRun(**json.loads(sys.argv[1])))))
