"""Figure `answers`: questions answered from texts of 1,000 to 8,000 tokens by decoders alone.

The questions are drawn from the cells of each workbook, about 200 of them. The budget of a
workbook is shared over its sheets by their vanilla tokens, 200 tokens at least for each; what is
not ours is cut to that at the end of a line. Rightly means equal to what the reader says, numbers
to six significant digits; where a text does not tell, its decoder says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tests.benchmarks.encode_scores.answers import judged
from tests.benchmarks.encode_scores.book_files import SETS, BookFile
from tests.benchmarks.encode_scores.children import Found, Job, done
from tests.benchmarks.encode_scores.peer_texts import PEERS, peer_found
from tests.benchmarks.encode_scores.probes import KINDS, Probe, probes_of
from tests.benchmarks.encode_scores.told_index import ToldIndex
from tests.benchmarks.encode_scores.told_texts import ENCODERS, OURS, ToldTexts
from tests.benchmarks.region_scores.goals import Goal, Report
from tickmark.errors import EncodingError
from tickmark.read import read_workbook

FIGURE = "questions answered rightly and wrongly from texts of a budget of tokens"
BUDGETS = (1_000, 2_000, 4_000, 8_000)
SEED = 7
SECONDS = 300.0

Score: TypeAlias = list[int]
"""Questions asked, answered rightly, answered wrongly."""


def answers_task(path: str, texts: str) -> Iterator[Found]:
    """The child's part: score of each budget, encoder and kind of question on one workbook."""
    workbook = read_workbook(Path(path), processes=1)
    told = ToldTexts(workbook, json.loads(texts))
    regions = {source.sheet.name: source.regions for source in told.sources}
    probes = probes_of(workbook, regions, seed=SEED)
    scores: dict[str, dict[str, dict[str, Score]]] = {}
    wrong: list[str] = []
    for budget in BUDGETS:
        for encoder in ENCODERS:
            try:
                sheets = {one.name: ToldIndex(one) for one in told.told(encoder, budget)}
            except EncodingError as error:
                sheets = {}
                wrong.append(f"{budget}: cannot be decoded: {error}")
            own, faults = _scored(probes, sheets)
            scores.setdefault(str(budget), {})[encoder] = own
            if encoder == OURS:
                wrong += [f"{budget}: {fault}" for fault in faults]
    yield {"vanilla": sum(told.vanilla.values()), "scores": scores, "wrong": wrong[:20]}


def _scored(
    probes: Sequence[Probe], sheets: Mapping[str, ToldIndex]
) -> tuple[dict[str, Score], list[str]]:
    scores: dict[str, Score] = {kind: [0, 0, 0] for kind in KINDS}
    wrong = []
    for probe in probes:
        score = scores[probe.kind]
        right = judged(probe, sheets)
        score[0] += 1
        score[1] += right is True
        score[2] += right is False
        if right is False:
            where = probe.area.a1 if probe.area is not None else str(probe.cell)
            wrong.append(f"{probe.kind} {probe.sheet}!{where}: {probe.answer!r:.60}")
    return scores, wrong


def figure(files: Sequence[BookFile], *, quick: bool) -> Iterator[Report]:
    """One report a set of workbooks."""
    peers = [] if quick else [*files]
    texts: dict[BookFile, dict[str, str]] = {file: {} for file in files}
    jobs = [
        Job("peer", (peer, str(file.path)), 0, (peer, file)) for file in peers for peer in PEERS
    ]
    for job, one in done(jobs, peer_found):
        peer, file = job.mark
        if "text" in one:
            texts[file][peer] = one["text"]
    jobs = [
        Job("answers", (str(file.path), json.dumps(texts[file])), SECONDS, file) for file in files
    ]
    found = {job.mark: one for job, one in done(jobs)}
    for name in SETS:
        own = {file: one for file, one in found.items() if file.set == name}
        if own:
            yield _report(name, own)


def _report(name: str, found: Mapping[BookFile, Found]) -> Report:
    read = {file: one for file, one in found.items() if "failed" not in one}
    lines = [
        f"  not asked: {file.name[:40]}: {one['failed']}"[:100]
        for file, one in found.items()
        if "failed" in one
    ]
    lines += [
        f"  {name}: {len(read)} workbooks; % answered rightly / wrongly of all questions",
        f"  {'encoder':12}"
        + "".join(f"{f'{budget:,}':>10}" for budget in BUDGETS)
        + "".join(f"{f'{budget:,} *':>10}" for budget in BUDGETS),
        "  " + "* workbooks whose vanilla text is larger than the budget".rjust(90),
    ]
    every = [*read.values()]
    for encoder in ENCODERS:
        shares = [_share(_sum(every, budget, encoder)) for budget in BUDGETS]
        shares += [_share(_sum(_larger(every, budget), budget, encoder)) for budget in BUDGETS]
        lines.append(f"  {encoder:12}" + "".join(f"{share:>10}" for share in shares))
    for budget in BUDGETS:
        lines += _table(budget, _larger(every, budget))
    for file, one in read.items():
        lines += [f"    wrong: {file.name[:24]} {said}"[:100] for said in one["wrong"][:1]]
    told: dict[str, Any] = {
        "set": name,
        "books": {file.name: one for file, one in found.items()},
    }
    return Report(tuple(lines), told, tuple(_goals(name, every)))


def _table(budget: int, found: Sequence[Found]) -> Iterator[str]:
    yield f"  {budget:,} tokens, {len(found)} larger workbooks, by kind of question"
    yield f"  {'':12}" + "".join(f"{kind:>10}" for kind in KINDS)
    asked = [_sum(found, budget, OURS, kind)[0] for kind in KINDS]
    yield f"  {'asked':12}" + "".join(f"{count:>10,}" for count in asked)
    for encoder in ENCODERS:
        shares = [_share(_sum(found, budget, encoder, kind)) for kind in KINDS]
        yield f"  {encoder:12}" + "".join(f"{share:>10}" for share in shares)


def _larger(found: Sequence[Found], budget: int) -> list[Found]:
    return [one for one in found if one["vanilla"] > budget]


def _sum(found: Sequence[Found], budget: int, encoder: str, kind: str = "") -> Score:
    scores = [
        score
        for one in found
        for own, score in one["scores"][str(budget)][encoder].items()
        if kind in {"", own}
    ]
    return [sum(one) for one in zip(*scores, strict=True)] if scores else [0, 0, 0]


def _share(score: Score) -> str:
    asked, right, wrong = score
    return f"{100 * right / asked:.0f} /{100 * wrong / asked:4.1f}" if asked else "-"


def _goals(name: str, found: Sequence[Found]) -> Iterator[Goal]:
    for budget in BUDGETS:
        larger = _larger(found, budget)
        if not larger:
            continue
        right = {
            encoder: score[1] / max(1, score[0])
            for encoder in ENCODERS
            for score in [_sum(larger, budget, encoder)]
        }
        best = max((one for one in ENCODERS if one != OURS), key=lambda one: right[one])
        yield Goal(
            f"{name}: answered, {budget:,} tokens ({best})",
            f"{right[OURS]:.1%}",
            f">= {right[best]:.1%}",
            right[OURS] >= right[best],
        )
