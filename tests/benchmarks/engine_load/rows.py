"""Lines and goals that several figures share."""

from __future__ import annotations

import os

from tests.benchmarks.region_scores.goals import Goal

ANSWERED = "all answered, alike"
"""A benchmark whose answers were lost or differ has measured nothing: it ends with 1."""


def answered_goal(what: str, all_right: bool) -> Goal:
    """Whether each question got the answer that the server gave to it."""
    said = "yes" if all_right else "NO"
    return Goal(f"{what}: {ANSWERED}", said, "yes", all_right)


def load_average() -> str:
    """How busy the machine was in the last minute; "" where nobody knows."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f"; load average {os.getloadavg()[0]:.1f}"
