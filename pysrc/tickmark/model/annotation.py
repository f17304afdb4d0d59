"""What people wrote onto cells: notes, threaded comments and hyperlinks."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import CellRef, RangeRef


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of a comment thread; `time` is as the file writes it (ISO 8601), or empty."""

    author: str
    text: str
    time: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A note on a cell, or a thread with its replies.

    `time` and `resolved` are known of threads only; a note stands without both.
    """

    cell: CellRef
    author: str
    text: str
    threaded: bool = False
    time: str = ""
    resolved: bool = False
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Hyperlink:
    """A link of a range: `target` outside the workbook, as written and never followed, or empty.

    `location` is a place in the target, or in this workbook where there is no target.
    """

    range: RangeRef
    target: str = ""
    location: str = ""
    display: str = ""
    tooltip: str = ""
