"""Our own encodings: the skeleton, the lossless level, the published method, and any budget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.benchmarks.encode_scores.children import Found
from tests.benchmarks.encode_scores.o200k import o200k
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook
from tickmark.structure.formulas import formulas_of

LEVELS = ("skeleton", "lossless")
OWN = (*LEVELS, "paper")


def own_task(path: str) -> Iterator[Found]:
    """The child's part: tokens, and seconds without reading; the reason where one fails."""
    _encoder()
    workbook = read_workbook(Path(path), processes=1)
    for method in OWN:
        begun = time.process_time()
        try:
            texts = paper_texts(workbook) if method == "paper" else level_texts(workbook, method)
        except Exception as error:  # noqa: BLE001 - a failure is what is looked for
            yield {method: {"failed": f"{type(error).__name__}: {error}"}}
            continue
        spent = time.process_time() - begun
        yield {method: {"tokens": o200k(whole(texts)), "cpu": spent}}


def whole(texts: Sequence[str]) -> str:
    """The sheets of a workbook as one text, as `decode` takes it."""
    return "\n\n".join(text for text in texts if text)


def level_texts(workbook: Workbook, level: str, tokens: Callable[[str], int] = o200k) -> list[str]:
    """Each sheet at a level, hidden cells shown, for vanilla shows them too."""
    sheet, source = _encoder()
    return [
        sheet.encode_sheet(one, level=sheet.Level[level.upper()], tokens=tokens).text
        for one in source.sources_of(formulas_of(workbook), hidden=True)
    ]


def budget_texts(sources: Sequence[Any], budgets: Sequence[int]) -> list[str]:
    """Each sheet within its own budget."""
    sheet, _ = _encoder()
    return [
        sheet.encode_sheet(one, budget=budget, tokens=o200k).text
        for one, budget in zip(sources, budgets, strict=True)
    ]


def sources(workbook: Workbook) -> Sequence[Any]:
    """The sheets of a workbook, ready to be encoded."""
    _, source = _encoder()
    made: Sequence[Any] = source.sources_of(formulas_of(workbook), hidden=True)
    return made


def paper_texts(workbook: Workbook) -> list[str]:
    """Each sheet by the published method, with its k of 4 and all three steps."""
    paper = import_module("tickmark.encode.paper.paper")
    return [paper.encode_paper(workbook, sheet, hidden=True).text for sheet in workbook.sheets]


def _encoder() -> tuple[Any, Any]:
    return import_module("tickmark.encode.sheet"), import_module("tickmark.encode.source")
