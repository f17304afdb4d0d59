"""Figure `tokens`: how many tokens each encoder needs, by size class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.encode_scores.book_files import CORPUS, SETS, BookFile
from tests.benchmarks.encode_scores.children import Found, Job, done
from tests.benchmarks.encode_scores.own_texts import OWN
from tests.benchmarks.encode_scores.peer_texts import PEERS, peer_found
from tests.benchmarks.encode_scores.restated import RULES
from tests.benchmarks.encode_scores.sizes import CLASSES, Ratio, ratio, size_class
from tests.benchmarks.region_scores.goals import Goal, Report

FIGURE = "tokens of o200k_base, how many times fewer than vanilla"
SECONDS = 120.0
METHODS = (*RULES, *PEERS, *OWN)
PUBLISHED = ("sheetwise",)
"""The rule of the paper is no goal: it keeps the cells near anchors and drops the others."""


_BY_CLASS = "  tot S     M     L     H  med S     M     L     H"
_HEAD = f"  {'method':19}{'done':>4}{'tokens':>11}{'total':>7}{'median':>7}{_BY_CLASS}"

FEWER_THAN_PROTOTYPE = 1.3
FEWER_THAN_PUBLISHED = 2.0
FEWER_ON_CORPUS = 40.0
FEWER_LOSSLESS = 4.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A workbook with what each method found on it: `tokens`, or the reason it `failed`."""

    file: BookFile
    methods: Mapping[str, Found]

    def tokens(self, method: str) -> int:
        """Tokens of a method; 0 where it did not finish."""
        return int(self.methods.get(method, {}).get("tokens", 0))

    @property
    def size(self) -> str:
        """The size class."""
        return size_class(self.tokens("vanilla"))


def measured(files: Sequence[BookFile], *, quick: bool) -> tuple[list[Measured], list[str]]:
    """All methods on all workbooks, and the sentences for workbooks that cannot be read."""
    jobs = [
        Job(task, (str(file.path),), SECONDS, (task, file))
        for file in files
        for task in ("restated", "own")
    ]
    peers = [] if quick else [*files]
    texts = [
        Job("peer", (peer, str(file.path)), 0, (peer, file)) for file in peers for peer in PEERS
    ]
    found: dict[BookFile, dict[str, Found]] = {file: {} for file in files}
    unread: dict[BookFile, str] = {}
    for job, one in done(jobs):
        task, file = job.mark
        if task == "restated" and "vanilla" not in one:
            unread[file] = one.get("failed", "nothing")
        for method in RULES if task == "restated" else OWN:
            found[file][method] = one.get(method, {"failed": one.get("failed", "nothing")})
    for job, one in done(texts, peer_found):
        peer, file = job.mark
        found[file][peer] = one
    said = [
        f"  not read: {file.name[:24]}: {reason.partition(': ')[2] or reason}"[:100]
        for file, reason in unread.items()
    ]
    return [Measured(file, found[file]) for file in files if file not in unread], said


def figure(books: Sequence[Measured], unread: Sequence[str]) -> Iterator[Report]:
    """One report a set of workbooks."""
    lines = tuple(unread)
    for name in SETS:
        own = [book for book in books if book.file.set == name]
        if own:
            yield _report(name, own, lines)
            lines = ()


def _report(name: str, books: Sequence[Measured], before: Sequence[str]) -> Report:
    counts = {size: sum(book.size == size for book in books) for size in CLASSES}
    sizes = ", ".join(f"{size} {count}" for size, count in counts.items())
    head = (
        *before,
        f"  {name}: {len(books)} workbooks ({sizes}); times fewer tokens than vanilla",
        _HEAD,
    )
    rows = [_row(method, books) for method in METHODS]
    versus = [*_versus(books)]
    told = {
        "set": name,
        "books": [_told(book) for book in books],
        "against_vanilla": {method: _classes(books, "vanilla", method) for method in METHODS},
        "skeleton_against": {
            other: _classes(books, other, "skeleton") for other in METHODS if other != "skeleton"
        },
    }
    failed = [*_failures(books)]
    return Report((*head, *rows, *versus, *failed), told, tuple(_goals(name, books)))


