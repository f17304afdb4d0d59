"""The options argument that every worksheet function takes last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tickmark.errors import ArgumentRefused
from tickmark.hosts.functions.call import Argument, Unpacked
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.settings import Settings

KNOWN: Final = ("model", "lang", "max_cost", "refresh", "cite", "header", "explain")
"""All options; a function names those that it takes beside the first four."""

_FIELDS: Final = {"lang": "language"}

EVERYWHERE: Final = ("model", "lang", "max_cost", "refresh")

_LANGUAGE: Final = re.compile(r"[A-Za-z][A-Za-z -]{1,30}")
_MODEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}")
_TRUTH: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for beside the data and the instruction.

    `model` is a full name. `language` is "" for that of the question. `refresh` is any text: a new
    one asks anew. `max_cost` bounds the estimate of one formula in USD.
    """

    model: str
    language: str = ""
    max_cost: float | None = None
    refresh: str = ""
    cite: bool = True
    header: bool = True
    explain: bool = False


def options_of(argument: Argument, settings: Settings, *, taken: tuple[str, ...] = ()) -> Options:
    """Options from `"name=value; …"` or from a range of two columns.

    `taken` are the options that the function takes beside those of EVERYWHERE. Raises
    ArgumentRefused that names every wrong one.
    """
    known = EVERYWHERE + taken
    values: dict[str, Any] = {"model": settings.cell_model}
    problems: list[str] = []
    for name, text in _pairs(argument).items():
        try:
            value = _checked(name, text, settings, known)
        except ValueError as error:
            problems.append(str(error))
        else:
            values[_FIELDS.get(name, name)] = value
    if problems:
        raise ArgumentRefused("; ".join(problems))
    return Options(**values)


def _pairs(argument: Argument) -> Mapping[str, str]:
    match argument:
        case None:
            return {}
        case str():
            pairs = [part.partition("=") for part in argument.split(";") if part.strip()]
            return {name.strip().lower(): text.strip() for name, _, text in pairs}
        case RangeContent(values=rows):
            if len(rows[0]) == 1:
                return _pairs("; ".join(_text(row[0]) for row in rows))
            return {_text(row[0]).lower(): _text(row[1]) for row in rows if _text(row[0])}
        case Unpacked(reason=reason):
            raise ArgumentRefused(reason)
        case _:
            raise ArgumentRefused('options are written as text such as "model=fast; lang=de"')


def _text(value: Scalar) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case ErrorValue():
            return value.text
        case float() | int():
            return f"{value:.15g}"
        case _:
            return value.strip()


def _checked(name: str, text: str, settings: Settings, known: tuple[str, ...]) -> object:
    if name not in known:
        message = f"{name[:40]!r} is no option here; known are {', '.join(known)}"
        raise ValueError(message)
    match name:
        case "model":
            return _model(text, settings)
        case "lang":
            return _language(text)
        case "max_cost":
            return _amount(text)
        case "refresh":
            return text[:100]
        case _:
            return _truth(name, text)


def _model(text: str, settings: Settings) -> str:
    if text.lower() in {"fast", "smart"}:
        return settings.cell_model if text.lower() == "fast" else settings.model
    if not _MODEL.fullmatch(text):
        raise ValueError("model is fast, smart or the full name of a model")
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("lang is a language such as de or German")
    return text


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise ValueError("max_cost is an amount in USD such as 0.05")
    return amount


def _truth(name: str, text: str) -> bool:
    truth = _TRUTH.get(text.lower())
    if truth is None:
        message = f"{name} is yes or no"
        raise ValueError(message)
    return truth
