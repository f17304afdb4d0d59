"""A message of the Messages API as a reply, or as the error that says why it is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickmark.errors import AnswerCut, AnswerUnusable, ModelError, PromptTooLong
from tickmark.llm.model import Reply, ToolCall
from tickmark.model.usage import Usage

ENDED = ("end_turn", "stop_sequence")


def is_message(value: object) -> bool:
    """Whether a JSON value has the outer form of a message."""
    return isinstance(value, dict) and isinstance(value.get("content"), list)


def reply_of(
    message: Mapping[str, Any],
    *,
    limit: int | None = None,
    request_id: str = "",
    first_token: float | None = None,
) -> Reply:
    """The reply in a message; `limit` is that of its tokens, where known.

    The usage is read before all else: an answer that cannot be used has it in its error. Raises
    AnswerUnusable, AnswerCut and PromptTooLong.
    """
    usage = usage_of(message.get("usage"))
    blocks = [block for block in message["content"] if isinstance(block, dict)]
    text = "".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")
    stop_reason = str(message.get("stop_reason"))
    calls = _calls(blocks) if stop_reason == "tool_use" else ()
    problem = None if calls else _problem(stop_reason, text, limit)
    if problem is not None:
        problem.usage = usage
        problem.stop_reason = stop_reason
        problem.request_id = request_id
        raise problem
    return Reply(
        text=text,
        usage=usage,
        model=str(message.get("model", "")),
        stop_reason=stop_reason,
        request_id=request_id,
        calls=calls,
        said=tuple(blocks) if calls else (),
        first_token=first_token,
    )


def usage_of(counts: object) -> Usage:
    """The usage of one call; what is missing or no count is nothing."""
    found = counts if isinstance(counts, dict) else {}

    def count(name: str) -> int:
        value = found.get(name)
        return value if isinstance(value, int) and value > 0 else 0

    return Usage(
        calls=1,
        input_tokens=count("input_tokens"),
        output_tokens=count("output_tokens"),
        cache_read_tokens=count("cache_read_input_tokens"),
        cache_write_tokens=count("cache_creation_input_tokens"),
    )


def _calls(blocks: list[dict[str, Any]]) -> tuple[ToolCall, ...]:
    """The look-ups that a message asks for; arguments of any other form than an object are none."""
    return tuple(
        ToolCall(
            str(block.get("id", "")),
            str(block.get("name", "")),
            arguments if isinstance(arguments := block.get("input"), dict) else {},
        )
        for block in blocks
        if block.get("type") == "tool_use"
    )


def _problem(stop_reason: str, text: str, limit: int | None) -> ModelError | None:
    """Why an answer cannot be used; None where it can."""
    if stop_reason in ENDED:
        return None if text.strip() else AnswerUnusable("The model's answer is empty.")
    match stop_reason:
        case "max_tokens":
            bound = "its limit of tokens" if limit is None else f"its limit of {limit} tokens"
            return AnswerCut(f"The model's answer was cut at {bound}.")
        case "refusal":
            return AnswerUnusable("The model refused to answer this question.")
        case "model_context_window_exceeded":
            return PromptTooLong("The question and its answer exceed the model's context window.")
        case "pause_turn":
            return AnswerUnusable("The model paused in the middle of its answer.")
        case _:
            return AnswerUnusable(f"The model ended without an answer ({stop_reason[:40]}).")
