"""What is said about a finding beside the finding itself: cause, effect and fix in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Author(StrEnum):
    """Who wrote an explanation: a language model, or the documentation of the rule."""

    MODEL = "model"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A finding explained; plain text, whatever a model made of it.

    `struck` counts the sentences of a model that named what is not in the evidence: a mark stands
    in their place.
    """

    cause: str
    effect: str
    fix: str
    struck: int = 0
    author: Author = Author.MODEL
