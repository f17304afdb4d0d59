"""Errors of LibreOffice as errors of Python: its own ones break in every `with` of a generator."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

_Class = TypeVar("_Class", bound=type)


def plain_errors(known: _Class) -> _Class:
    """A class of the engine whose members raise RuntimeError where LibreOffice refuses."""
    for name, member in list(vars(known).items()):
        if isinstance(member, property):
            read, put = (part and _plain(part) for part in (member.fget, member.fset))
            setattr(known, name, property(read, put))
        elif callable(member) and not isinstance(member, type):
            setattr(known, name, _plain(member))
    return known


def _plain(act: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(act)
    def acting(*args: Any, **named: Any) -> Any:
        try:
            return act(*args, **named)
        except Exception as error:
            if not hasattr(type(error), "__pyunostruct__"):
                raise
            reason = f"LibreOffice refused {act.__qualname__}: {error}"
        raise RuntimeError(reason)

    return acting
