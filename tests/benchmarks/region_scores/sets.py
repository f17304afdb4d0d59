"""The labelled sheets to score on, and which of them are set aside until the end.

tables      workbooks with `annotation.txt`; the nine with the smallest sha256 of their name are set
            aside
list objects  what authors drew as tables, in any workbook of a folder
samples     the project's own sample workbooks: their ListObjects, and labels in `samples.jsonl`
drawn       sheets of real workbooks labelled by hand for this benchmark; a workbook is set aside
            where the sha256 of its name begins with a letter

ListObjects are hidden from the detector everywhere, with the filters that belong to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from tests.benchmarks.region_scores import annotation, drawn
from tests.benchmarks.region_scores.labels import (
    LabelledSheet,
    LabelledTable,
    exactly,
    just,
)
from tickmark.errors import TickmarkError
from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import Sheet, Table, Workbook
from tickmark.read import SUPPORTED, read_workbook

ASIDE = 9
"""Workbooks of the set `tables` that are set aside."""

DRAWN_ASIDE = "abcdef"
SAMPLES = "samples.jsonl"
ANNOTATION = "annotation.txt"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where workbooks and labels are."""

    tables: Path
    workbooks: Path
    errors: Path
    samples: Path
    drawn: Path


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A workbook as the detector gets it, and the labels of its sheets."""

    name: str
    workbook: Workbook
    labels: tuple[LabelledSheet, ...]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set of workbooks with labels; those without are found in the files themselves.

    `whole` tells whether all tables of a sheet are labelled, `missing` what was left out and why.
    """

    name: str
    books: tuple[tuple[Path, tuple[LabelledSheet, ...] | None], ...]
    whole: bool = False
    set_aside: bool = False
    missing: list[str] = field(default_factory=list)

    def read(self) -> Iterator[Read]:
        """Each workbook, read once; one that cannot be read is among the missing."""
        for path, labels in self.books:
            try:
                workbook = read_workbook(path)
            except TickmarkError as error:
                self.missing.append(f"{path.name}: {error}")
                continue
            known = [] if labels is None else list(labels)
            own = tuple(known) or list_objects(path.name, workbook)
            there = {sheet.name for sheet in workbook.sheets}
            lost = [one.sheet for one in own if one.sheet not in there]
            self.missing.extend(f"{path.name}: no sheet {name!r}" for name in lost)
            hidden = without_list_objects(workbook)
            found = tuple(_fitted(one, hidden[one.sheet]) for one in own if one.sheet in there)
            if found:
                yield Read(path.name, hidden, found)


def tables_set(folders: Folders, *, aside: bool) -> LabelledSet | str:
    """The set `tables`; the sentence that says what is missing where it is."""
    text = folders.tables / ANNOTATION
    if not text.is_file():
        return f"tables: there is no {ANNOTATION} in {folders.tables}; left out"
    names = [path.name for path in folders.tables.iterdir() if path.suffix == ".xlsx"]
    kept = [name for name in sorted(names) if (name in put_aside(names)) == aside]
    labels = annotation.labels_of(text.read_text(encoding="utf-8", errors="replace"), kept)
    return _grouped("tables", labels, [folders.tables], set_aside=aside)


def list_objects_set(folders: Folders) -> LabelledSet | str:
    """The set `list objects`."""
    if not folders.workbooks.is_dir():
        return f"list objects: there is no folder {folders.workbooks}; left out"
    return LabelledSet(
        "list objects", tuple((path, None) for path in _workbooks(folders.workbooks))
    )


def samples_set(folders: Folders) -> LabelledSet | str:
    """The set `samples`: hand-drawn labels where there are any, else ListObjects."""
    labels = folders.drawn / SAMPLES
    if not folders.samples.is_dir():
        return f"samples: there is no folder {folders.samples}; left out"
    if labels.is_file():
        found = drawn.labels_of(labels.read_text(encoding="utf-8"))
        return _grouped("samples", found, [folders.samples], whole=True)
    return LabelledSet("samples", tuple((path, None) for path in _workbooks(folders.samples)))


