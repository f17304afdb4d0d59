"""Roles of single cells, rows and columns."""

from __future__ import annotations

from tickmark.model.region import Role
from tickmark.structure.regions.kinds import EMPTY, TEXT
from tickmark.structure.regions.prose import is_remark, is_running_text
from tickmark.structure.regions.raster import Raster
from tickmark.structure.regions.tally import LONG, Tally, strings


def role_of_column(raster: Raster, tally: Tally) -> Role:
    """The role of a box with one column of content.

    Running text is NOTES; labels that end with a colon are a form to fill in; three values of a
    kind, or more, are a LIST.
    """
    kinds = tally.kinds[:, 0]
    texts = strings(raster, tally.text_of)
    figures = int(tally.figures.sum())
    if len(texts) >= 2 and len(texts) > figures:
        ending = sum(text.endswith(":") for text in texts)
        if ending >= 2 and ending >= 0.6 * len(texts):
            return Role.KEY_VALUE
        if not figures and _are_sentences(texts):
            return Role.NOTES
    body = kinds[1:] if len(kinds) > 3 else kinds
    shown = body[body != EMPTY]
    if len(shown) >= 3 and (shown == shown[-1]).mean() >= 0.8:
        return Role.LIST
    return Role.CELLS


def _are_sentences(texts: list[str]) -> bool:
    """Whether texts one below the other are notes: remarks, or lines of a paragraph."""
    running = sum(map(is_running_text, texts))
    if is_remark(texts[0]) or running >= 0.5 * len(texts):
        return True
    long = sum(len(text) >= LONG for text in texts)
    broken = len(texts) >= 4 or running > 0 or any(text.endswith(".") for text in texts)
    return broken and long >= 0.5 * len(texts)


def role_of_row(raster: Raster, tally: Tally) -> Role:
    """The role of a box with one row of content: a label with its value, a list, or cells."""
    kinds = tally.kinds[0]
    texts = strings(raster, tally.text_of)
    if len(kinds) == 1:
        return Role.NOTES if texts and is_running_text(texts[0]) else Role.CELLS
    if kinds[0] == TEXT and (kinds == TEXT).sum() == 1 and len(kinds) == 2:
        return Role.KEY_VALUE
    if _are_pairs(texts, kinds.tolist()):
        return Role.KEY_VALUE
    if texts and len(texts) == len(kinds) and len(kinds) == 2 and is_running_text(texts[0]):
        return Role.NOTES
    if len(kinds) >= 3 and (kinds == kinds[0]).all():
        return Role.LIST
    return Role.CELLS


def _are_pairs(texts: list[str], kinds: list[int]) -> bool:
    """Whether labels and values stand in turn, the labels with a colon where a value is a text."""
    if len(kinds) % 2 or any(kind != TEXT for kind in kinds[::2]):
        return False
    if all(kind not in {TEXT, EMPTY} for kind in kinds[1::2]):
        return True
    return len(texts) == len(kinds) and all(text.endswith((":", "=")) for text in texts[::2])
