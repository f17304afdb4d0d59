"""Whole rows of a sheet part from bytes to columns, without a parser.

A fraction of the cost of the expat pass. A block of rows in which anything is not in the usual form
raises Unusual before anything of it is kept; the expat pass then reads it, so that both ways give
the same cells.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import cell_address
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.read.cell_tags import TYPES, CellTags, cell_tags
from tickmark.read.cells import CellColumns
from tickmark.read.layout import Layout
from tickmark.read.markup import Attributes, number
from tickmark.read.spans import Spans, cut, decoded, entities, numbers, texts
from tickmark.read.tags import Places, Tag, Tags, Unusual, tags_of

Values = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64], "Spans"]

_ATTRIBUTES: Final = rb'((?: [A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?="[^"<&\t\n]*")*) ?/?'
_TAG: Final = re.compile(rb"<(?:row|f)" + _ATTRIBUTES, re.ASCII)
_ATTRIBUTE: Final = re.compile(rb' ([^ =]+)="([^"]*)"')
_TEXT_TAGS: Final = frozenset({b"<t", b'<t xml:space="preserve"'})
_TELLING: Final = frozenset({"hidden", "outlineLevel"})

_SHARED: Final = TYPES.index("s")
_INLINE: Final = TYPES.index("inlineStr")
_SPELT: Final = np.array([one in {"str", "inlineStr", "e"} for one in TYPES])
_NAMED: Final = {"s": CellKind.TEXT, "b": CellKind.BOOL, "e": CellKind.ERROR}
_KINDS: Final = np.array(
    [
        CellKind.TEXT if one in {"str", "inlineStr"} else _NAMED.get(one or "", CellKind.NUMBER)
        for one in TYPES
    ],
    np.uint8,
)


@dataclass(slots=True, eq=False)
class RowScan:
    """Reads blocks of rows into the columns and the layout of a sheet.

    `row_tags` tells of row tags without their values whether they say more than the row's number;
    `formula_tags` are the attributes of formula tags, `members` the numbers of the shared formulas
    that tags without text stand for, `texts` the indexes of texts by their bytes.
    """

    cells: CellColumns
    layout: Layout
    row_tags: dict[tuple[bytes, ...], bool] = field(default_factory=dict)
    formula_tags: dict[bytes, Attributes] = field(default_factory=dict)
    members: dict[bytes, int] = field(default_factory=dict)
    texts: dict[bytes, int] = field(default_factory=dict)

    def add(self, block: bytes, most: int) -> None:
        """Add the cells of whole rows, of which there are at most so many.

        Raises Unusual, and has then added nothing.
        """
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        tags = tags_of(block)
        letters = entities(block)
        is_cell = (tags.kinds == Tag.CELL) | (tags.kinds == Tag.CELL_EMPTY)
        places = np.flatnonzero(is_cell)
        if len(places) > most:
            raise Unusual
        cell_of = np.cumsum(is_cell) - 1
        empty = tags.kinds[places] == Tag.CELL_EMPTY
        found = cell_tags(tags.data, tags.opens[places] + 2, tags.closes[places] - empty)
        styles = self._styles(found)
        rows, last = self._rows(tags)
        formulas = self._formulas(tags, cell_of)
        heads, special = self._special(tags, cell_of)
        kinds, values, spelt = self._values(tags, cell_of, found)
        # Up to here nothing was kept; from here on nothing is unusual.
        for attributes in rows:
            self.layout.start_row(attributes)
        self.layout.row = last
        values[spelt.cells] = self._texts(cut(block, spelt), letters)
        numbered = np.full(len(places), NO_FORMULA, np.int32)
        numbered[formulas.cells] = self.cells.formulas.plain_texts(texts(block, formulas, letters))
        numbered[special.cells] = self._special_numbers(
            heads, special, texts(block, special, letters), found
        )
        self._keep(found, kinds, values, styles, numbered)

    def _styles(self, found: CellTags) -> npt.NDArray[np.int32]:
        known = len(self.cells.formats.styles)
        if known == 1:  # a workbook without styles
            return np.zeros(len(found.styles), np.int32)
        if len(found.styles) and int(found.styles.max()) >= known:
            raise Unusual
        return found.styles.astype(np.int32)

    def _rows(self, tags: Tags) -> tuple[list[Attributes], int]:
        """The attributes of rows that say more than their number, and the number of the last."""
        places = np.flatnonzero((tags.kinds == Tag.ROW) | (tags.kinds == Tag.ROW_EMPTY))
        told: list[Attributes] = []
        known = self.row_tags
        every = self.layout.rows_hidden
        raw = cut(tags.block, Spans(tags.opens[places], tags.closes[places], places))
        for tag in raw:
            if b"&" in tag or b"\n" in tag or b"\t" in tag:
                raise Unusual
            pieces = tag.split(b'"')
            key = (b"" if len(pieces) % 2 else b"odd", *pieces[::2])
            telling = known.get(key)
            if telling is None:
                telling = known[key] = not _TELLING.isdisjoint(_attributes(tag))
            if telling or every or b'ht="0' in tag:
                told.append(_attributes(tag))
        last = number(_attributes(raw[-1]).get("r"), -1)
        if last < 0 or any("r" not in attributes for attributes in told):
            raise Unusual
        return told, last

    def _formulas(self, tags: Tags, cell_of: Places) -> Spans:
        """The texts of formulas whose tags have no attributes."""
        places = np.flatnonzero((tags.kinds == Tag.FORMULA) & (tags.closes - tags.opens == 2))  # noqa: PLR2004 - `<f>`
        spans = Spans(tags.closes[places] + 1, tags.opens[places + 1], cell_of[places])
        longest = self.cells.formulas.longest
        lengths = spans.ends - spans.begins
        if len(spans) and (int(lengths.min()) == 0 or int(lengths.max()) > longest):
            raise Unusual
        if (tags.data[spans.begins] == ord("=")).any():
            raise Unusual
        deepest = self.cells.formulas.deepest
        long = spans.where(lengths > deepest)
        if any(text.count(b"(") > deepest for text in cut(tags.block, long)):
            raise Unusual
        return spans

    def _special(self, tags: Tags, cell_of: Places) -> tuple[list[bytes], Spans]:
        """The formulas whose tags have attributes or no text: their tags, and their texts."""
        is_empty = tags.kinds == Tag.FORMULA_EMPTY
        longer = (tags.kinds == Tag.FORMULA) & (tags.closes - tags.opens != 2)  # noqa: PLR2004 - `<f>`
        places = np.flatnonzero(is_empty | longer)
        heads = cut(tags.block, Spans(tags.opens[places], tags.closes[places], places))
        for head in set(heads) - self.formula_tags.keys():
            self.formula_tags[head] = _attributes(head)
        begins = tags.closes[places] + 1
        ends = np.where(is_empty[places], begins, tags.opens[places + 1])
        if (ends - begins > self.cells.formulas.longest).any():
            raise Unusual
        return heads, Spans(begins, ends, cell_of[places])

    def _special_numbers(
        self, heads: list[bytes], spans: Spans, bodies: list[str], found: CellTags
    ) -> list[int]:
        """Numbers of formulas by tag and text; a member of a shared formula costs a lookup."""
        known = self.members
        if not any(bodies):
            with suppress(KeyError):
                return [known[head] for head in heads]
        numbered: list[int] = []
        places = zip(
            found.rows[spans.cells].tolist(),
            found.columns[spans.cells].tolist(),
            found.dynamic[spans.cells].tolist(),
            strict=True,
        )
        for head, body, place in zip(heads, bodies, places, strict=True):
            index = None if body else known.get(head)
            numbered.append(self._special_number(head, body, place) if index is None else index)
        return numbered

    def _special_number(self, head: bytes, body: str, place: tuple[int, int, bool]) -> int:
        row, column, dynamic = place
        attributes = self.formula_tags[head]
        if dynamic:
            attributes = {**attributes, "cm": ""}
        number = self.cells.formulas.special(body, attributes, cell_address(row, column))
        if body:
            self.members.clear()  # the text may be a new master of what the tags stand for
        elif attributes.get("t") == "shared":
            self.members[head] = number
        return number

    def _values(self, tags: Tags, cell_of: Places, found: CellTags) -> Values:
        """Kinds, numbers, and the stretches of those values that are spelt out."""
        places = np.flatnonzero(tags.kinds == Tag.VALUE)
        stated = Spans(tags.closes[places] + 1, tags.opens[places + 1], cell_of[places])
        bare = cell_of[tags.kinds == Tag.VALUE_EMPTY]
        stated = Spans(
            np.concatenate((stated.begins, np.zeros(len(bare), np.intp))),
            np.concatenate((stated.ends, np.zeros(len(bare), np.intp))),
            np.concatenate((stated.cells, bare)),
        )
        spelt = _SPELT[found.types[stated.cells]]
        told = stated.where(~spelt & (stated.begins < stated.ends))
        kinds = np.full(len(found.types), CellKind.EMPTY, np.uint8)
        values = np.full(len(found.types), np.nan)
        values[told.cells] = numbers(tags.block, tags.data, told)
        kinds[told.cells] = _KINDS[found.types[told.cells]]
        self._check_shared(found, told, values)
        letters = _joined(stated.where(spelt), self._inline(tags, cell_of, found))
        kinds[letters.cells] = _KINDS[found.types[letters.cells]]
        if len(letters) and int((letters.ends - letters.begins).max()) > self.cells.longest:
            raise Unusual
        return kinds, values, letters

    def _check_shared(self, found: CellTags, told: Spans, values: npt.NDArray[np.float64]) -> None:
        shared = values[told.cells[found.types[told.cells] == _SHARED]]
        if not ((shared >= 0) & (shared < len(self.cells.strings)) & (shared % 1 == 0)).all():
            raise Unusual

    def _inline(self, tags: Tags, cell_of: Places, found: CellTags) -> Spans:
        """The texts of inline strings, whose cells are of that type whatever their tags say."""
        holders = cell_of[tags.kinds == Tag.INLINE]
        found.types[holders] = _INLINE
        places = np.flatnonzero(tags.kinds == Tag.TEXT)
        heads = cut(tags.block, Spans(tags.opens[places], tags.closes[places], places))
        if not _TEXT_TAGS.issuperset(heads):
            raise Unusual
        if len(places) != len(holders):  # one without text
            raise Unusual
        return Spans(tags.closes[places] + 1, tags.opens[places + 1], holders)

    def _texts(self, raw: list[bytes], letters: dict[str, str]) -> list[int]:
        known = self.texts
        for one in raw:
            if one not in known:
                known[one] = self.cells.own_text(decoded(one, letters))
        return [known[one] for one in raw]

    def _keep(
        self,
        found: CellTags,
        kinds: npt.NDArray[np.uint8],
        values: npt.NDArray[np.float64],
        styles: npt.NDArray[np.int32],
        formulas: npt.NDArray[np.int32],
    ) -> None:
        stored = (kinds != CellKind.EMPTY) | (formulas != NO_FORMULA)
        rows, columns = found.rows.astype(np.int32), found.columns.astype(np.int16)
        block = (rows, columns, kinds, values, styles, formulas)
        self.cells.blocks.append(tuple(column[stored] for column in block))
        self.cells.seen += len(kinds)


def _attributes(tag: bytes) -> Attributes:
    """The attributes of a tag from `<` to before `>`. Raises Unusual."""
    found = _TAG.fullmatch(tag)
    if found is None:
        raise Unusual
    listed = _ATTRIBUTE.findall(found[1])
    attributes = {name.decode(): value.decode() for name, value in listed}
    if len(attributes) != len(listed) or "xmlns" in attributes:
        raise Unusual
    return attributes


def _joined(first: Spans, second: Spans) -> Spans:
    if not len(second):
        return first
    return Spans(
        np.concatenate((first.begins, second.begins)),
        np.concatenate((first.ends, second.ends)),
        np.concatenate((first.cells, second.cells)),
    )
