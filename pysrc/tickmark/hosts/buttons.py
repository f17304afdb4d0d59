"""The buttons of the ribbon: their constant tags, and who does their work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Button:
    """One button; a detached one works in a process of its own, so that Excel is not kept waiting.

    `command` is its name in sentences for the user.
    """

    tag: str
    command: str
    detached: bool = False


BUTTONS: Final[Mapping[str, Button]] = {
    button.tag: button
    for button in (
        Button("analyze-sheet", "Analyze sheet", detached=True),
        Button("analyze-workbook", "Analyze workbook", detached=True),
        Button("explain", "Explain selection", detached=True),
        Button("ask", "Ask", detached=True),
        Button("audit-sheet", "Audit sheet", detached=True),
        Button("audit-workbook", "Audit workbook", detached=True),
        Button("previous", "Previous finding"),
        Button("next", "Next finding"),
        Button("run", "Run queued"),
        Button("pause", "Pause or resume"),
        Button("refresh", "Refresh"),
        Button("freeze", "Freeze to values", detached=True),
        Button("cost", "Cost today"),
        Button("estimate", "Estimate", detached=True),
        Button("report", "Report", detached=True),
        Button("log", "Log"),
        Button("settings", "Settings"),
        Button("doctor", "Doctor", detached=True),
        Button("remove", "Remove results", detached=True),
        Button("help", "Help"),
    )
}
"""Every button of xlwings_addin/ribbon/customUI14.xml, by its tag."""