def drawn_set(folders: Folders, *, aside: bool) -> LabelledSet | str:
    """The set `drawn`."""
    files = sorted(folders.drawn.glob("*.jsonl")) if folders.drawn.is_dir() else []
    files = [path for path in files if path.name != SAMPLES]
    if not files:
        return f"drawn: there are no labels in {folders.drawn}; left out"
    found: list[LabelledSheet] = []
    broken = []
    for path in files:
        try:
            found += drawn.labels_of(path.read_text(encoding="utf-8"))
        except ValueError as error:
            broken.append(f"{path.name}: {error}")
    once = {(one.workbook, one.sheet): one for one in reversed(found)}
    kept = [one for one in reversed(once.values()) if drawn_aside(one.workbook) == aside]
    made = _grouped("drawn", kept, [folders.workbooks, folders.errors], whole=True, set_aside=aside)
    made.missing.extend(broken)
    return made


def put_aside(names: Iterable[str]) -> frozenset[str]:
    """The workbooks of `tables` that are set aside."""
    return frozenset(sorted(names, key=_digest)[:ASIDE])


def drawn_aside(name: str) -> bool:
    """Whether a workbook of `drawn` is set aside."""
    return _digest(name)[0] in DRAWN_ASIDE


def list_objects(name: str, workbook: Workbook) -> tuple[LabelledSheet, ...]:
    """The tables that the author drew, at least 2x2 and with content below the header."""
    found = []
    for sheet in workbook.sheets:
        tables = tuple(
            LabelledTable(
                table.range,
                header_rows=exactly(table.header_rows),
                total_rows=just(_last_rows(table)),
            )
            for table in sheet.tables
            if _drawn(table, sheet)
        )
        if tables:
            found.append(LabelledSheet(name, sheet.name, tables))
    return tuple(found)


def without_list_objects(workbook: Workbook) -> Workbook:
    """The workbook as if its author had drawn no tables."""
    return replace(workbook, sheets=tuple(map(_without_tables, workbook.sheets)))


def _without_tables(sheet: Sheet) -> Sheet:
    if not sheet.tables:
        return sheet
    details = replace(sheet.details, slicers=())
    filtered = details.filter_range
    if filtered is not None and any(table.range.meets(filtered) for table in sheet.tables):
        details = replace(details, filter_range=None)
    return replace(sheet, tables=(), details=details)


def _drawn(table: Table, sheet: Sheet) -> bool:
    area = table.range
    if area.top == area.bottom or area.left == area.right:
        return False
    top, bottom = area.top + table.header_rows, area.bottom - table.totals_rows
    if top > bottom:
        return False
    cells = sheet.cells
    body = cells.within(RangeRef(sheet.name, top, area.left, bottom, area.right))
    filled = (cells.kinds[body] != CellKind.EMPTY) | (cells.formulas[body] != NO_FORMULA)
    return bool(filled.any())


def _last_rows(table: Table) -> frozenset[int]:
    bottom = table.range.bottom
    return frozenset(range(bottom - table.totals_rows + 1, bottom + 1))


def _fitted(label: LabelledSheet, sheet: Sheet) -> LabelledSheet:
    """The labels with the blank columns that only the sheet tells."""
    if label.whole:
        return label
    fit = partial(_with_blank_columns, sheet)
    return replace(label, tables=tuple(map(fit, label.tables)))


def _with_blank_columns(sheet: Sheet, table: LabelledTable) -> LabelledTable:
    area = table.range
    seen = sheet.cells.within(area)
    filled = np.unique(sheet.cells.columns[seen]).tolist()
    blank = frozenset(range(area.left, area.right + 1)) - set(filled)
    return annotation.with_blank_columns(table, blank)


def _grouped(
    name: str,
    labels: Sequence[LabelledSheet],
    folders: Sequence[Path],
    *,
    whole: bool = False,
    set_aside: bool = False,
) -> LabelledSet:
    """The labels by workbook, each looked for in the folders."""
    books: dict[str, list[LabelledSheet]] = {}
    for one in labels:
        books.setdefault(one.workbook, []).append(one)
    found, missing = [], []
    for book, own in books.items():
        path = next((folder / book for folder in folders if (folder / book).is_file()), None)
        if path is None:
            missing.append(f"{book}: no such workbook")
        else:
            found.append((path, tuple(own)))
    return LabelledSet(name, tuple(found), whole=whole, set_aside=set_aside, missing=missing)


def _workbooks(folder: Path) -> list[Path]:
    kinds = frozenset(f".{kind}" for kind in SUPPORTED) - {".csv", ".tsv"}
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in kinds)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
