"""The provider over real loopback HTTP: what it sends, what it makes of what comes back."""

from __future__ import annotations

import os
import socket
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import BaseModel

from tests.answer_streams import events_of, wire_form
from tests.messages_api import KEY, Fault, MessagesApi
from tickmark.errors import (
    AnswerCut,
    AnswerUnusable,
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnreachable,
    PromptTooLong,
    RequestInvalid,
    SettingError,
    TickmarkError,
)
from tickmark.llm.answers import ask as ask_for
from tickmark.llm.model import Prompt, Reply, spent_on
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.model.usage import Usage

PROMPT = Prompt(model="claude-sonnet-5-5", system="You are careful.", user="Say something.")
SCHEMA = {
    "type": "object",
    "properties": {"summary": {"type": "string"}},
    "required": ["summary"],
    "additionalProperties": False,
}


def ask(api: MessagesApi, prompt: Prompt = PROMPT, *, timeout: float = 5.0) -> Reply:
    model = AnthropicModel(KEY, api.url, timeout=timeout)
    try:
        return model.complete(prompt)
    finally:
        model.close()


class Summary(BaseModel):
    summary: str


def failure(api: MessagesApi, *, timeout: float = 5.0) -> TickmarkError:
    with pytest.raises(TickmarkError) as caught:
        ask(api, timeout=timeout)
    return caught.value


def test_a_reply_has_text_usage_and_the_providers_marks() -> None:
    with MessagesApi(lambda _: "All is well.") as api:
        reply = ask(api)

    assert reply == Reply(
        "All is well.",
        Usage(calls=1, input_tokens=7, output_tokens=3),
        model="claude-sonnet-5-5",
        stop_reason="end_turn",
        request_id="req_1",
    )


def test_the_request_holds_the_prompt_and_nothing_beyond_it() -> None:
    with MessagesApi() as api:
        ask(api, Prompt("claude-sonnet-5-5", "constant", "Why?", schema=SCHEMA, max_tokens=99))

    (request,) = api.calls
    assert request.json == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 99,
        "system": "constant",
        "messages": [{"role": "user", "content": "Why?"}],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }
    assert request.headers["authorization"] == "Bearer test-key"
    assert "x-api-key" not in request.headers


def test_without_a_schema_no_output_config_is_sent() -> None:
    with MessagesApi() as api:
        ask(api)

    assert "output_config" not in api.calls[0].json


def test_a_lone_surrogate_of_a_broken_file_does_not_stop_the_call() -> None:
    with MessagesApi() as api:
        ask(api, Prompt("claude-sonnet-5-5", "s", "broken \ud800 text, ü"))

    assert api.calls[0].user == "broken ? text, ü"


def test_usage_tells_cached_tokens_apart() -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 20,
        "cache_read_input_tokens": 300,
        "cache_creation_input_tokens": 4000,
    }
    content = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Yes."}]
    with MessagesApi(lambda _: {"usage": usage, "content": content}) as api:
        reply = ask(api)

    assert reply.text == "Yes."
    assert reply.usage == Usage(1, 10, 20, 300, 4000)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RequestInvalid),
        (400, RequestInvalid),
        (401, ModelDenied),
        (402, BudgetExceeded),
        (403, ModelDenied),
        (404, RequestInvalid),
        (408, ModelBusy),
        (409, ModelBusy),
        (413, PromptTooLong),
        (422, RequestInvalid),
        (429, ModelBusy),
        (500, ModelBusy),
        (501, RequestInvalid),
        (503, ModelBusy),
        (504, ModelBusy),
        (529, ModelBusy),
    ],
)
def test_each_status_is_the_error_that_says_what_to_do(
    status: int, kind: type[TickmarkError]
) -> None:
    with MessagesApi(faults=[Fault(status, "because of reasons")]) as api:
        error = failure(api)

    assert type(error) is kind
    assert "because of reasons (request req_1)" in str(error)
    assert isinstance(error, (ModelError, BudgetExceeded))
    assert spent_on(error) == Usage()
    assert len(api.calls) == 1


@pytest.mark.parametrize("status", [400, 403, 429])
@pytest.mark.parametrize("code", ["enforced_spend_limit_reached", "contract_spend_limit_reached"])
def test_a_spend_limit_of_the_provider_is_a_spent_budget(status: int, code: str) -> None:
    with MessagesApi(faults=[Fault(status, error_code=code)]) as api:
        assert type(failure(api)) is BudgetExceeded


