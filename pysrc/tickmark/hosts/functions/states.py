"""Texts that stand in a cell in place of an answer; all begin with `#LLM `."""

from __future__ import annotations

from typing import Final

from tickmark.hosts.functions.call import Table

PREFIX: Final = "#LLM "
WAIT: Final = "#LLM wait"
WIZARD: Final = "#LLM preview: press OK to ask"
PAUSED: Final = "#LLM paused: press Pause again to go on"
NO_KEY: Final = "#LLM key: none is set; run tickmark key set"


def consent(calls: int, usd: float) -> str:
    """Many new calls at once wait for the user's word."""
    return f"#LLM consent: {calls:,} call{'s' if calls != 1 else ''}, about {usd:.2f} USD"


def value(reason: str) -> str:
    """An argument is wrong."""
    return f"#LLM value: {reason}"


def is_state(text: object) -> bool:
    """Whether a value is a state of ours, or the start of one, and no answer."""
    return isinstance(text, str) and text.startswith("#LLM ")


def single(text: float | str) -> Table:
    """One value as a table."""
    return ((text,),)
