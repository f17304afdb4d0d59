"""Diagrams (SmartArt): the words in their data."""

from __future__ import annotations

from tickmark.read.drawing_markup import walk_drawing
from tickmark.read.markup import Attributes
from tickmark.read.package import Package
from tickmark.read.text_pieces import TextPieces


def read_diagram(package: Package, part: str) -> str:
    """The paragraphs of a diagram that are not empty, in lines. Raises PartUnreadable."""
    longest = package.limits.string_length
    paragraphs = TextPieces(longest)
    words = TextPieces(longest)
    inside = False

    def opened(path: tuple[str, ...], _attributes: Attributes) -> None:
        nonlocal inside
        inside = path[-1] == "a:t"

    def closed(path: tuple[str, ...]) -> None:
        nonlocal inside
        inside = False
        if path[-1] == "a:p":
            paragraph = words.take()
            if paragraph:
                paragraphs.add(f"{paragraph}\n")

    def text(piece: str) -> None:
        if inside:
            words.add(piece)

    walk_drawing(package, part, opened, closed, text)
    return paragraphs.take().strip("\n")
