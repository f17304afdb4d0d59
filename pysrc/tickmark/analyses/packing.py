"""Texts packed into few calls: which share one, how they are numbered, which answer is whose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from math import ceil
from typing import Final, Generic, TypeVar

from tickmark.analyses.halves import ROWS, TEXTS
from tickmark.analyses.packed_forms import LostRow, RowsForm
from tickmark.encode.values import quoted
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Task
from tickmark.errors import AnswerUnusable, ModelError, TickmarkError
from tickmark.llm.model import Prompt
from tickmark.llm.tokens import estimate_tokens
from tickmark.templates import template_text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ROWS_A_CALL: Final = 40
"""More rows save little and are mixed up more often."""

TOKENS_A_CALL: Final = 3000
"""Tokens of all texts of a call; a longer text goes alone."""

ANSWER_A_CALL: Final = 8000
"""Tokens that the answers about several texts may need at most; older models give no more."""

LONGEST_ANSWER: Final = 16_000
"""Tokens that the answer about a long text that goes alone may need at most."""

# Number, colon and line break of a text.
_ROW_TOKENS: Final = 4

# What frames the rows of an answer.
_FRAME_TOKENS: Final = 100

# How the texts of states begin, such as `#LLM wait`.
_STATE: Final = "#LLM "

# Control characters but for line breaks, those that turn the direction of writing, half characters.
_CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)

# Raised whenever an answer is read in another way, so that none that was kept is shown any more.
_READING: Final = 1


@dataclass(frozen=True, slots=True)
class PackedTask:
    """What each call says beside its texts, and how long its answer may be.

    `name` is that of the prompt's templates, `heading` the lines before the texts. `row_tokens`
    bounds the answer about one text, `text_share` what it adds for each token of the text.
    """

    name: str
    model: str
    heading: tuple[str, ...]
    schema: Mapping[str, object] = field(hash=False)
    row_tokens: int
    text_share: float = 0.0

    @property
    def heading_tokens(self) -> int:
        """Estimated tokens of the lines that every call repeats."""
        return estimate_tokens("\n".join(self.heading), self.model)


@dataclass(frozen=True, slots=True)
class Matched(Generic[T_co]):
    """Answers by row number; rows without one, with several different ones, and those not asked.

    `answers` holds only rows that were asked and have one answer. All numbers are from 1.
    """

    answers: Mapping[int, T_co]
    missing: tuple[int, ...] = ()
    doubled: tuple[int, ...] = ()
    invented: tuple[int, ...] = ()


def written(text: str) -> str | None:
    """A text that the model wrote, fit for a cell; None for one that poses as a state of ours."""
    plain = _CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()
    return None if plain.upper().startswith(_STATE) else plain


def in_language(language: str) -> tuple[str, ...]:
    """The line of a heading that says in which language to answer, if any was named."""
    return (f"Language of the answers: {quoted(language)}",) if language else ()


def asked_anew(refresh: str) -> tuple[str, ...]:
    """The line of a heading that makes a question another one, so that no kept answer is found."""
    return (f"Asked anew: {quoted(refresh)}",) if refresh else ()


def text_tokens(text: str, model: str) -> int:
    """Estimated tokens of a text as it is sent."""
    return estimate_tokens(quoted(text), model) + _ROW_TOKENS


def task_address(task: PackedTask) -> str:
    """The content address (hex SHA-256) of all that is the same for every text."""
    parts = [_READING, _version(task.name), task.model, task.heading, task.schema]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def text_address(task: str, text: str) -> str:
    """The content address of what is asked about one text, from that of its task."""
    return sha256(f"{task}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def packs(task: PackedTask, texts: Sequence[str]) -> tuple[range, ...]:
    """Positions of the texts that share a call, in order."""
    found: list[range] = []
    start, tokens = 0, 0
    for position, text in enumerate(texts):
        more = text_tokens(text, task.model)
        if position > start and not _has_room(task, position - start + 1, tokens + more):
            found.append(range(start, position))
            start, tokens = position, 0
        tokens += more
    return (*found, range(start, len(texts))) if texts else ()


def plan(task: PackedTask, texts: Sequence[str]) -> Plan:
    """One task without parents for each pack of texts."""
    return Plan(
        [
            Task(
                id=_task_id(pack),
                prompt=_fixed(_prompt(task, texts[pack.start : pack.stop])),
                form=RowsForm,
                split=ROWS,
            )
            for pack in packs(task, texts)
        ]
    )


def conclude(
    outcomes: Mapping[str, Outcome], read: Callable[[Mapping[str, object]], T | None]
) -> dict[int, T | TickmarkError]:
    """What each text got, by position, of the packs among the outcomes of a plan.

    `read` makes an answer of one entry, None where it is none. A text whose row is missing or has
    several different answers gets AnswerUnusable.
    """
    found: dict[int, T | TickmarkError] = {}
    for name, outcome in outcomes.items():
        pack = _pack(name)
        found |= zip(pack, _concluded(outcome, len(pack), read), strict=True)
    return found


def matched(
    entries: Sequence[object], size: int, read: Callable[[Mapping[str, object]], T | None]
) -> Matched[T]:
    """Entries of an answer matched with the rows 1 to `size` by their numbers."""
    answers: dict[int, T] = {}
    doubled: set[int] = set()
    invented: list[int] = []
    for entry in entries:
        number = _number(entry)
        if not isinstance(entry, Mapping) or number is None:
            continue
        if not 1 <= number <= size:
            invented.append(number)
            continue
        answer = read(entry)
        if answer is None:
            continue
        if number in answers and answers[number] != answer:
            doubled.add(number)
        answers[number] = answer
    missing = [number for number in range(1, size + 1) if number not in answers]
    single = {number: answer for number, answer in answers.items() if number not in doubled}
    return Matched(single, tuple(missing), tuple(sorted(doubled)), tuple(invented))


def _concluded(
    outcome: Outcome, size: int, read: Callable[[Mapping[str, object]], T | None]
) -> list[T | TickmarkError]:
    match outcome:
        case Failed():
            return [outcome.error] * size
        case Done(value=RowsForm(rows=rows)):
            found = matched(rows, size, read)
            lost = {one.row: one.error for one in rows if isinstance(one, LostRow)}
            numbers = range(1, size + 1)
            return [lost[one] if one in lost else _answer(found, one) for one in numbers]
        case Done():
            return [AnswerUnusable("The answer had another form than was asked for.")] * size
        case _:
            return [ModelError(outcome.reason)] * size


def _answer(found: Matched[T], number: int) -> T | TickmarkError:
    if number in found.doubled:
        return AnswerUnusable("The model gave several different answers about this text.")
    if number in found.answers:
        return found.answers[number]
    return AnswerUnusable("The model left this text out.")


def _number(entry: object) -> int | None:
    number = entry.get("row") if isinstance(entry, Mapping) else None
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) <= 9:  # noqa: PLR2004 - more are no row
        return int(number)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _prompt(task: PackedTask, texts: Sequence[str]) -> Prompt:
    rows = [f"{number}: {quoted(text)}" for number, text in enumerate(texts, start=1)]
    tokens = sum(text_tokens(text, task.model) for text in texts)
    return Prompt(
        model=task.model,
        system=template_text(f"prompts/{task.name}-system.md"),
        data="\n".join((*task.heading, TEXTS, *rows)),
        user=template_text(f"prompts/{task.name}-user.md").strip(),
        schema=task.schema,
        max_tokens=min(_answer_tokens(task, len(texts), tokens), LONGEST_ANSWER),
        about=f"{len(texts)} texts of cells",
    )


def _has_room(task: PackedTask, rows: int, tokens: int) -> bool:
    """Whether so many texts of so many tokens may share a call."""
    small = rows <= ROWS_A_CALL and tokens <= TOKENS_A_CALL
    return small and _answer_tokens(task, rows, tokens) <= ANSWER_A_CALL


def _answer_tokens(task: PackedTask, rows: int, tokens: int) -> int:
    return _FRAME_TOKENS + rows * task.row_tokens + ceil(task.text_share * tokens)


def _fixed(prompt: Prompt) -> Callable[[Mapping[str, Outcome]], Prompt]:
    return lambda _parents: prompt


def _task_id(pack: range) -> str:
    return f"texts {pack.start + 1} to {pack.stop}"


def _pack(task_id: str) -> range:
    """The positions that a task of ours asks about."""
    _, first, _, last = task_id.split()
    return range(int(first) - 1, int(last))


@cache
def _version(name: str) -> str:
    """SHA-256 of a prompt's templates."""
    parts = [template_text(f"prompts/{name}-{part}.md") for part in ("system", "user")]
    return sha256("\n\n".join(parts).encode()).hexdigest()
