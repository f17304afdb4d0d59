"""One text of a part, gathered from its pieces."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class TextPieces:
    """The pieces of a text; behind `longest` characters no further piece is kept.

    What `take` gives is longer than `longest` where the text is.
    """

    longest: int
    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        """One more piece."""
        if self.length <= self.longest:
            self.pieces.append(piece)
            self.length += len(piece)

    def take(self) -> str:
        """The text so far; the next one begins."""
        text = "".join(self.pieces)
        self.pieces.clear()
        self.length = 0
        return text
