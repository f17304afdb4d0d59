"""The look-ups that a model may make in a workbook while it answers: expand, trace and find."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from tickmark.analyses.look_ups.expansion import expand
from tickmark.analyses.look_ups.search import find
from tickmark.analyses.look_ups.shown_book import Shown, ShownBook, Told
from tickmark.analyses.look_ups.tracing import Direction, trace
from tickmark.errors import InputError
from tickmark.llm.model import Tool, ToolCall
from tickmark.llm.reading import LookedUp, LookUp

LONGEST_ARGUMENT: Final = 200
MOST_STEPS: Final = 50


def _schema(properties: Mapping[str, object], required: Iterable[str]) -> Mapping[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


TOOLS: Final = (
    Tool(
        "expand",
        "The exact cells of a range of a sheet, values and formulas, in the notation of the data. "
        "Use it before you state a value that was only summed up or left out.",
        _schema(
            {
                "sheet": {"type": "string", "description": "Name of the sheet."},
                "range": {
                    "type": "string",
                    "description": "Such as B5:D40, whole columns B:D, a defined name or a table.",
                },
            },
            ("sheet", "range"),
        ),
    ),
    Tool(
        "trace",
        "What a cell is computed from (precedents) or what is computed from it (dependents), with "
        "labels, formulas and values.",
        _schema(
            {
                "cell": {
                    "type": "string",
                    "description": "A cell or range with its sheet, such as 'P&L'!C5, or a name.",
                },
                "direction": {"type": "string", "enum": [str(one) for one in Direction]},
                "depth": {
                    "type": "integer",
                    "description": "Steps to follow; 1 unless given.",
                },
            },
            ("cell", "direction"),
        ),
    ),
    Tool(
        "find",
        "The cells of all sheets whose value or formula contains a text or number; a label comes "
        "with the cells to its right.",
        _schema(
            {"text": {"type": "string", "description": "Such as Net income, 1250 or VLOOKUP("}},
            ("text",),
        ),
    ),
)
"""What a model is told of the look-ups."""


class LookUps:
    """The look-ups of one answer in one workbook; what they told is kept to ground the answer."""

    def __init__(self, book: ShownBook) -> None:
        self._book = book
        self._told: dict[tuple[str, str], Told] = {}

    @property
    def functions(self) -> Mapping[str, LookUp]:
        """What the tools do, by their names."""
        return MappingProxyType({one.name: partial(self._look_up, one.name) for one in TOOLS})

    def told(self, call: ToolCall) -> Told:
        """What a look-up gave; nothing where it was never made or failed."""
        return self._told.get((call.name, _key(call.arguments)), Told(""))

    def shown(self, looked_up: Iterable[LookedUp]) -> Shown:
        """The cells that some look-ups told the model about."""
        return tuple(cells for one in looked_up if one.done for cells in self.told(one.call).shown)

    def _look_up(self, name: str, arguments: Mapping[str, object]) -> str:
        told = _MADE[name](self._book, arguments)
        self._told[name, _key(arguments)] = told
        return told.text


def _expanded(book: ShownBook, arguments: Mapping[str, object]) -> Told:
    _known("expand", arguments)
    return expand(book, _text("expand", arguments, "sheet"), _text("expand", arguments, "range"))


def _traced(book: ShownBook, arguments: Mapping[str, object]) -> Told:
    _known("trace", arguments)
    cell = _text("trace", arguments, "cell")
    word = arguments.get("direction")
    ways = {str(one): one for one in Direction}
    if not isinstance(word, str) or word.casefold() not in ways:
        raise InputError(f"trace needs direction, one of {', '.join(ways)}.")
    return trace(book, cell, ways[word.casefold()], _steps(arguments.get("depth")))


def _found(book: ShownBook, arguments: Mapping[str, object]) -> Told:
    _known("find", arguments)
    return find(book, _text("find", arguments, "text"))


_MADE: Final[Mapping[str, Callable[[ShownBook, Mapping[str, object]], Told]]] = {
    "expand": _expanded,
    "trace": _traced,
    "find": _found,
}
_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "expand": ("sheet", "range"),
    "trace": ("cell", "direction", "depth"),
    "find": ("text",),
}


def _known(tool: str, arguments: Mapping[str, object]) -> None:
    unknown = [name for name in arguments if name not in _ARGUMENTS[tool]]
    if unknown:
        takes = ", ".join(_ARGUMENTS[tool])
        raise InputError(f"{tool} takes {takes}; {str(unknown[0])[:LONGEST_ARGUMENT]!r} is none.")


def _text(tool: str, arguments: Mapping[str, object], name: str) -> str:
    value = arguments.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{tool} needs {name}, a text.")
    if len(value) > LONGEST_ARGUMENT:
        raise InputError(f"{name} of {tool} is longer than {LONGEST_ARGUMENT} characters.")
    return value.strip()


def _steps(value: object) -> int:
    if value is None:
        return 1
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_STEPS:
        raise InputError(f"depth of trace is a whole number from 1 to {MOST_STEPS}.")
    return value


def _key(arguments: Mapping[str, object]) -> str:
    return json.dumps(dict(arguments), sort_keys=True, default=str)
