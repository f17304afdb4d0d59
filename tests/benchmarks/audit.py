"""The audit: labelled errors, injected errors, noise on real workbooks, time.

`python run.py bench audit [FIGURE...] [OPTION...]` measures all figures, or those named: labelled,
mutations, noise, speed. `--labelled DIR` is the parent of the folder `errors` of labelled
workbooks, `--folder DIR` has real ones (default: TICKMARK_CORPUS, else ../shared/workbooks).
`--aside` scores only the labelled workbooks that are set aside and never tells their misses;
`--misses NAME` prints those of the others whose name has that part. `--quick` injects a few hundred
errors, not a few thousand, and leaves out the peer; `--seed N` draws others, which nobody has tuned
on; `--told FILE` writes each with who caught it.
`--high N` prints the high findings of N real workbooks. `--calibrate FILE` writes how often
findings are right, by rule and score. `--cache DIR` keeps converted workbooks (default: the
system's temporary folder).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.audit_scores import audit_speed, labelled, mutations, noise
from tests.benchmarks.audit_scores.calibration import write_calibration
from tests.benchmarks.region_scores.goals import Report, measured

SHARED = Path(__file__).resolve().parents[3] / "shared"
FIGURES = {"labelled": labelled, "mutations": mutations, "noise": noise, "speed": audit_speed}


def main(arguments: Sequence[str]) -> int:
    """Measure the figures asked for; 1 where a goal is missed."""
    options = _options(arguments)
    goals, figures = measured(
        options.figures or FIGURES,
        lambda name: FIGURES[name].FIGURE,
        lambda name: _reports(name, options),
        partial(print, flush=True),
    )
    if options.calibrate:
        print("\ncalibration: labelled, injected and unlabelled findings by rule and score")
        print(*_calibrated(options), sep="\n", flush=True)
    if options.json:
        told = {"figures": figures, "goals": [goal.told() for goal in goals]}
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if len(options.figures) != 1:
        print("\nAll goals", *goals, sep="\n")
    return 0 if all(goal.reached for goal in goals) else 1


def _reports(name: str, options: argparse.Namespace) -> Iterator[Report]:
    match name:
        case "labelled":
            yield from labelled.figure(
                options.labelled / "errors",
                options.cache,
                aside=options.aside,
                peers=not options.quick,
                misses=options.misses,
            )
        case "mutations":
            yield from mutations.figure(
                options.folder, quick=options.quick, seed=options.seed, told=options.told
            )
        case "noise":
            yield from noise.figure(options.folder, options.cache, high=options.high)
        case _:
            yield from audit_speed.figure(options.folder)


def _calibrated(options: argparse.Namespace) -> list[str]:
    return write_calibration(
        options.calibrate,
        options.labelled / "errors",
        options.folder,
        options.cache,
        quick=options.quick,
        seed=options.seed,
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench audit", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--labelled", type=Path, default=SHARED / "labelled", metavar="DIR")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="real workbooks")
    parser.add_argument("--aside", action="store_true", help="only what is set aside")
    parser.add_argument("--misses", default="", metavar="NAME", help="tell what was missed there")
    parser.add_argument("--quick", action="store_true", help="fewer injected errors, no peers")
    parser.add_argument("--high", type=int, default=0, metavar="N", help="high findings of N books")
    parser.add_argument("--calibrate", type=Path, metavar="FILE", help="write shares by score")
    parser.add_argument("--seed", type=int, default=mutations.SEED, metavar="N")
    parser.add_argument("--told", type=Path, metavar="FILE", help="write each injected error")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="for converted workbooks")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was found")
    options = parser.parse_args(list(arguments))
    if options.folder is None:
        corpus = os.environ.get("TICKMARK_CORPUS", "")  # noqa: TID251 - names test data
        options.folder = Path(corpus) if corpus else SHARED / "workbooks"
    if options.cache is None:
        options.cache = Path(tempfile.gettempdir()) / "tickmark-bench-audit"
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]!r}; there are: {', '.join(FIGURES)}")
    if options.aside and options.misses:
        parser.error("what is set aside never tells its misses; leave out --misses")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
