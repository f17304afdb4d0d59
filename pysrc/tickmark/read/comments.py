"""Comments parts: notes and threads of a sheet."""

from __future__ import annotations

from tickmark.model.annotation import Comment
from tickmark.read.sheet_source import SheetSource


def read_comments(_source: SheetSource) -> tuple[tuple[Comment, ...], tuple[str, ...]]:
    """The comments of a sheet by address, and sentences about what was not read."""
    return (), ()