def _row(method: str, books: Sequence[Measured]) -> str:
    every = _against(books, "vanilla", method)
    tokens = sum(book.tokens(method) for book in books)
    if not every.books:
        return f"  {method:19}{0:4}"
    by_class = [_against(_of(books, size), "vanilla", method) for size in CLASSES]
    return (
        f"  {method:19}{every.books:4}{tokens:11,}{every.total:7.2f}{every.median:7.2f}"
        f" {_columns(by_class)}"
    )


def _versus(books: Sequence[Measured]) -> Iterator[str]:
    yield "  skeleton against others, times fewer tokens on the workbooks that both finished"
    yield f"  {'other':19}{'both':>4}{'':11}{'total':>7}{'median':>7}{_BY_CLASS}"
    for other in ("prototype", "prototype, errors", *PUBLISHED, "markitdown", "CSV"):
        every = _against(books, other, "skeleton")
        if not every.books:
            continue
        by_class = [_against(_of(books, size), other, "skeleton") for size in CLASSES]
        yield (
            f"  {other:19}{every.books:4}{'':11}{every.total:7.2f}{every.median:7.2f}"
            f" {_columns(by_class)}"
        )


def _columns(by_class: Sequence[Ratio]) -> str:
    """Totals of the classes, then their medians."""
    shown = [one.total if one.books else None for one in by_class]
    shown += [one.median if one.books else None for one in by_class]
    return "".join(f"{'-':>6}" if one is None else f"{one:6.3g}" for one in shown)


def _failures(books: Sequence[Measured]) -> Iterator[str]:
    for method in METHODS:
        failed = [
            (book.file.name, book.methods[method]["failed"])
            for book in books
            if "failed" in book.methods.get(method, {})
        ]
        if not failed:
            continue
        reasons: dict[str, list[str]] = {}
        for name, reason in failed:
            reasons.setdefault(reason, []).append(name)
        yield f"  {method} did not finish {len(failed)}:"
        for reason, names in reasons.items():
            shown = ", ".join(name[:24] for name in names[:3]) + (" …" if len(names) > 3 else "")
            yield f"    {reason[:60]} ({len(names)}): {shown}"[:100]


def _goals(name: str, books: Sequence[Measured]) -> Iterator[Goal]:
    for size in (*CLASSES, "all"):
        some = books if size == "all" else _of(books, size)
        own = _against(some, "prototype", "skeleton")
        if any(book.tokens("prototype") for book in some):
            yield _times(f"{name}: skeleton, prototype, {size}", own.total, FEWER_THAN_PROTOTYPE)
    for other in PUBLISHED:
        own = _against(books, other, "skeleton")
        if own.books:
            yield _times(f"{name}: skeleton against {other}", own.total, FEWER_THAN_PUBLISHED)
    finished = sum("tokens" in book.methods.get("skeleton", {}) for book in books)
    yield Goal(
        f"{name}: workbooks encoded", str(finished), f"= {len(books)}", finished == len(books)
    )
    if name == CORPUS:
        own = _against(books, "vanilla", "skeleton")
        yield _times(f"{name}: skeleton against vanilla", own.total, FEWER_ON_CORPUS)
    own = _against(books, "vanilla", "lossless")
    yield _times(f"{name}: lossless against vanilla", own.total, FEWER_LOSSLESS)


def _times(figure: str, found: float, wanted: float) -> Goal:
    return Goal(figure, f"{found:.2f} x", f">= {wanted:g} x", found >= wanted)


def _against(books: Sequence[Measured], other: str, method: str) -> Ratio:
    return ratio([(book.tokens(other), book.tokens(method)) for book in books])


def _of(books: Sequence[Measured], size: str) -> list[Measured]:
    return [book for book in books if book.size == size]


def _classes(books: Sequence[Measured], other: str, method: str) -> dict[str, Any]:
    parts = {"all": books} | {size: _of(books, size) for size in CLASSES}
    found = {part: _against(some, other, method) for part, some in parts.items()}
    return {
        part: {"books": one.books, "total": one.total, "median": one.median}
        for part, one in found.items()
    }


def _told(book: Measured) -> dict[str, Any]:
    return {"name": book.file.name, "class": book.size, "methods": dict(book.methods)}
