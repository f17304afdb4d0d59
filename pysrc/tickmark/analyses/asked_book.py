"""One question about a workbook, or a range of it, answered with look-ups and checked citations."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tickmark.analyses.cited_values import CheckedCitation, check_values, unbacked_number
from tickmark.analyses.forms import BookAnswerForm
from tickmark.analyses.look_up import TOOLS, LookUps
from tickmark.analyses.look_ups.shown_book import ShownBook, Told
from tickmark.encode.book import encode_book
from tickmark.encode.excerpt import excerpt
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import sources_of
from tickmark.errors import InputError
from tickmark.llm.answers import ask, schema_of
from tickmark.llm.model import LanguageModel, Prompt, Reply
from tickmark.llm.reading import LookedUp, ReadingBounds, ReadingModel
from tickmark.model.address import RangeRef
from tickmark.model.usage import Usage
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.templates import constant_text, render_text

ROUNDS: Final = 6
CALLS_A_ROUND: Final = 4
ANSWER_TOKENS: Final = 3000
LONGEST_QUESTION: Final = 8000
NOT_FOUND: Final = "The cells do not hold the answer."

_CONTROL: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+"
)


@dataclass(frozen=True, slots=True)
class BookQuestion:
    """What is asked; `cells` names a range to which the question is bound, "" for the workbook.

    `rounds` are those of look-ups; 0 gives the model none.
    """

    question: str
    model: str
    cells: str = ""
    language: str = ""
    rounds: int = ROUNDS


@dataclass(frozen=True, eq=False)
class AskedBook:
    """A workbook made ready for one question: its text, and what can be looked up in it."""

    request: BookQuestion
    book: ShownBook = field(repr=False)
    told: Told = field(repr=False)
    area: RangeRef | None = None

    @property
    def prompt(self) -> Prompt:
        """The first prompt; each round of look-ups adds a turn to it."""
        request = self.request
        return Prompt(
            model=request.model,
            system=constant_text("prompts/book-system.md.j2"),
            data=self.told.text,
            user=render_text(
                "prompts/book-user.md.j2",
                area=self.area.a1 if self.area is not None else "",
                question=request.question.strip()[:LONGEST_QUESTION],
                language=" ".join(request.language.split()),
            ).strip(),
            schema=schema_of(BookAnswerForm),
            max_tokens=ANSWER_TOKENS,
            tools=TOOLS if request.rounds else (),
            shared=request.rounds > 0,
            about=f"{self.book.formulas.workbook.path} {self.area or ''}".strip(),
        )

    @property
    def bounds(self) -> ReadingBounds:
        """How much may be looked up."""
        rounds = self.request.rounds
        return ReadingBounds(rounds=rounds, calls=rounds * CALLS_A_ROUND)


@dataclass(frozen=True, slots=True)
class MadeLookUp:
    """A look-up that a model made: `cells` are those that it was told about by it."""

    looked_up: LookedUp
    cells: int = 0


@dataclass(frozen=True, slots=True)
class BookAnswer:
    """An answer, with each cited cell checked and each look-up named.

    `found` tells whether the cells held an answer. `notes` are sentences on what a reader should
    know of it.
    """

    question: str
    answer: str
    found: bool = True
    citations: tuple[CheckedCitation, ...] = ()
    look_ups: tuple[MadeLookUp, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)


def asked_book(
    workbook: Workbook, request: BookQuestion, *, budget: int, tokens: Callable[[str], int]
) -> AskedBook:
    """A workbook ready for a question; `budget` bounds its text as counted by `tokens`.

    What the question names is told first; nothing of hidden cells is. Raises InputError for an
    empty question, for a range that is none or hidden, and where there is nothing to show.
    """
    if not request.question.strip():
        raise InputError("The question is empty; ask something about the workbook.")
    formulas = formulas_of(workbook)
    book = ShownBook(formulas, sources_of(formulas), tokens)
    if request.cells:
        areas = book.areas(request.cells)
        if len(areas) > 1:
            raise InputError(f"{request.cells!r} names {len(areas)} ranges; name one.")
        told = _range_told(book, areas[0], request.question, budget)
        return AskedBook(request, book, told, areas[0])
    seen = [one for one in book.sheets.values() if bool(np.any(one.visible))]
    order = {name.casefold(): at for at, name in enumerate(book.names)}
    seen.sort(key=lambda one: order[one.sheet.name.casefold()])
    if not seen:
        raise InputError(f"{workbook.path} has no cells that can be shown.")
    made = encode_book(seen, tokens=tokens, budget=budget, question=request.question)
    shown = tuple(
        (name, one.shown()) for name, one in zip(made.names, made.sheets, strict=True) if one.text
    )
    return AskedBook(request, book, Told(made.text, shown))


def _range_told(book: ShownBook, area: RangeRef, question: str, budget: int) -> Told:
    source = book.source(area.sheet)
    made = encode_sheet(excerpt(source, area), tokens=book.tokens, budget=budget, question=question)
    if not made.cells:
        raise InputError(f"{area} has no cells that can be shown.")
    more = f"# only {area.a1} is asked about; the workbook holds more"
    first, _, rest = made.text.partition("\n")
    text = "\n".join(filter(None, (first, more, rest)))
    return Told(text, ((source.sheet.name, made.shown()),))


def answer(
    asked: AskedBook,
    model: LanguageModel,
    *,
    watch: Callable[[LookedUp], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> BookAnswer:
    """Ask a model, let it look things up, and check what it cites.

    `watch` sees each look-up, `say` takes sentences on faults. Raises the ModelError family and
    BudgetExceeded, with what all rounds cost.
    """
    look_ups = LookUps(asked.book)
    reading = _Recorded(model, look_ups, asked.bounds, watch, say)
    form, reply = ask(reading, asked.prompt, BookAnswerForm)
    return conclude(asked, form, look_ups, reading.made, reply.usage)


@dataclass(slots=True)
class _Recorded:
    """A reading model that keeps the look-ups of its last prompt.

    After an answer of another form the model is asked anew, and knows nothing of the first time.
    """

    model: LanguageModel
    look_ups: LookUps
    bounds: ReadingBounds
    watch: Callable[[LookedUp], None] | None
    say: Callable[[str], None] | None
    made: list[LookedUp] = field(default_factory=list)

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt."""
        self.made.clear()
        functions = self.look_ups.functions
        reading = ReadingModel(
            self.model, functions, bounds=self.bounds, watch=self._note, say=self.say
        )
        return reading.complete(prompt)

    def _note(self, one: LookedUp) -> None:
        self.made.append(one)
        if self.watch is not None:
            self.watch(one)


