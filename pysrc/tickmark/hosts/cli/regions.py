"""`tickmark regions`: the tables, titles and notes of a workbook's sheets."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from tickmark.errors import SettingError, WriteRefused
from tickmark.hosts.cli.options import AS_JSON, LIMIT, MAX_FILE_MB, PASSWORD, QUIET, WORKERS
from tickmark.hosts.cli.output import emit, printable, terminal_width
from tickmark.hosts.cli.output_file import OutputFile

if TYPE_CHECKING:
    from tickmark.model.region import Region
    from tickmark.model.workbook import Workbook
    from tickmark.write.frame_files import FrameFile

INCOMPLETE = 3


class FramesFormat(StrEnum):
    """What tables are written as."""

    CSV = "csv"
    PARQUET = "parquet"


def regions(
    book: str = typer.Argument(metavar="BOOK", help="The workbook."),
    sheet: str | None = typer.Option(
        None, "--sheet", metavar="NAME", help="Only this sheet [default: all]."
    ),
    reasons: bool = typer.Option(False, "--reasons", help="Tell why each edge lies where it does."),
    svg: str | None = typer.Option(
        None, "--svg", metavar="FILE", help="Write a picture of the sheets; - is stdout."
    ),
    frames: str | None = typer.Option(
        None, "--frames", metavar="DIR", help="Write each table into a file of this new folder."
    ),
    frames_format: FramesFormat | None = typer.Option(
        None,
        "--frames-format",
        metavar="FORMAT",
        help="csv or parquet, which needs pyarrow [default: csv].",
    ),
    frames_totals: bool = typer.Option(
        False, "--frames-totals", help="Keep the total rows and columns in the files of --frames."
    ),
    password: str | None = PASSWORD,
    workers: int | None = WORKERS,
    max_file_mb: int | None = MAX_FILE_MB,
    limit: list[str] = LIMIT,
    as_json: bool = AS_JSON,
    quiet: bool = QUIET,
) -> int:
    """Find the tables, key-value blocks, lists, titles and notes of sheets.

    Tells for each where it lies, its header rows and columns, its totals, the paths of its column
    headers, how sure it is and, with --reasons or in JSON, why. Files take the place of the text;
    --json can stand beside them. A picture without --sheet has all visible sheets; tables are
    written without titles, totals and notes. Exits with 3 where a part of the workbook could not
    be read.

    \b
    Example:
      tickmark regions model.xlsx
      tickmark regions model.xlsx --sheet "P&L" --reasons --svg regions.svg
      tickmark regions model.xlsx --frames tables --frames-format parquet
    """
    picture = None if svg is None else OutputFile("--svg", svg)
    _check(picture, frames, frames_format, as_json=as_json, frames_totals=frames_totals)
    from tickmark.hosts.cli.book import problems_of, read_book, sheet_named

    workbook = read_book(
        book, password=password, workers=workers, max_file_mb=max_file_mb, limits=limit
    )
    problems = problems_of(workbook)
    if sheet is not None:
        workbook = replace(workbook, sheets=(sheet_named(workbook, sheet),))
    from tickmark.structure.formulas import formulas_of
    from tickmark.structure.regions.detect import regions_of

    found = regions_of(formulas_of(workbook))
    written: tuple[FrameFile, ...] = ()
    if frames is not None:
        wanted = frames_format or FramesFormat.CSV
        written = _write_frames(workbook, found, frames, wanted, totals=frames_totals)
    if picture is not None:
        from tickmark.report.regions_svg import regions_svg

        picture.write(regions_svg(workbook, found, hidden=sheet is not None))
    if as_json:
        emit(json.dumps(_record(workbook, found, problems, written, frames)))
    elif picture is not None or frames is not None:
        _name_files(picture, frames, written)
    else:
        from tickmark.report.regions_text import regions_text

        text = regions_text(workbook, found, reasons=reasons, width=terminal_width())
        emit("\n".join(map(printable, text.split("\n"))))
    for sentence in () if quiet else problems:
        print(f"tickmark: {printable(sentence)}", file=sys.stderr)
    return INCOMPLETE if problems else 0


def _check(
    picture: OutputFile | None,
    frames: str | None,
    frames_format: FramesFormat | None,
    *,
    as_json: bool,
    frames_totals: bool,
) -> None:
    """Refuse at once what could not be written in the end."""
    if picture is not None:
        if as_json and picture.is_stdout:
            raise SettingError("Only one of --json and --svg - can go to stdout.")
        picture.check()
    if frames is not None:
        _check_folder(frames)
    elif frames_format is not None:
        raise SettingError("--frames-format needs --frames DIR, the folder of the tables.")
    elif frames_totals:
        raise SettingError("--frames-totals needs --frames DIR, the folder of the tables.")


def _check_folder(frames: str) -> None:
    from pathlib import Path

    if not frames or frames.startswith("-"):
        raise SettingError(f"--frames needs a folder; {frames!r} is none.")
    folder = Path(frames)
    try:
        folder.stat()  # raises ValueError for what no path can hold
        if not folder.is_dir() or any(folder.iterdir()):
            what = "holds other files" if folder.is_dir() else "is a file"
            raise WriteRefused(f"{frames} {what}; name a new folder with --frames.")
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise WriteRefused(
            f"{frames} cannot be written ({reason}); name another folder with --frames."
        ) from error


def _write_frames(
    workbook: Workbook,
    found: Mapping[str, tuple[Region, ...]],
    folder: str,
    wanted: FramesFormat,
    *,
    totals: bool,
) -> tuple[FrameFile, ...]:
    from pathlib import Path

    from tickmark.write.frame_files import FrameFormat, write_frames

    every = [region for one in workbook.sheets for region in found.get(one.name, ())]
    kind = FrameFormat(wanted)
    return write_frames(workbook, every, Path(folder), file_format=kind, totals=totals)


def _record(
    workbook: Workbook,
    found: Mapping[str, tuple[Region, ...]],
    problems: tuple[str, ...],
    written: tuple[FrameFile, ...],
    frames: str | None,
) -> dict[str, object]:
    from tickmark.report.regions_record import regions_record

    record = regions_record(workbook, found, problems)
    if frames is not None:
        record["frames"] = [
            {
                "file": one.name,
                "sheet": one.range.sheet,
                "range": one.range.a1,
                "rows": one.rows,
                "columns": one.columns,
            }
            for one in written
        ]
    return record


def _name_files(
    picture: OutputFile | None, frames: str | None, written: tuple[FrameFile, ...]
) -> None:
    """The files on stdout, unless the picture itself went there."""
    if picture is not None and picture.is_stdout:
        return
    if picture is not None:
        emit(printable(picture.target))
    if frames is not None:
        from pathlib import Path

        for one in written:
            emit(printable(str(Path(frames) / one.name)))
