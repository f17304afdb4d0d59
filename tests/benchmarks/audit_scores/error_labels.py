"""Workbooks whose wrong cells people have labelled, converted once, and what is set aside."""

from __future__ import annotations

import csv
import hashlib
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.audit_scores.accusations import Place
from tickmark.errors import TickmarkError
from tickmark.model.address import parse_cell
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.read.conversion import NotConverted
from tickmark.read.limits import Limits
from tickmark.read.office import Office, converted

ASIDE = 11
"""Workbooks that are set aside: those whose names have the smallest sha256."""

LABELS = "labels.csv"
ALL, FORMULA, MISSING = "error_cells", "formula_error", "missing_formula"
CLASSES = {ALL: "all errors", FORMULA: "formula errors", MISSING: "missing formulas"}

Labels = Mapping[str, frozenset[Place]]
"""The labelled cells of each class."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledBook:
    """A workbook, the .xlsx file it was read from, and its labelled cells by class."""

    name: str
    path: Path
    workbook: Workbook
    labels: Labels


def labelled_books(folder: Path, cache: Path, *, aside: bool) -> Iterator[LabelledBook | str]:
    """The workbooks set aside or the others; a sentence in place of one that is left out.

    `folder` holds .xls files and LABELS; what they are converted to is kept in `cache`.
    """
    table = folder / LABELS
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not table.is_file():
        yield f"there is no {LABELS} in {folder}; left out"
        return
    if program is None:
        yield "LibreOffice converts these workbooks, and there is none here; left out"
        return
    office = Office(Path(program), cache / "converted")
    labels = labels_of(table.read_text(encoding="utf-8"))
    paths = {path.name: path for path in sorted(folder.glob("*.xls"))}
    hidden = put_aside(paths)
    for name, path in paths.items():
        if (name in hidden) == aside:
            try:
                yield _read(path, office, labels.get(name, {}))
            except (NotConverted, TickmarkError) as error:
                yield f"{'a workbook set aside' if aside else name}: {error}"


def labels_of(table: str) -> dict[str, Labels]:
    """The labelled cells by workbook and class, from the text of a CSV file."""
    found: dict[str, dict[str, set[Place]]] = {}
    for row in csv.DictReader(table.splitlines()):
        own = found.setdefault(row["workbook"], {name: set() for name in CLASSES})
        for name, cells in own.items():
            texts = filter(None, row[name].split(","))
            cells.update((row["sheet"], *parse_cell(text.strip())) for text in texts)
    return {
        book: {name: frozenset(cells) for name, cells in own.items()} for book, own in found.items()
    }


def put_aside(names: Iterable[str]) -> frozenset[str]:
    """The names that are set aside."""
    digests = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return frozenset(digests[:ASIDE])


def _read(path: Path, office: Office, labels: Labels) -> LabelledBook:
    data = converted(office, path.read_bytes(), path.name, "xls", Limits())
    copy = office.converted.parent / "books" / f"{path.stem}.xlsx"
    if not copy.is_file() or copy.read_bytes() != data:
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
    workbook = read_workbook(copy)
    there = {sheet.name for sheet in workbook.sheets}
    every = labels.get(ALL, frozenset())
    lost = {sheet for sheet, _, _ in every} - there
    if lost:
        sys.exit(f"a labelled workbook lacks {len(lost)} of its sheets after conversion")
    return LabelledBook(
        path.name, copy, workbook, {name: labels.get(name, frozenset()) for name in CLASSES}
    )
