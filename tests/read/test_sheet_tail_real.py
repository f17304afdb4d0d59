"""What stands around the cells of real workbooks, as openpyxl reads it."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tickmark.model.address import RangeRef, cell_address
from tickmark.model.cell_rules import ConditionalFormat
from tickmark.model.sheet_details import SheetDetails
from tickmark.model.workbook import Sheet
from tickmark.read import read_workbook

Facts = Counter[tuple[object, ...]]

CELLS = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
AREA = re.compile(r"!([A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?)(?=,|$)")
COMPARING = {"whole", "decimal", "date", "time", "textLength"}
ACTIONS = (
    "objects",
    "scenarios",
    "formatCells",
    "formatColumns",
    "formatRows",
    "insertColumns",
    "insertRows",
    "insertHyperlinks",
    "deleteColumns",
    "deleteRows",
    "selectLockedCells",
    "sort",
    "autoFilter",
    "pivotTables",
    "selectUnlockedCells",
)
SMALL = 150_000


def without_cells(path: Path, folder: Path) -> Path:
    """A copy of a workbook whose sheets hold no cells, so that openpyxl is done in time."""
    emptied = folder / path.name
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(emptied, "w") as copy:
        for name in whole.namelist():
            content = whole.read(name)
            if "/worksheets/" in name and name.endswith(".xml"):
                content = CELLS.sub(b"<sheetData/>", content)
            copy.writestr(name, content)
    return emptied


def cells(ranges: RangeRef) -> Iterator[str]:
    for row in range(ranges.top, ranges.bottom + 1):
        for column in range(ranges.left, ranges.right + 1):
            yield cell_address(row, column)


def area(ranges: tuple[RangeRef, ...]) -> str:
    return " ".join(sorted(one.a1 for one in ranges))


def their_area(sqref: Any) -> str:  # noqa: ANN401 - openpyxl's own type of ranges
    return " ".join(sorted(str(sqref).split()))


def our_facts(sheet: Sheet) -> Iterator[tuple[object, ...]]:
    """Every detail of a sheet as a row of plain values, its kind first."""
    details = sheet.details
    for one in details.validations:
        messages = (one.error_title, one.error, one.prompt_title, one.prompt)
        flags = (one.allows_blank, one.shows_error, one.shows_prompt)
        rule = (one.kind, one.operator, one.formulas, one.error_style)
        yield ("validation", area(one.ranges), *rule, *flags, *messages)
    yield from map(our_format, details.conditional_formats)
    covered = {cell for merged in sheet.merges for cell in list(cells(merged))[1:]}
    for link in details.hyperlinks:
        for cell in cells(link.range):
            if cell not in covered:  # openpyxl has no links in the further cells of a merge
                yield ("link", cell, link.target, link.location, link.tooltip)
    yield from our_settings(details)


def our_settings(details: SheetDetails) -> Iterator[tuple[object, ...]]:
    if details.protection is not None:
        yield ("protection", details.protection.password, details.protection.allowed)
    if details.frozen_rows or details.frozen_columns:
        yield ("frozen", details.frozen_rows, details.frozen_columns)
    if details.filter_range is not None:
        yield ("filter", details.filter_range.a1)
    for name in details.headers_and_footers:
        yield ("page", name)
    if details.print_areas:
        yield ("printed", area(details.print_areas))
    if not (details.summary_below and details.summary_right):
        yield ("summary", details.summary_below, details.summary_right)


def our_format(one: ConditionalFormat) -> tuple[object, ...]:
    look = (one.kind, one.operator, one.formulas, one.thresholds)
    return ("format", area(one.ranges), *look, one.text, one.priority, one.stops)


def their_facts(page: Any) -> Iterator[tuple[object, ...]]:  # noqa: ANN401 - as typed as openpyxl is
    """The same of a sheet that openpyxl read."""
    for one in page.data_validations.dataValidation:
        formulas = tuple(text for text in (one.formula1, one.formula2) if text)
        messages = (one.errorTitle, one.error, one.promptTitle, one.prompt)
        prompts = one.showInputMessage and not page.data_validations.disablePrompts
        flags = (one.allowBlank, one.showErrorMessage, prompts)
        operator = one.operator or "between" if one.type in COMPARING else ""
        rule = (one.type or "none", operator, formulas, one.errorStyle or "stop")
        texts = (text or "" for text in messages)
        yield ("validation", their_area(one.sqref), *rule, *map(bool, flags), *texts)
    for ranges in page.conditional_formatting:
        for rule in ranges.rules:
            yield their_format(their_area(ranges.sqref), rule)
    for cell in (cell for row in page.iter_rows() for cell in row if cell.hyperlink):
        link = cell.hyperlink
        leads = (link.target or "", link.location or "", link.tooltip or "")
        yield ("link", cell.coordinate, *leads)
    yield from their_settings(page)


def their_format(ranges: str, rule: Any) -> tuple[object, ...]:  # noqa: ANN401 - likewise
    scale = rule.colorScale or rule.dataBar or rule.iconSet
    values = scale.cfvo if scale else ()
    thresholds = tuple(one.type for one in values)
    edges = ("min", "max")
    formulas = tuple("" if one.type in edges else f"{one.val:g}" for one in values) or tuple(
        rule.formula
    )
    look = (rule.type, rule.operator or "", formulas, thresholds)
    return ("format", ranges, *look, rule.text or "", rule.priority, bool(rule.stopIfTrue))


def their_settings(page: Any) -> Iterator[tuple[object, ...]]:  # noqa: ANN401 - likewise
    lock = page.protection
    if lock.sheet:
        allowed = tuple(action for action in ACTIONS if not getattr(lock, action))
        yield ("protection", bool(lock.password or lock.hashValue), allowed)
    pane = page.views.sheetView[0].pane
    if pane is not None and pane.state in {"frozen", "frozenSplit"}:
        yield ("frozen", int(pane.ySplit or 0), int(pane.xSplit or 0))
    if page.auto_filter.ref:
        yield ("filter", page.auto_filter.ref.replace("$", ""))
    for name in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader"):
        if getattr(page.HeaderFooter, name):
            yield ("page", name)
    if page.print_area:
        yield ("printed", " ".join(sorted(AREA.findall(page.print_area.replace("$", "")))))
    outline = page.sheet_properties.outlinePr
    summary = (outline.summaryBelow is not False, outline.summaryRight is not False)
    if summary != (True, True):
        yield ("summary", *summary)


@pytest.mark.parametrize(
    ("name", "read", "only_ours"),
    [
        (
            # openpyxl does not read rules of the extension list, which name other sheets
            "azure_checklists__review_checklist.xlsm",
            {"link": 3067, "format": 27, "validation": 11, "filter": 2},
            {"validation": 11, "format": 10},
        ),
        ("closedxml__TemplateWithTableSourcePivotTables.xlsx", {"format": 3, "validation": 2}, {}),
        ("closedxml__input.xlsx", {"format": 1, "frozen": 1}, {}),
        (
            "excel_to_code__model.xlsx",
            {"format": 23, "page": 12, "link": 5, "validation": 5, "summary": 4},
            {},
        ),
        (
            "excel_to_code__model2.xlsx",
            {"format": 21, "page": 12, "validation": 5, "link": 2, "summary": 1},
            {},
        ),
        ("excel_to_code__offsets.xlsx", {"format": 10, "link": 5, "frozen": 1}, {}),
        (
            "excel_to_code__rangearrayformulaesa.xlsx",
            {"format": 35, "validation": 12, "frozen": 5, "link": 5, "summary": 1},
            {},
        ),
        (
            "fivethirtyeight__biden_score_2023.xlsx",
            {"link": 243, "format": 12, "frozen": 5, "summary": 5, "filter": 4},
            {},
        ),
        ("ironcalc__wordle.xlsx", {"format": 13}, {}),
        (
            "poi__mv-calculator-final-2-20-2013.xlsm",
            {"validation": 8, "frozen": 3, "filter": 1},
            {},
        ),
        ("poi__no_drawing_patriarch.xlsx", {"frozen": 1, "summary": 1}, {}),
        (
            "tidyxl__enron-constants.xlsx",
            {"page": 6, "printed": 5, "frozen": 4, "protection": 2},
            {},
        ),
        (
            "times_nz__NZVehicleFleet_2023.xlsx",
            {"link": 98, "printed": 15, "format": 8, "frozen": 4, "filter": 1},
            {},
        ),
        ("times_nz__gas.xlsx", {"link": 15, "frozen": 6}, {}),
        ("umya__issue_216.xlsx", {"format": 89, "frozen": 10, "validation": 6}, {}),
    ],
)
def test_details_of_a_real_workbook_are_those_that_openpyxl_reads(
    corpus: Path, tmp_path: Path, name: str, read: dict[str, int], only_ours: dict[str, int]
) -> None:
    path = without_cells(corpus / name, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not support
        theirs = openpyxl.load_workbook(path)
    found: Counter[str] = Counter()
    ours_only: Counter[str] = Counter()
    for sheet in read_workbook(path).sheets:
        assert sheet.problems == ()
        ours, others = Counter(our_facts(sheet)), Counter(their_facts(theirs[sheet.name]))
        assert others - ours == Counter()
        found.update(kinds(ours))
        ours_only.update(kinds(ours - others))
    assert (found, ours_only) == (read, only_ours)


def kinds(facts: Facts) -> Iterator[str]:
    return (str(fact[0]) for fact in facts.elements())


def test_details_do_not_depend_on_how_the_cells_were_read(corpus: Path, tmp_path: Path) -> None:
    differ: list[str] = []
    for path in sorted(corpus.glob("*.xls[xm]")):
        if path.stat().st_size < SMALL and "clusterfuzz" not in path.name:
            whole, emptied = read_workbook(path), read_workbook(without_cells(path, tmp_path))
            differ += [
                f"{path.name} {one.name}"
                for one, other in zip(whole.sheets, emptied.sheets, strict=True)
                if set(our_facts(one)) != set(our_facts(other))
            ]
    assert differ == []
