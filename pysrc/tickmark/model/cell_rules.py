"""Rules that the author laid on ranges: data validations, conditional formats, ignored errors."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True)
class DataValidation:
    """What may be typed into some ranges, and the messages shown.

    `kind` and `operator` are the format's words (`list`, `whole`, `between`, …), the operator only
    where two values are compared; a `none` only shows its prompt. `formulas` are one or two,
    without `=`; a list written out is a text, such as `"a,b"`. `error_style` is `stop`, `warning`
    or `information`. Without `shows_error` anything may be typed.
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

    `kind` and `operator` are the format's words (`expression`, `cellIs`, `colorScale`, …); the
    operator of a `timePeriod` is the period, that of `top10` holds `bottom` and `percent`, that of
    `aboveAverage` `below` and `equal`, where they hold. `formulas` are its conditions or
    thresholds, without `=`, or the rank or number of deviations; 1 is the first `priority`.
    `thresholds` tells of scales, bars and icons what each formula is (`num`, `percent`, `formula`,
    …); that of a `min` or `max` is empty.
    """

    ranges: tuple[RangeRef, ...]
    kind: str
    operator: str = ""
    formulas: tuple[str, ...] = ()
    text: str = ""
    priority: int = 0
    stops: bool = False
    thresholds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredErrors:
    """Warnings that the author switched off for some ranges, such as `numberStoredAsText`."""

    ranges: tuple[RangeRef, ...]
    kinds: tuple[str, ...]
