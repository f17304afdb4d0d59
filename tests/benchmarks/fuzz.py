"""Reading damaged files: how many of them, of which sorts, and what went wrong.

`python run.py bench fuzz [CASES [FIRST [PATH…]]]` reads CASES (10,000) mutations, from number
FIRST (0) on, of the files and folders named (of the samples and of hand-made workbooks). The same
number is always the same file for the same seeds; a finding is printed with its number and kept in
the folder tickmark-fuzz for temporary files, and makes the exit code 1.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.read.fuzz import Seed, mutated
from tests.read.fuzz_run import Outcome, run
from tests.read.fuzz_seeds import hand_made
from tickmark.read import SUPPORTED

LARGEST = 160_000
FINDINGS = Path(tempfile.gettempdir(), "tickmark-fuzz")
SAMPLES = Path(__file__).parents[2] / "sample_workbooks"


def main(arguments: list[str]) -> int:
    cases = int(arguments[0]) if arguments else 10_000
    first = int(arguments[1]) if len(arguments) > 1 else 0
    with tempfile.TemporaryDirectory() as folder:
        seeds = [*hand_made(Path(folder)), *small(arguments[2:] or [str(SAMPLES)])]
        print(f"{cases:,} mutations of {len(seeds)} workbooks", flush=True)
        begun = time.monotonic()
        sorts: Counter[str] = Counter()
        findings = 0
        for outcome in run(range(first, first + cases), seeds, workers=os.cpu_count() or 1):
            sorts[sort(outcome)] += 1
            if outcome.finding:
                findings += 1
                keep(outcome, seeds)
            if sorts.total() % 1_000 == 0:
                print(f"{sorts.total():,} read, {findings} findings", flush=True)
        seconds = time.monotonic() - begun
    for name, count in sorts.most_common():
        print(f"{count:>8,}  {name}")
    print(f"{findings} findings in {sorts.total():,} cases, {seconds:.0f} s")
    return 1 if findings else 0


def small(paths: list[str]) -> list[Path]:
    """The workbooks among files and folders that are small enough to be read some hundred times."""
    files: list[Path] = []
    for path in map(Path, paths):
        files += sorted(path.iterdir()) if path.is_dir() else [path]
    kinds = {f".{kind}" for kind in SUPPORTED}
    return [file for file in files if file.suffix in kinds and file.stat().st_size <= LARGEST]


def sort(outcome: Outcome) -> str:
    if outcome.finding:
        return "finding"
    if outcome.reading.refusal:
        return "refused in a sentence"
    return "incomplete" if outcome.reading.problems else "read whole"


def keep(outcome: Outcome, seeds: list[Path]) -> None:
    """Print a finding and keep its file."""
    loaded = [Seed(path.name, path.read_bytes()) for path in seeds]
    mutation = mutated(loaded, outcome.number)
    FINDINGS.mkdir(exist_ok=True)
    (FINDINGS / mutation.name).write_bytes(mutation.data)
    (FINDINGS / f"{mutation.name}.txt").write_text(outcome.finding, encoding="utf-8")
    print(f"{outcome.number} {mutation.name}: {outcome.finding.splitlines()[-1][:200]}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
