"""One workbook's section of the report, as plain values for the template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tickmark.model.analysis import Analysis, Remark, SheetAnalysis, Status, Verdict
from tickmark.model.finding import Finding
from tickmark.report.picture import Picture, draw
from tickmark.report.rows import Group, cited_place, groups
from tickmark.report.severity import Tally, tally
from tickmark.report.verdict import workbook_verdict
from tickmark.report.wording import (
    cost,
    counted,
    duration,
    first_few,
    number,
    plain,
    used_range,
)

STATUS_SYMBOLS: Final = {Status.OK: "✓", Status.INCOMPLETE: "◐", Status.FAILED: "✗"}
STATUS_WORDS: Final = {
    Status.OK: "complete",
    Status.INCOMPLETE: "incomplete",
    Status.FAILED: "failed",
}
MOST_OPEN: Final = 12
MOST_CITATIONS: Final = 40
MOST_LINKS: Final = 50
MOST_SHEETS: Final = 400

_LEAST_FOLDED: Final = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What one workbook may take of the page."""

    rows: int = 200
    pictures: int = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of all workbooks; `anchor` is empty where there is no section."""

    place: int
    folder: str
    name: str
    status: Status
    symbol: str
    word: str
    sheets: str
    cells: str
    formulas: str
    tally: Tally
    href: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as text: where, and whether it lies within what the model was shown."""

    where: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Remarks:
    """The model's words about one sheet."""

    sheet: str
    summary: str
    remarks: tuple[tuple[str, tuple[Cited, ...]], ...]


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What code found out about one sheet."""

    name: str
    state: str
    incomplete: bool
    used_range: str
    cells: str
    formulas: str
    errors: str
    hidden: str
    shown: str
    tables: str
    left_out: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption; `place` counts the sheets from 1."""

    place: int
    sheet: str
    state: str
    used_range: str
    caption: str
    incomplete: bool
    tally: Tally
    picture: Picture


@dataclass(frozen=True, slots=True)
class Section:
    """Everything about one workbook that the page shows.

    `folded_groups` are the findings that do not count: `hints` of the tier more, and `dismissed`.
    """

    entry: Entry
    anchor: str
    speaks: bool
    verdict: str
    copy: str
    facts: tuple[tuple[str, str], ...]
    model: str
    question: str
    summary: str
    missing: tuple[str, ...]
    figures: tuple[Figure, ...]
    folded_figures: tuple[Figure, ...]
    figures_left_out: int
    groups: tuple[Group, ...]
    rows: int
    more_findings: int
    folded_groups: tuple[Group, ...]
    hints: int
    dismissed: int
    sheets: tuple[SheetFacts, ...]
    sheets_left_out: int
    remarks: tuple[Remarks, ...]
    citations: int
    unsupported: int
    links: tuple[str, ...]
    links_left_out: int
    notes: tuple[str, ...]


def entry(analysis: Analysis, place: int) -> Entry:
    """The line of one workbook in the table of all."""
    folder, _, name = plain(analysis.path, 400).rpartition("/")
    failed = analysis.status is Status.FAILED
    return Entry(
        place=place,
        folder=folder + "/" if folder else "",
        name=name,
        status=analysis.status,
        symbol=STATUS_SYMBOLS[analysis.status],
        word=STATUS_WORDS[analysis.status],
        sheets="" if failed else number(len(analysis.sheets)),
        cells="" if failed else number(analysis.cells),
        formulas="" if failed else number(analysis.formulas),
        tally=tally(_default(analysis)),
        href=local_link(analysis.output),
    )


