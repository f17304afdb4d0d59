"""Tables of a workbook as files, one each, with an index beside them.

The index, `frames.json`, tells of each file its place in the workbook, the types of its columns,
which rows of the sheet it holds and what was left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Workbook
from tickmark.structure.frame_cells import FrameCells, frame_cells
from tickmark.structure.frame_table import FrameOptions, FrameTable
from tickmark.structure.frames import as_frame, frame_table
from tickmark.write.file_name import distinct_stems, file_stem
from tickmark.write.frame_record import file_record, skipped_record
from tickmark.write.frame_texts import fit_for_csv, fit_for_parquet

INDEX_FILE: Final = "frames.json"

_LONGEST_SHEET: Final = 31
_LONGEST_NAME: Final = 40


class FrameFormat(StrEnum):
    """What a table is written as; Parquet needs pyarrow."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class FrameFile:
    """A file that was written: its name in the folder, the range it comes from, its size."""

    name: str
    range: RangeRef
    rows: int
    columns: int


def write_frames(
    workbook: Workbook,
    regions: Iterable[Region],
    folder: Path,
    *,
    file_format: FrameFormat = FrameFormat.CSV,
    totals: bool = False,
) -> tuple[FrameFile, ...]:
    """Write one file for each table into a new or empty folder, and `frames.json` about them.

    Totals are left out unless `totals` keeps them. Of regions of other roles the index tells only
    where they are. A file has the columns of `to_frame`, without its index; several levels of
    headers are joined by ` / `, and a column of several kinds becomes one of texts. CSV is UTF-8
    with guarded texts (`write.csv_text`).
    Nothing is ever overwritten. Raises InputError where the folder holds anything or cannot be
    written, and where pyarrow is missing.
    """
    if file_format is FrameFormat.PARQUET:
        _need_pyarrow()
    regions = list(regions)
    tables = [one for one in regions if one.role is Role.TABLE]
    skipped = [skipped_record(one, "not a table") for one in regions if one.role is not Role.TABLE]
    files: list[FrameFile] = []
    records: list[dict[str, object]] = []
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            message = f"{folder} holds other files; name a new folder with --frames."
            raise InputError(message)
        stems = distinct_stems(map(_stem, tables))
        cells: dict[str, FrameCells] = {}
        for region, stem in zip(tables, stems, strict=True):
            sheet = region.range.sheet
            if sheet not in cells:
                cells = {sheet: frame_cells(workbook, workbook[sheet])}
            try:
                table = frame_table(cells[sheet], region, FrameOptions(totals=totals))
            except InputError as error:
                skipped.append(skipped_record(region, str(error)))
                continue
            if not table.columns:
                skipped.append(skipped_record(region, "no data"))
                continue
            name = f"{stem}.{file_format}"
            names, guarded = _write(folder / name, table, file_format)
            records.append(file_record(name, region, table, names, guarded, totals=totals))
            files.append(FrameFile(name, region.range, len(table.rows), len(table.columns)))
        _write_index(folder, workbook, records, skipped)
    return tuple(files)


def _write(
    path: Path, table: FrameTable, file_format: FrameFormat
) -> tuple[list[str], Sequence[int]]:
    """Write one table; its column names, and how many texts of each were guarded."""
    frame = as_frame(table, flat=True)
    if file_format is FrameFormat.PARQUET:
        fit, guarded = fit_for_parquet(frame)
        with path.open("xb") as stream:
            fit.to_parquet(stream, engine="pyarrow", index=False)
    else:
        fit, guarded = fit_for_csv(frame)
        with path.open("x", encoding="utf-8", newline="") as stream:
            fit.to_csv(stream, index=False, lineterminator="\n")
    return list(frame.columns), guarded


def _write_index(
    folder: Path,
    workbook: Workbook,
    records: list[dict[str, object]],
    skipped: list[dict[str, object]],
) -> None:
    record = {
        "schema_version": 1,
        "workbook": workbook.path,
        "sha256": workbook.sha256,
        "tables": records,
        "not_written": skipped,
    }
    with (folder / INDEX_FILE).open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(json.dumps(record, indent=2) + "\n")


def _stem(region: Region) -> str:
    """Name of a file from the names of the sheet and of the table, or from the table's range."""
    sheet = file_stem(region.range.sheet, _LONGEST_SHEET) or "sheet"
    name = file_stem(region.name, _LONGEST_NAME) or file_stem(region.range.a1)
    return sheet if name == sheet else file_stem(f"{sheet}-{name}")


def _need_pyarrow() -> None:
    try:
        import pyarrow as pa  # noqa: F401, PLC0415 - an extra; pandas would tell a longer story
    except ImportError as error:
        message = (
            "Parquet files need pyarrow; install it with `pip install 'tickmark[parquet]'`, or "
            "choose csv."
        )
        raise InputError(message) from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}; choose another --frames folder."
        raise InputError(message) from error
