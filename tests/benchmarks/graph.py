"""The formula graph: speed, memory, edges kept, and the time that questions take.

`python run.py bench graph [FIGURE…] [--folder DIR]` measures all figures, or those named: build,
reading, real, edges, questions, blocks, forms, worst. Real workbooks come from DIR or the folder in
TICKMARK_CORPUS; without either their figures are left out. Books are generated, the same on every
machine. Floor of reading: inflate every part and count `<f`. Peers: openpyxl's Tokenizer,
formualizer (Rust), networkx on one node a cell, and the rule "one edge per R1C1 run". What other
tools have published is printed as their word, never measured here.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.formula_graph import (
    books,
    build,
    edges_kept,
    forms,
    many_blocks,
    questions,
    reading,
    real,
    worst,
)
from tests.benchmarks.formula_graph.measuring import Bench, Child, Goal, Line, peak

FIGURES: Mapping[str, Callable[[Bench], Iterator[Line]]] = {
    "build": build.figure,
    "reading": reading.figure,
    "real": real.figure,
    "edges": edges_kept.figure,
    "questions": questions.figure,
    "blocks": many_blocks.figure,
    "forms": forms.figure,
    "worst": worst.figure,
}
MODULES = (books, build, edges_kept, forms, many_blocks, questions, reading, real, worst)
CHILDREN: Mapping[str, Child] = {
    name: child for module in MODULES for name, child in module.CHILDREN.items()
}


def run_child(name: str, *arguments: str) -> None:
    """The child's part: run one candidate, and print what it found."""
    found = CHILDREN[name](*arguments)
    print(json.dumps({"mb": peak(), **found}))


def main(arguments: list[str]) -> int:
    """Measure the figures asked for; 1 where a goal is missed."""
    named, folder = split(arguments)
    unknown = [name for name in named if name not in FIGURES]
    if unknown:
        print(f"There is no figure {unknown[0]!r}; there are: {', '.join(FIGURES)}.")
        return 2
    goals: list[Goal] = []
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), folder)
        for name in named or FIGURES:
            begun = time.monotonic()
            print(f"\n{name}: {FIGURES[name].__doc__}", flush=True)
            for line in FIGURES[name](bench):
                if isinstance(line, Goal):
                    goals.append(line)
                print(line, flush=True)
            print(f"  ({time.monotonic() - begun:.0f} s)", flush=True)
    if len(named) != 1:
        print("\nAll goals:", *goals, sep="\n")
    return 0 if all(goal.reached for goal in goals) else 1


def split(arguments: list[str]) -> tuple[list[str], Path | None]:
    """The figures named and the folder of real workbooks."""
    folder = os.environ.get("TICKMARK_CORPUS", "")  # noqa: TID251 - names test data, no setting
    named = list(arguments)
    if "--folder" in named:
        at = named.index("--folder")
        folder = named[at + 1] if at + 1 < len(named) else ""
        del named[at : at + 2]
    if not folder:
        return named, None
    if not Path(folder).is_dir():
        sys.exit(f"There is no folder {folder}.")
    return named, Path(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(*sys.argv[2:])
    else:
        sys.exit(main(sys.argv[1:]))
