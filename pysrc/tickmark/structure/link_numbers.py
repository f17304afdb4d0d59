"""Formulas of an open workbook as its file writes them: other workbooks by the numbers of links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tickmark.model.workbook import ExternalLink, Sheet, Workbook
from tickmark.structure.links import readable_target
from tickmark.structure.tokens import TokenKind, tokens

_PLAIN_NAME: Final = re.compile(r"[^\W\d][\w.]*(?::[^\W\d][\w.]*)?")


def as_filed(live: Workbook, saved: Workbook) -> Workbook:
    """The live cells with `[prices.xlsx]Q1!A1`, with or without a path, as `[1]Q1!A1`.

    A workbook is known by its file name; one that no link or several links have stays as it is.
    """
    numbers = _numbers(saved.external_links)
    if not numbers:
        return live
    return replace(live, sheets=tuple(_sheet(one, numbers) for one in live.sheets))


def file_name(book: str) -> str:
    """The name of a file without its folders and case."""
    return re.split(r"[\\/]", book)[-1].casefold()


def _numbers(links: Sequence[ExternalLink]) -> Mapping[str, int]:
    found: dict[str, list[int]] = {}
    for link in links:
        found.setdefault(file_name(readable_target(link.target)), []).append(link.index)
    return {name: indices[0] for name, indices in found.items() if name and len(indices) == 1}


def _sheet(sheet: Sheet, numbers: Mapping[str, int]) -> Sheet:
    texts = tuple(_filed(one, numbers) for one in sheet.cells.formula_texts)
    return replace(sheet, cells=replace(sheet.cells, formula_texts=texts))


def _filed(text: str, numbers: Mapping[str, int]) -> str:
    if "[" not in text:
        return text
    return "".join(
        _prefix(piece, numbers) if kind is TokenKind.SHEET and "[" in piece else piece
        for kind, piece in tokens(text)
    )


def _prefix(text: str, numbers: Mapping[str, int]) -> str:
    """A prefix such as `'Data/[prices.xlsx]Q1'!` as `[1]Q1!`, where that file has a link."""
    body = text[:-1]
    quoted = body.startswith("'")
    if quoted:
        body = body[1:-1].replace("''", "'")
    folder_and_book, _, sheet = body.rpartition("]")
    number = numbers.get(file_name(folder_and_book.rpartition("[")[2]))
    if number is None:
        return text
    plain = not quoted or _PLAIN_NAME.fullmatch(sheet) is not None
    if plain:
        return f"[{number}]{sheet}!"
    doubled = sheet.replace("'", "''")
    return f"'[{number}]{doubled}'!"
