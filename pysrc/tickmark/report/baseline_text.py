"""The file of a baseline: JSON that changes little when a workbook does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tickmark.audit.judging.baseline import Baseline, BaselineEntry
from tickmark.errors import InputError
from tickmark.report.audit_record import entry_record
from tickmark.report.audit_summary import one_line
from tickmark.report.fields import Fields

SCHEMA_VERSION: Final = 1
KIND: Final = "tickmark-baseline"
_LONGEST_TEXT: Final = 300


def baseline_text(entries: Iterable[BaselineEntry]) -> str:
    """The text of a file; each entry is a line of its own, in order."""
    lines = [json.dumps(entry_record(_shown(one)), ensure_ascii=False) for one in sorted(entries)]
    body = ",\n".join(f"  {line}" for line in lines)
    listed = f"[\n{body}\n]" if lines else "[]"
    head = f'"schema_version": {SCHEMA_VERSION}, "kind": "{KIND}"'
    return f'{{{head}, "findings": {listed}}}\n'


def parse_baseline(text: str, origin: str) -> Baseline:
    """The baseline in the text of a file; raises InputError where it holds another thing."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or record.get("kind") != KIND:
        message = f"{origin} is no baseline of Tickmark; make one with --write-baseline."
        raise InputError(message)
    fields = Fields(record, f"The baseline {origin}")
    if fields.integer("schema_version") != SCHEMA_VERSION:
        message = f"{origin} was written by another version of Tickmark; write it anew."
        raise InputError(message)
    return Baseline(tuple(_entry(one) for one in fields.records("findings")), origin)


def _entry(fields: Fields) -> BaselineEntry:
    return BaselineEntry(
        path=fields.text("path"),
        sheet=fields.text("sheet"),
        rule=fields.text("rule"),
        fingerprint=fields.text("fingerprint"),
        label=fields.text("label"),
        message=fields.text("message"),
        count=fields.integer("count"),
        cells=fields.integer("cells"),
    )


def _shown(entry: BaselineEntry) -> BaselineEntry:
    """An entry whose texts, which only people read, are short and without control characters."""
    return replace(
        entry,
        sheet=one_line(entry.sheet, _LONGEST_TEXT),
        label=one_line(entry.label, _LONGEST_TEXT),
        message=one_line(entry.message, _LONGEST_TEXT),
    )
