"""A phrase of one or more languages, as a pattern that is quick to rule out."""

from __future__ import annotations

import re
from typing import NamedTuple


class Phrase(NamedTuple):
    """A pattern, and texts of which one stands in everything that it matches."""

    stems: tuple[str, ...]
    pattern: re.Pattern[str]


def words(text: str) -> tuple[str, ...]:
    """The texts that bars part in a text."""
    return tuple(text.split("|"))
