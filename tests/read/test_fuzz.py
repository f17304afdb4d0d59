"""Damaged files end in a workbook or a sentence: some at random, and those that once did not.

`python run.py bench fuzz` reads ten thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.read.fuzz import Seed, mutated
from tests.read.fuzz_run import run
from tests.read.fuzz_seeds import hand_made
from tests.read.guarded import Reading, read_guarded
from tests.read.parts import MAIN, SHEET, Content, parts, read, values, zipped

CASES = 700
"""As many as are read in about half a minute."""

HEAD = f'<worksheet xmlns="{MAIN}">'
DATA = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


def test_mutations_at_random_are_read_or_refused(tmp_path: Path) -> None:
    sorts: Counter[str] = Counter()
    findings: list[str] = []
    for outcome in run(range(CASES), hand_made(tmp_path)):
        sorts["refused" if outcome.reading.refusal else "read"] += 1
        if outcome.finding:
            findings.append(f"{outcome.number}: {outcome.finding}")
    assert findings == []
    assert sorts.total() == CASES
    assert min(sorts["refused"], sorts["read"]) > CASES // 5


def test_a_number_is_always_the_same_mutation_of_the_same_files(tmp_path: Path) -> None:
    seeds = [Seed(path.name, path.read_bytes()) for path in hand_made(tmp_path)]
    first = [mutated(seeds, number) for number in range(20)]
    assert first == [mutated(seeds, number) for number in range(20)]
    assert len({one.data for one in first}) > 15


def test_hand_made_workbooks_are_read_whole(tmp_path: Path) -> None:
    readings = {path.name: read_guarded(path) for path in hand_made(tmp_path)}
    assert [name for name, reading in readings.items() if reading.bad or reading.refusal] == []
    # Of the others it is told that formulas are not available.
    told = {name: one.problems for name, one in readings.items() if one.problems}
    assert set(told) == {"binary.xlsb", "open.ods"}


# What fuzzing found, cut down: parts to replace, and what has to come of them.
FOUND: Mapping[str, tuple[Mapping[str, Content], Reading]] = {
    "lists of cells inside each other": (
        {
            SHEET: (
                f"{HEAD}<sheetPr><sheetData><sheetData/></sheetData></sheetPr>{DATA}</worksheet>"
            ),
        },
        Reading(cells=1),
    ),
}


@pytest.mark.parametrize(("changed", "expected"), FOUND.values(), ids=FOUND)
def test_what_was_found_stays_mended(
    changed: Mapping[str, Content], expected: Reading, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(zipped({**parts(), **changed}))

    assert read_guarded(path) == expected


def test_texts_outside_of_strings_and_cells_are_no_part_of_the_next_one(tmp_path: Path) -> None:
    cells = '<t>lost</t><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>two</t></is></c>'
    strings = "<t>lost</t><t><t>lost</t></t><si><t>one</t></si>"

    book = read(tmp_path, parts(cells, strings=strings))

    assert values(book["Data"]) == {"A1": "one", "B1": "two"}
