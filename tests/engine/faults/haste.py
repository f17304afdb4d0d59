"""The waits of the product, shortened so that faults cost no time; nothing else is changed.

`python -m tests.engine.faults.haste COMMAND …` is `tickmark COMMAND …` with them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import pytest

SHORT: Final[Mapping[str, float]] = {
    "tickmark.llm.retrying.FIRST_WAIT": 0.002,
    "tickmark.llm.retrying.LONGEST_BACKOFF": 0.02,
    "tickmark.llm.flow.pause.DEFAULT_PAUSE": 0.01,
    "tickmark.llm.flow.lane.GUESSED_LATENCY": 0.01,
    "tickmark.llm.flow.breaker.FIRST_COOL_DOWN": 0.01,
    "tickmark.llm.flow.breaker.LONGEST_COOL_DOWN": 0.02,
    "tickmark.llm.store.BUSY_SECONDS": 0.05,
    "tickmark.llm.store.AGAIN_SECONDS": 0.02,
    "tickmark.llm.calibration.BUSY_SECONDS": 0.05,
    "tickmark.llm.ledger.BUSY_SECONDS": 0.05,
}


def log_defaults() -> dict[str, Any]:
    """The defaults of the call log, among them how long it waits for other processes."""
    from tickmark.llm.call_log import CallLog  # noqa: PLC0415 - not before the constants are set

    defaults = CallLog.__init__.__kwdefaults__
    assert defaults is not None
    assert defaults["busy"] > 0
    return defaults


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the waits until the test ends."""
    for name, seconds in SHORT.items():
        monkeypatch.setattr(name, seconds)
    monkeypatch.setitem(log_defaults(), "busy", 0.05)


def main() -> int:
    """Shorten the waits of this process and run a command line."""
    for name, seconds in SHORT.items():
        module, _, constant = name.rpartition(".")
        assert hasattr(import_module(module), constant), name
        setattr(import_module(module), constant, seconds)
    log_defaults()["busy"] = 0.05
    from tickmark.hosts.cli.app import run  # noqa: PLC0415 - not before the constants are set

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
