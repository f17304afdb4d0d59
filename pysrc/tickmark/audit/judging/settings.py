"""The settings of the audit: the table `[audit]` of a settings file, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from tickmark.audit.judging.suppression import Suppression, parse_suppressions
from tickmark.model.finding import Tier

FAIL_ON: Final = ("high", "medium", "low", "never")


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What an audit shows and fails on.

    `rules` are the codes that are applied (empty: all), less `exclude_rules`; `exclude` are
    patterns of paths that are left out; `suppress` are findings that are accepted.
    """

    fail_on: str = "high"
    tier: str = Tier.DEFAULT.value
    rules: tuple[str, ...] = ()
    exclude_rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    suppress: tuple[Suppression, ...] = ()


NAMES: Final = tuple(one.name for one in fields(AuditSettings) if one.name != "suppress")
"""The settings that are one value each; suppressions of several files stand beside each other."""

_WORDS: Final = {"fail_on": FAIL_ON, "tier": tuple(one.value for one in Tier)}


def parse_audit(raw: object, origin: str) -> dict[str, object]:
    """Values by name from the table of a settings file; `origin` is the file.

    Raises ValueError with a sentence about all that is wrong.
    """
    if not isinstance(raw, Mapping):
        raise ValueError("audit has to be a table; write [audit] above its lines")  # noqa: TRY004 - a wrong value of a setting like others
    found: dict[str, object] = {}
    wrong: list[str] = []
    for name, value in raw.items():
        try:
            if name == "suppress":
                found[name] = parse_suppressions(value, origin)
            else:
                found[name] = _checked(str(name), value)
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return found


def joined(weaker: object, stronger: object) -> tuple[object, ...]:
    """The suppressions of two files: both hold."""
    return tuple(one for each in (weaker, stronger) if isinstance(each, tuple) for one in each)


def _checked(name: str, value: object) -> object:
    if name not in NAMES:
        raise ValueError(f"'audit.{name}' is no setting; known are {', '.join(NAMES)}, suppress")
    if name in _WORDS:
        if value not in _WORDS[name]:
            words = ", ".join(_WORDS[name])
            raise ValueError(f"audit.{name} is {value!r}; it is one of {words}")
        return value
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, (list, tuple)) or not all(isinstance(one, str) for one in listed):
        raise ValueError(f"audit.{name} is {value!r}; a list of texts is needed")
    return tuple(one.strip() for one in listed if one.strip())