def test_a_prompt_beyond_the_context_is_told_from_other_bad_requests() -> None:
    with MessagesApi(faults=[Fault(400, "prompt is too long: 1000001 tokens > 1000000")]) as api:
        assert type(failure(api)) is PromptTooLong


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "86400"}, 86400.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(
    headers: dict[str, str], seconds: float | None
) -> None:
    with MessagesApi(faults=[Fault(429, headers=headers)]) as api:
        error = failure(api)

    assert isinstance(error, ModelBusy)
    assert error.rate_limited
    assert error.retry_after == seconds


def test_overload_is_no_rate_limit() -> None:
    with MessagesApi(faults=[Fault(529, headers={"retry-after": "2"})]) as api:
        error = failure(api)

    assert isinstance(error, ModelBusy)
    assert (error.rate_limited, error.retry_after) == (False, 2.0)


@pytest.mark.parametrize(
    ("status", "word", "kind"), [(500, "false", RequestInvalid), (418, "true", ModelBusy)]
)
def test_the_providers_word_on_repeating_goes_first(
    status: int, word: str, kind: type[TickmarkError]
) -> None:
    with MessagesApi(faults=[Fault(status, headers={"x-should-retry": word})]) as api:
        assert type(failure(api)) is kind


@pytest.mark.parametrize(
    ("stop_reason", "kind"),
    [
        ("max_tokens", AnswerCut),
        ("refusal", AnswerUnusable),
        ("tool_use", AnswerUnusable),
        ("pause_turn", AnswerUnusable),
        (None, AnswerUnusable),
        ("model_context_window_exceeded", PromptTooLong),
    ],
)
def test_an_answer_that_did_not_end_well_is_paid_and_unusable(
    stop_reason: str | None, kind: type[TickmarkError]
) -> None:
    answer = {
        "stop_reason": stop_reason,
        "content": [{"type": "text", "text": "half of"}],
        "usage": {"input_tokens": 50, "output_tokens": 60},
    }
    with MessagesApi(lambda _: answer) as api:
        error = failure(api)

    assert type(error) is kind
    assert spent_on(error) == Usage(1, 50, 60)


def test_an_empty_answer_is_unusable() -> None:
    with MessagesApi(lambda _: " \n") as api:
        error = failure(api)

    assert type(error) is AnswerUnusable
    assert spent_on(error).calls == 1


def test_a_misfit_of_the_schema_is_asked_for_once_again_and_both_are_paid() -> None:
    answers = iter(["No JSON.", '{"summary": "Fine."}'])
    with MessagesApi(lambda _: next(answers)) as api:
        model = AnthropicModel(KEY, api.url)
        summary, reply = ask_for(model, PROMPT, Summary)
        model.close()

    assert summary.summary == "Fine."
    assert reply.usage.calls == len(api.calls) == 2


def test_a_second_misfit_of_the_schema_fails_with_the_usage_of_both() -> None:
    usage = {"input_tokens": 50, "output_tokens": 60}
    answer = {"content": [{"type": "text", "text": '{"other": 1}'}], "usage": usage}
    with MessagesApi(lambda _: answer) as api:
        model = AnthropicModel(KEY, api.url)
        with pytest.raises(AnswerUnusable, match="summary: Field required") as caught:
            ask_for(model, PROMPT, Summary)
        model.close()

    assert spent_on(caught.value) == Usage(2, 100, 120)
    assert len(api.calls) == 2


@pytest.mark.parametrize(
    ("kind", "named", "charged"),
    [
        ("text/html; charset=utf-8", "something of the kind text/html that is", False),
        ("text/plain", "something of the kind text/plain that is", True),
        ("application/json", "something of the kind application/json that is", True),
        ("x" * 99, "something that is", True),
    ],
)
def test_a_page_instead_of_an_answer_is_a_clear_error(
    kind: str, named: str, *, charged: bool
) -> None:
    page = Fault(body=b"<html>Please log in.</html>", headers={"content-type": kind})
    with MessagesApi(faults=[page]) as api:
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert f"answered with {named} no message of the Messages API" in str(error)
    assert error.perhaps_charged == charged


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"content": "text"}', b"[" * 100_000])
def test_json_that_is_no_message_is_a_clear_error(body: bytes) -> None:
    with MessagesApi(faults=[Fault(body=body)]) as api:
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert (error.__cause__, error.__context__) == (None, None)


def test_an_answer_that_is_streamed_unasked_is_read_all_the_same() -> None:
    with MessagesApi(lambda _: "Streamed.") as api:
        message = api.message({"model": "m", "messages": [{"role": "user", "content": "x"}]})
        body = b"".join(map(wire_form, events_of(message)))
        api.faults.append(Fault(body=body, headers={"content-type": "text/event-stream"}))
        reply = ask(api)

    assert (reply.text, reply.first_token) == ("Streamed.", None)