def section(analysis: Analysis, place: int, limits: Limits) -> Section:
    """The section of one workbook, `place` counting from 1."""
    prefix = f"w{place}"
    numbered = [(n, one) for n, one in enumerate(analysis.findings, 1) if one.is_open]
    others = [(n, one) for n, one in enumerate(analysis.findings, 1) if not one.is_open]
    made = groups(numbered, f"{prefix}f", limits.rows)
    folded = groups(others, f"{prefix}f", max(_LEAST_FOLDED, limits.rows // 4))
    rows = sum(len(group.rows) for group in made)
    shown = {row.anchor for group in made for row in group.rows}
    figures = _figures(analysis, prefix, shown)
    open_places = _open_places(figures[: limits.pictures])
    remarks = tuple(_remarks(one) for one in analysis.sheets if one.summary or one.remarks)
    cited = [one for sheet in analysis.sheets for said in sheet.remarks for one in said.citations]
    lost = missing(analysis)
    return Section(
        entry=entry(analysis, place),
        anchor=prefix,
        speaks=analysis.status is not Status.OK
        or bool(numbered or remarks or analysis.summary or analysis.notes),
        verdict=workbook_verdict(analysis),
        copy=plain(analysis.output, 400).rpartition("/")[2],
        facts=_facts(analysis),
        model=plain(analysis.model, 80),
        question=plain(analysis.question),
        summary=plain(analysis.summary, 8_000),
        missing=lost,
        figures=tuple(one for one in figures[: limits.pictures] if one.place in open_places),
        folded_figures=tuple(
            one for one in figures[: limits.pictures] if one.place not in open_places
        ),
        figures_left_out=max(0, len(figures) - limits.pictures),
        groups=made,
        rows=rows,
        more_findings=len(numbered) - rows,
        folded_groups=folded,
        hints=sum(not one.dismissed for _, one in others),
        dismissed=sum(bool(one.dismissed) for _, one in others),
        sheets=tuple(_sheet_facts(one) for one in analysis.sheets[:MOST_SHEETS]),
        sheets_left_out=max(0, len(analysis.sheets) - MOST_SHEETS),
        remarks=remarks,
        citations=len(cited),
        unsupported=sum(one.verdict is not Verdict.SUPPORTED for one in cited),
        links=tuple(plain(one, 400) for one in analysis.external_links[:MOST_LINKS]),
        links_left_out=max(0, len(analysis.external_links) - MOST_LINKS),
        notes=tuple(one for one in notes(analysis) if one not in lost),
    )


def local_link(path: str) -> str:
    """A relative path as the target of a link; empty for anything that leads elsewhere.

    Bytes of a file name that are no UTF-8 keep their value. The leading `./` and the quoted colon
    make a scheme impossible.
    """
    if not path or path.startswith(("/", "\\")) or path[1:2] == ":":
        return ""
    try:
        return "./" + quote(path, errors="surrogateescape")
    except UnicodeEncodeError:
        return ""


def _default(analysis: Analysis) -> Iterable[Finding]:
    return (one for one in analysis.findings if one.is_open)


def _facts(analysis: Analysis) -> tuple[tuple[str, str], ...]:
    usage = analysis.usage
    calls = ""
    if analysis.model:
        calls = f"{cost(usage)}, {counted(usage.calls, 'call')}"
        calls += f", {number(usage.cached_calls)} from cache" if usage.cached_calls else ""
    pairs = (
        ("Format", f".{plain(analysis.format, 12)}" if analysis.format else ""),
        ("SHA-256", plain(analysis.sha256[:12], 12)),
        ("Holds", plain(", ".join(analysis.contents), 400)),
        ("Cost", calls),
        ("Time", duration(analysis.seconds) if analysis.seconds else ""),
    )
    return tuple((label, text) for label, text in pairs if text)


def _figures(analysis: Analysis, prefix: str, shown: set[str]) -> tuple[Figure, ...]:
    by_sheet: dict[str, list[tuple[Finding, str]]] = {}
    for n, finding in enumerate(analysis.findings, 1):
        if finding.is_open:
            anchor = f"{prefix}f{n}"
            placed = (finding, anchor if anchor in shown else "")
            by_sheet.setdefault(finding.sheet, []).append(placed)
    made = (
        (place, one, draw(one, by_sheet.get(one.name, ())))
        for place, one in enumerate(analysis.sheets, 1)
    )
    return tuple(
        Figure(
            place=place,
            sheet=plain(one.name, 80),
            state=_state(one),
            used_range=plain(one.used_range, 40),
            caption=" · ".join(
                [
                    counted(one.coverage.cells, "cell"),
                    counted(one.coverage.formulas, "formula"),
                ]
            ),
            incomplete=bool(one.error or one.problems),
            tally=tally(finding for finding, _ in by_sheet.get(one.name, ())),
            picture=picture,
        )
        for place, one, picture in made
        if picture is not None
    )


def _open_places(figures: Sequence[Figure]) -> set[int]:
    """Places of the pictures that are not folded away: high findings first, then any findings."""
    wanted = sorted(figures, key=lambda one: (not one.tally.high, not one.tally.total, one.place))
    return {one.place for one in wanted[:MOST_OPEN]}


def _remarks(sheet: SheetAnalysis) -> Remarks:
    return Remarks(
        sheet=plain(sheet.name, 80),
        summary=plain(sheet.summary, 4_000),
        remarks=tuple((plain(one.text, 4_000), _cited(one)) for one in sheet.remarks),
    )


def _cited(remark: Remark) -> tuple[Cited, ...]:
    return tuple(
        Cited(cited_place(one), one.verdict is Verdict.SUPPORTED)
        for one in remark.citations[:MOST_CITATIONS]
    )


def _sheet_facts(sheet: SheetAnalysis) -> SheetFacts:
    coverage = sheet.coverage
    return SheetFacts(
        name=plain(sheet.name, 80),
        state=_state(sheet),
        incomplete=bool(sheet.error or sheet.problems),
        used_range=used_range(sheet),
        cells=number(coverage.cells),
        formulas=number(coverage.formulas),
        errors=number(coverage.errors),
        hidden=number(coverage.hidden_cells),
        shown=number(coverage.shown_cells),
        tables=first_few(sheet.tables + sheet.contents),
        left_out=first_few(coverage.left_out),
    )


def _state(sheet: SheetAnalysis) -> str:
    return {"visible": "", "veryHidden": "very hidden"}.get(sheet.state, plain(sheet.state, 20))


def missing(analysis: Analysis) -> tuple[str, ...]:
    """What an incomplete workbook lacks, in sentences: its problems, or else its notes."""
    if analysis.status is Status.FAILED:
        return ()
    told = [plain(analysis.error)] if analysis.error else []
    told += map(plain, analysis.problems)
    for one in analysis.sheets:
        sentences = (*((one.error,) if one.error else ()), *one.problems)
        told += [f"{plain(one.name, 80)}: {plain(sentence)}" for sentence in sentences]
    if analysis.status is Status.INCOMPLETE and not told:
        return notes(analysis) or ("It is not known what is missing.",)
    return tuple(told)


def notes(analysis: Analysis) -> tuple[str, ...]:
    """Notes about the workbook, then about its sheets, each with the sheet's name."""
    by_sheet = (
        f"{plain(one.name, 80)}: {plain(note)}" for one in analysis.sheets for note in one.notes
    )
    return (*(plain(note) for note in analysis.notes), *by_sheet)
