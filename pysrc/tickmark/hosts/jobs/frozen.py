"""The record of frozen blocks: their formulas, so that they can come back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tickmark.hosts.job_log import log_file
from tickmark.hosts.jobs.llm_cells import Block, Kind
from tickmark.hosts.private_file import read_private, write_private

_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A block that was frozen; its note in the sheet names `id`. `at` is when, in ISO 8601."""

    id: str
    sheet: str
    block: Block
    at: str


def frozen_folder() -> Path:
    """Where each frozen block has a file of its own, whatever its workbook is called by now."""
    return log_file().parent / "frozen"


def frozen_blocks() -> tuple[Frozen, ...]:
    """What is recorded; what is damaged is left out."""
    found = (_frozen(read_private(path)) for path in sorted(frozen_folder().glob("*.json")))
    return tuple(one for one in found if one is not None)


def add_frozen(one: Frozen) -> None:
    """Record a block. Raises OSError."""
    write_private(_file(one.id), asdict(one))


def drop_frozen(one: Frozen) -> None:
    """Forget a block whose formulas stand in their cells again. Raises OSError."""
    _file(one.id).unlink(missing_ok=True)


def _file(block_id: str) -> Path:
    return frozen_folder() / f"{block_id}.json"


def _frozen(record: Mapping[str, object]) -> Frozen | None:
    block = record.get("block")
    if not isinstance(block, dict):
        return None
    formulas, functions = block.get("formulas"), block.get("functions")
    if not isinstance(formulas, list) or not isinstance(functions, list):
        return None
    try:
        kind = Kind(str(block.get("kind")))
    except ValueError:
        return None
    known = Block(
        area=str(block.get("area", "")),
        functions=tuple(map(str, functions)),
        formulas=tuple(tuple(map(str, line)) for line in formulas if isinstance(line, list)),
        kind=kind,
        ready=True,
    )
    texts = {name: str(record.get(name, "")) for name in ("id", "sheet", "at")}
    if not _ID.fullmatch(texts["id"]):
        return None
    return Frozen(texts["id"], texts["sheet"], known, texts["at"])
