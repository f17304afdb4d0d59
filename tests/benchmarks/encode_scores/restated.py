"""Encoders that are rules: stated here over our reader, all in one child a workbook."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.encode_scores.children import Found
from tests.benchmarks.encode_scores.comma_text import comma_lines
from tests.benchmarks.encode_scores.o200k import o200k
from tests.benchmarks.encode_scores.plain_cells import plain_sheets
from tests.benchmarks.encode_scores.prototype import prototype_lines
from tests.benchmarks.encode_scores.prototype_grid import keys_of
from tests.benchmarks.encode_scores.vanilla import vanilla_lines
from tickmark.model.workbook import Workbook
from tickmark.read import read_workbook

RULES = ("vanilla", "CSV", "prototype", "prototype, errors", "prototype, lossless")


def restated_task(path: str) -> Iterator[Found]:
    """The child's part: tokens and seconds of each rule."""
    workbook = read_workbook(Path(path), processes=1)
    for rule in RULES:
        begun = time.process_time()
        made = rule_text(rule, workbook)
        spent = time.process_time() - begun
        yield {rule: {"tokens": o200k(made), "cpu": spent}}


def rule_text(rule: str, workbook: Workbook) -> str:
    """The sheets of a workbook, each under its name."""
    return "\n".join(
        "\n".join((f"#{name}", *lines)) for name, lines in _sheets(rule, workbook) if lines
    )


def _sheets(rule: str, workbook: Workbook) -> Iterator[tuple[str, list[str]]]:
    # The prototype's reader gave cells with errors as blank ones.
    errors = rule not in {"prototype", "prototype, lossless"}
    for plain, sheet in zip(plain_sheets(workbook, errors=errors), workbook.sheets, strict=True):
        if rule == "vanilla":
            yield plain.name, list(vanilla_lines(plain))
        elif rule == "CSV":
            yield plain.name, list(comma_lines(plain))
        else:
            level = 0 if rule == "prototype, lossless" else 1
            lines = prototype_lines(plain, keys_of(sheet), level=level)
            yield plain.name, [line.text for line in lines]
