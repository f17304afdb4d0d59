"""Files to workbooks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tickmark.read.limits import SUPPORTED, Limits

if TYPE_CHECKING:
    from tickmark.read.workbook import read_workbook

__all__ = ["SUPPORTED", "Limits", "read_workbook"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: the name has a type of its own
    if name == "read_workbook":  # numpy and zip files are loaded by who reads, not by --help
        return import_module("tickmark.read.workbook").read_workbook
    message = f"module 'tickmark.read' has no attribute {name!r}"
    raise AttributeError(message)
