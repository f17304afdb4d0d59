"""Texts of cells as messages quote them: on one line, short, without control characters."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 40


def quoted(text: str, *, most: int = LONGEST) -> str:
    """A text between double quotes, cut to so many letters; blanks inside stay as they are."""
    return f'"{shortened(text, most=most)}"'


def shortened(text: str, *, most: int = LONGEST) -> str:
    """A text or formula without quotes, cut to so many letters."""
    shown = "".join([letter if letter.isprintable() else " " for letter in text[: most + 1]])
    return f"{shown[:most]}…" if len(shown) > most else shown
