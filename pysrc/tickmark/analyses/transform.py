"""Texts rewritten as an instruction says: cleaned, translated, normalised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tickmark.analyses import packing
from tickmark.analyses.packed_forms import rows_schema
from tickmark.analyses.packing import PackedTask
from tickmark.encode.values import quoted
from tickmark.engine.plan import Outcome
from tickmark.errors import TickmarkError

# `{"row":12,"text":"…"},`, and room for a task that adds some words.
_ROW_TOKENS: Final = 60

# A translation may need more tokens than its original.
_TEXT_SHARE: Final = 2.5


def task_of(
    instruction: str,
    examples: Sequence[tuple[str, str]] = (),
    *,
    model: str,
    language: str = "",
    refresh: str = "",
) -> PackedTask:
    """What every call says; `examples` are pairs of a text and what it becomes."""
    lines = [f"{quoted(before)} becomes {quoted(after)}" for before, after in examples]
    return PackedTask(
        name="transform",
        model=model,
        heading=(
            f"Task: {quoted(instruction)}",
            *(("Examples:", *lines) if lines else ()),
            *packing.in_language(language),
            *packing.asked_anew(refresh),
        ),
        schema=rows_schema({"text": {"type": "string"}}),
        row_tokens=_ROW_TOKENS,
        text_share=_TEXT_SHARE,
    )


def conclude(outcomes: Mapping[str, Outcome]) -> dict[int, str | TickmarkError]:
    """The rewritten text of each text, by position; "" where the instruction leaves nothing."""
    return packing.conclude(outcomes, _read)


def _read(entry: Mapping[str, object]) -> str | None:
    text = entry.get("text")
    return packing.written(text) if isinstance(text, str) else None
