"""Keeps what Tickmark tells about itself out of its questions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tickmark.hosts.functions.call import Argument, Call
from tickmark.model.range_content import RangeContent

_ABOUT_US: Final = re.compile(r"LLM_?(COST|STATUS)\s*\(", re.IGNORECASE)


def without_feedback(call: Call) -> Call:
    """The call without the values of cells whose formulas use LLM_COST or LLM_STATUS.

    They change with every answer: a question that saw them would be another one after each of its
    answers, and be paid again and again.
    """
    arguments = tuple(_without(argument) for argument in call.arguments)
    return call if arguments == call.arguments else replace(call, arguments=arguments)


def _without(argument: Argument) -> Argument:
    if not isinstance(argument, RangeContent):
        return argument
    rows = zip(argument.values, argument.formulas, strict=False)
    values = tuple(
        tuple(
            None if text and _ABOUT_US.search(text) else value
            for value, text in zip(row, texts, strict=True)
        )
        for row, texts in rows
    )
    return replace(argument, values=values) if argument.formulas else argument