def conclude(
    asked: AskedBook,
    form: BookAnswerForm,
    look_ups: LookUps,
    made: Sequence[LookedUp],
    usage: Usage,
) -> BookAnswer:
    """What a model answered, checked against the workbook and what it was shown of it."""
    text = _CONTROL.sub(" ", form.answer).strip()
    found = form.found and bool(text)
    citations = check_values(
        asked.book,
        (*asked.told.shown, *look_ups.shown(made)),
        text,
        [(one.cells, one.value) for one in form.citations],
        sheet=asked.area.sheet if asked.area is not None else "",
    )
    notes = []
    if found and not citations:
        notes.append("The answer cites no cell.")
    number = unbacked_number(asked.book, asked.request.question, text, citations) if found else ""
    if number:
        notes.append(f"{number} stands in none of the cited cells; it may be computed.")
    if asked.book.hidden_cells:
        count = asked.book.hidden_cells
        cells = "1 hidden cell was" if count == 1 else f"{count:,} hidden cells were"
        notes.append(f"{cells} not shown to the model.")
    return BookAnswer(
        question=asked.request.question,
        answer=text or NOT_FOUND,
        found=found,
        citations=citations,
        look_ups=tuple(
            MadeLookUp(one, look_ups.told(one.call).cells if one.done else 0) for one in made
        ),
        notes=tuple(notes),
        usage=usage,
    )
