"""Questions in any number: of a given size, told apart by their first line."""

from __future__ import annotations

from tests.benchmarks.engine_load.load import drawn

LINE = "The margin of the third quarter follows from revenue in B14 and cost in B22. "


def question(name: str, size: int) -> str:
    """A question of so many characters whose first line is its name."""
    return f"{name}\n{LINE * (size // len(LINE) + 1)}"[: max(size, len(name))]


def questions(salt: str, count: int, size: int, spread: float = 0.0) -> list[str]:
    """Questions of about `size` characters, by up to the share `spread` smaller or larger."""
    names = [f"item {number} of {salt}" for number in range(count)]
    return [
        question(name, int(size * (1 + spread * (2 * drawn(1, name, "size") - 1))))
        for name in names
    ]
