"""Freeze to values: LLM formulas become their values, and come back when pressed again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tickmark.errors import AddressError, InputError
from tickmark.hosts.folder import now
from tickmark.hosts.jobs.asking import ribbon_settings
from tickmark.hosts.jobs.frozen import Frozen, add_frozen, drop_frozen, frozen_blocks
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.jobs.llm_cells import Block, Kind, blocks_in, used, whole_sheet
from tickmark.model.address import RangeRef
from tickmark.report.wording import counted
from tickmark.write.live import typed_text

if TYPE_CHECKING:
    from xlwings import Note, Range, Sheet

NOTE = "Tickmark froze"
_MOST_NOTED = 50


def freeze(job: Job) -> str:
    """Freeze the selection, or the sheet where one cell is selected; thaw what is frozen already.

    Answers that are not there yet stay formulas.
    """
    if not job.place.selection:
        raise InputError("No cells are selected; select cells with LLM functions first.")
    sheet = job.book.sheets[job.place.sheet]
    areas = used(sheet, job.place.selection)
    single = sum(area.cells for area in areas) <= 1
    selected = blocks_in(sheet, areas)
    if not selected and (thawed := _thaw(sheet, areas)):
        return thawed
    blocks = selected or (blocks_in(sheet, whole_sheet(sheet)) if single else [])
    ready = [block for block in blocks if block.ready]
    waiting = len(blocks) - len(ready)
    if ready:
        _freeze(job, sheet, ready)
    sentence = _told(ready, waiting, job.place.sheet)
    if waiting or not ready:
        job.tell(sentence)
    return sentence


def _told(ready: Sequence[Block], waiting: int, sheet: str) -> str:
    if not ready and not waiting:
        return f"No LLM functions are here, neither in the selection nor frozen on {sheet}."
    later = f" {counted(waiting, 'block')} without an answer yet stayed as formulas."
    return f"{counted(len(ready), 'block')} frozen on {sheet}.{later if waiting else ''}"


def _freeze(job: Job, sheet: Sheet, blocks: Sequence[Block]) -> None:
    """Record first, then change: whatever happens between, the formulas are not lost."""
    at = now()
    frozen = [Frozen(secrets.token_hex(6), sheet.name, block, at) for block in blocks]
    for one in frozen:
        add_frozen(one)
    model = ribbon_settings().cell_model
    for one in frozen:
        area = sheet.range(one.block.area)
        noted = next((cell for cell in _first_cells(area) if cell.note is None), None)
        values = area.options(ndim=2).value
        area.clear_contents()
        area.value = [[_kept(value) for value in line] for line in values]
        if noted is not None:  # never in place of a note of the user's
            noted.add_note(_note(one, job.run_id, model))


def _note(one: Frozen, run_id: str, model: str) -> str:
    return (
        f"{NOTE} {', '.join(one.block.functions)} at {one.at}, run {run_id}; model as set then: "
        f"{model}. Select {one.block.area} and press Freeze to values again to bring the formulas "
        f"back. [{one.id}]"
    )


def _kept(value: object) -> object:
    return typed_text(value) if isinstance(value, str) else value


def _thaw(sheet: Sheet, areas: Sequence[RangeRef]) -> str:
    """Bring back the formulas of frozen blocks in the areas; "" where there are none."""
    thawed = 0
    for one in frozen_blocks():
        if one.sheet != sheet.name or not _meets(one, areas):
            continue
        area = sheet.range(one.block.area)
        note = _our_note(area, one)
        if note is None:  # the cells were moved, or belong to another workbook
            continue
        area.clear_contents()
        _restore(area, one.block)
        note.delete()
        drop_frozen(one)
        thawed += 1
    return f"{counted(thawed, 'block')} thawed on {sheet.name}." if thawed else ""


def _restore(area: Range, block: Block) -> None:
    if block.kind is Kind.ARRAY:
        area.formula_array = block.formulas[0][0]
        return
    cells = area.sheet.range((area.row, area.column)) if block.kind is Kind.SPILL else area
    formulas = block.formulas if cells.count > 1 else block.formulas[0][0]
    try:
        cells.formula2 = formulas
    except (AttributeError, NotImplementedError):
        cells.formula = formulas


def _meets(one: Frozen, areas: Iterable[RangeRef]) -> bool:
    try:
        span = RangeRef.parse(one.block.area)
    except AddressError:
        return False
    return any(span.meets(area) for area in areas)


def _our_note(area: Range, one: Frozen) -> Note | None:
    """The note of a block that still stands where it was frozen."""
    for cell in _first_cells(area):
        note = cell.note
        if note is not None and f"[{one.id}]" in note.text:
            return note
    return None


def _first_cells(area: Range) -> Iterator[Range]:
    """The first column of a block, as far as a note is looked for."""
    for row in range(area.row, area.row + min(_MOST_NOTED, area.shape[0])):
        yield area.sheet.range((row, area.column))
