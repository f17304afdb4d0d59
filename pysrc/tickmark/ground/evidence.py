"""Sentences of a model about one thing, checked against all that it was told about that thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tickmark.errors import AddressError
from tickmark.ground.named_cells import NamedCells, named_cells
from tickmark.ground.stated_numbers import numbers_in, unknown_number
from tickmark.model.address import RangeRef, column_number

LONGEST: Final = 700
"""Characters of a text that are kept."""

_MOST_COVERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What may be said: `cells` may be named, `numbers` (sizes) stated, `formulas` quoted.

    `words` are addresses as they stand in what was told (such as `Q1`, or cells of another
    workbook), `calls` the names of the functions there. `sheet` is the one of an address without.
    """

    sheet: str
    cells: tuple[RangeRef, ...] = ()
    numbers: frozenset[float] = frozenset()
    formulas: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text with marks in the place of the sentences that were struck, and how many they are."""

    text: str
    struck: int = 0


def evidence_of(
    sheet: str,
    told: str,
    *,
    cells: Iterable[RangeRef],
    formulas: Iterable[str] = (),
    numbers: Iterable[float] = (),
) -> Evidence:
    """The evidence that a text holds, beside the cells, formulas (with `=`) and numbers given.

    The numbers of the text are known but for those in addresses.
    """
    areas = tuple(cells)
    quoted = tuple(dict.fromkeys(one.casefold() for one in formulas if len(one) > 1))
    addresses = tuple(named_cells(told, {area.sheet for area in areas}))
    sizes = {abs(one) for one in numbers}
    sizes.update(numbers_in(_without(told, addresses)))
    return Evidence(
        sheet=sheet,
        cells=areas,
        numbers=frozenset(sizes),
        # The longest first: one formula can be the beginning of another.
        formulas=tuple(sorted(quoted, key=len, reverse=True)),
        words=frozenset(one.word for one in addresses),
        calls=frozenset(match[1] for match in _CALL.finditer(told)),
    )


def checked(text: str, evidence: Evidence) -> CheckedText:
    """A model's text without the sentences that name what is not in the evidence.

    A mark that says what it was stands in the place of each: a cell, row, column, number, formula
    or function. Nor does a link stay. Control and unseen characters are taken out.
    """
    text = _UNSEEN.sub("", _CONTROL.sub(" ", text))
    text = " ".join(text.split())
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rstrip()}…"
    kept: list[str] = []
    struck = 0
    for sentence in _sentences(text):
        wrong = _wrong(unicodedata.normalize("NFKC", sentence), evidence)
        struck += bool(wrong)
        kept.append(f"[struck: {wrong}]" if wrong else sentence)
    return CheckedText(" ".join(kept), struck)


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSEEN: Final = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufe00-\ufe0f"
    "\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_LINK: Final = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://|\bwww\.|\bmailto:|\\\\\w", re.IGNORECASE)
_CLOSING: Final = "[\"'\u201d\u2019)\\]]*"
_END: Final = re.compile(rf"[.!?]{_CLOSING}\s+(?=[^a-z\s])|[\u3002\uff01\uff1f]\s*")
_ABBREVIATION: Final = re.compile(
    r"(?:\be\.g|\bi\.e|\bz\.\s?B|\bd\.\s?h|\bbzw|\bvs|\bNo|\bNr|\bapprox|\bca|\bcf|\bFig|\bp\.\s?ex)"
    rf"\.{_CLOSING}\s+$",
    re.IGNORECASE,
)
_FORMULA: Final = re.compile(r"(?<![\w)<>=!:\]])=\s*(?=[A-Za-z('\"@{+$-])")
_GOES_ON: Final = re.compile(r"[\w(+*/^&:!$<>=-]")
_CALL: Final = re.compile(r"(?<![A-Za-z0-9_.])([A-Z][A-Z0-9.]+)\(")
_AND: Final = r"(?:\s*(?:-|\u2013|,|to|and|or|bis|und|oder|à|et|ou|y|e|a|en|tot)\s*)"
_ROW: Final = re.compile(
    rf"\b(?:rows?|lines?|zeilen?|lignes?|filas?|rig(?:a|he)|linhas?|rij(?:en)?)\s+"
    rf"(\d{{1,7}}(?:{_AND}\d{{1,7}})*)(?![\d%]|[.,]\d)",
    re.IGNORECASE,
)
_COLUMN: Final = re.compile(
    rf"\b(?:[Cc]olumns?|[Ss]palten?|[Cc]olonnes?|[Cc]olumnas?|[Cc]olonn[ae]|[Cc]olunas?"
    rf"|[Kk]olom(?:men)?)\s+([A-Z]{{1,3}}(?:{_AND}[A-Z]{{1,3}})*)\b"
)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[start : match.end()]):
            continue
        yield text[start : match.end()].strip()
        start = match.end()
    if text[start:].strip():
        yield text[start:].strip()


def _wrong(sentence: str, evidence: Evidence) -> str:
    """Why a sentence does not stay, fit for its mark; "" where it does."""
    if _LINK.search(sentence):
        return "a link"
    rest = _without_formulas(sentence, evidence)
    if rest is None:
        return "a formula that is not in the evidence"
    for match in _CALL.finditer(rest):
        if match[1] not in evidence.calls:
            return _not_there(match[1])
    addresses = tuple(named_cells(rest, {area.sheet for area in evidence.cells}))
    for one in addresses:
        if not _may_be_named(one, evidence):
            return _not_there(one.text)
    rest = _without(rest, addresses)
    for match in _COLUMN.finditer(rest):
        for letters in re.findall(r"\b[A-Z]{1,3}\b", match[1]):
            if not _has_column(letters, evidence):
                return _not_there(f"column {letters}")
    rest = _ROW.sub(lambda match: _known_rows(match, evidence), rest)
    number = unknown_number(rest, evidence.numbers)
    return _not_there(number) if number else ""


def _not_there(name: str) -> str:
    return f"{name[:40]} is not in the evidence"


def _without_formulas(sentence: str, evidence: Evidence) -> str | None:
    """A sentence without the formulas of the evidence; None where it holds another one."""
    folded = sentence.casefold()
    if len(folded) != len(sentence):
        folded = sentence.lower() if len(sentence.lower()) == len(sentence) else sentence
    kept, at = "", 0
    for match in _FORMULA.finditer(sentence):
        if match.start() < at:
            continue
        end = next(
            (
                match.start() + len(one)
                for one in evidence.formulas
                if folded.startswith(one, match.start())
                and not _GOES_ON.match(sentence, match.start() + len(one))
            ),
            None,
        )
        if end is None:
            return None
        kept += f"{sentence[at : match.start()]} "
        at = end
    return kept + sentence[at:]


def _without(text: str, addresses: Iterable[NamedCells]) -> str:
    """A text with blanks in the place of its addresses."""
    kept, at = "", 0
    for one in addresses:
        kept += f"{text[at : one.start]} "
        at = one.end
    return kept + text[at:]


def _may_be_named(one: NamedCells, evidence: Evidence) -> bool:
    if one.word in evidence.words:
        return True
    if one.area is None:
        return False
    area = one.area if one.area.sheet else replace(one.area, sheet=evidence.sheet)
    same = [
        other
        for other in evidence.cells
        if other.sheet.casefold() == area.sheet.casefold() and other.meets(area)
    ]
    if any(
        other.contains(area.top, area.left) and other.contains(area.bottom, area.right)
        for other in same
    ):
        return True
    if area.cells > _MOST_COVERED or not same:
        return False
    missing = np.ones((area.bottom - area.top + 1, area.right - area.left + 1), np.bool_)
    for other in same:
        rows = slice(max(other.top - area.top, 0), other.bottom - area.top + 1)
        columns = slice(max(other.left - area.left, 0), other.right - area.left + 1)
        missing[rows, columns] = False
    return not bool(missing.any())


def _has_column(letters: str, evidence: Evidence) -> bool:
    try:
        column = column_number(letters)
    except AddressError:
        return True
    return any(area.left <= column <= area.right for area in evidence.cells)


def _known_rows(match: re.Match[str], evidence: Evidence) -> str:
    """Nothing where all rows are those of cells in the evidence, else the text as it was."""
    rows = [int(number) for number in re.findall(r"\d+", match[1])]
    known = all(any(area.top <= row <= area.bottom for area in evidence.cells) for row in rows)
    return " " if known else match[0]
