"""Rules that the author laid on ranges: data validations, conditional formats, ignored errors."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True)
class DataValidation:
    """What may be typed into some ranges, and the messages shown.

    `kind` and `operator` are the format's words (`list`, `whole`, `between`, …); `formulas` are one
    or two, without `=`; `error_style` is `stop`, `warning` or `information`. Without `shows_error`
    anything may be typed.
    """

    ranges: tuple[RangeRef, ...]
    kind: str
    operator: str = ""
    formulas: tuple[str, ...] = ()
    allows_blank: bool = False
    error_style: str = "stop"
    shows_error: bool = False
    error_title: str = ""
    error: str = ""
    shows_prompt: bool = False
    prompt_title: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class ConditionalFormat:
    """A rule that changes the look of some ranges.

    `kind` and `operator` are the format's words (`expression`, `cellIs`, `colorScale`, …);
    `formulas` are its conditions or thresholds, without `=`; 1 is the first `priority`.
    """

    ranges: tuple[RangeRef, ...]
    kind: str
    operator: str = ""
    formulas: tuple[str, ...] = ()
    text: str = ""
    priority: int = 0
    stops: bool = False


@dataclass(frozen=True, slots=True)
class IgnoredErrors:
    """Warnings that the author switched off for some ranges, such as `numberStoredAsText`."""

    ranges: tuple[RangeRef, ...]
    kinds: tuple[str, ...]
