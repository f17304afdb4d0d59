"""Message batches over real loopback HTTP: handed in, watched, fetched, cancelled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.messages_api import KEY, MessagesApi, looks_up
from tickmark.errors import (
    AnswerCut,
    AnswerUnusable,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    SettingError,
)
from tickmark.llm.batch_model import BatchModel, BatchState
from tickmark.llm.model import Prompt, Reply, spent_on
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.providers.batches import AnthropicBatches
from tickmark.model.usage import Usage

PROMPT = Prompt("claude-sonnet-5-5", "constant", "Why?")
USAGE = {"input_tokens": 50, "output_tokens": 60}


@contextmanager
def opened(api: MessagesApi) -> Iterator[BatchModel]:
    provider = AnthropicModel(KEY, api.url, timeout=5)
    try:
        yield AnthropicBatches(provider)
    finally:
        provider.close()


def fetched(api: MessagesApi, names: tuple[str, ...] = ("one",)) -> dict[str, Reply | ModelError]:
    with opened(api) as batches:
        batch = batches.submit(dict.fromkeys(names, PROMPT))
        assert batches.state(batch).ended
        return dict(batches.answers(batch))


def test_prompts_go_out_as_they_would_alone_and_come_back_by_name() -> None:
    prompts = {
        "task-1": replace(PROMPT, user="Wärum? \ud800"),
        "task_2": replace(PROMPT, data="<data>", shared=True, max_tokens=99),
    }
    with MessagesApi(lambda content: f"up to {content['max_tokens']}") as api:
        with opened(api) as batches:
            batch = batches.submit(prompts)
            state = batches.state(batch)
            answers = dict(batches.answers(batch))
        provider = AnthropicModel(KEY, api.url)
        for prompt in prompts.values():
            provider.complete(prompt)
        provider.close()

    handed_in = api.seen[0].json["requests"]
    assert [one["custom_id"] for one in handed_in] == ["task-1", "task_2"]
    assert [one["params"] for one in handed_in] == [call.json for call in api.calls]
    assert state == BatchState(ended=True, processing=0, succeeded=2, failed=0)
    assert answers == {
        "task_2": Reply("up to 99", Usage(1, 5, 2), "claude-sonnet-5-5"),
        "task-1": Reply("up to 4096", Usage(1, 4, 2), "claude-sonnet-5-5"),
    }


def test_a_batch_is_watched_until_it_ends() -> None:
    with MessagesApi(batch_polls=3) as api, opened(api) as batches:
        batch = batches.submit({"one": PROMPT, "two": PROMPT})
        states = [batches.state(batch) for _ in range(3)]

    assert states == [
        BatchState(ended=False, processing=2),
        BatchState(ended=False, processing=2),
        BatchState(ended=True, succeeded=2),
    ]


def test_a_batch_ends_when_the_provider_says_so() -> None:
    with MessagesApi(batch_polls=None) as api, opened(api) as batches:
        batch = batches.submit({"one": PROMPT})
        before = batches.state(batch).ended
        with pytest.raises(RequestInvalid, match="not found"):
            list(batches.answers(batch))
        api.batches.end(batch)
        after = batches.state(batch).ended

    assert (before, after) == (False, True)


def test_a_cancelled_batch_gives_back_what_can_be_asked_again() -> None:
    with MessagesApi(batch_polls=None) as api, opened(api) as batches:
        batch = batches.submit({"one": PROMPT})
        batches.cancel(batch)
        state = batches.state(batch)
        ((name, answer),) = batches.answers(batch)

    assert state == BatchState(ended=True, failed=1)
    assert name == "one"
    assert isinstance(answer, ModelBusy)
    assert "cancelled" in str(answer)


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({"type": "expired"}, ModelBusy),
        ({"type": "canceled"}, ModelBusy),
        ({"type": "errored", "error": {"type": "overloaded_error"}}, ModelBusy),
        ({"type": "errored", "error": {"error": {"type": "overloaded_error"}}}, ModelBusy),
        ({"type": "errored", "error": {"error": {"type": "api_error"}}}, ModelBusy),
        ({"type": "errored", "error": None}, ModelBusy),
        ({"type": "errored", "error": {"error": {"type": "invalid_request_error"}}}, None),
        (
            {
                "type": "errored",
                "error": {
                    "error": {"type": "invalid_request_error", "message": "prompt is too long"}
                },
            },
            PromptTooLong,
        ),
        ({"type": "errored", "error": {"error": {"type": "billing_error"}}}, ModelDenied),
        ({"type": "errored", "error": {"error": {"type": "authentication_error"}}}, ModelDenied),
        ({"type": "succeeded"}, ModelUnreachable),
        ({"type": "new"}, ModelUnreachable),
    ],
)
def test_each_result_is_the_error_that_says_what_to_do(
    result: dict[str, Any], kind: type[ModelError] | None
) -> None:
    with MessagesApi(result_of=lambda _, __: result) as api:
        answer = fetched(api)["one"]

    assert type(answer) is (kind or RequestInvalid)
    assert isinstance(answer, ModelError)
    assert spent_on(answer) == Usage()


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"stop_reason": "max_tokens"}, AnswerCut),
        ({"stop_reason": "refusal"}, AnswerUnusable),
        ({"stop_reason": "model_context_window_exceeded"}, PromptTooLong),
        ({"content": []}, AnswerUnusable),
    ],
)
def test_an_unusable_answer_of_a_batch_is_paid(
    message: dict[str, Any], kind: type[ModelError]
) -> None:
    with MessagesApi(lambda _: {"usage": USAGE, **message}) as api:
        answer = fetched(api)["one"]

    assert type(answer) is kind
    assert isinstance(answer, ModelError)
    assert spent_on(answer) == Usage(1, 50, 60)


def test_look_ups_can_be_asked_for_in_a_batch() -> None:
    with MessagesApi(lambda _: looks_up(("expand", {"range": "A1"}))) as api:
        answer = fetched(api)["one"]

    assert isinstance(answer, Reply)
    assert [call.arguments for call in answer.calls] == [{"range": "A1"}]


def test_a_request_that_is_wrong_in_a_batch_fails_alone() -> None:
    with MessagesApi() as api, opened(api) as batches:
        batch = batches.submit({"good": PROMPT, "bad": replace(PROMPT, user="")})
        state = batches.state(batch)
        answers = dict(batches.answers(batch))

    assert (state.succeeded, state.failed) == (1, 1)
    assert isinstance(answers["good"], Reply)
    assert isinstance(answers["bad"], RequestInvalid)


def test_the_key_goes_to_no_other_place_than_the_provider() -> None:
    with MessagesApi() as api:
        fetched(api)

    assert [request.path for request in api.seen] == [
        "/v1/messages/batches",
        "/v1/messages/batches/msgbatch_01",
        "/v1/messages/batches/msgbatch_01/results",
    ]


def test_an_id_is_no_path() -> None:
    with MessagesApi() as api, opened(api) as batches, pytest.raises(RequestInvalid):
        batches.state("../../models?x=")

    assert api.seen[0].path == "/v1/messages/batches/..%2F..%2Fmodels%3Fx%3D"


def test_a_batch_of_none_or_too_many_is_refused_unsent() -> None:
    with MessagesApi() as api, opened(api) as batches:
        with pytest.raises(RequestInvalid, match="from 1 to 100,000 prompts, not 0"):
            batches.submit({})
        with pytest.raises(RequestInvalid, match="not 100,001; hand them in as several"):
            batches.submit({f"task-{number}": PROMPT for number in range(100_001)})

    assert api.seen == []


def test_a_batch_of_too_many_bytes_is_refused_unsent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.llm.providers.batches.MOST_BYTES", 400)
    with (
        MessagesApi() as api,
        opened(api) as batches,
        pytest.raises(RequestInvalid, match="A batch takes 400 bytes, not 4"),
    ):
        batches.submit({"one": PROMPT, "two": replace(PROMPT, user="x" * 150)})

    assert api.seen == []


def test_a_batch_just_within_its_bytes_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickmark.llm.providers.batches.MOST_BYTES", 157)
    with MessagesApi() as api, opened(api) as batches:
        batches.submit({"one": PROMPT})

    assert len(api.seen[0].body) == 157


def test_a_server_without_batches_is_told_at_once() -> None:
    provider = AnthropicModel(KEY, "http://127.0.0.1:1", server="ollama")

    with pytest.raises(SettingError, match="run without --batch"):
        AnthropicBatches(provider)


def test_answers_that_cannot_be_read_are_not_passed_over() -> None:
    results = iter([{"type": "succeeded"}])
    with MessagesApi(result_of=lambda _, __: next(results)) as api, opened(api) as batches:
        batch = batches.submit({"one": PROMPT})
        batches.state(batch)
        api.spoilt_results = b'{"custom_id": "a", "result": {"type": "expired"}}\n{"custom'
        answers = batches.answers(batch)
        assert next(answers)[0] == "a"
        with pytest.raises(ModelUnreachable, match="cannot be read") as caught:
            next(answers)

    assert not caught.value.perhaps_charged


def test_a_reader_who_stops_half_way_leaves_no_connection_open() -> None:
    with MessagesApi() as api, opened(api) as batches:
        batch = batches.submit({f"task-{number}": PROMPT for number in range(50)})
        batches.state(batch)
        answers = batches.answers(batch)
        assert next(answers)[0] == "task-49"
        answers.close()  # type: ignore[attr-defined]
        assert len(dict(batches.answers(batch))) == 50


def test_the_batches_of_the_account_are_listed_the_newest_first() -> None:
    with MessagesApi(batch_polls=None) as api, opened(api) as batches:
        before = time.time()
        first = batches.submit({"a": PROMPT, "b": PROMPT})
        second = batches.submit({"c": PROMPT})
        api.batches.end(first)

        newest, oldest = batches.recent()

    assert (newest.id, newest.prompts, newest.ended) == (second, 1, False)
    assert (oldest.id, oldest.prompts, oldest.ended) == (first, 2, True)
    assert before - 1 <= oldest.created <= newest.created <= time.time() + 1


@pytest.mark.parametrize("body", [b"[]", b"no", b'{"data": 5}'])
def test_a_list_of_batches_that_is_none_is_an_error_that_costs_nothing(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MessagesApi() as api, opened(api) as batches:
        monkeypatch.setattr(
            "tests.messages_handler.MessagesHandler.do_GET",
            lambda handler: handler._write(200, body, {}),  # noqa: SLF001 - as it is, whatever it is
        )
        with pytest.raises(ModelUnreachable) as caught:
            batches.recent()
    assert not caught.value.perhaps_charged


def test_a_batch_whose_time_cannot_be_read_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    with MessagesApi() as api, opened(api) as batches:
        rows = [
            {"id": "x", "created_at": None},
            5,
            {"id": "y", "created_at": "2026-11-20T10:00:00Z"},
        ]
        monkeypatch.setattr(api.batches, "recent", lambda: {"data": rows})

        assert [(one.id, one.created, one.prompts) for one in batches.recent()] == [
            ("y", 1795168800.0, 0)
        ]
