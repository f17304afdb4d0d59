"""Regions: boxes, headers, totals and roles beside what people have drawn; anchors; speed.

`python run.py bench regions [FIGURE...] [OPTION...]` measures all figures, or those named: tables,
list-objects, samples, drawn, anchors, speed. Options: `--tune` (the default) scores the tuning
halves, `--aside` the set aside of `tables` too and `--drawn-aside` that of `drawn`; `--key-value`
counts key-value blocks as tables; `--misses N` prints the N worst misses of each tuning set;
`--json` prints one JSON object. `--tables`, `--workbooks`, `--errors`, `--samples` and `--drawn`
name folders of workbooks and labels; what is not there is said and left out. Peers are rules of
other tools, stated anew on the same cells (`region_scores/peers.py` tells them).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.region_scores import anchors_kept, quality, speed
from tests.benchmarks.region_scores.goals import Report, measured
from tests.benchmarks.region_scores.sets import Folders

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FOLDERS = {
    "tables": SHARED / "labelled" / "tables",
    "workbooks": SHARED / "workbooks",
    "errors": SHARED / "labelled" / "errors",
    "samples": ROOT / "sample_workbooks",
    "drawn": Path(__file__).parent / "region_labels",
}
FIGURES = ("tables", "list-objects", "samples", "drawn", "anchors", "speed")


def main(arguments: Sequence[str]) -> int:
    """Measure the figures asked for; 1 where a goal is missed."""
    options = _options(arguments)
    goals, figures = measured(
        options.figures or FIGURES,
        _summary,
        lambda name: _reports(name, options),
        partial(_say, options),
    )
    if options.json:
        reached = [goal.told() for goal in goals]
        print(json.dumps({"figures": figures, "goals": reached}, ensure_ascii=False, indent=1))
    elif len(options.figures) != 1:
        print("\nAll goals", *goals, sep="\n")
    return 0 if all(goal.reached for goal in goals) else 1


def _reports(name: str, options: argparse.Namespace) -> Iterator[Report]:
    folders = Folders(**{folder: getattr(options, folder) for folder in FOLDERS})
    if name == "speed":
        yield from speed.figure()
    elif name == "anchors":
        yield from anchors_kept.figure(folders, aside=options.aside)
    else:
        yield from quality.figure(
            name,
            folders,
            aside=options.drawn_aside if name == "drawn" else options.aside,
            key_value=options.key_value,
            misses=options.misses,
        )


def _summary(name: str) -> str:
    modules = {"speed": speed, "anchors": anchors_kept}
    return quality.FIGURES[name] if name in quality.FIGURES else str(modules[name].FIGURE)


def _say(options: argparse.Namespace, line: object) -> None:
    if not options.json:
        print(line, flush=True)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench regions", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--tune", action="store_true", help="score the tuning halves (default)")
    parser.add_argument("--aside", action="store_true", help="also the set aside of `tables`")
    parser.add_argument("--drawn-aside", action="store_true", help="also that of `drawn`")
    parser.add_argument("--key-value", action="store_true", help="count key-value blocks as tables")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print the worst misses")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    for name, folder in FOLDERS.items():
        parser.add_argument(f"--{name}", type=Path, default=folder, metavar="DIR")
    options = parser.parse_args(list(arguments))
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]!r}; there are: {', '.join(FIGURES)}")
    if options.tune and (options.aside or options.drawn_aside):
        parser.error("--tune is for the tuning halves alone; leave it out with --aside")
    return options


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        speed.run_child(*sys.argv[2:])
    else:
        sys.exit(main(sys.argv[1:]))
