"""A desk on a bench: small bodies, a scripted model, short waits, nothing faked inside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tickmark.analyses.saved import Saved
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.errors import ArgumentPending, ArgumentRefused, SettingError, TickmarkError
from tickmark.hosts.functions.call import Argument, Call, Caller, Table
from tickmark.hosts.functions.control import Control
from tickmark.hosts.functions.desk import Desk
from tickmark.hosts.functions.failures import Failures
from tickmark.hosts.functions.kept import Kept
from tickmark.hosts.functions.key_search import KeySearch
from tickmark.hosts.functions.question import Answer, Body, Item, Question
from tickmark.hosts.functions.steward import Pace
from tickmark.llm.cached import CachedModel
from tickmark.llm.ledger import DailyBudget, Ledger
from tickmark.llm.metered import MeteredModel
from tickmark.llm.model import LanguageModel, Prompt, Reply
from tickmark.llm.scripted import ScriptedModel
from tickmark.llm.store import ReplyStore
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.model.usage import Usage
from tickmark.settings import Key, Settings
from tickmark.wiring import CellModels

BOOK = "C:\\budget.xlsx"
MODEL = "claude-haiku-5-5"
KEY = Key("sk-secret", "keychain")
QUICK = Pace(quiet=0.03, longest=0.3, tell=0.01, look=60.0)
MAX_TOKENS = 100
A_PACK = 4

Value = float | str | bool | None


def dollars(_: str, usage: Usage) -> float:
    """A hundredth of a dollar a call with an answer of 100 tokens."""
    return usage.output_tokens / 10_000


def cell(row: int, column: int = 1, *, sheet: str = "Data", book: str = BOOK) -> Caller:
    return Caller(book, sheet, row, column)


def content(*texts: str | None, top: int = 1, column: int = 1, sheet: str = "Data") -> RangeContent:
    """A column of texts as a range."""
    area = RangeRef(sheet, top, column, top + len(texts) - 1, column)
    return RangeContent(tuple((text,) for text in texts), area, BOOK)


def item(text: str, *more: str) -> Item:
    return Item(tuple(sha256(one.encode()).hexdigest() for one in (text, *more)), text)


def _prompt(text: str) -> Prompt:
    return Prompt(MODEL, "Constant.", "Answer.", data=text, max_tokens=MAX_TOKENS)


def _task(name: str, text: str) -> Task:
    return Task(name, lambda _: _prompt(text))


def single(text: str, *, max_cost: float | None = None, free: bool = False) -> Question:
    """A question of one item, answered by the text of the model."""

    def plan(items: Sequence[Item], _: Saved | None) -> Plan:
        return Plan([_task(str(at), str(one.content)) for at, one in enumerate(items)])

    def conclude(
        items: Sequence[Item], _: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        if free:
            return {at: {"text": f"counted {one.content}"} for at, one in enumerate(items)}
        return {
            int(name): outcome.error if isinstance(outcome, Failed) else {"text": outcome.value}
            for name, outcome in outcomes.items()
            if not isinstance(outcome, Skipped)
        }

    def present(answers: Sequence[Answer]) -> Table:
        return ((str(answers[0]["text"]),),)

    return Question(
        "ASK" if not free else "FREE",
        "one",
        (item(text),),
        plan,
        conclude,
        present,
        free=free,
        max_cost=max_cost,
    )


def packed(texts: Sequence[str]) -> Question:
    """A question of many items, four to a call; the model answers lines of `text=answer`."""

    def packs(items: Sequence[Item]) -> list[list[int]]:
        return [
            list(range(at, min(at + A_PACK, len(items)))) for at in range(0, len(items), A_PACK)
        ]

    def plan(items: Sequence[Item], _: Saved | None) -> Plan:
        return Plan(
            [
                _task(str(number), "\n".join(str(items[at].content) for at in pack))
                for number, pack in enumerate(packs(items))
            ]
        )

    def conclude(
        items: Sequence[Item], _: Saved | None, outcomes: Mapping[str, Outcome]
    ) -> Mapping[int, Answer | TickmarkError]:
        found: dict[int, Answer | TickmarkError] = {}
        for number, pack in enumerate(packs(items)):
            outcome = outcomes.get(str(number))
            if isinstance(outcome, Failed):
                found |= dict.fromkeys(pack, outcome.error)
            elif isinstance(outcome, Done):
                lines = dict(line.split("=", 1) for line in str(outcome.value).splitlines())
                for at in pack:
                    if items[at].content in lines:
                        found[at] = {"text": lines[str(items[at].content)]}
        return found

    def present(answers: Sequence[Answer]) -> Table:
        return tuple((str(answer["text"]),) for answer in answers)

    return Question("PACK", "many", tuple(item(text) for text in texts), plan, conclude, present)


def _text(argument: Argument) -> str:
    if argument == "#LLM wait":
        raise ArgumentPending("the argument waits itself")
    if not isinstance(argument, str) or not argument:
        raise ArgumentRefused("text is empty")
    return argument


def _ask(call: Call, _: Settings) -> Table | Question:
    bound = call.argument(1)
    return single(_text(call.argument(0)), max_cost=bound if isinstance(bound, float) else None)


def _free(call: Call, _: Settings) -> Table | Question:
    return single(_text(call.argument(0)), free=True)


def _pack(call: Call, _: Settings) -> Table | Question:
    argument = call.argument(0)
    if not isinstance(argument, RangeContent):
        raise ArgumentRefused("texts is no range")
    return packed([str(row[0]) for row in argument.values])


def _seen(call: Call, _: Settings) -> Table | Question:
    argument = call.argument(0)
    if not isinstance(argument, RangeContent):
        raise ArgumentRefused("what is seen is no range")
    return single(str(tuple(row[0] for row in argument.values)))


def _bug(call: Call, _: Settings) -> Table | Question:
    raise LookupError(f"a secret of the cell: {call.argument(0)}")


def _now(call: Call, _: Settings) -> Table | Question:
    return (("at once", call.argument(0) is None),)


BODIES: Mapping[str, Body] = {
    "ASK": _ask,
    "FREE": _free,
    "PACK": _pack,
    "SEEN": _seen,
    "BUG": _bug,
    "NOW": _now,
}


def answering(prompt: Prompt) -> Reply:
    """`text=answer to text` a line for many, else `answer to text`; half of what is set aside."""
    lines = prompt.data.splitlines()
    text = (
        f"answer to {prompt.data}"
        if len(lines) == 1 and not prompt.data.startswith("row")
        else "\n".join(f"{line}=answer to {line}" for line in lines)
    )
    return Reply(text, Usage(1, 10, MAX_TOKENS // 2))


class Bench:
    """Desks over one folder; what they told is in `told`, cell by cell."""

    def __init__(
        self,
        folder: Path,
        model: Callable[[Prompt], str | Reply] = answering,
        *,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        key: Key | None = KEY,
    ) -> None:
        self.folder = folder
        self.model = ScriptedModel(model)
        self.settings = settings
        self.key = key
        self.settings_error: SettingError | None = None
        self.listener_error: Exception | None = None
        self.keys_sought = 0
        self.opened = 0
        self.clock = 0.0
        self.control = Control(folder / "wishes")
        self.told: list[Caller] = []
        self.batches: list[list[Caller]] = []
        self.told_any = threading.Event()
        self.saved: Callable[[str], Saved | None] = lambda _: None
        self._desks: list[Desk] = []

    @property
    def sent(self) -> list[str]:
        """The data of all prompts so far."""
        return [prompt.data for prompt in self.model.prompts]

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "spending.sqlite")

    def desk(self, pace: Pace = QUICK, bodies: Mapping[str, Body] = BODIES) -> Desk:
        """A new desk, as that of a new process: nothing but files are shared."""
        path = self.folder / "replies.sqlite"
        desk = Desk(
            settings=self._settings_now,
            bodies=bodies,
            kept=Kept(ReplyStore(path), ReplyStore(path)),
            open_model=self._open,
            keys=KeySearch(self._find_key, clock=lambda: self.clock),
            price=lambda _: dollars,
            ledger=self.ledger,
            control=self.control,
            saved=self._saved,
            changed=self._changed,
            failures=Failures(clock=lambda: self.clock),
            pace=pace,
        )
        self._desks.append(desk)
        return desk

    def close(self) -> None:
        for desk in self._desks:
            desk.close()

    def _settings_now(self) -> Settings:
        if self.settings_error is not None:
            raise self.settings_error
        return self.settings

    def _saved(self, path: str) -> Saved | None:
        return self.saved(path)

    def _find_key(self) -> Key | None:
        self.keys_sought += 1
        return self.key

    def _changed(self, callers: Sequence[Caller]) -> None:
        self.batches.append(list(callers))
        self.told.extend(callers)
        self.told_any.set()
        if self.listener_error is not None:
            raise self.listener_error

    @contextmanager
    def _open(
        self, settings: Settings, key: Key | None, stop: threading.Event
    ) -> Iterator[CellModels]:
        assert key == self.key
        self.opened += 1
        store = ReplyStore(self.folder / "replies.sqlite")
        ledger = self.ledger
        metered: LanguageModel = MeteredModel(
            self.model, DailyBudget(ledger, settings.daily_cost, stop=stop), price=dollars
        )
        yield CellModels(CachedModel(metered, store), CachedModel(metered, store, fresh=True))
        store.close()
        ledger.close()


def ask(desk: Desk, text: Argument, row: int = 1, *more: Argument) -> Value:
    """The value of a cell with ASK."""
    return value(desk, "ASK", (text, *more), row)


def value(desk: Desk, function: str, arguments: tuple[Argument, ...], row: int = 1) -> Value:
    table = desk.answer(Call(function, arguments, cell(row, 9)))
    assert len(table) == 1
    assert len(table[0]) == 1
    return table[0][0]


def settled(desk: Desk) -> None:
    """Wait until nothing is under way."""
    assert desk.idle(20)
