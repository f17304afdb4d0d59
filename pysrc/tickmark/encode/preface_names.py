"""Defined names: those that the formulas of a sheet use, and those that call parts of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.encode.preface_hidden import Hidden
from tickmark.encode.preface_links import LONGEST_MEANING
from tickmark.encode.preface_words import area_word, listed, phrase
from tickmark.model.address import RangeRef
from tickmark.model.workbook import DefinedName
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.references import references

MOST_USED: Final = 8
MOST_NAMES: Final = 12
MOST_READ: Final = 200
"""Names of a sheet that are read; the file may hold any number."""

# Excel's own, and what Word's cross-references leave behind when they are pasted.
_BUILT_IN: Final = re.compile(
    r"_xl|Print_(?:Area|Titles)$|_?FilterDatabase$|_(?:Toc|Ref|Hlk)\d", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"[-+]?\d{1,20}(?:\.\d{1,20})?(?:E[-+]?\d{1,3})?%?")
_TEXT: Final = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True, slots=True)
class Meaning:
    """What names may be told to mean, by what is hidden on each sheet (by its folded name)."""

    hidden: Mapping[str, Hidden]

    def word(self, name: DefinedName, sheet: str) -> str:
        """`Rate=B2` as seen from a sheet; "" for what leads to hidden cells or to a path."""
        if name.hidden or _BUILT_IN.match(name.name):
            return ""
        text = name.refers_to.strip().removeprefix("=")
        if is_constant(text):
            return f"{phrase(name.name, '=')}={phrase(text) if _NUMBER.match(text) else _cut(text)}"
        if len(text) > LONGEST_MEANING:
            return ""
        found = references(text, name.sheet)
        if any(self._is_secret(one) for one in found):
            return ""
        area = only_area(text, found)
        meaning = _cut(text) if area is None else area_word(area, sheet)
        return f"{phrase(name.name, '=')}={meaning}"

    def hides(self, sheet: str) -> bool:
        """Whether a whole sheet is hidden."""
        hidden = self.hidden.get(sheet.casefold())
        return hidden is not None and hidden.sheet

    def _is_secret(self, reference: Reference) -> bool:
        if reference.book:
            return not reference.book.isdigit()
        for sheet in (reference.sheet, reference.last_sheet):
            hidden = self.hidden.get(sheet.casefold())
            area = reference.area
            if hidden and (hidden.sheet or (area is not None and hidden.covers(area))):
                return True
        # What another name or a table stands for is not followed.
        return reference.kind in {ReferenceKind.NAME, ReferenceKind.TABLE}


def is_constant(text: str) -> bool:
    """Whether a name stands for a number, a text or a truth value."""
    if len(text) > LONGEST_MEANING:
        return False
    known = text.upper() in {"TRUE", "FALSE"} or _NUMBER.fullmatch(text) is not None
    return known or _TEXT.fullmatch(text) is not None


def only_area(text: str, found: Sequence[Reference]) -> RangeRef | None:
    """The one area of this workbook that a name stands for, None where it is anything else."""
    if len(found) != 1:
        return None
    one = found[0]
    plain = not one.book and not one.last_sheet and not one.spill and one.text == text
    return one.area if plain and not any(one.relative) else None


def used_words(meaning: Meaning, sheet: str, names: Sequence[DefinedName]) -> list[str]:
    """What the names mean that formulas of a sheet use, the most used first."""
    return [word for name in names[:MOST_READ] if (word := meaning.word(name, sheet))]


def own_words(
    meaning: Meaning, sheet: str, names: Sequence[DefinedName], told: Sequence[DefinedName]
) -> list[str]:
    """The other names of areas of a sheet; those of other sheets' own are not told."""
    known = set(told)
    words = []
    for name in names[:MOST_READ]:
        if name in known or name.sheet.casefold() not in {"", sheet.casefold()}:
            continue
        text = name.refers_to.strip().removeprefix("=")
        area = only_area(text, references(text, name.sheet))
        if area is not None and area.sheet.casefold() == sheet.casefold():
            words.append(meaning.word(name, area.sheet))
    return [word for word in words if word]


def name_lines(words: Sequence[str], most: int) -> Iterator[str]:
    """Names with what they stand for in one line."""
    if words:
        yield f"# names {listed(words, most, '|')}"


def _cut(text: str) -> str:
    return phrase(text) if "|" in text or '"' not in text else _quoted_formula(text)


def _quoted_formula(text: str) -> str:
    """A formula with quotes of its own as it is, where nothing else needs to be escaped."""
    plain = phrase(text.replace('"', ""))
    return text if plain == text.replace('"', "") else phrase(text)
