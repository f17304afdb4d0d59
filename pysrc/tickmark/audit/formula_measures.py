"""How long and how deep a formula is, in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tickmark.structure.expression import Call, Expression, expression, parts, walk
from tickmark.structure.reference import Reference
from tickmark.structure.tokens import TokenKind, tokens


@dataclass(frozen=True, slots=True)
class FormulaMeasures:
    """Sizes of one formula.

    `letters` counts what is written without the texts between quotes, `calls` the functions that
    are called, `depth` how many of them stand in each other, `chain` how many IFs do so directly,
    `sheets` the sheets that it refers to.
    """

    letters: int
    calls: int
    depth: int
    chain: int
    sheets: int


def measures_of(text: str, references: Iterable[Reference]) -> FormulaMeasures:
    """The sizes of a formula (without `=`) with its references; calls of one too deep are 0."""
    letters = sum(len(piece) for kind, piece in tokens(text) if kind is not TokenKind.TEXT)
    sheets = {one.sheet.casefold() for one in references if one.sheet}
    tree = expression(text)
    calls = sum(isinstance(one, Call) for one in walk(tree)) if tree is not None else 0
    depth, chain = _nesting(tree) if tree is not None else (0, 0)
    return FormulaMeasures(letters, calls, depth, chain, len(sheets))


_CONDITION: Final = "IF"


def _nesting(tree: Expression) -> tuple[int, int]:
    """The most calls in each other, and the longest chain of IFs in each other."""
    deepest = longest = 0
    waiting = [(tree, 0, 0)]
    while waiting:
        one, depth, chain = waiting.pop()
        is_call = isinstance(one, Call)
        depth += is_call
        chain = chain + 1 if isinstance(one, Call) and one.function == _CONDITION else 0
        deepest, longest = max(deepest, depth), max(longest, chain)
        waiting.extend((part, depth, chain) for part in parts(one))
    return deepest, longest
