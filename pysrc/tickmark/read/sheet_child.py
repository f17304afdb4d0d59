"""The child process that reads sheets of a workbook while its parent reads others.

It is told a Workplace and the bytes of the package, says True, and answers each SheetPlace with
an EarlySheet and the indexes of its shared strings, until its input ends. Its answer is None where
the workbook is to be refused.
"""

from __future__ import annotations

import sys

from tickmark.read.early_sheet import HOME, Workplace, indexed, read_early
from tickmark.read.messages import receive, send
from tickmark.read.own_limits import limit_self
from tickmark.read.package import open_package


def main() -> None:
    """Read sheets until nobody asks for more."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    place: Workplace = receive(questions)
    if place.home != HOME:
        return
    # Memory is for the parent to watch: short of it, a part would look damaged here.
    limit_self(0, place.limits.child_seconds * place.sheets)
    package = open_package(questions.read(place.size), place.path, place.limits)
    package.inflated = place.inflated
    send(answers, True)  # noqa: FBT003 - all that is said
    while True:
        try:
            wanted = receive(questions)
        except EOFError:
            return
        early = read_early(package, wanted, place.facts)
        send(answers, None if early is None else indexed(early))


if __name__ == "__main__":
    main()
