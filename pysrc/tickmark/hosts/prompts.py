"""Prompts of everybody's own, read from JSON lines and answered in the order of their input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.errors import AnswerPending, InputError, PlanError
from tickmark.llm.model import Prompt
from tickmark.llm.schema_form import form_of
from tickmark.model.usage import Usage
from tickmark.report.records import usage_record
from tickmark.settings import Settings, state_folder

MOST_PROBLEMS: Final = 5
MAX_TOKENS: Final = 4096

_TEXTS: Final = ("id", "system", "user", "model")
_KNOWN: Final = frozenset({*_TEXTS, "after", "max_tokens", "priority", "schema", "tolerant"})


def read_prompts(
    lines: Iterable[str], name: str, settings: Settings, *, max_tokens: int = MAX_TOKENS
) -> Plan:
    """The plan of prompts that stand one a line, as JSON objects; blank lines are passed over.

    `user` has to be there; `id` (the number of the line), `system`, `after` (ids of the prompts
    whose answers it needs), `model`, `max_tokens`, `priority`, `schema` and `tolerant` may be.
    `name` is that of the file. Raises InputError that names the first wrong lines.
    """
    tasks: list[Task] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            tasks.append(_task(_fields(line), str(number), settings.model, max_tokens))
        except InputError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        told = "; ".join(problems[:MOST_PROBLEMS]) + (f"; and {more:,} more" if more > 0 else "")
        raise InputError(f"{name}, {told}")
    if not tasks:
        raise InputError(f'{name} holds no prompt; give JSON lines such as {{"user": "Hello"}}.')
    try:
        return Plan(tasks)
    except PlanError as error:
        raise InputError(f"{name}: {error}") from error


def prompt_record(task_id: str, outcome: Outcome) -> dict[str, object]:
    """What is told of one prompt: `id`, `status`, `text`, `error`, `usage`, `cached`.

    A prompt whose answer is awaited from a message batch counts as skipped.
    """
    text: str | None = None
    error: str | None = None
    usage, cached = Usage(), False
    match outcome:
        case Done(value=value):
            text = value if isinstance(value, str) else str(value.model_dump_json())  # type: ignore[attr-defined]
            status, usage, cached = "done", outcome.usage, outcome.cached
        case Failed(error=AnswerPending() as why):
            status, error = "skipped", str(why)
        case Failed(error=failure):
            status, error, usage = "failed", str(failure), outcome.usage
        case Skipped(reason=reason):
            status, error = "skipped", reason
    return {
        "id": task_id,
        "status": status,
        "text": text,
        "error": error,
        "usage": usage_record(usage),
        "cached": cached,
    }


@dataclass(slots=True)
class InOrder:
    """Gives outcomes on in the order of a plan, each as soon as all before it are there."""

    plan: Plan
    give: Callable[[str, Outcome], None]
    _waiting: dict[str, Outcome] = field(default_factory=dict)
    _left: Iterator[Task] | None = None
    _next: str | None = None

    def __post_init__(self) -> None:
        self._left = iter(self.plan)
        self._advance()

    def take(self, task_id: str, outcome: Outcome) -> None:
        """One task has its outcome."""
        self._waiting[task_id] = outcome
        while self._next is not None and self._next in self._waiting:
            name = self._next
            self.give(name, self._waiting.pop(name))
            self._advance()

    def _advance(self) -> None:
        task = next(self._left, None) if self._left is not None else None
        self._next = task.id if task is not None else None


def journal_of(file: str) -> Path:
    """Where the answers to a file of prompts are kept until all are there."""
    name = file if file == "-" else str(Path(file).resolve())
    digest = sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return state_folder() / "prompts" / f"{digest}.jsonl"


def _fields(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("it is no JSON") from None
    if not isinstance(value, dict):
        raise InputError("it is no JSON object")
    unknown = [name for name in value if name not in _KNOWN]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no field; known are {', '.join(sorted(_KNOWN))}")
    return value


def _task(fields: Mapping[str, Any], number: str, model: str, max_tokens: int) -> Task:
    for name in _TEXTS:
        if not isinstance(fields.get(name, ""), str):
            raise InputError(f"{name} has to be a text")
    if not fields.get("user"):
        raise InputError("user is missing; it is the text of the prompt")
    after = fields.get("after", [])
    if not isinstance(after, list) or not all(isinstance(one, str) for one in after):
        raise InputError("after has to be a list of ids")
    schema = fields.get("schema")
    if schema is not None and not isinstance(schema, dict):
        raise InputError("schema has to be a JSON schema")
    if not isinstance(fields.get("tolerant", False), bool):
        raise InputError("tolerant has to be true or false")
    form = form_of(schema) if schema is not None else None
    prompt = Prompt(
        model=fields.get("model") or model,
        system=fields.get("system", ""),
        user=fields["user"],
        schema=form.model_json_schema() if form is not None else None,
        max_tokens=_whole(fields, "max_tokens", max_tokens, 1),
        about="a prompt of the user",
    )
    return Task(
        id=fields.get("id") or number,
        prompt=prompt,
        form=form,
        after=tuple(dict.fromkeys(after)),
        priority=_whole(fields, "priority", 0),
        tolerant=fields.get("tolerant", False),
    )


def _whole(fields: Mapping[str, Any], name: str, default: int, least: int | None = None) -> int:
    value = fields.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or (least and value < least):
        raise InputError(
            f"{name} has to be a whole number{f' of {least} or more' if least else ''}"
        )
    return value
