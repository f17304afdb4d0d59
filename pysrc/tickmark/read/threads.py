"""Threaded comment parts: conversations about the cells of a sheet, and who took part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tickmark.model.address import CellRef
from tickmark.model.annotation import Comment, Reply
from tickmark.read.addresses import range_or_none
from tickmark.read.losses import losses
from tickmark.read.markup import Attributes, true, walk
from tickmark.read.package import PartUnreadable, once
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces
from tickmark.read.texts import unescape

_VOCABULARY = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_ROOT = f"{_VOCABULARY}ThreadedComments"
_MESSAGE = [_ROOT, f"{_VOCABULARY}threadedComment"]
_TEXT = [*_MESSAGE, f"{_VOCABULARY}text"]
_PERSON = [f"{_VOCABULARY}personList", f"{_VOCABULARY}person"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a thread; `parent` is empty for the first, `cell` None where it names none."""

    key: str
    parent: str
    person: str
    cell: CellRef | None
    time: str
    resolved: bool
    text: str


@dataclass(slots=True, eq=False)
class Threads:
    """The messages found so far, and the part that is being read.

    Room is there for `most`; `left_out` counts those for which there was none, `bad` those of
    threads whose address is none.
    """

    sheet: str
    most: int
    texts: TextBudget
    messages: list[Message] = field(default_factory=list)
    bad: int = 0
    left_out: int = 0
    part: str = ""
    path: list[str] = field(default_factory=list)
    pieces: TextPieces = field(init=False)
    message: Attributes = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pieces = TextPieces(self.texts.longest)

    def read(self, source: SheetSource) -> tuple[str, ...]:
        """Read all threaded comment parts of a sheet; sentences about unreadable ones."""
        clauses: list[str] = []
        for part in source.parts("threadedComment"):
            self.part = part
            self.path.clear()
            try:
                walk(source.package, part, self._start, self._end, self._text)
            except PartUnreadable as error:
                clauses.append(str(error))
        return losses("Comment threads are missing from the sheet", clauses)

    def found(self, persons: Mapping[str, str]) -> list[tuple[str, Comment]]:
        """The threads with the ids of their first messages, in the order of the file."""
        replies: dict[int, list[int]] = {}
        for at, root in enumerate(_roots(self.messages)):
            replies.setdefault(root, [])
            if at != root:
                replies[root].append(at)
        self.bad = 0
        threads: list[tuple[str, Comment]] = []
        for root in sorted(replies):
            first = self.messages[root]
            if first.cell is None:
                self.bad += 1 + len(replies[root])
                continue
            comment = Comment(
                cell=first.cell,
                author=persons.get(first.person, ""),
                text=first.text,
                threaded=True,
                time=first.time,
                resolved=first.resolved,
                replies=tuple(_reply(self.messages[at], persons) for at in replies[root]),
            )
            threads.append((first.key, comment))
        return threads

    def _start(self, name: str, attributes: Attributes) -> None:
        if not self.path and name != _ROOT:
            raise PartUnreadable(f"its part {self.part} is not that of comment threads")
        self.path.append(name)
        if self.path == _MESSAGE:
            self.pieces.take()
            self.message = attributes

    def _text(self, piece: str) -> None:
        if self.path == _TEXT:
            self.pieces.add(piece)

    def _end(self, _name: str) -> None:
        if self.path == _MESSAGE:
            self._add(self.pieces.take())
        self.path.pop()

    def _add(self, text: str) -> None:
        if len(self.messages) >= self.most:
            self.left_out += 1
            return
        get = self.message.get
        area = range_or_none(get("ref"), self.sheet)
        self.messages.append(
            Message(
                key=guid(get("id")),
                parent=guid(get("parentId")),
                person=guid(get("personId")),
                cell=None if area is None else CellRef(self.sheet, area.top, area.left),
                time=self.texts.text(get("dT")),
                resolved=true(get("done")),
                text=self.texts.text(text),
            )
        )


def guid(text: str | None) -> str:
    """An id such as `{54EE7950-…}` in the form in which ids are compared."""
    return (text or "").strip().lower()[:100]


def read_persons(source: SheetSource) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The names of those who write in threads by their ids, and sentences about what is lost."""
    return once(source.package, "persons", lambda: _persons(source))


def _persons(source: SheetSource) -> tuple[Mapping[str, str], tuple[str, ...]]:
    limits = source.package.limits
    names: dict[str, str] = {}
    clauses: list[str] = []
    path: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        path.append(name)
        if path == _PERSON and len(names) < limits.ranges:
            called = unescape(attributes.get("displayName", "")[: limits.string_length])
            names.setdefault(guid(attributes.get("id")), called)

    def end(_name: str) -> None:
        path.pop()

    try:
        for part in source.book_parts("person"):
            path.clear()
            walk(source.package, part, start, end)
    except PartUnreadable as error:
        clauses.append(str(error))
    return names, losses("Authors of comment threads are missing", clauses)


def _reply(message: Message, persons: Mapping[str, str]) -> Reply:
    return Reply(persons.get(message.person, ""), message.text, message.time)


def _roots(messages: Sequence[Message]) -> list[int]:
    """For each message the place of the first one of its thread.

    Whoever answers nothing that is there, or closes a circle, begins a thread.
    """
    places: dict[str, int] = {}
    for at, message in enumerate(messages):
        places.setdefault(message.key, at)
    roots: dict[int, int] = {}
    for start in range(len(messages)):
        trail: dict[int, None] = {}
        at = start
        while at not in roots:
            trail[at] = None
            parent = messages[at].parent
            above = places.get(parent, at) if parent else at
            if above in trail:
                roots[at] = at
            else:
                at = above
        for one in trail:
            roots[one] = roots[at]
    return [roots[at] for at in range(len(messages))]
