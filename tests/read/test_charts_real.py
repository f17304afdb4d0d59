"""Real charts and pictures read as openpyxl reads them."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.reader.drawings import find_images
from openpyxl.xml.functions import fromstring

from tickmark.model.address import RangeRef
from tickmark.model.drawing import Chart
from tickmark.read import read_workbook

Read = tuple[list[str], list[tuple[str, str]]]
"""The kinds of a chart and the categories and values of its series, both sorted."""


def expected(one: Any) -> tuple[str, Read]:  # noqa: ANN401 - a chart of openpyxl
    """What openpyxl reads of a chart; the title only where it is written out, without blanks."""
    words: list[str] = []
    if one.title is not None and one.title.tx is not None and one.title.tx.rich is not None:
        words = [run.t for line in one.title.tx.rich.p for run in line.r or ()]
    plots = one._charts  # noqa: SLF001 - openpyxl has no other list of the plots of a chart
    kinds = {plot.tagname.removesuffix("Chart") for plot in plots}
    pairs = [references(each) for plot in plots for each in plot.ser]
    return without_blanks("".join(words)), (sorted(kinds), sorted(pairs))


def without_blanks(words: str) -> str:
    return "".join(words.split())


def as_read(one: Chart) -> Read:
    kinds = sorted(kind.replace(" ", "") for kind in one.kinds)
    return kinds, sorted((each.categories, each.values) for each in one.series)


def references(one: Any) -> tuple[str, str]:  # noqa: ANN401 - a series of openpyxl
    """Categories and values of a series."""
    if one.xVal is not None or one.yVal is not None:
        return formula(one.xVal), formula(one.yVal)
    return formula(one.cat), formula(one.val)


def formula(source: Any) -> str:  # noqa: ANN401 - a data source of openpyxl
    for name in ("numRef", "strRef", "multiLvlStrRef"):
        found = getattr(source, name, None)
        if found is not None:
            return str(found.f)
    return ""


def real_workbooks(corpus: Path) -> list[Path]:
    """Small workbooks of the corpus and beside it."""
    found = [*corpus.glob("*.xls[xm]"), *(corpus.parent / "labelled" / "tables").glob("*.xlsx")]
    return sorted(one for one in found if one.stat().st_size < 1_700_000 and is_zipfile(one))


def read_drawing(content: bytes) -> Any:  # noqa: ANN401 - a drawing of openpyxl
    """A drawing as openpyxl reads it, None where it cannot."""
    try:
        tree: Any = fromstring(content)
        return SpreadsheetDrawing.from_tree(tree)
    except TypeError:
        return None


def corners(anchor: Any) -> tuple[int, int, int, int]:  # noqa: ANN401 - an anchor of openpyxl
    """Top, left, bottom and right of an anchor, 1-based."""
    first = anchor._from  # noqa: SLF001 - openpyxl has no other name for it
    last = getattr(anchor, "to", first)
    return first.row + 1, first.col + 1, last.row + 1, last.col + 1


def edges(anchor: RangeRef | None) -> tuple[int, int, int, int]:
    assert anchor is not None
    return anchor.top, anchor.left, anchor.bottom, anchor.right


def test_real_charts_and_pictures_are_read_as_openpyxl_reads_them(corpus: Path) -> None:
    charts = pictures = 0
    for path in real_workbooks(corpus):
        with ZipFile(path) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not support
            parts = [one for one in archive.namelist() if fnmatch(one, "xl/drawings/drawing*.xml")]
            drawings = [read_drawing(archive.read(one)) for one in parts]
            if not parts or any(one is None for one in drawings):
                continue
            wanted = [expected(one) for name in parts for one in find_images(archive, name)[0]]
        placed = [one for drawing in drawings for one in drawing._chart_rels]  # noqa: SLF001 - no other list
        shown = [one for drawing in drawings for one in drawing._blip_rels]  # noqa: SLF001 - no other list
        book = read_workbook(path)
        ours = [one for sheet in book.sheets for one in sheet.details.charts]
        ours += [one for sheet in book.details.chart_sheets for one in sheet.charts]
        shapes = [one for sheet in book.sheets for one in sheet.details.shapes]
        found = [edges(one.anchor) for one in shapes if one.kind == "picture"]
        titles = Counter(without_blanks(one.title) for one in ours)

        assert sorted(map(as_read, ours)) == sorted(read for _, read in wanted), path.name
        assert Counter(title for title, _ in wanted if title) <= titles, path.name
        assert sorted(edges(one.anchor) for one in ours if one.anchor) == sorted(
            corners(one.anchor) for one in placed if hasattr(one.anchor, "_from")
        ), path.name
        assert sorted(found) == sorted(corners(one.anchor) for one in shown), path.name
        charts += len(ours)
        pictures += len(found)
    assert charts > 30
    assert pictures > 10


def test_real_workbooks_have_as_many_charts_as_their_index_says(corpus: Path) -> None:
    with (corpus / "INDEX.csv").open(encoding="utf-8") as lines:
        listed = {
            row["file"]: int(row["charts"])
            for row in csv.DictReader(lines)
            if row["kind"] in {"xlsx", "xlsm"} and row["charts"] not in {"", "0"}
        }
    found = {}
    for name in listed:
        book = read_workbook(corpus / name)
        found[name] = sum(len(sheet.details.charts) for sheet in book.sheets) + sum(
            len(sheet.charts) for sheet in book.details.chart_sheets
        )
    assert found == listed
    assert sum(found.values()) > 40
