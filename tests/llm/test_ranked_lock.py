"""Locks in one fixed order."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tickmark.llm.ranked_lock import OutOfOrder, Rank, RankedLock, held_locks

SECONDS = 5.0


def mine() -> tuple[str, ...]:
    return held_locks().get(threading.get_ident(), ())


def in_a_thread(act: Callable[[], object]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive()


def test_locks_are_taken_in_the_order_of_their_ranks() -> None:
    store, flow, runner = (RankedLock(rank) for rank in (Rank.STORE, Rank.FLOW, Rank.RUNNER))

    with store, flow, runner:
        assert mine() == ("STORE", "FLOW", "RUNNER")
    assert mine() == ()


@pytest.mark.parametrize(("first", "second"), [(Rank.RUNNER, Rank.STORE), (Rank.STORE, Rank.STORE)])
@pytest.mark.parametrize("take", [RankedLock.__enter__, RankedLock.acquire])
def test_a_lower_or_equal_rank_behind_a_higher_one_is_a_bug(
    first: Rank, second: Rank, take: Callable[[RankedLock], bool]
) -> None:
    outer, inner = RankedLock(first), RankedLock(second)

    message = f"{second.name} was taken while {first.name} was held"
    with outer:
        with pytest.raises(OutOfOrder, match=message):
            take(inner)
        assert mine() == (first.name,)
        assert not inner.locked()
    with inner:
        assert mine() == (second.name,)


def test_the_same_lock_twice_in_one_thread_is_a_bug_instead_of_a_standstill() -> None:
    lock = RankedLock(Rank.FLOW)

    with lock, pytest.raises(OutOfOrder, match="FLOW was taken while FLOW was held"):
        lock.acquire()


def test_all_that_is_held_counts_and_not_only_the_last() -> None:
    low, middle, high = (RankedLock(rank) for rank in (Rank.STORE, Rank.FLOW, Rank.RUNNER))

    with high:
        assert low.acquire(blocking=False)
        with pytest.raises(OutOfOrder, match="FLOW was taken while RUNNER was held"):
            middle.acquire()
        low.release()


def test_locks_may_be_let_go_in_any_order() -> None:
    low, middle, high = (RankedLock(rank) for rank in (Rank.STORE, Rank.FLOW, Rank.RUNNER))
    for lock in (low, middle, high):
        lock.acquire()

    low.release()
    assert mine() == ("FLOW", "RUNNER")
    high.release()
    assert mine() == ("FLOW",)
    with high:
        assert mine() == ("FLOW", "RUNNER")
    middle.release()
    assert mine() == ()


def test_who_does_not_block_is_told_that_it_is_taken() -> None:
    lock = RankedLock(Rank.FLOW)
    got: list[bool] = []

    with lock:
        in_a_thread(lambda: got.append(lock.acquire(blocking=False)))
        in_a_thread(lambda: got.append(lock.acquire(timeout=0.001)))
        assert lock.locked()
    in_a_thread(lambda: got.append(lock.acquire(timeout=SECONDS)))
    lock.release()

    assert got == [False, False, True]
    assert not lock.locked()


def test_each_thread_has_its_own_order() -> None:
    low, high = RankedLock(Rank.STORE), RankedLock(Rank.RUNNER)
    seen: list[tuple[str, ...]] = []

    def take() -> None:
        with low:
            seen.append(mine())

    with high:
        in_a_thread(take)
        assert mine() == ("RUNNER",)

    assert seen == [("STORE",)]


def test_another_thread_may_let_go_as_with_a_plain_lock() -> None:
    low, lock = RankedLock(Rank.STORE), RankedLock(Rank.FLOW)
    low.acquire()
    lock.acquire()

    in_a_thread(low.release)

    assert mine() == ("FLOW",)
    lock.release()
    assert mine() == ()


def test_a_condition_waits_without_the_lock_and_wakes_with_it() -> None:
    lock = RankedLock(Rank.FLOW)
    changed = threading.Condition(lock)  # type: ignore[arg-type]
    outer = RankedLock(Rank.STORE)
    steps: list[object] = []

    def wait() -> None:
        with outer, changed:
            steps.append("waits")
            assert changed.wait_for(lambda: "go" in steps, SECONDS)
            steps.append(mine())

    waiter = threading.Thread(target=wait)
    waiter.start()
    while "go" not in steps:
        with changed:
            if "waits" in steps:
                assert held_locks()[waiter.ident or 0] == ("STORE",)
                steps.append("go")
                changed.notify_all()
    waiter.join(SECONDS)

    assert steps == ["waits", "go", ("STORE", "FLOW")]
    assert not lock.locked()


def test_an_exception_lets_go() -> None:
    lock = RankedLock(Rank.FLOW)

    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError

    assert not lock.locked()
    assert mine() == ()


def test_it_excludes_others() -> None:
    lock = RankedLock(Rank.FLOW)
    now = most = count = 0

    def add() -> None:
        nonlocal now, most, count
        for _ in range(2_000):
            with lock:
                now += 1
                most = max(most, now)
                count += 1
                now -= 1

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    assert (most, count) == (1, 16_000)


def test_nothing_is_left_of_locks_that_were_taken_inside_each_other() -> None:
    outer, inner = RankedLock(Rank.JOURNAL), RankedLock(Rank.STORE)

    with outer:
        inner.acquire()
        inner.release()

    assert threading.get_ident() not in held_locks()
