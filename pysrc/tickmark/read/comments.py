"""What people wrote onto the cells of a sheet: notes and comment threads."""

from __future__ import annotations

from collections.abc import Sequence

from tickmark.model.annotation import Comment
from tickmark.read.limits import allows_more
from tickmark.read.losses import cut_texts
from tickmark.read.notes import Notes
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget
from tickmark.read.threads import Threads, guid, read_persons

_COPY = "tc="
"""Begins the author of a note that repeats a thread for programs that know none; its id follows."""


def read_comments(source: SheetSource) -> tuple[tuple[Comment, ...], tuple[str, ...]]:
    """The comments of a sheet by address, and sentences about what was not read.

    A note that repeats a thread is left out where the thread itself was read.
    """
    limits = source.package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    threads = Threads(source.sheet, limits.ranges, texts)
    told = threads.read(source)
    found: list[tuple[str, Comment]] = []
    if threads.messages:
        persons, lost = read_persons(source)
        told += lost
        found = threads.found(persons)
    notes = Notes(source.sheet, limits.ranges, texts)
    told += notes.read(source)
    told += cut_texts(texts, "comments")
    if notes.left_out or threads.left_out:
        left_out = notes.left_out + threads.left_out
        told += (f"{left_out:,} comments left out; {allows_more('ranges')}.",)
    if notes.bad or threads.bad:
        bad = notes.bad + threads.bad
        told += (f"Comments skipped because they name no cell: {bad:,}.",)
    comments = [comment for _, comment in found] + _without_copies(notes.found, found)
    return tuple(sorted(comments, key=lambda one: (one.cell.row, one.cell.column))), told


def _without_copies(
    notes: Sequence[Comment], threads: Sequence[tuple[str, Comment]]
) -> list[Comment]:
    ids = {key for key, _ in threads}
    cells = {thread.cell for _, thread in threads}
    return [
        note
        for note in notes
        if not note.author.startswith(_COPY)
        or (guid(note.author.removeprefix(_COPY)) not in ids and note.cell not in cells)
    ]
