"""Prompts of everybody's own, read from JSON lines and answered in the order of their input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NoReturn

from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.errors import AnswerPending, InputError, PlanError
from tickmark.llm.model import Prompt
from tickmark.llm.schema_form import form_of
from tickmark.model.usage import Usage
from tickmark.report.records import usage_record
from tickmark.settings import Settings

MOST_PROBLEMS: Final = 5
MAX_TOKENS: Final = 4096

_TEXTS: Final = ("system", "user", "model")
_KNOWN: Final = frozenset({*_TEXTS, "id", "after", "max_tokens", "priority", "schema", "tolerant"})
_BOM: Final = "\ufeff"
_LONGEST_PATH: Final = 1000


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of a file.

    `name` is that of the file, `numbers` are the ids that stood there as numbers, `digest` is the
    SHA-256 of all bytes.
    """

    plan: Plan
    name: str
    numbers: frozenset[str]
    digest: str

    @property
    def models(self) -> tuple[str, ...]:
        """The models that are asked, each once."""
        prompts = (task.prompt for task in self.plan)
        return tuple(dict.fromkeys(one.model for one in prompts if isinstance(one, Prompt)))

    def record(self, task_id: str, outcome: Outcome) -> dict[str, object]:
        """The record of a prompt with its id as it stood in the file."""
        shown: object = int(task_id) if task_id in self.numbers else task_id
        return prompt_record(shown, outcome)


def read_prompts(
    lines: Iterable[bytes], name: str, settings: Settings, *, max_tokens: int = MAX_TOKENS
) -> Prompts:
    """The prompts that stand one a line, as JSON objects in UTF-8; blank lines are passed over.

    `user` has to be there; `id` (the number of the line), `system`, `after` (ids of the prompts
    whose answers it needs), `model`, `max_tokens`, `priority`, `schema` and `tolerant` may be; null
    is as if it were not there. Raises InputError that names the first wrong lines.
    """
    reading = _Reading(name, settings.model, max_tokens)
    whole = sha256()
    for number, line in enumerate(lines, 1):
        whole.update(line)
        try:
            reading.take(line, number)
        except InputError as error:
            reading.problems.append(f"line {number}: {str(error).rstrip('.')}")
    reading.check()
    try:
        plan = Plan(reading.tasks)
    except PlanError as error:
        raise InputError(f"{name}: {_shortened(str(error))}") from None
    return Prompts(plan, name, frozenset(reading.numbers), whole.hexdigest())


def _shortened(text: str) -> str:
    """A text cut in its middle, since a circle may go through many lines."""
    if len(text) <= _LONGEST_PATH:
        return text
    return f"{text[: _LONGEST_PATH // 2]} … {text[-_LONGEST_PATH // 2 :]}"


def prompt_record(shown: object, outcome: Outcome) -> dict[str, object]:
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
            status, error, usage = "skipped", str(why), outcome.usage
        case Failed(error=failure):
            status, error, usage = "failed", str(failure), outcome.usage
        case Skipped(reason=reason):
            status, error = "skipped", reason
    return {
        "id": shown,
        "status": status,
        "text": text,
        "error": error,
        "usage": usage_record(usage),
        "cached": cached,
    }


@dataclass(slots=True)
class InOrder:
    """Gives outcomes on in the order of a plan, each as soon as all before it are there.

    The plan may be carried out again: what was given is not given twice. With `holds`, answers that
    are awaited from a message batch are held back until they are there, or until `end`.
    """

    plan: Plan
    give: Callable[[str, Outcome], None]
    holds: bool = False
    _next: int = 0
    _there: dict[str, Outcome] = field(default_factory=dict)
    _held: dict[str, Outcome] = field(default_factory=dict)

    def take(self, task_id: str, outcome: Outcome) -> None:
        """One task has its outcome."""
        if self.plan.places[task_id] < self._next:
            return
        if self.holds and self._is_awaited(task_id, outcome):
            self._held[task_id] = outcome
            return
        self._held.pop(task_id, None)
        self._there[task_id] = outcome
        self._give()

    def end(self) -> None:
        """Nothing more is to come."""
        self._there = self._held | self._there
        self._held = {}
        self._give()

    def _is_awaited(self, task_id: str, outcome: Outcome) -> bool:
        if isinstance(outcome, Skipped):
            return any(parent in self._held for parent in self.plan[task_id].after)
        return isinstance(outcome, Failed) and isinstance(outcome.error, AnswerPending)

    def _give(self) -> None:
        tasks = self.plan.tasks
        while self._next < len(tasks):
            name = tasks[self._next].id
            if name not in self._there:
                return
            outcome = self._there.pop(name)
            self._next += 1
            self.give(name, outcome)


def journal_name(file: str, digest: str) -> str:
    """The name of the journal that keeps the answers to a file of prompts until all are there.

    It goes by the path, so that the file may grow; what comes from stdin goes by its content.
    """
    name = digest if file == "-" else str(Path(file).resolve())
    return sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:24] + ".jsonl"


