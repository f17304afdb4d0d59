"""The columns of an extraction, from headings or from text such as `name; due:date`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.analyses.extract import Field
from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions.call import Argument
from tickmark.hosts.functions.cell_texts import listed, lone_text, texts_of
from tickmark.structure.field_types import FieldType

MOST_FIELDS: Final = 50

_EMPTY: Final = "fields is empty"


@dataclass(frozen=True, slots=True)
class Columns:
    """Headings as they are shown, the distinct fields, and which of them each column shows.

    A blank heading keeps its blank column (place None), so that columns stay under the headings of
    the sheet; equal headings show one field.
    """

    names: tuple[str | None, ...]
    places: tuple[int | None, ...]
    fields: tuple[Field, ...]


def columns_of(argument: Argument) -> Columns:
    """The columns that the argument asks for; raises ArgumentRefused and ArgumentPending."""
    if argument is None:
        raise ArgumentRefused(_EMPTY)
    rows = texts_of(argument, "fields")
    lone = lone_text(argument)
    # A lone cell is one heading, unless it holds a list.
    if lone is not None and (isinstance(argument, str) or ";" in lone):
        return _columns([_field(text, strict=True) for text in listed(lone)])
    if len(rows) > 1 and len(rows[0]) > 1:
        raise ArgumentRefused("fields is one row or one column of headings")
    headings = [text for row in rows for text in row]
    return _columns([_field(text) if text else None for text in headings])


def _columns(asked: Sequence[Field | None]) -> Columns:
    places: dict[str, int] = {}
    fields: list[Field] = []
    shown: list[int | None] = []
    for one in asked:
        if one is None:
            shown.append(None)
            continue
        key = " ".join(one.name.split()).casefold()
        if key not in places:
            places[key] = len(fields)
            fields.append(one)
        elif fields[places[key]].kind is not one.kind:
            raise ArgumentRefused(f"fields names {one.name[:60]!r} with two types")
        shown.append(places[key])
    if not fields:
        raise ArgumentRefused(_EMPTY)
    if len(fields) > MOST_FIELDS:
        raise ArgumentRefused(f"fields names {len(fields)}; give at most {MOST_FIELDS}")
    names = tuple(one.name if one else None for one in asked)
    return Columns(names, tuple(shown), tuple(fields))


def _field(text: str, *, strict: bool = False) -> Field:
    """A name with its type behind a colon; `strict` refuses a word there that is no type.

    A heading may hold a colon of its own.
    """
    name, colon, word = (part.strip() for part in text.rpartition(":"))
    kinds = [kind for kind in FieldType if kind == word.lower()]
    if colon and name and kinds:
        return Field(name, kinds[0])
    if strict and colon and word.isalpha():
        known = ", ".join(FieldType)
        raise ArgumentRefused(f"{word[:40]!r} is no type of a field; known are {known}")
    plain = text.strip().rstrip(":").strip()
    if not plain:
        raise ArgumentRefused(_EMPTY)
    return Field(plain)
