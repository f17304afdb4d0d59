"""Peer markitdown (PyPI): each sheet a Markdown table by way of pandas; no addresses."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.encode_scores.told_sheet import ToldSheet, cell_claims, whole
from tickmark.model.address import RangeRef

_BAR = re.compile(r"(?<!\\)\|")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_RULE = re.compile(r"(?:\| *-+ *)+\|")
_UNNAMED = re.compile(r"Unnamed: \d+(?:\\?_level\\?_\d+)?")


def markdown_text(path: Path) -> str:
    """The workbook as markitdown writes it."""
    from markitdown import MarkItDown  # noqa: PLC0415 - in the child alone

    warnings.simplefilter("ignore")
    return str(MarkItDown().convert(str(path)).markdown)


def markdown_sheets(text: str) -> dict[str, list[str]]:
    """The lines of each sheet below its heading."""
    sheets: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("## "):
            lines = sheets.setdefault(line[3:].strip(), [])
        elif line:
            lines.append(line)
    return sheets


def markdown_told(name: str, text: str, *, cut: bool, date1904: bool = False) -> ToldSheet:
    """What a Markdown table tells a reader who takes its header for the cells A1, B1, …

    That is what pandas makes of a sheet; `NaN` and headers that it made up are blank cells.
    """
    lines = [line for line in text.split("\n") if line.startswith("|")]
    claims = cell_claims(name, _cells(lines), date1904=date1904)
    rows = sum(1 for line in lines if not _RULE.fullmatch(line.strip()))
    if not cut:
        return ToldSheet(name, claims, (whole(name),))
    seen = (RangeRef(name, 1, 1, rows, whole(name).right),) if rows else ()
    return ToldSheet(name, claims, seen)


def _cells(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    row = 0
    for line in lines:
        if _RULE.fullmatch(line.strip()):
            continue
        row += 1
        for column, field in enumerate(_BAR.split(line.strip().strip("|")), 1):
            text = field.strip()
            if text in {"NaN", "NaT"} or (row == 1 and _UNNAMED.fullmatch(text)):
                continue
            yield row, column, _ESCAPE.sub(r"\1", text)
