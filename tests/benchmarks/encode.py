"""Encoding of sheets: tokens beside other encoders, claims checked, speed, what can be answered.

`python run.py bench encode [FIGURE...] [OPTION...]` measures all figures, or those named: tokens,
claims, speed, answers. Workbooks: `--folder DIR` (several may be given; default: TICKMARK_CORPUS,
else ../shared/workbooks) and the ordinary ones of `--labelled DIR`; of these `--aside` takes only
those whose sha256 of the name begins with a letter, and nothing else. `--quick` leaves out the
peers that are packages, `--json FILE` writes all that was found. Tokens are those of o200k_base.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.encode_scores.book_files import book_files
from tests.benchmarks.encode_scores.children import run_child
from tests.benchmarks.region_scores.goals import Report, measured

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCORES = "tests.benchmarks.encode_scores"
FIGURES = {
    "tokens": "token_ratios",
    "claims": "claims_kept",
    "speed": "ledger_speed",
    "answers": "answer_curves",
}
TASKS = {
    "restated": "restated",
    "own": "own_texts",
    "peer": "peer_texts",
    "claims": "claims_kept",
    "ledger": "ledger_speed",
    "speed": "ledger_speed",
    "answers": "answer_curves",
}


def main(arguments: Sequence[str]) -> int:
    """Measure the figures asked for; 1 where a goal is missed."""
    options = _options(arguments)
    goals, figures = measured(
        options.figures or FIGURES,
        lambda name: _module(FIGURES[name]).FIGURE,
        lambda name: _reports(name, options),
        partial(print, flush=True),
    )
    if options.json:
        told = {"figures": figures, "goals": [goal.told() for goal in goals]}
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if len(options.figures) != 1:
        print("\nAll goals", *goals, sep="\n")
    return 0 if all(goal.reached for goal in goals) else 1


def _reports(name: str, options: argparse.Namespace) -> Iterator[Report]:
    module = _module(FIGURES[name])
    if name == "speed":
        yield from module.figure(quick=options.quick)
        return
    files = book_files(options.folder, options.labelled, aside=options.aside)
    if name == "tokens":
        yield from module.figure(*module.measured(files, quick=options.quick))
    else:
        yield from module.figure(files, quick=options.quick)


def _module(name: str) -> ModuleType:
    """A part of this benchmark, loaded when it is used: children have to start quickly."""
    return import_module(f"{SCORES}.{name}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench encode", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--folder", type=Path, action="append", metavar="DIR")
    parser.add_argument("--labelled", type=Path, default=SHARED / "labelled", metavar="DIR")
    parser.add_argument("--aside", action="store_true", help="only what is set aside")
    parser.add_argument("--quick", action="store_true", help="without the slow peers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was found")
    options = parser.parse_args(list(arguments))
    if options.folder is None:
        corpus = os.environ.get("TICKMARK_CORPUS", "")  # noqa: TID251 - names test data
        options.folder = [Path(corpus) if corpus else SHARED / "workbooks"]
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]!r}; there are: {', '.join(FIGURES)}")
    return options


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        task = sys.argv[2]
        run_child(getattr(_module(TASKS[task]), f"{task}_task"), *sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1:]))
