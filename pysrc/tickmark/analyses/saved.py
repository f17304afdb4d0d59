"""The saved file behind a live range: what the range alone does not tell."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.workbook import Workbook


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A workbook as it was last saved; `at` is the local time of saving, such as `10:42`.

    `at` carries the date too where it was not today: `2026-11-20 10:42`.
    """

    workbook: Workbook
    at: str
