"""What could not be read, told in no more sentences than a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tickmark.read.text_budget import TextBudget

MOST: Final = 20
"""Sentences of one kind; a file can name any number of parts that are not there."""

_LONGEST: Final = 400
"""Characters of a clause, which may hold the name of a part."""


def losses(beginning: str, clauses: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each clause: "A table could not be read: its part is missing."."""
    told = tuple(f"{beginning}: {_cut(clause)}." for clause in clauses[:MOST])
    if len(clauses) > MOST:
        told += (f"{beginning}: {len(clauses) - MOST:,} more.",)
    return told


def cut_texts(texts: TextBudget, what: str) -> tuple[str, ...]:
    """The sentence about texts of `what` that were cut, where any was."""
    return (
        (f"Texts of {what} that were too long and were cut: {texts.cut:,}.",) if texts.cut else ()
    )


def _cut(clause: str) -> str:
    return clause if len(clause) <= _LONGEST else f"{clause[:_LONGEST]}…"
