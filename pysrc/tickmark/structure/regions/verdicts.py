"""Roles of boxes by what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.model.region import Role
from tickmark.structure.regions.draft import Draft, Origin
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.key_values import is_key_value, names_columns
from tickmark.structure.regions.lines import role_of_column, role_of_row
from tickmark.structure.regions.prose import is_remark, is_running_text
from tickmark.structure.regions.raster import Raster
from tickmark.structure.regions.tables import Likeness, is_marked, likeness_of
from tickmark.structure.regions.tally import LONG, Tally, strings


@dataclass(frozen=True, slots=True)
class Verdict:
    """A role, why, and for tables how much the box looks like one."""

    role: Role
    cue: str
    likeness: Likeness | None = None


_CELL: Final = Verdict(Role.CELLS, "it stands alone")
_TEXT: Final = Verdict(Role.NOTES, "it is running text")


def verdict_of_text(texts: Sequence[str]) -> Verdict:
    """The role of a single cell with one text or none."""
    return _TEXT if texts and is_running_text(texts[0]) else _CELL


def verdict_of(raster: Raster, draft: Draft, tally: Tally, header: Header) -> Verdict:
    """The role of a draft on its own; which cells are titles is seen from what stands near."""
    if draft.table is not None:
        return Verdict(Role.TABLE, f"ListObject {draft.table.name} was drawn by the author")
    if draft.origin is Origin.PIVOT:
        return Verdict(Role.TABLE, "a pivot table was placed here")
    if draft.origin is Origin.PROSE:
        return Verdict(Role.NOTES, "merged cells hold running text")
    return _of_texts(raster, draft, tally) or _of_lines(raster, tally, header)


def _of_texts(raster: Raster, draft: Draft, tally: Tally) -> Verdict | None:
    """The role of texts that were trimmed from a table."""
    if draft.origin is Origin.CUT or not tally.texts.any() or tally.figures.any():
        return None
    if draft.origin is Origin.BELOW:
        return Verdict(Role.NOTES, "texts stand below a table")
    texts = strings(raster, tally.text_of)
    if is_remark(texts[0]) or all(map(is_running_text, texts)):
        return Verdict(Role.NOTES, "running text stands above a table")
    return Verdict(Role.TITLE, "texts stand above a table")


def _of_lines(raster: Raster, tally: Tally, header: Header) -> Verdict:
    if not tally.down:
        return Verdict(Role.CELLS, "nothing in it can be seen")
    if tally.across == tally.down == 1:
        return verdict_of_text(strings(raster, tally.text_of))
    if tally.across == 1:
        return Verdict(role_of_column(raster, tally), "its cells stand in one column")
    if tally.down == 1:
        return Verdict(role_of_row(raster, tally), "its cells stand in one row")
    return _of_block(raster, tally, header)


def _of_block(raster: Raster, tally: Tally, header: Header) -> Verdict:
    marked = is_marked(raster, tally)
    named = names_columns(raster, tally)
    if is_key_value(raster, tally, marked=marked, named=named):
        return Verdict(Role.KEY_VALUE, "labels have a value beside each")
    likeness = likeness_of(raster, tally, header, marked=marked, named=named)
    if _is_prose(raster, tally, likeness):
        return Verdict(Role.NOTES, "it holds running text")
    if likeness.is_table:
        return Verdict(Role.TABLE, likeness.cue, likeness)
    return Verdict(Role.CELLS, "nothing makes a table of it")


def _is_prose(raster: Raster, tally: Tally, likeness: Likeness) -> bool:
    """Whether most texts are sentences, numbered or not, and no columns with headings hold them."""
    figures = int(tally.figures[:, 1:].sum())
    if figures > 0.1 * tally.texts.sum() or likeness.marked:
        return False
    texts = strings(raster, tally.text_of)
    long = sum(is_running_text(text) or len(text) >= LONG for text in texts)
    columns = tally.content.sum() / tally.down
    return long >= 0.5 * len(texts) and (tally.across <= 2 or columns < 1.5)
