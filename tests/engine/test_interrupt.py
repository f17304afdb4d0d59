"""Ctrl-C, wherever the main thread is."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

from tickmark.engine.interrupt import ctrl_c_sets

SECONDS = 5.0


def test_the_first_one_sets_the_event_and_the_second_is_raised() -> None:
    stop = threading.Event()

    with ctrl_c_sets(stop):
        signal.raise_signal(signal.SIGINT)
        assert stop.wait(SECONDS)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_two_in_a_row_are_two() -> None:
    with ctrl_c_sets(threading.Event()):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_where_the_stop_is_set_already_it_leaves_at_once() -> None:
    stop = threading.Event()
    stop.set()

    with ctrl_c_sets(stop), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_it_works_inside_the_event_itself() -> None:
    """A handler that sets the event there would wait for the thread that it interrupts."""
    stop = threading.Event()

    with ctrl_c_sets(stop):
        with stop._cond:  # type: ignore[attr-defined]  # noqa: SLF001 - what wait and set hold
            signal.raise_signal(signal.SIGINT)
            assert not stop.is_set()
        assert stop.wait(SECONDS)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once")
def test_the_polite_request_to_end_counts_as_well() -> None:
    stop = threading.Event()
    before = signal.getsignal(signal.SIGTERM)

    with ctrl_c_sets(stop):
        signal.raise_signal(signal.SIGTERM)
        assert stop.wait(SECONDS)

    assert signal.getsignal(signal.SIGTERM) is before


def test_one_inside_another_and_other_threads_change_nothing() -> None:
    outer, inner = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with ctrl_c_sets(inner):
            pass

    with ctrl_c_sets(outer):
        handler = signal.getsignal(signal.SIGINT)
        with ctrl_c_sets(inner):
            assert signal.getsignal(signal.SIGINT) is handler
            signal.raise_signal(signal.SIGINT)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join(SECONDS)
        assert outer.wait(SECONDS)

    assert not inner.is_set()
