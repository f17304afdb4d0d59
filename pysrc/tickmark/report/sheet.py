"""The sheet "Tickmark analysis" that the analysed copy of a workbook gets."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tickmark.errors import AddressError
from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.analysis import Analysis, Citation, SheetAnalysis, Verdict
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.model.finding import Finding, Severity
from tickmark.report.rows import cited_place, evidence, where
from tickmark.report.section import missing, notes
from tickmark.report.severity import SYMBOLS, shown
from tickmark.report.verdict import RULES_ONLY, workbook_verdict
from tickmark.report.wording import cost, counted, first_few, moment, number, plain, used_range

SHEET_NAME: Final = "Tickmark analysis"
MOST_FINDINGS: Final = 5_000
LAST_LINE: Final = "Delete this sheet to remove everything Tickmark added."

_WIDTHS: Final = (6.0, 13.0, 26.0, 26.0, 62.0, 44.0, 40.0)
_LINE: Final = 130
# More would leave too little of a small window to scroll in.
_MOST_FROZEN: Final = 12
_STYLES: Final = {
    Severity.HIGH: CellStyle.HIGH,
    Severity.MEDIUM: CellStyle.MEDIUM,
    Severity.LOW: CellStyle.LOW,
    Severity.INFO: CellStyle.INFO,
}
_PATCHED: Final = frozenset({"", "xlsx", "xlsm", "xltx", "xltm"})
_BLANK: Final = WrittenCell(None)

Row = tuple[WrittenCell, ...]


def result_sheet(analysis: Analysis, *, version: str, run_id: str, finished: str) -> AddSheet:
    """Findings, the model's words and the coverage of one workbook as a sheet of its own.

    Links lead only to cells of visible sheets, and only for formats whose copy keeps the sheets.
    """
    targets = _targets(analysis)
    rows = [
        *_title(SHEET_NAME, analysis),
        (),
        *_facts(analysis, version=version, run_id=run_id, finished=finished),
        *_missing(analysis),
        *_summary(analysis),
        *_heading("Findings"),
    ]
    found = shown(analysis.findings)
    table, filter_range = _table(found, targets, len(rows) + 1)
    rows += table
    rows += _unlisted(analysis, found)
    rows += _rest(analysis, targets)
    return AddSheet(SHEET_NAME, tuple(rows), _WIDTHS, filter_range=filter_range)


def live_sheet(
    analysis: Analysis, *, name: str, version: str, run_id: str, finished: str
) -> AddSheet:
    """The same for an open workbook: what was found first, the header of its table frozen.

    Where a long summary pushes the table down, only the title stays in sight.
    """
    targets = _targets(analysis)
    rows = [*_title(name, analysis), *_summary(analysis)]
    rows += _heading("Findings") if analysis.summary else []
    found = shown(analysis.findings)
    first = len(rows) + 1
    table, filter_range = _table(found, targets, first)
    rows += table
    rows += _unlisted(analysis, found)
    rows += _missing(analysis)
    rows += _heading("About this sheet")
    rows += _facts(analysis, version=version, run_id=run_id, finished=finished)
    rows += _rest(analysis, targets)
    frozen = first if found and first <= _MOST_FROZEN else 1
    return AddSheet(name, tuple(rows), _WIDTHS, frozen, filter_range)


def _title(name: str, analysis: Analysis) -> list[Row]:
    return [_line(name, CellStyle.TITLE), _line(workbook_verdict(analysis))]


def _summary(analysis: Analysis) -> list[Row]:
    if not analysis.summary:
        return []
    heading = _heading(f"Summary, in the words of the model {plain(analysis.model, 80)}")
    return heading + [_line(text) for text in _paragraphs(analysis.summary)]


def _table(
    found: Sequence[Finding], targets: Mapping[str, str], first: int
) -> tuple[list[Row], str]:
    """The findings from row `first`, and the range of their filter; a sentence for none."""
    if not found:
        return [_line("No findings.")], ""
    rows = list(_findings(found[:MOST_FINDINGS], targets))
    return rows, f"A{first}:G{first + len(rows) - 1}"


def _rest(analysis: Analysis, targets: Mapping[str, str]) -> list[Row]:
    return [
        *_remarks(analysis, targets),
        *_coverage(analysis, targets),
        *_notes(analysis),
        (),
        _line(LAST_LINE, CellStyle.MUTED),
    ]


def _targets(analysis: Analysis) -> Mapping[str, str]:
    """Names of the sheets that can be linked to, by their casefolded names, as Excel knows them."""
    if analysis.format not in _PATCHED:
        return {}
    return {one.name.casefold(): one.name for one in analysis.sheets if one.state == "visible"}


def _line(text: str, style: CellStyle = CellStyle.PLAIN) -> Row:
    return (WrittenCell(text, style),)


def _heading(text: str) -> list[Row]:
    return [(), _line(text, CellStyle.HEADING)]


def _header(*names: str) -> Row:
    return tuple(WrittenCell(name, CellStyle.HEADER) for name in names)


def _facts(analysis: Analysis, *, version: str, run_id: str, finished: str) -> list[Row]:
    usage = analysis.usage
    model = plain(analysis.model, 80) or RULES_ONLY.rstrip(".").replace(":", ",")
    spent = f"{cost(usage)} for {counted(usage.calls, 'call')}"
    cached = f", {number(usage.cached_calls)} answered from cache" if usage.cached_calls else ""
    pairs = (
        ("Source file", plain(analysis.path, 500)),
        ("SHA-256", plain(analysis.sha256, 64)),
        ("Analysed", moment(finished)),
        ("Model", model),
        ("Question", plain(analysis.question)),
        ("Cost", spent + cached if analysis.model else "$0.00"),
        ("Run", plain(run_id, 80)),
        ("Tickmark", plain(version, 40)),
    )
    return [
        (WrittenCell(label, CellStyle.MUTED), _BLANK, WrittenCell(text))
        for label, text in pairs
        if text
    ]


def _missing(analysis: Analysis) -> list[Row]:
    lines = [text for sentence in missing(analysis) for text in _paragraphs(sentence)]
    return [*_heading("Missing"), *(_line(text, CellStyle.HIGH) for text in lines)] if lines else []


def _findings(found: Sequence[Finding], targets: Mapping[str, str]) -> Iterator[Row]:
    yield _header("#", "Severity", "Rule", "Where", "What", "Evidence", "Fix")
    for place, finding in enumerate(found, 1):
        proof = "\n".join(f"{label}: {text}" for label, text in evidence(finding, 200))
        yield (
            WrittenCell(place),
            WrittenCell(
                f"{SYMBOLS[finding.severity]} {finding.severity.word}", _STYLES[finding.severity]
            ),
            WrittenCell(plain(finding.rule, 80), CellStyle.WRAPPED),
            _place(where(finding), finding.sheet, "".join(finding.ranges[:1]), targets),
            WrittenCell(plain(finding.message), CellStyle.WRAPPED),
            WrittenCell(proof or None, CellStyle.WRAPPED),
            WrittenCell(plain(finding.fix, 1_000) or None, CellStyle.WRAPPED),
        )


def _unlisted(analysis: Analysis, found: Sequence[Finding]) -> Iterator[Row]:
    if len(found) > MOST_FINDINGS:
        text = f"{counted(len(found) - MOST_FINDINGS, 'more finding')} in results.jsonl."
        yield _line(text, CellStyle.MUTED)
    others = [one for one in analysis.findings if not one.is_open]
    dismissed = sum(bool(one.dismissed) for one in others)
    if len(others) > dismissed:
        hints = counted(len(others) - dismissed, "weaker hint")
        yield _line(f"{hints} in results.jsonl.", CellStyle.MUTED)
    if dismissed:
        text = f"{counted(dismissed, 'finding')} dismissed in Excel, in results.jsonl."
        yield _line(text, CellStyle.MUTED)


def _remarks(analysis: Analysis, targets: Mapping[str, str]) -> Iterator[Row]:
    said = [one for one in analysis.sheets if one.summary or one.remarks]
    if not said:
        return
    yield from _heading("Remarks, sheet by sheet, in the words of the model")
    yield _header("", "", "Sheet", "Cited cells", "Remark", "Checked by code")
    for one in said:
        name = WrittenCell(plain(one.name, 80), CellStyle.WRAPPED)
        if one.summary:
            text = WrittenCell(plain(one.summary, 4_000), CellStyle.WRAPPED)
            yield (_BLANK, _BLANK, name, _BLANK, text)
        for remark in one.remarks:
            text = WrittenCell(plain(remark.text, 4_000), CellStyle.WRAPPED)
            cited = [_cited(citation, one.name, targets) for citation in remark.citations]
            for place, check in cited or [(_BLANK, _BLANK)]:
                yield (_BLANK, _BLANK, name, place, text, check)
                name = text = _BLANK
            name = WrittenCell(plain(one.name, 80), CellStyle.WRAPPED)


def _cited(
    citation: Citation, own_sheet: str, targets: Mapping[str, str]
) -> tuple[WrittenCell, WrittenCell]:
    text = cited_place(citation)
    if citation.verdict is Verdict.SUPPORTED:
        check = WrittenCell("✓ lies in what the model was shown", CellStyle.GOOD)
        return _place(text, citation.sheet or own_sheet, citation.range, targets), check
    return WrittenCell(text, CellStyle.MUTED), WrittenCell("✗ not in sheet", CellStyle.HIGH)


def _place(text: str, sheet: str, area: str, targets: Mapping[str, str]) -> WrittenCell:
    """A place as text, linked where the sheet is there to be shown and the range is one."""
    if sheet.casefold() in targets:
        try:
            area = RangeRef.parse(area or "A1").a1
        except AddressError:
            return WrittenCell(text, CellStyle.WRAPPED)
        link = f"{quote_sheet_name(targets[sheet.casefold()])}!{area}"
        return WrittenCell(text, CellStyle.LINK, link)
    return WrittenCell(text, CellStyle.WRAPPED)


def _coverage(analysis: Analysis, targets: Mapping[str, str]) -> Iterator[Row]:
    if not analysis.sheets:
        return
    yield from _heading("Coverage")
    yield _header(
        "#", "State", "Sheet", "Used range", "What is there", "Left out", "Tables and more"
    )
    for place, one in enumerate(analysis.sheets, 1):
        name = plain(one.name, 80)
        yield (
            WrittenCell(place),
            WrittenCell(plain(one.state, 20), CellStyle.WRAPPED),
            _place(name, one.name, "A1", targets),
            WrittenCell(used_range(one), CellStyle.WRAPPED),
            WrittenCell(_counts(one, asked=bool(analysis.model)), CellStyle.WRAPPED),
            WrittenCell(first_few(one.coverage.left_out) or None, CellStyle.WRAPPED),
            WrittenCell(first_few(one.tables + one.contents) or None, CellStyle.WRAPPED),
        )


def _counts(sheet: SheetAnalysis, *, asked: bool) -> str:
    if sheet.error and not sheet.used_range:
        return "not read, see above"
    coverage = sheet.coverage
    parts = ["incomplete, see above"] if sheet.error or sheet.problems else []
    parts += [
        counted(coverage.cells, "cell"),
        counted(coverage.formulas, "formula"),
        counted(coverage.errors, "error"),
    ]
    if coverage.hidden_cells:
        unseen = " and not shown to the model" if asked else ""
        parts.append(f"{number(coverage.hidden_cells)} hidden{unseen}")
    if asked:
        parts.append(f"{number(coverage.shown_cells)} shown to the model")
    return ", ".join(parts)


def _notes(analysis: Analysis) -> Iterator[Row]:
    lost = missing(analysis)
    lines = [one for one in notes(analysis) if one not in lost]
    lines += [f"External link, never followed: {one}" for one in analysis.external_links]
    if lines:
        yield from _heading("Notes")
    for note in lines:
        yield from (_line(text) for text in _paragraphs(note))


def _paragraphs(text: str) -> list[str]:
    """Lines short enough to be read across the sheet without wrapping a cell."""
    shown_text = plain(text, 8_000)
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in shown_text)
    width = _LINE // 2 if wide else _LINE
    return [line for part in shown_text.split("\n") for line in textwrap.wrap(part, width) or [""]]
