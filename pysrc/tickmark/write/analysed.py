"""The analysed copy of a workbook: new sheets at its end, every other part byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tickmark.errors import WriteRefused
from tickmark.model.edit import AddSheet
from tickmark.write.additions import Additions
from tickmark.write.archive import check_copy, write_archive
from tickmark.write.atomic_file import replacing
from tickmark.write.layout import formats_of
from tickmark.write.links import with_places
from tickmark.write.looks import CellFormat, Styles
from tickmark.write.package import Package, open_package, shown
from tickmark.write.sheet_name import legal_name
from tickmark.write.sheet_part import sheet_xml
from tickmark.write.styles_part import empty_styles, with_formats
from tickmark.write.workbook_part import Page, WorkbookPart, with_pages, workbook_part

PATCHABLE: Final = frozenset({"xlsx", "xlsm", "xltx", "xltm"})
"""Extensions of the formats that `write_analysed` copies."""


def write_analysed(source: Path, edits: Sequence[AddSheet], target: Path) -> None:
    """Copy a workbook with new sheets after its own; the source is opened for reading only.

    Members that need no edit keep their packed bytes, edited ones are spliced. The copy is read
    back before it takes the target's place; it never stands there in part. Names of sheets are
    made legal and unique. Raises WriteRefused where the copy would be damaged or cannot be made,
    OSError where the disk does not serve.
    """
    if not edits:
        message = f"No sheet is given that could be added to {source.name}; give at least one."
        raise WriteRefused(message)
    if target.exists() and target.samefile(source):
        message = f"{source.name} is the source itself; name another file for the copy."
        raise WriteRefused(message)
    with open_package(source) as package:
        book = workbook_part(package)
        edited, added = _patch(package, book, edits)
        with replacing(target) as (temporary, stream):
            checksums = write_archive(package, edited, added, stream)
            check_copy(package, temporary, edited, added, checksums)
            if not _is_whole(temporary, book, [*edited, *added], len(edits)):
                message = f"The copy of {source.name} lost sheets, so nothing was written."
                raise WriteRefused(message)
            shutil.copymode(source, temporary)


def _patch(
    package: Package, book: WorkbookPart, edits: Sequence[AddSheet]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """New bytes of members that are there, by their own names, and new members."""
    additions = Additions(package, book)
    targets = {name.casefold(): name for name in book.sheet_names}
    sheets = [with_places(edit, targets) for edit in edits]
    parts, styles = _styles(package, book, formats_of(sheets), additions)
    taken = list(book.sheet_names)
    pages: list[Page] = []
    for sheet in sheets:
        name = legal_name(sheet.name, taken)
        taken.append(name)
        data = sheet_xml(sheet, namespace=book.namespace, styles=styles)
        relation = additions.add_sheet(data)
        pages.append(Page(name, relation, sheet.filter_range))
    parts = {**parts, book.name: with_pages(book, pages), **additions.edited()}
    edited = {info.filename: data for part, data in parts.items() if (info := package.member(part))}
    return edited, additions.added()


def _styles(
    package: Package, book: WorkbookPart, formats: Sequence[CellFormat], additions: Additions
) -> tuple[dict[str, bytes], Styles]:
    """The styles part with the formats, as an edit or as an addition, and where they stand."""
    relation = book.related("styles")
    if relation is None:
        data, styles = with_formats(empty_styles(book.namespace), formats, label="styles")
        additions.add_styles(data)
        return {}, styles
    label = f"{shown(relation.target)} of {package.name}"
    data, styles = with_formats(package.read(relation.target), formats, label=label)
    return {relation.target: data}, styles


def _is_whole(copy: Path, book: WorkbookPart, parts: Sequence[str], new: int) -> bool:
    """Read the written parts again: all are sound XML, old sheets and new ones stand in order."""
    with open_package(copy) as package:
        names = workbook_part(package).sheet_names
        for part in parts:
            package.outline(part, ())
    old = len(book.sheet_names)
    return names[:old] == book.sheet_names and len(names) == old + new
