"""The LLM engine under load, beside peers, against a server on loopback.

`python run.py bench engine [FIGURE...] [OPTION...]` measures all figures, or those named: threads,
cpu, limits, faults, dag, table, cache, kill, schedule. `--quick` takes one round where it takes the
best of three, and fewer questions; `--json FILE` writes all that was found. Exit code 1 tells that
questions were lost or answers differ, not that a goal of speed was missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

PARTS = "tests.benchmarks.engine_load"
FIGURES = {
    "threads": "threads",
    "cpu": "processor_time",
    "limits": "limits",
    "faults": "faults",
    "dag": "sheets",
    "table": "table",
    "cache": "kept_answers",
    "kill": "killed",
    "schedule": "scheduling",
}
TASKS = {
    "bulk": "bulk",
    "sheets": "sheets",
    "kept": "kept_answers",
    "killed": "killed",
    "scheduling": "scheduling",
}
ROUNDS = 3


def main(arguments: Sequence[str]) -> int:
    """Measure the figures asked for; 1 where a question was lost or answers differ."""
    from tests.benchmarks.engine_load.loopback import loopback  # noqa: PLC0415 - not for children
    from tests.benchmarks.engine_load.rows import ANSWERED  # noqa: PLC0415 - likewise
    from tests.benchmarks.region_scores.goals import measured  # noqa: PLC0415 - likewise

    options = _options(arguments)
    with loopback() as server:

        def reports(name: str) -> Iterator[object]:
            yield from _module(FIGURES[name]).figure(server, repeats=options.rounds)

        goals, figures = measured(
            options.figures or FIGURES,
            lambda name: _module(FIGURES[name]).FIGURE,
            reports,
            partial(print, flush=True),
        )
    if options.json:
        told = {"figures": figures, "goals": [goal.told() for goal in goals]}
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if len(options.figures) != 1:
        print("\nAll goals", *goals, sep="\n")
    return 0 if all(goal.reached for goal in goals if ANSWERED in goal.figure) else 1


def _module(name: str) -> ModuleType:
    """A part of this benchmark, loaded when it is used: children have to start small."""
    return import_module(f"{PARTS}.{name}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench engine", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--quick", action="store_true", help="one round of each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was found")
    options = parser.parse_args(list(arguments))
    options.rounds = 1 if options.quick else ROUNDS
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]!r}; there are: {', '.join(FIGURES)}")
    return options


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        from tests.benchmarks.engine_load.children import run_child

        task = sys.argv[2]
        run_child(getattr(_module(TASKS[task]), f"{task}_task"), sys.argv[3])
    else:
        sys.exit(main(sys.argv[1:]))
