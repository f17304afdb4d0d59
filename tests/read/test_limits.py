"""Every limit can be moved, and says in its sentence how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from tests.read.guarded import read_guarded
from tests.read.parts import STYLES, binary_workbook, parts, zipped
from tickmark.read import Limits
from tickmark.read.limits import NAMES, meanings

CELL = '<c r="A1"><v>1</v></c>'
TEXT = '<c r="A1" t="inlineStr"><is><t>some text</t></is></c>'
SHARED = '<c r="A1" t="s"><v>0</v></c>'
STRING = "<si><t>some text</t></si>"
FORMULA = '<c r="A1"><f>((((1+1))))</f><v>2</v></c>'
SIZE = len(zipped(parts(CELL)))
LARGE = zipped(parts(CELL, strings=f"<si><t>{'blank ' * 60_000}</t></si>"))
TWO_SHEETS = zipped(
    {
        **parts(CELL),
        "xl/workbook.xml": str(parts()["xl/workbook.xml"]).replace(
            "</sheets>", '<sheet name="More" sheetId="2" r:id="rId1"/></sheets>'
        ),
    }
)
BINARY = binary_workbook(("One", ((0, 0, 1.0), (50, 50, 2.0))))
STRINGS = "Texts are missing from the workbook: its part xl/sharedStrings.xml"

# Limits, a file, and what is said of it.
CASES: Mapping[str, tuple[Limits, str, bytes, str]] = {
    "file_bytes": (
        Limits(file_bytes=1_000),
        "xlsx",
        zipped(parts(CELL)),
        f"has {SIZE / 1e6:,.1f} MB; the limit is 0.001 MB, set with --max-file-mb.",
    ),
    "zip_members": (
        Limits(zip_members=5),
        "xlsx",
        zipped(parts(CELL)),
        (
            "holds more than 5 parts and was refused as a possible zip bomb; --limit zip_members=N "
            "allows more."
        ),
    ),
    "part_bytes": (
        Limits(part_bytes=1_000),
        "xlsx",
        zipped(parts(CELL, strings=STRING * 100)),
        f"{STRINGS} unpacks to more than 0.001 MB; --limit part_bytes=N allows more.",
    ),
    "total_bytes": (
        Limits(total_bytes=3_000),
        "xlsx",
        zipped(parts(CELL, strings=STRING * 100)),
        (
            "unpacks to more than 3e-06 GB and was refused as a possible zip bomb; --limit "
            "total_bytes=N allows more."
        ),
    ),
    "ratio": (
        Limits(ratio=40, ratio_from=1_000),
        "xlsx",
        LARGE,
        (
            "unpacks to more than 40 times its size and was refused as a possible zip bomb; "
            "--limit ratio=N allows more."
        ),
    ),
    "ratio_from": (
        Limits(ratio_from=1_000),
        "xlsx",
        LARGE,
        (
            f"{STRINGS} unpacks to more than 200 times its size, which is the mark of a zip bomb; "
            "--limit ratio=N allows more."
        ),
    ),
    "sheets": (
        Limits(sheets=1),
        "xlsx",
        TWO_SHEETS,
        "1 sheets left out of 2; --limit sheets=N allows more.",
    ),
    "sheet_cells": (
        Limits(sheet_cells=1),
        "xlsx",
        zipped(parts(CELL + CELL.replace("A1", "B1"))),
        "Data: Only the first 1 cells were read; --limit sheet_cells=N allows more.",
    ),
    "sheet_elements": (
        Limits(sheet_elements=2),
        "xlsx",
        zipped(parts(TEXT, after="<rowBreaks><brk/><brk/></rowBreaks>")),
        "Data: Only the first 2 elements were read; --limit sheet_elements=N allows more.",
    ),
    "workbook_cells": (
        Limits(workbook_cells=1),
        "xlsx",
        TWO_SHEETS,
        (
            "sheet 'More' could not be read: the sheets before it already hold 1 cells; --limit "
            "workbook_cells=N allows more."
        ),
    ),
    "dense_cells": (
        Limits(dense_cells=2_600),
        "xlsb",
        BINARY,
        (
            "sheet 'One' could not be read: it spans 51 rows by 51 columns; --limit dense_cells=N "
            "allows more."
        ),
    ),
    "string_length": (
        Limits(string_length=4),
        "xlsx",
        zipped(parts(TEXT)),
        (
            "Data: 1 cell read in part: the text is too long (first: A1); --limit string_length=N "
            "allows more."
        ),
    ),
    "string_bytes": (
        Limits(string_bytes=40),
        "xlsx",
        zipped(parts(SHARED, strings=STRING)),
        f"{STRINGS} holds texts of more than 4e-05 MB; --limit string_bytes=N allows more.",
    ),
    "formula_length": (
        Limits(formula_length=5),
        "xlsx",
        zipped(parts(FORMULA)),
        (
            "Data: 1 cell read without formula: it is too long (first: A1); --limit "
            "formula_length=N allows more."
        ),
    ),
    "formula_depth": (
        Limits(formula_depth=3),
        "xlsx",
        zipped(parts(FORMULA)),
        (
            "Data: 1 cell read without formula: its parentheses stand too deep inside each other "
            "(first: A1); --limit formula_depth=N allows more."
        ),
    ),
    "depth": (
        Limits(depth=3),
        "xlsx",
        zipped(parts(CELL)),
        (
            "Data: Formats are unknown, dates look like numbers: its part xl/styles.xml nests its "
            "elements more than 3 deep; --limit depth=N allows more."
        ),
    ),
    "elements": (
        Limits(elements=10),
        "xlsx",
        zipped(parts(CELL)),
        "its part xl/styles.xml has more than 10 elements; --limit elements=N allows more.",
    ),
    "tag_bytes": (
        Limits(tag_bytes=1_000),
        "xlsx",
        zipped(parts(CELL, styles=f'<fonts x="{"y" * 600_000}"/>{STYLES}')),
        "xl/styles.xml holds a tag of more than 0.001 MB; --limit tag_bytes=N allows more.",
    ),
    "ranges": (
        Limits(ranges=1),
        "xlsx",
        zipped(
            parts(
                CELL,
                after='<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells>',
            )
        ),
        "Data: 1 merged ranges left out; --limit ranges=N allows more.",
    ),
    "child_seconds": (
        Limits(child_seconds=0.01),
        "xlsb",
        BINARY,
        "it took longer than 0.01 seconds; --limit child_seconds=N allows more.",
    ),
    "child_bytes": (
        Limits(child_bytes=1_000_000),
        "xlsb",
        BINARY,
        "cannot be read: ",
    ),
}


def test_every_limit_has_its_case() -> None:
    assert set(CASES) == {one.name for one in fields(Limits)} == {*NAMES, "file_bytes"}
    assert [name for name, _, _ in meanings()] == list(NAMES)


@pytest.mark.parametrize("name", CASES)
def test_a_limit_moves_and_says_how(name: str, tmp_path: Path) -> None:
    limits, extension, data, sentence = CASES[name]
    path = tmp_path / f"book.{extension}"
    path.write_bytes(data)

    whole = read_guarded(path)
    cut = read_guarded(path, limits)

    assert (whole.bad, whole.refusal) == (False, "")
    assert sentence not in whole.problems
    assert whole.problems == () or extension != "xlsx"  # of others it is told what they lack
    assert not cut.bad
    told = " ".join((cut.refusal, *cut.problems))
    assert sentence in told
