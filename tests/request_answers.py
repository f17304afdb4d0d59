"""Answers made from the bytes of a request to the Messages API, and from nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.packed_answers import asks_about_rows, rows_answered
from tickmark.model.address import RangeRef, cell_address

_OPENING = re.compile(r'<data fence="([0-9a-fA-F]+)">\n')
# The first line of an encoded sheet, or a sheet as a question about the workbook names it.
_SHEET = re.compile(r"(?:\A|\n)(?:# ([^|\n]+)\|[A-Z0-9:]*(?=\n|\Z)|Sheet ([^\n:]+): )")
_AREA = r"[A-Z]{1,3}[1-9]\d*(?::[A-Z]{1,3}[1-9]\d*)?"
_CLAIM = re.compile(
    rf"^({_AREA})((?:,{_AREA})*(?: except {_AREA}(?:,{_AREA})*)?) (.+)", re.MULTILINE
)
_BESIDE = "\nOutside the range, "
_FORMULA = re.compile(r"^Formula: =(.+)\nRefers to:\n(\S+)", re.MULTILINE)


def user_text(content: Mapping[str, Any]) -> str:
    """The text of the last user message of a request that has any."""
    asked = [one["content"] for one in content["messages"] if one.get("role", "user") == "user"]
    for parts in reversed(asked):
        if isinstance(parts, str):
            return parts
        texts = [part["text"] for part in parts if part.get("type") == "text"]
        if texts:
            return "\n\n".join(texts)
    return ""


def data_and_question(text: str) -> tuple[str, str]:
    """What stands in the fenced block of a user message, and what stands behind it.

    The block ends at the tag with its own fence only; without one there is no data.
    """
    opening = _OPENING.search(text)
    if opening is None:
        return "", text.strip()
    closing = f'\n</data fence="{opening[1]}">'
    data, found, behind = text[opening.end() - 1 :].partition(closing)
    return (data.strip("\n"), behind.strip()) if found else ("", text.strip())


def default_answer(content: dict[str, Any]) -> str:
    """An answer made of what the data block of the request holds.

    It names the sheets, counts the cells and ranges that were told about, quotes the first one, and
    repeats the last line of a question of several lines. Its form is that of the schema: `summary`
    gets the sentence, `text` a remark, `cells` the first address; each of several numbered texts
    gets an entry.
    """
    data, question = data_and_question(user_text(content))
    sheets = ["".join(names).strip() for names in _SHEET.findall(data)]
    cells = _cells(data)
    named = f"Sheet {', '.join(sheets)}" if sheets else "No sheet"
    quoted = f"; the first is {cells[0][0]}: {cells[0][1].strip()}" if cells else ""
    summary = f"{named}: {len(cells)} cells seen{quoted}." if data else "No data block was sent."
    if "\n" in question:
        summary += f" Asked: {question.splitlines()[-1]}"
    schema = content.get("output_config", {}).get("format", {}).get("schema")
    if schema is None:
        return summary
    if asks_about_rows(schema):
        return json.dumps({"rows": rows_answered(data, schema)})
    address = cells[0][0] if cells else ""
    remark = f"The first cell is {address}." if address else "There is no cell."
    facts = {"summary": summary, "text": remark, "cells": [address] if address else []}
    facts |= _about_a_range(data, summary, cells)
    return json.dumps(_filled(schema, facts, schema.get("$defs", {})))


def _cells(data: str) -> list[tuple[str, str]]:
    """Addresses and contents of an encoded sheet; those of a list that goes right one by one."""
    found = []
    for first, more, content in _CLAIM.findall(data.partition(_BESIDE)[0]):
        items = [content] if ":" in first or more else content.split("|")
        cell = RangeRef.parse(first)
        found.append((first, items[0]))
        found += [
            (cell_address(cell.top, cell.left + right), item)
            for right, item in enumerate(items)
            if right and item
        ]
    return found


def _about_a_range(data: str, summary: str, cells: list[tuple[str, str]]) -> dict[str, Any]:
    """The facts that answers about one range or formula are made of.

    Findings and answers cite the first cell and quote its value; an explanation repeats the formula
    and cites what it refers to first.
    """
    cited = f" [{cells[0][0]}]" if cells else ""
    value = re.split(r"[|]|\.\.", cells[0][1].rpartition(" -> ")[2])[0].strip(' "') if cells else ""
    formula = _FORMULA.search(data)
    explained = f"It computes {formula[1]} from [{formula[2]}]." if formula else summary
    return {
        "finding": f"{summary}{cited}",
        "answer": f"{summary}{cited}",
        "found": bool(data),
        "value": value,
        "explanation": explained,
        "why": f"The rule was right about it{cited}.",
    }


def _filled(schema: Mapping[str, Any], facts: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """A value of the schema's form made of the facts."""
    for name in ("$ref", "anyOf"):
        if name in schema:
            part = schema[name]
            inner = part[0] if name == "anyOf" else defs[part.rpartition("/")[2]]
            return _filled(inner, facts, defs)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {
            name: facts[name] if name in facts else _filled(part, facts, defs)
            for name, part in schema.get("properties", {}).items()
        }
    if kind == "array":
        return [_filled(schema["items"], facts, defs)]
    count = len(facts["cells"])
    plain = {"integer": count, "number": count, "boolean": count > 0, "null": None}
    return plain.get(str(kind), facts["summary"])
