"""Comments parts: the notes on the cells of a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import CellRef
from tickmark.model.annotation import Comment
from tickmark.read.addresses import range_or_none
from tickmark.read.losses import losses
from tickmark.read.markup import Attributes, number, walk
from tickmark.read.package import PartUnreadable
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces

_AUTHOR = ["comments", "authors", "author"]
_COMMENT = ["comments", "commentList", "comment"]
_TEXT = [*_COMMENT, "text"]
_RUN = [*_TEXT, "r"]


@dataclass(slots=True, eq=False)
class Notes:
    """The notes found so far, and the part that is being read.

    Room is there for `most`. `bad` counts those whose address is none, `left_out` those for which
    there was no room.
    """

    sheet: str
    most: int
    texts: TextBudget
    found: list[Comment] = field(default_factory=list)
    bad: int = 0
    left_out: int = 0
    part: str = ""
    path: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    pieces: TextPieces = field(init=False)
    comment: Attributes = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pieces = TextPieces(self.texts.longest)

    def read(self, source: SheetSource) -> tuple[str, ...]:
        """Read all comments parts of a sheet; sentences about those that could not be read."""
        clauses: list[str] = []
        for part in source.parts("comments"):
            self.part = part
            self.path.clear()
            self.authors.clear()
            try:
                walk(source.package, part, self._start, self._end, self._text)
            except PartUnreadable as error:
                clauses.append(str(error))
        return losses("Comments are missing from the sheet", clauses)

    def _start(self, name: str, attributes: Attributes) -> None:
        if not self.path and name != "comments":
            raise PartUnreadable(f"its part {self.part} is not that of comments")
        self.path.append(name)
        if self.path in (_AUTHOR, _COMMENT):
            self.pieces.take()
            self.comment = attributes

    def _text(self, piece: str) -> None:
        path = self.path
        if path == _AUTHOR or (path[-1] == "t" and path[:-1] in (_TEXT, _RUN)):
            self.pieces.add(piece)

    def _end(self, _name: str) -> None:
        if self.path == _AUTHOR and len(self.authors) < self.most:
            self.authors.append(self.texts.text(self.pieces.take()))
        elif self.path == _COMMENT:
            self._add(self.pieces.take())
        self.path.pop()

    def _add(self, text: str) -> None:
        area = range_or_none(self.comment.get("ref"), self.sheet)
        author = number(self.comment.get("authorId"), -1)
        if area is None:
            self.bad += 1
        elif len(self.found) >= self.most:
            self.left_out += 1
        else:
            self.found.append(
                Comment(
                    cell=CellRef(self.sheet, area.top, area.left),
                    author=self.authors[author] if 0 <= author < len(self.authors) else "",
                    text=self.texts.text(text),
                )
            )
