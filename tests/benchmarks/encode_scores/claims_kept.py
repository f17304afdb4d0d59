"""Figure `claims`: which cells are told of, and what is told wrongly, by decoding the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.encode_scores.address_check import Addressed, addressed
from tests.benchmarks.encode_scores.book_files import SETS, BookFile
from tests.benchmarks.encode_scores.children import Found, Job, done
from tests.benchmarks.encode_scores.claim_check import Account, SheetTruth, checked
from tests.benchmarks.encode_scores.own_texts import LEVELS, level_texts, whole
from tests.benchmarks.encode_scores.peer_texts import peer_found
from tests.benchmarks.encode_scores.plain_cells import plain_sheets
from tests.benchmarks.encode_scores.prototype import prototype_lines
from tests.benchmarks.encode_scores.prototype_grid import keys_of
from tests.benchmarks.encode_scores.sheetwise_text import sheetwise_sheets, sheetwise_told
from tests.benchmarks.encode_scores.told_sheet import ToldSheet
from tests.benchmarks.encode_scores.vanilla import vanilla_lines, vanilla_told
from tests.benchmarks.region_scores.goals import Goal, Report
from tickmark.encode.decode import decode
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook

FIGURE = "cells covered and claims that are wrong, found by decoding the texts"
SECONDS = 180.0
OTHERS = ("vanilla", "prototype", "sheetwise")
_OWN_HEAD = (
    f"  {'own text':12}{'done':>6}{'claims':>10}{'cells':>11}{'in one claim':>14}{'left out':>10}"
    f"{'given back':>12}{'wrong':>8}"
)
_OTHER_HEAD = (
    f"  {'other':12}{'done':>6}{'':10}{'cells':>11}{'covered':>14}{'mean':>10}{'exact':>12}"
    f"{'wrong':>8}{'mean':>8}"
)


def claims_task(path: str, sheetwise: str) -> Iterator[Found]:
    """The child's part: each method's claims about one workbook held against its cells."""
    workbook = read_workbook(Path(path), processes=1)
    truths = {sheet.name: SheetTruth(sheet) for sheet in workbook.sheets}
    cells = sum(int(truth.filled.sum()) for truth in truths.values())
    for method in OTHERS if sheetwise else OTHERS[:-1]:
        found = Addressed()
        for one in _told(method, workbook, sheetwise):
            if one.name in truths:
                found.add(addressed(one, truths[one.name]))
        found.cells = cells
        yield {method: asdict(found)}
    for level in LEVELS:
        try:
            yield {level: asdict(_account_of(workbook, level, truths))}
        except Exception as error:  # noqa: BLE001 - a failure is what is looked for
            yield {level: {"failed": f"{type(error).__name__}: {error}"}}


def _account_of(workbook: Workbook, level: str, truths: Mapping[str, SheetTruth]) -> Account:
    account = Account()
    text = whole(level_texts(workbook, level))
    told = {one.name: one for one in decode(text)}
    for name, truth in truths.items():
        if name in told:
            account.add(checked(told[name], truth))
        else:
            account.add(Account(cells=len(truth.cells), said=[f"no sheet {name!r}"]))
    return account


def _told(method: str, workbook: Workbook, text: str) -> Iterator[ToldSheet]:
    date1904 = workbook.date1904
    if method == "sheetwise":
        made = Path(text).read_text(encoding="utf-8")
        for name, lines in sheetwise_sheets(made).items():
            yield sheetwise_told(name, "\n".join(lines), cut=False, date1904=date1904)
        return
    for plain, sheet in zip(
        plain_sheets(workbook, errors=method == "vanilla"), workbook.sheets, strict=True
    ):
        if method == "vanilla":
            text = "\n".join(vanilla_lines(plain))
            yield vanilla_told(plain.name, text, cut=False, date1904=date1904)
        else:
            lines = prototype_lines(plain, keys_of(sheet), level=1)
            yield ToldSheet(plain.name, [claim for line in lines for claim in line.claims])


def figure(files: Sequence[BookFile], *, quick: bool) -> Iterator[Report]:
    """One report a set of workbooks."""
    peers = [Job("peer", ("sheetwise", str(file.path)), 0, file) for file in files]
    texts = {} if quick else {job.mark: one for job, one in done(peers, peer_found)}
    jobs = [
        Job("claims", (str(file.path), texts.get(file, {}).get("text", "")), SECONDS, file)
        for file in files
    ]
    found = {
        (method, job.mark): one.get(method, {"failed": one.get("failed", "no text")})
        for job, one in done(jobs)
        for method in (*LEVELS, *OTHERS)
    }
    # A workbook of which not even vanilla was written cannot be read.
    unread = {file for file in files if "failed" in found["vanilla", file]}
    for name in SETS:
        own = [file for file in files if file.set == name and file not in unread]
        if own:
            yield _report(name, own, found)


def _report(
    name: str, files: Sequence[BookFile], found: Mapping[tuple[str, BookFile], Found]
) -> Report:
    lines = [
        f"  {name}: {len(files)} workbooks",
        _OWN_HEAD,
    ]
    told: dict[str, Any] = {"set": name}
    goals: list[Goal] = []
    for level in LEVELS:
        account, failed = _account(level, files, found)
        told[level] = asdict(account) | {"failed": failed}
        cells = max(1, account.cells)
        lines.append(
            f"  {level:12}{len(files) - len(failed):6}{account.claims:10,}{account.cells:11,}"
            f"{account.once / cells:14.4%}{account.left_out:10,}{account.exact / cells:12.2%}"
            f"{account.wrong:8,}"
        )
        lines += [f"    {one}"[:100] for one in (*failed, *account.said)]
        goals += _goals(name, level, account, failed)
    lines.append(_OTHER_HEAD)
    for method in OTHERS:
        own = [
            Addressed(**found[method, file])
            for file in files
            if "failed" not in found.get((method, file), {"failed": ""})
        ]
        told[method] = [asdict(one) for one in own]
        lines.append(_other(method, own))
    return Report(tuple(lines), told, tuple(goals))


def _account(
    level: str, files: Sequence[BookFile], found: Mapping[tuple[str, BookFile], Found]
) -> tuple[Account, list[str]]:
    account, failed = Account(), []
    for file in files:
        one = found[level, file]
        if "failed" in one:
            failed.append(f"{file.name[:40]}: {one['failed']}")
            continue
        own = Account(**one)
        own.said = [f"{file.name[:24]}: {said}" for said in own.said]
        account.add(own)
    return account, failed


def _other(method: str, every: Sequence[Addressed]) -> str:
    whole = Addressed()
    for one in every:
        whole.add(one)
    cells, addresses = max(1, whole.cells), max(1, whole.addresses)
    some = [one for one in every if one.cells]
    covered = [one.covered / one.cells for one in some]
    wrong = [one.wrong / max(1, one.addresses) for one in some]
    count = max(1, len(some))
    return (
        f"  {method:12}{len(every):6}{'':10}{whole.cells:11,}{whole.covered / cells:14.2%}"
        f"{sum(covered) / count:10.2%}{whole.exact / cells:12.2%}"
        f"{whole.wrong / addresses:8.2%}{sum(wrong) / count:8.2%}"
    )


def _goals(name: str, level: str, account: Account, failed: Sequence[str]) -> Iterator[Goal]:
    cells = max(1, account.cells)
    once = (f"cells in one claim, {level}", f"{account.once / cells:.4%}", "= 100 %")
    wrong = (f"cells wrongly told, {level}", f"{account.wrong:,}", "= 0")
    exact = ("cells given back exactly", f"{account.exact / cells:.4%}", "= 100 %")
    reached = {once: account.once == account.cells, wrong: not account.wrong}
    if level == "lossless":
        reached[exact] = account.exact == account.cells
    for (figure, measured, wanted), right in reached.items():
        said = f"{len(failed)} failed" if failed else measured
        yield Goal(f"{name}: {figure}", said, wanted, right and not failed)