class _Reading:
    """The lines of a file so far."""

    def __init__(self, name: str, model: str, max_tokens: int) -> None:
        self.tasks: list[Task] = []
        self.problems: list[str] = []
        self.numbers: set[str] = set()
        self._name = name
        self._model = model
        self._max_tokens = max_tokens
        self._lines: dict[str, int] = {}
        # The same instructions stand in many lines, and take their place once.
        self._systems: dict[str, str] = {}

    def take(self, line: bytes, number: int) -> None:
        """Read a line; raises InputError."""
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise InputError("it is no UTF-8; save the file in that encoding") from None
        text = text.removeprefix(_BOM) if number == 1 else text
        if not text.strip():
            return
        fields = _fields(text)
        own = fields.get("id")
        task_id = str(number) if own is None else _id(own, "id has to be a text or a whole number")
        first = self._lines.setdefault(task_id, number)
        if first != number:
            raise InputError(f"the id {_cut(task_id)!r} is that of line {first} already")
        if isinstance(own, int):
            self.numbers.add(task_id)
        self.tasks.append(self._task(fields, task_id, f"{Path(self._name).name} line {number}"))

    def check(self) -> None:
        """Raise InputError where a line is wrong, names what is not there, or none is there."""
        if not self.problems:
            unknown = [
                f"line {self._lines[task.id]}: after names {_cut(parent)!r}, which is no id"
                for task in self.tasks
                for parent in task.after
                if parent not in self._lines
            ]
            self.problems += unknown
            # Without those that are not there the plan may have a circle, too.
            self.problems += self._circle() if unknown else []
        if self.problems:
            more = len(self.problems) - MOST_PROBLEMS
            told = "; ".join(self.problems[:MOST_PROBLEMS])
            raise InputError(f"{self._name}, {told}{f'; and {more:,} more' if more > 0 else ''}.")
        if not self.tasks:
            example = '{"user": "Hello"}'
            raise InputError(f"{self._name} holds no prompt; give JSON lines such as {example}.")

    def _circle(self) -> list[str]:
        """The circle in which lines wait for each other, passing over what is no id."""
        known = (
            replace(task, after=tuple(one for one in task.after if one in self._lines))
            for task in self.tasks
        )
        try:
            Plan(tuple(known))
        except PlanError as error:
            return [_shortened(str(error)).rstrip(".")]
        return []

    def _task(self, fields: Mapping[str, Any], task_id: str, about: str) -> Task:
        for name in _TEXTS:
            if not isinstance(fields.get(name, ""), str):
                raise InputError(f"{name} has to be a text")
        if not fields.get("user", "").strip():
            raise InputError("user is missing; it is the text of the prompt")
        after = fields.get("after", [])
        if not isinstance(after, list):
            raise InputError("after has to be a list of ids")
        parents = tuple(dict.fromkeys(_id(one, "after has to be a list of ids") for one in after))
        schema = fields.get("schema")
        if schema is not None and not isinstance(schema, dict):
            raise InputError("schema has to be a JSON schema, which is an object")
        tolerant = fields.get("tolerant", False)
        if not isinstance(tolerant, bool):
            raise InputError("tolerant has to be true or false")
        form = form_of(schema) if schema is not None else None
        system = fields.get("system", "")
        prompt = Prompt(
            model=fields.get("model") or self._model,
            system=self._systems.setdefault(system, system),
            user=fields["user"],
            schema=form.model_json_schema() if form is not None else None,
            max_tokens=_whole(fields, "max_tokens", self._max_tokens, 1),
            about=about,
        )
        # Long instructions are kept by the provider: one prompt goes ahead, the others read them.
        family = f"{prompt.model}\n{prompt.system}" if prompt.long_system else ""
        return Task(
            id=task_id,
            prompt=prompt,
            form=form,
            after=parents,
            priority=_whole(fields, "priority", 0),
            tolerant=tolerant,
            family=self._systems.setdefault(family, family),
        )


def _fields(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError("it is no JSON") from None
    if not isinstance(value, dict):
        raise InputError("it is no JSON object")
    unknown = [name for name in value if name not in _KNOWN]
    if unknown:
        known = ", ".join(sorted(_KNOWN))
        raise InputError(f"{_cut(unknown[0])!r} is no field; known are {known}")
    return {name: one for name, one in value.items() if one is not None}


def _refuse(_constant: str) -> NoReturn:
    """NaN and infinities are no JSON."""
    raise ValueError


def _id(value: object, problem: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise InputError(problem)
    return str(value)


def _whole(fields: Mapping[str, Any], name: str, default: int, least: int | None = None) -> int:
    value = fields.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or (least and value < least):
        more = f" of {least} or more" if least else ""
        raise InputError(f"{name} has to be a whole number{more}")
    return value


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - what is readable
