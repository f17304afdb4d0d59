"""Whether memory is short, and how often the system is asked."""

from __future__ import annotations

from tickmark.llm.flow.memory import MemoryGuard, available_memory


def test_memory_is_short_below_the_floor_and_asked_for_at_most_five_times_a_second() -> None:
    free = iter([100, 299, 300])
    guard = MemoryGuard(floor=300, available=lambda: next(free))

    assert [guard.short(now) for now in (0.0, 0.1, 0.25, 0.3, 0.5)] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_a_clock_that_goes_back_keeps_no_old_figure() -> None:
    free = iter([100, 400])
    guard = MemoryGuard(floor=300, available=lambda: next(free))

    assert guard.short(1000.0)
    assert not guard.short(5.0)


def test_the_system_tells_what_is_free() -> None:
    assert available_memory() > 1_000_000
