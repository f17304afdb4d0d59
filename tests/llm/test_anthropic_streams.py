"""Streamed answers over real loopback HTTP: whole ones, cut ones, those that end in an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answer_streams import events_of, wire_form
from tests.messages_api import KEY, Fault, MessagesApi, looks_up
from tickmark.errors import (
    AnswerCut,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    TickmarkError,
)
from tickmark.llm.call import Call, calling
from tickmark.llm.model import Prompt, Reply, Tool, ToolCall, spent_on
from tickmark.llm.providers.anthropic import STREAM_ABOVE, AnthropicModel
from tickmark.llm.providers.event_stream import Garbled, StreamedMessage, events
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "You are careful.", "Say something.")
TEXT = "A long answer, which comes in many a piece, with ümlauts.\n" * 3
USAGE = {"input_tokens": 50, "output_tokens": 60, "cache_read_input_tokens": 7}


def ask(api: MessagesApi, prompt: Prompt = PROMPT, *, timeout: float = 5.0) -> Reply:
    model = AnthropicModel(KEY, api.url, timeout=timeout, stream=True)
    try:
        return model.complete(prompt)
    finally:
        model.close()


def failure(api: MessagesApi, *, timeout: float = 5.0) -> TickmarkError:
    with pytest.raises(TickmarkError) as caught:
        ask(api, timeout=timeout)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert KEY not in f"{caught.value} {vars(caught.value)}"
    return caught.value


def answer(_: dict[str, Any]) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": TEXT}], "usage": USAGE}


def test_a_streamed_reply_is_the_same_as_a_whole_one() -> None:
    with MessagesApi(answer) as api:
        streamed = ask(api)
        whole = AnthropicModel(KEY, api.url)
        plain = whole.complete(PROMPT)
        whole.close()

    assert [call.json.get("stream") for call in api.calls] == [True, None]
    assert streamed.first_token is not None
    assert plain.first_token is None
    assert streamed.usage == Usage(1, 50, 60, 7)
    assert replace(streamed, first_token=None, request_id="") == replace(plain, request_id="")


def test_only_long_answers_are_streamed_unless_all_shall_be() -> None:
    with MessagesApi() as api:
        model = AnthropicModel(KEY, api.url)
        for limit in (STREAM_ABOVE, STREAM_ABOVE + 1):
            model.complete(replace(PROMPT, max_tokens=limit))
        model.close()

    assert [call.json.get("stream", False) for call in api.calls] == [False, True]


def test_a_look_up_in_a_stream_keeps_its_arguments_and_thoughts() -> None:
    thought = {"type": "thinking", "thinking": "hm, what now", "signature": "c2ln"}
    asked = looks_up(("expand", {"range": "A1:B2", "deep": [1, 2]}), ("find", {}))
    content = [thought, *asked["content"]]
    prompt = replace(PROMPT, tools=(Tool("expand", "Shows.", {"type": "object"}),))
    with MessagesApi(lambda _: {**asked, "content": content}) as api:
        reply = ask(api, prompt)

    assert reply.said == tuple(content)
    assert reply.calls == (
        ToolCall("toolu_1", "expand", {"range": "A1:B2", "deep": [1, 2]}),
        ToolCall("toolu_2", "find", {}),
    )


def test_the_first_token_is_timed_and_noted() -> None:
    call = Call("task")
    with MessagesApi(answer, faults=[Fault(slow_start=0.03)]) as api, calling(call):
        reply = ask(api)

    (span,) = call.spans
    assert reply.first_token is not None
    assert reply.first_token >= 0.03
    assert (span.note, span.first_token) == ("", reply.first_token)


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (Fault(cut_at=1), "cut"),
        (Fault(cut_at=6), "cut"),
        (Fault(cut_at=6, closes=True), "cut"),
    ],
)
def test_a_stream_that_breaks_off_keeps_what_its_start_told(fault: Fault, note: str) -> None:
    call = Call("task")
    with MessagesApi(answer, faults=[fault]) as api, calling(call):
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert "broke off" in str(error)
    assert error.perhaps_charged
    assert spent_on(error) == Usage(1, 50, 1, 7)
    assert [span.note for span in call.spans] == [note]


def test_a_stream_that_is_cut_before_its_first_event_may_have_cost_something() -> None:
    with MessagesApi(answer, faults=[Fault(cut_at=0)]) as api:
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert error.perhaps_charged
    assert spent_on(error) == Usage()


def test_a_stream_that_falls_silent_is_given_up() -> None:
    call = Call("task")
    with MessagesApi(answer, faults=[Fault(slow_start=0.2)]) as api, calling(call):
        error = failure(api, timeout=0.05)

    assert isinstance(error, ModelUnreachable)
    assert "sent nothing more for 0.05 seconds" in str(error)
    assert spent_on(error).input_tokens == 50
    assert [span.note for span in call.spans] == ["timeout"]


@pytest.mark.parametrize(
    ("kind", "error_type", "note"),
    [
        ("overloaded_error", ModelBusy, "529"),
        ("rate_limit_error", ModelBusy, "429"),
        ("api_error", ModelBusy, "500"),
        ("timeout_error", ModelBusy, "504"),
        ("something_new", ModelBusy, "500"),
        ("invalid_request_error", RequestInvalid, "400"),
        ("authentication_error", ModelDenied, "401"),
        ("billing_error", BudgetExceeded, "402"),
        ("request_too_large", PromptTooLong, "413"),
    ],
)
def test_an_error_inside_a_stream_is_that_of_its_status(
    kind: str, error_type: type[TickmarkError], note: str
) -> None:
    call = Call("task")
    fault = Fault(message="as sk-ant-SECRET said", stream_error=kind, cut_at=5)
    with MessagesApi(answer, faults=[fault]) as api, calling(call):
        error = failure(api)

    assert type(error) is error_type
    assert "as [key] said" in str(error)
    assert spent_on(error) == Usage(1, 50, 1, 7)
    assert [span.note for span in call.spans] == [note]
    if isinstance(error, ModelBusy):
        assert error.rate_limited == (kind == "rate_limit_error")
    if isinstance(error, ModelError):
        assert error.perhaps_charged


def test_an_error_before_anything_was_said_costs_nothing() -> None:
    with MessagesApi(answer, faults=[Fault(stream_error="overloaded_error", cut_at=0)]) as api:
        error = failure(api)

    assert isinstance(error, ModelBusy)
    assert not error.perhaps_charged
    assert spent_on(error) == Usage()


def test_a_refusal_before_the_stream_is_that_of_its_status() -> None:
    with MessagesApi(faults=[Fault(429, headers={"retry-after": "86400"})]) as api:
        error = failure(api)

    assert isinstance(error, ModelBusy)
    assert (error.rate_limited, error.retry_after) == (True, 86400.0)


def test_a_streamed_answer_cut_at_its_limit_is_paid() -> None:
    cut = {**answer({}), "stop_reason": "max_tokens"}
    with MessagesApi(lambda _: cut) as api:
        error = failure(api)

    assert type(error) is AnswerCut
    assert spent_on(error) == Usage(1, 50, 60, 7)


def test_a_garbled_stream_is_a_clear_error() -> None:
    with MessagesApi(faults=[Fault(garbled=True)]) as api:
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert "of the kind text/event-stream that is no message of the Messages API" in str(error)


def test_a_server_that_streams_nothing_may_answer_as_a_whole() -> None:
    body = json.dumps({"content": [{"type": "text", "text": "Hi."}], "stop_reason": "end_turn"})
    with MessagesApi(faults=[Fault(body=body.encode())]) as api:
        reply = ask(api)

    assert (reply.text, reply.usage.calls) == ("Hi.", 1)


def test_a_page_instead_of_a_stream_is_a_clear_error_without_cost() -> None:
    page = Fault(body=b"<html>Log in</html>", headers={"content-type": "text/html; charset=utf-8"})
    with MessagesApi(faults=[page]) as api:
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert "of the kind text/html that is no message" in str(error)
    assert "check the base URL" in str(error)
    assert not error.perhaps_charged


def test_connections_of_streams_are_used_again() -> None:
    with MessagesApi(answer) as api:
        model = AnthropicModel(KEY, api.url, stream=True)
        for _ in range(3):
            model.complete(PROMPT)
        opened = api.connections
        model.close()

    assert opened == 1


MESSAGE = {
    "content": [
        {"type": "text", "text": TEXT},
        {"type": "tool_use", "id": "t", "name": "find", "input": {"text": "ü"}},
    ],
    "stop_reason": "tool_use",
    "usage": USAGE,
}


def chunked(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    for start, end in pairwise([0, *sorted(cuts), len(data)]):
        yield data[start:end]


@given(cuts=st.lists(st.integers(0, 1500), max_size=12), feeds=st.booleans())
def test_a_stream_reads_the_same_wherever_its_chunks_end(cuts: list[int], *, feeds: bool) -> None:
    data = b"".join(map(wire_form, events_of(MESSAGE)))
    data = data.replace(b"\n", b"\r\n") if feeds else data
    grown = StreamedMessage()
    grown.read(chunked(data, cuts))

    assert grown.ended
    assert grown.message["content"] == MESSAGE["content"]
    assert grown.message["stop_reason"] == "tool_use"


def test_events_are_read_by_the_rules_of_their_format() -> None:
    stream = (
        b": a comment\n\nevent: ping\ndata:\ndata: {\ndata: }\n\nid: 3\nretry: 9\n"
        b'data:{"type":"x"}\n\ndata: {"type":"left out"}'
    )

    assert list(events([stream])) == [{"type": "ping"}, {"type": "x"}]


@pytest.mark.parametrize(
    "stream",
    [
        b"data: [1]\n\n",
        b"data: {\n\n",
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta"}}\n\n',
        b'data: {"type":"content_block_start","index":3,"content_block":{"type":"text"}}\n\n',
        b'data: {"type":"message_start","message":7}\n\n',
    ],
)
def test_what_is_no_stream_of_a_message_is_garbled(stream: bytes) -> None:
    with pytest.raises(Garbled):
        StreamedMessage().read([stream])


def test_usage_of_the_end_replaces_only_what_it_tells() -> None:
    grown = StreamedMessage()
    grown.add({"type": "message_start", "message": {"usage": USAGE}})
    grown.add({"type": "message_delta", "usage": {"output_tokens": 99, "input_tokens": None}})

    assert grown.usage == {**USAGE, "output_tokens": 99}
