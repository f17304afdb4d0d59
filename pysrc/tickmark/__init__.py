"""Tickmark: spreadsheet-aware LLM analysis whose every cited cell is checked by code.

The public names are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tickmark.api import (
        Analysis,
        BookAnswer,
        BookEncoding,
        DecodedSheet,
        Done,
        Encoding,
        Failed,
        Finding,
        FormulaGraph,
        Image,
        LanguageModel,
        Level,
        Limits,
        Outcome,
        Plan,
        Prompt,
        RangeRef,
        Region,
        Reply,
        Role,
        ScriptedModel,
        Settings,
        Severity,
        Sheet,
        Skipped,
        Split,
        Task,
        Workbook,
        analyze,
        ask,
        audit_workbook,
        decode,
        encode_sheet,
        encode_workbook,
        fingerprint,
        formula_graph,
        load_settings,
        read_workbook,
        regions,
        run,
        to_frame,
    )

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "BookAnswer",
    "BookEncoding",
    "DecodedSheet",
    "Done",
    "Encoding",
    "Failed",
    "Finding",
    "FormulaGraph",
    "Image",
    "LanguageModel",
    "Level",
    "Limits",
    "Outcome",
    "Plan",
    "Prompt",
    "RangeRef",
    "Region",
    "Reply",
    "Role",
    "ScriptedModel",
    "Settings",
    "Severity",
    "Sheet",
    "Skipped",
    "Split",
    "Task",
    "Workbook",
    "__version__",
    "analyze",
    "ask",
    "audit_workbook",
    "decode",
    "encode_sheet",
    "encode_workbook",
    "fingerprint",
    "formula_graph",
    "load_settings",
    "read_workbook",
    "regions",
    "run",
    "to_frame",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: the names have types of their own
    if name in __all__:
        return getattr(import_module("tickmark.api"), name)
    message = f"module 'tickmark' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