def test_where_the_server_goes_away_half_way_the_next_call_cannot_reach_it() -> None:
    with MessagesApi() as api:
        model = AnthropicModel(KEY, api.url, timeout=5)
        model.complete(PROMPT)
    with pytest.raises(ModelUnreachable) as caught:
        model.complete(PROMPT)
    with pytest.raises(ModelUnreachable, match="cannot be reached") as refused:
        model.complete(PROMPT)
    model.close()

    assert "127.0.0.1" in str(caught.value)
    assert not refused.value.perhaps_charged


def test_an_error_page_of_what_stands_between_is_as_its_status() -> None:
    page = Fault(502, headers={"content-type": "text/html"})
    with MessagesApi(faults=[page]) as api:
        assert type(failure(api)) is ModelBusy


@pytest.mark.parametrize("fault", [Fault(broken=True), Fault(truncated=True), Fault(garbled=True)])
def test_a_broken_answer_may_have_cost_money(fault: Fault) -> None:
    with MessagesApi(faults=[fault]) as api:
        error = failure(api)

    assert isinstance(error, ModelUnreachable)
    assert error.perhaps_charged


def test_a_timeout_may_have_cost_money() -> None:
    with MessagesApi(delay=0.15) as api:
        error = failure(api, timeout=0.05)

    assert isinstance(error, ModelUnreachable)
    assert "did not answer within 0.05 seconds" in str(error)
    assert error.perhaps_charged


def test_where_nobody_listens_nothing_was_charged() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(ModelUnreachable) as caught:
        AnthropicModel(KEY, f"http://127.0.0.1:{port}").complete(PROMPT)

    assert f"http://127.0.0.1:{port} cannot be reached" in str(caught.value)
    assert not caught.value.perhaps_charged


def whole_text(error: BaseException) -> str:
    """Everything that a log with a traceback could show."""
    return f"{error!r} {vars(error)} {''.join(traceback.format_exception(error))}"


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_a_key_that_the_provider_echoes_is_in_no_error(status: int) -> None:
    key = "sk-ant-api03-CANARY"
    message = f"bad key {key}\nand sk-ant-…CANA and\x1b[31m more"
    with MessagesApi(key=key, faults=[Fault(status, message)]) as api:
        model = AnthropicModel(key, api.url)
        with pytest.raises(TickmarkError) as caught:
            model.complete(PROMPT)
        model.close()

    assert "CANA" not in whole_text(caught.value)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "CANARY" not in repr(model)


def test_a_long_quote_of_the_provider_is_cut() -> None:
    with MessagesApi(faults=[Fault(400, "long " * 1000)]) as api:
        assert len(str(failure(api))) < 500


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "ключ", "tab\t"])
def test_a_key_that_no_header_carries_is_refused_without_being_named(key: str) -> None:
    with pytest.raises(SettingError) as caught:
        AnthropicModel(key)

    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://", "http://[::1", "x"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="base URL"):
        AnthropicModel(KEY, url)


def test_credentials_in_a_base_url_are_not_shown() -> None:
    model = AnthropicModel(KEY, "https://user:secret@gateway.example:8443/path")

    assert repr(model) == "AnthropicModel('https://gateway.example:8443')"


def test_the_key_of_the_environment_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ANTHROPIC_API_KEY", "other")  # noqa: TID251 - what the SDK would read
    monkeypatch.setitem(os.environ, "ANTHROPIC_AUTH_TOKEN", "other")  # noqa: TID251 - as above
    monkeypatch.setitem(os.environ, "ANTHROPIC_BASE_URL", "http://127.0.0.1:1")  # noqa: TID251 - as above
    with MessagesApi() as api:
        ask(api)

    assert api.calls[0].headers["authorization"] == "Bearer test-key"


def test_check_proves_a_key_for_free() -> None:
    with MessagesApi() as api:
        model = AnthropicModel(KEY, api.url)
        model.check()
        model.close()

    assert [(one.method, one.path) for one in api.seen] == [("GET", "/v1/models")]


def test_check_refuses_a_wrong_key() -> None:
    with MessagesApi() as api:
        model = AnthropicModel("wrong-key", api.url)
        with pytest.raises(ModelDenied, match="tickmark key set"):
            model.check()
        model.close()


def test_threads_share_one_client_and_their_connections() -> None:
    barrier = threading.Barrier(8)

    def answer(_: dict[str, Any]) -> str:
        barrier.wait(5)
        return "ok"

    with MessagesApi(answer) as api:
        model = AnthropicModel(KEY, api.url, connections=8)
        with ThreadPoolExecutor(8) as threads:
            replies = list(threads.map(lambda _: model.complete(PROMPT), range(16)))
        model.close()

    assert {reply.text for reply in replies} == {"ok"}
    assert api.most_at_once == 8
