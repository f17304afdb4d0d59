"""One check of the doctor: what was found, how it is, and the fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Check:
    """One look: what was found, how it is, the fix, and whether the add-in needs it right."""

    name: str
    state: State
    found: str
    fix: str = ""
    needed: bool = True

    @property
    def bad(self) -> bool:
        """Whether the add-in cannot work so."""
        return self.needed and self.state is State.FAILED


REINSTALL: Final = "Close Excel and run `tickmark excel install`."


def ok(name: str, found: str) -> Check:
    """A check that went well."""
    return Check(name, State.OK, found)


def failed(name: str, found: str, fix: str, *, needed: bool = True) -> Check:
    """A check that went badly; without `needed` it is a warning."""
    return Check(name, State.FAILED, found, fix, needed)


def unknown(name: str, found: str, fix: str) -> Check:
    """What cannot be found out from here, with what to do if it is wrong."""
    return Check(name, State.UNKNOWN, found, fix, needed=False)


def not_applicable(name: str, found: str) -> Check:
    """What does not exist on this system."""
    return Check(name, State.NOT_APPLICABLE, found, needed=False)
