"""Answers about the numbered texts of a data block, made from the block and its schema alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_NUMBERED = re.compile(r'^(\d+): (".*")$', re.MULTILINE)
_CATEGORY = re.compile(r'^(\d+): ("(?:[^"\\]|\\.)*")(?: - (".*"))?$', re.MULTILINE)
_FIELD = re.compile(r'^(f\d+): (".*") \((\w+)\)$', re.MULTILINE)
_BY_TYPE = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "number": re.compile(r"(?<![\d-])-?\d+(?:\.\d+)?(?![\d-])"),
    "integer": re.compile(r"(?<![\d.-])-?\d+(?![\d.-])"),
}


def asks_about_rows(schema: Mapping[str, Any]) -> bool:
    """Whether a schema wants one entry with its number for each of several texts."""
    rows = schema.get("properties", {}).get("rows", {})
    return "row" in rows.get("items", {}).get("properties", {})


def texts_in(data: str) -> dict[int, str]:
    """The texts of a data block by their numbers."""
    behind = data.partition("\nTexts:\n")[2]
    return {int(number): json.loads(text) for number, text in _NUMBERED.findall(behind)}


def rows_answered(data: str, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An entry for each text.

    A text gets the first category whose name, or a word of whose description, it holds, else 0; a
    field the words behind `name:` in the text, else the first date or number of its type, else "";
    a text to rewrite becomes capitals.
    """
    heading = data.partition("\nTexts:\n")[0]
    asked = schema["properties"]["rows"]["items"]["properties"]
    answered = []
    for row, text in texts_in(data).items():
        entry: dict[str, Any] = {"row": row}
        if "category" in asked:
            entry["category"] = _category(text, heading)
        elif "text" in asked:
            entry["text"] = text.upper()
        else:
            entry |= _fields(text, heading)
        answered.append(entry)
    return answered


def _category(text: str, heading: str) -> int:
    for number, label, description in _CATEGORY.findall(heading):
        words = [json.loads(label), *re.findall(r"\w+", json.loads(description or '""'))]
        if any(word.casefold() in text.casefold() for word in words):
            return int(number)
    return 0


def _fields(text: str, heading: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, name, kind in _FIELD.findall(heading):
        named = re.search(rf"{re.escape(json.loads(name))}: *([^;|]+)", text, re.IGNORECASE)
        typed = _BY_TYPE[kind].search(text) if kind in _BY_TYPE else None
        value = named[1].strip() if named else typed[0] if typed else ""
        values[key] = [part.strip() for part in value.split(",")] if kind == "list" else value
    return values
