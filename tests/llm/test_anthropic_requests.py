"""The body that is sent for a prompt, to servers that can more or less."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from tests.messages_api import KEY, Fault, MessagesApi, looks_up
from tests.prompt_cache import PromptCache
from tickmark.errors import AnswerCut, ModelBusy, ModelUnreachable, RequestInvalid, TickmarkError
from tickmark.llm.call import Call, calling
from tickmark.llm.model import Image, Prompt, Tool, ToolCall, Turn, spent_on
from tickmark.llm.prices import worst_usage
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.providers.profile import PROFILES, Profile, profile_of, unknown_fields
from tickmark.llm.providers.request import request_body
from tickmark.model.usage import Usage

Answer = str | dict[str, Any]

SONNET = "claude-sonnet-5-5"
SCHEMA = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}
LOOK = Tool("expand", "Shows a range.", {"type": "object", "properties": {}})
PLAIN = Prompt(SONNET, "constant", "Why?")
SHARED = Prompt(SONNET, "constant", "Why?", data="<data>A1 1</data>", shared=True)
PIXEL = Image("image/png", b"\x89PNG")
KEPT = {"type": "ephemeral"}


@contextmanager
def provider(api: MessagesApi, server: str = "auto", **more: Any) -> Iterator[AnthropicModel]:  # noqa: ANN401 - any argument of it
    model = AnthropicModel(KEY, api.url, timeout=5, server=server, **more)
    try:
        yield model
    finally:
        model.close()


def test_a_prompt_of_texts_alone_goes_out_byte_for_byte_as_ever() -> None:
    with MessagesApi() as api, provider(api) as model:
        model.complete(replace(PLAIN, schema=SCHEMA, user="Wärum?\n"))

    assert api.requests == [
        (
            b'{"max_tokens":4096,"messages":[{"role":"user","content":"W\xc3\xa4rum?\\n"}],'
            b'"model":"claude-sonnet-5-5","output_config":{"format":{"type":"json_schema","schema":'
            b'{"type":"object","properties":{"summary":{"type":"string"}},"required":["summary"],'
            b'"additionalProperties":false}}},"system":"constant"}'
        )
    ]


def test_a_shared_prompt_asks_to_keep_instructions_and_data() -> None:
    with MessagesApi() as api, provider(api) as model:
        model.complete(SHARED)

    body = api.calls[0].json
    assert body["system"] == [{"type": "text", "text": "constant", "cache_control": KEPT}]
    assert body["messages"][0]["content"] == [
        {"type": "text", "text": "<data>A1 1</data>", "cache_control": KEPT},
        {"type": "text", "text": "Why?"},
    ]


def test_the_second_of_two_shared_prompts_reads_what_the_first_one_wrote() -> None:
    first = replace(SHARED, system="s" * 400, data="d" * 4000)
    with MessagesApi(cache=PromptCache()) as api, provider(api) as model:
        usages = [model.complete(replace(first, user=text)).usage for text in ("Why?", "How?")]
        other = model.complete(replace(first, system="t" * 400)).usage

    written, read = usages
    assert (written.cache_write_tokens, written.cache_read_tokens) == (1100, 0)
    assert (read.cache_write_tokens, read.cache_read_tokens) == (0, 1100)
    assert read.input_tokens == written.input_tokens < 5
    assert other.cache_read_tokens == 0


def test_pictures_stand_between_data_and_question() -> None:
    with MessagesApi() as api, provider(api) as model:
        model.complete(replace(SHARED, images=(PIXEL,)))
        model.complete(replace(PLAIN, images=(PIXEL,)))

    picture = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="},
    }
    shared, plain = (call.json["messages"][0]["content"] for call in api.calls)
    assert [block["type"] for block in shared] == ["text", "image", "text"]
    assert plain == [picture, {"type": "text", "text": "Why?"}]


def test_a_look_up_is_asked_for_and_its_result_sent_behind_it() -> None:
    answers: Iterator[Answer] = iter(
        [looks_up(("expand", {"range": "A1:B2"}), text="Let me see."), "It is 3."]
    )
    asking = replace(PLAIN, tools=(LOOK,))
    with MessagesApi(lambda _: next(answers)) as api, provider(api) as model:
        reply = model.complete(asking)
        turn = Turn(reply.said, ((reply.calls[0].id, "<data>3</data>"),))
        final = model.complete(replace(asking, turns=(turn,)))

    assert reply.calls == (ToolCall("toolu_1", "expand", {"range": "A1:B2"}),)
    assert (reply.text, reply.stop_reason) == ("Let me see.", "tool_use")
    assert final.text == "It is 3."
    assert not final.calls
    assert not final.said
    first, second = (call.json for call in api.calls)
    assert first["tools"] == [
        {
            "name": "expand",
            "description": "Shows a range.",
            "input_schema": {"type": "object", "properties": {}},
        }
    ]
    assert "tool_choice" not in first
    assert second["messages"] == [
        {"role": "user", "content": "Why?"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Let me see."},
                {
                    "type": "tool_use",
                    "id": "toolu_1",
                    "name": "expand",
                    "input": {"range": "A1:B2"},
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "<data>3</data>"}
            ],
        },
    ]


def test_thinking_goes_back_as_it_came() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "abc"}
    asked = looks_up(("expand", {}))
    answers: Iterator[Answer] = iter([{**asked, "content": [thought, *asked["content"]]}, "Done."])
    with MessagesApi(lambda _: next(answers)) as api, provider(api) as model:
        said = model.complete(replace(PLAIN, tools=(LOOK,))).said
        model.complete(replace(PLAIN, tools=(LOOK,), turns=(Turn(said, (("toolu_1", "x"),)),)))

    assert api.calls[1].json["messages"][1]["content"][0] == thought


def test_a_look_up_that_was_cut_is_an_answer_that_was_cut() -> None:
    cut = {**looks_up(("expand", {})), "stop_reason": "max_tokens"}
    with (
        MessagesApi(lambda _: cut) as api,
        provider(api) as model,
        pytest.raises(AnswerCut, match="4096 tokens") as caught,
    ):
        model.complete(replace(PLAIN, tools=(LOOK,)))

    assert spent_on(caught.value).calls == 1


@pytest.mark.parametrize(
    "where",
    [{"user": "\ud800 a"}, {"system": "\ud800 a"}, {"data": "\ud800 a", "shared": True}],
)
def test_lone_surrogates_stop_no_call_wherever_they_stand(where: dict[str, Any]) -> None:
    with MessagesApi() as api, provider(api) as model:
        model.complete(replace(PLAIN, **where))

    assert b"? a" in api.requests[0]


@pytest.mark.parametrize("server", ["ollama", "llama.cpp"])
def test_a_server_without_schemas_is_told_the_schema(server: str) -> None:
    with (
        MessagesApi(lacks={"output_config", "cache_control"}) as api,
        provider(api, server) as model,
    ):
        model.complete(replace(SHARED, schema=SCHEMA))

    body = api.calls[0].json
    assert len(api.calls) == 1
    assert body["system"] == "constant"
    content = body["messages"][0]["content"]
    assert content.startswith("<data>A1 1</data>\n\nWhy?\n\nAnswer with one JSON object")
    assert json.loads(content.rpartition("\n")[2]) == SCHEMA


def test_vllm_gets_the_schema_and_is_told_it() -> None:
    body = request_body(replace(PLAIN, schema=SCHEMA), PROFILES["vllm"])

    assert body["output_config"]["format"]["schema"] == SCHEMA
    assert "JSON schema" in body["messages"][0]["content"]


def test_a_field_that_a_server_does_not_know_is_left_out_from_then_on() -> None:
    call = Call("task")
    with MessagesApi(lacks={"output_config", "cache_control"}) as api, provider(api) as model:
        with calling(call):
            first = model.complete(replace(SHARED, schema=SCHEMA))
        model.complete(replace(SHARED, schema=SCHEMA))

    assert ["output_config" in one.json for one in api.calls] == [True, True, False, False]
    assert [b"cache_control" in one for one in api.requests] == [True, False, False, False]
    assert [b"JSON schema" in one for one in api.requests] == [False, False, True, True]
    assert [span.note for span in call.spans] == ["400", "400", ""]
    assert first.usage.calls == 1


def test_what_one_model_lacks_another_may_have() -> None:
    def fault(content: dict[str, Any]) -> Fault | None:
        old = content["model"] == "old" and "output_config" in content
        return Fault(400, "output_config.format: not supported by this model") if old else None

    asking = replace(PLAIN, schema=SCHEMA)
    with MessagesApi(fault_of=fault) as api, provider(api) as model:
        model.complete(replace(asking, model="old"))
        model.complete(asking)

    assert ["output_config" in call.json for call in api.calls] == [True, False, True]


@pytest.mark.parametrize(
    ("complaint", "fields"),
    [
        ("output_config: Extra inputs are not permitted", ("output_config",)),
        ("body.output_config: unknown field; system.0.cache_control: unknown field", None),
        ('json: unknown field "output_config"', ("output_config",)),
        ("stream is not supported", ("stream",)),
        ("output_config.format.schema: 'minimum' is not supported", ()),
        ("output_config.format.schema: too deep", ()),
        ("messages: at least one message is required", ()),
        ("max_tokens: unexpected", ()),
    ],
)
def test_unknown_fields_are_told_from_other_complaints(
    complaint: str, fields: tuple[str, ...] | None
) -> None:
    wanted = ("output_config", "cache_control") if fields is None else fields

    assert unknown_fields(complaint) == wanted


def test_a_request_that_stays_wrong_is_not_repeated_for_ever() -> None:
    complaint = "output_config and cache_control and stream are not supported"
    with (
        MessagesApi(fault_of=lambda _: Fault(400, complaint)) as api,
        provider(api) as model,
        pytest.raises(RequestInvalid, match="not supported"),
    ):
        model.complete(replace(PLAIN, schema=SCHEMA))

    assert len(api.calls) == 2


def test_what_a_server_cannot_do_is_refused_before_it_is_sent() -> None:
    blind = Profile(images=False, tools=False)

    with pytest.raises(RequestInvalid, match="pictures"):
        request_body(replace(PLAIN, images=(PIXEL,)), blind)
    with pytest.raises(RequestInvalid, match="look-ups"):
        request_body(replace(PLAIN, tools=(LOOK,)), blind)


def test_a_server_is_known_by_its_name_or_its_host() -> None:
    assert profile_of("auto", "https://api.anthropic.com") == PROFILES["anthropic"]
    assert profile_of("auto", "http://127.0.0.1:11434") == PROFILES["gateway"]
    assert profile_of("auto", "http://api.anthropic.com.evil") == PROFILES["gateway"]
    assert not profile_of("ollama", "http://127.0.0.1:11434").count


def test_tokens_are_counted_by_the_server_with_all_that_is_sent() -> None:
    with MessagesApi() as api, provider(api) as model:
        counted = model.count(replace(SHARED, user="x" * 40, tools=(LOOK,), schema=SCHEMA))

    (request,) = api.seen
    assert counted == (8 + 17 + 2 + 40) // 4
    assert request.path == "/v1/messages/count_tokens"
    assert request.json.keys() == {"messages", "model", "output_config", "system", "tools"}


def test_where_the_server_counts_no_tokens_a_bound_is_given_and_it_is_asked_once() -> None:
    with MessagesApi(counts=False) as api, provider(api) as model:
        assert model.counts(SONNET)
        counted = [model.count(PLAIN) for _ in range(2)]
        assert not model.counts(SONNET)

    assert counted == [worst_usage(PLAIN).input_tokens] * 2
    assert len(api.seen) == 1


def test_a_server_known_to_count_none_is_not_asked() -> None:
    with MessagesApi() as api, provider(api, "ollama") as model:
        assert model.count(PLAIN) == worst_usage(PLAIN).input_tokens

    assert api.seen == []


def test_a_busy_server_is_no_reason_to_guess_tokens() -> None:
    with MessagesApi() as gone:
        pass
    with provider(gone) as model, pytest.raises(ModelUnreachable):
        model.count(PLAIN)


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (None, ""),
        (Fault(429), "429"),
        (Fault(529), "529"),
        (Fault(broken=True), "connection"),
        (Fault(garbled=True), "garbled"),
        (Fault(delay=0.15), "timeout"),
    ],
)
def test_each_send_notes_how_it_went(fault: Fault | None, note: str) -> None:
    call = Call("task")
    with MessagesApi(faults=[fault] if fault else []) as api:
        model = AnthropicModel(KEY, api.url, timeout=0.05 if note == "timeout" else 5)
        with calling(call):
            answered = False
            with suppress(TickmarkError):
                answered = bool(model.complete(PLAIN).text)
        model.close()

    assert [(span.stage.name, span.note) for span in call.spans] == [("PROVIDER", note)]
    assert answered == (note == "")


def test_a_busy_call_notes_its_send_and_costs_nothing() -> None:
    with (
        MessagesApi(faults=[Fault(529)]) as api,
        provider(api) as model,
        pytest.raises(ModelBusy) as caught,
    ):
        model.complete(PLAIN)

    assert spent_on(caught.value) == Usage()
