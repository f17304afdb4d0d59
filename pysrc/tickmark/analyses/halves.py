"""Questions cut in two where they are too long for the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from tickmark.analyses.forms import SheetForm, WorkbookForm
from tickmark.analyses.packed_forms import LostRow, RowsForm
from tickmark.engine.plan import Split
from tickmark.errors import TickmarkError
from tickmark.llm.model import Prompt

PART: Final = (
    "Only a part of the lines is shown here, since all of them are too long for one question."
)
FINDINGS: Final = "Findings of fixed rules:"
TEXTS: Final = "Texts:"

# A claim of an encoded sheet begins with an address; other lines go on with the claim before.
_CLAIM = re.compile(r"[A-Z]{1,3}[1-9]")
_SHEET = re.compile(r"Sheet ")
_ROW = re.compile(r"[1-9][0-9]*: ")


def _halves(
    prompt: Prompt, head: int, tail: int, starts: re.Pattern[str]
) -> tuple[Prompt, Prompt] | None:
    """The prompt with each half of its data; the first `head` and last `tail` lines in both.

    The cut is before a line that matches `starts`, as near to the middle as can be.
    """
    lines = prompt.data.split("\n")
    end = len(lines) - tail
    cuts = [at for at in range(head + 1, end) if starts.match(lines[at])]
    if not cuts:
        return None
    before = (0, *accumulate(len(line) + 1 for line in lines))
    middle = (before[head] + before[end]) / 2
    cut = min(cuts, key=lambda at: abs(before[at] - middle))
    user = prompt.user if PART in prompt.user else f"{prompt.user}\n\n{PART}"

    def half(first: int, last: int) -> Prompt:
        kept = (*lines[:head], *lines[first:last], *lines[end:])
        return replace(prompt, user=user, data="\n".join(kept))

    return half(head, cut), half(cut, end)


def _sheet_halves(prompt: Prompt) -> tuple[Prompt, Prompt] | None:
    """An encoded sheet in two: its header lines and the findings stand in both."""
    lines = prompt.data.split("\n")
    head = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return _halves(prompt, head, _from_end(lines, FINDINGS), _CLAIM)


def _workbook_halves(prompt: Prompt) -> tuple[Prompt, Prompt] | None:
    """The readings of a workbook's sheets in two."""
    lines = prompt.data.split("\n")
    head = next((at for at, line in enumerate(lines) if _SHEET.match(line)), len(lines))
    return _halves(prompt, head, _from_end(lines, FINDINGS), _SHEET)


def _row_halves(prompt: Prompt) -> tuple[Prompt, Prompt] | None:
    """Numbered texts in two; each keeps its number."""
    lines = prompt.data.split("\n")
    head = lines.index(TEXTS) + 1 if TEXTS in lines else len(lines)
    return _halves(prompt, head, 0, _ROW)


def _rows_lost(prompt: Prompt, error: TickmarkError) -> RowsForm:
    """In place of an answer: for each text why there is none."""
    behind = prompt.data.partition(f"\n{TEXTS}\n")[2].split("\n")
    numbers = [int(line.partition(":")[0]) for line in behind if _ROW.match(line)]
    return RowsForm(rows=[LostRow(number, error) for number in numbers])


def _from_end(lines: Sequence[str], mark: str) -> int:
    """How many lines from a marked one on, with the blank one before it; 0 without it."""
    return len(lines) - lines.index(mark) + 1 if mark in lines else 0


def _sheets_joined(values: Sequence[object]) -> SheetForm:
    forms = [value for value in values if isinstance(value, SheetForm)]
    return SheetForm(
        summary=" ".join(form.summary for form in forms),
        remarks=[remark for form in forms for remark in form.remarks],
    )


def _workbooks_joined(values: Sequence[object]) -> WorkbookForm:
    forms = [value for value in values if isinstance(value, WorkbookForm)]
    return WorkbookForm(summary=" ".join(form.summary for form in forms))


def _rows_joined(values: Sequence[object]) -> RowsForm:
    forms = [value for value in values if isinstance(value, RowsForm)]
    return RowsForm(rows=[row for form in forms for row in form.rows])


SHEET: Final = Split(_sheet_halves, _sheets_joined)
"""How the question about a sheet is asked in parts."""

WORKBOOK: Final = Split(_workbook_halves, _workbooks_joined)
"""How the question about a workbook's sheets is asked in parts."""

ROWS: Final = Split(_row_halves, _rows_joined, _rows_lost)
"""How a question about numbered texts is asked in parts."""
