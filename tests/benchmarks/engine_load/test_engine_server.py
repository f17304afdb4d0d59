"""The loopback server as clients see it: answers, streams, limits and faults over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.benchmarks.engine_load.load import Load, answer_to
from tests.benchmarks.engine_load.loopback import Loopback, loopback

HEADERS = {"authorization": "Bearer k", "anthropic-version": "2026-10-21"}


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


def ask(
    server: Loopback, user: str, headers: dict[str, str] = HEADERS, **fields: object
) -> tuple[int, dict[str, str], bytes]:
    content = {
        "model": "m",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": user}],
        **fields,
    }
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request("POST", "/v1/messages", json.dumps(content), headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def events(body: bytes) -> list[dict[str, Any]]:
    lines = body.decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_an_answer_follows_from_the_first_line_of_the_question(server: Loopback) -> None:
    server.reset(Load(answer_bytes=200, least_output=30, most_output=30))
    status, headers, body = ask(server, "item 1\nand cells", system="s" * 26)
    message = json.loads(body)

    assert status == 200
    assert message["content"] == [{"type": "text", "text": answer_to("item 1", 200)}]
    assert message["usage"]["input_tokens"] == 10
    assert message["usage"]["output_tokens"] == 30
    assert headers["anthropic-ratelimit-requests-limit"] == "60000000"


def test_both_ways_to_send_a_key_are_taken_and_none_is_not(server: Loopback) -> None:
    server.reset(Load())
    old = {"x-api-key": "k", "anthropic-version": "2023-06-01"}

    assert ask(server, "q", old)[0] == 200
    assert ask(server, "q", {"anthropic-version": "2023-06-01"})[0] == 401
    assert ask(server, "q", {"x-api-key": "k"})[0] == 400


def test_a_stream_carries_the_same_answer_in_pieces(server: Loopback) -> None:
    server.reset(Load(answer_bytes=200))
    status, headers, body = ask(server, "item 1", stream=True)
    told = events(body)
    pieces = [one["delta"]["text"] for one in told if one["type"] == "content_block_delta"]

    assert status == 200
    assert headers["content-type"].startswith("text/event-stream")
    assert [one["type"] for one in told[:2]] == ["message_start", "content_block_start"]
    assert [one["type"] for one in told[-2:]] == ["message_delta", "message_stop"]
    assert len(pieces) == 4
    assert "".join(pieces) == answer_to("item 1", 200)
    assert told[-2]["usage"] == {"output_tokens": 200}


def test_requests_above_the_limit_are_refused_with_the_time_to_wait(server: Loopback) -> None:
    server.reset(Load(rpm=2, burst=60.0))
    told = [ask(server, f"item {number}") for number in range(3)]
    headers = told[2][1]

    assert [one[0] for one in told] == [200, 200, 429]
    assert headers["retry-after"] in {"29", "30"}
    assert headers["anthropic-ratelimit-requests-limit"] == "2"
    assert headers["anthropic-ratelimit-requests-remaining"] == "0"
    assert server.stats()["limited"] == 1


def test_input_tokens_above_the_limit_are_refused(server: Loopback) -> None:
    server.reset(Load(itpm=100, burst=60.0))

    assert [ask(server, "x" * 240)[0] for _ in range(3)] == [200, 429, 429]
    assert ask(server, "x" * 40)[0] == 200


def test_output_tokens_count_as_written_or_as_reserved(server: Loopback) -> None:
    server.reset(Load(otpm=100, burst=60.0, least_output=60, most_output=60))
    written = [ask(server, f"item {number}")[0] for number in range(3)]
    server.reset(Load(otpm=100, burst=60.0, least_output=20, most_output=20, reserves=True))
    reserved = [ask(server, f"item {number}")[0] for number in range(2)]

    assert written == [200, 200, 429]
    assert reserved == [200, 429]


@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_answer_ends_before_its_end(server: Loopback, stream: bool) -> None:
    server.reset(Load(cut=1.0))

    with pytest.raises(http.client.IncompleteRead):
        ask(server, "item 1", stream=stream)
    assert server.stats()["answered"] == 0


def test_a_dropped_connection_says_nothing(server: Loopback) -> None:
    server.reset(Load(dropped=1.0))

    with pytest.raises(http.client.RemoteDisconnected):
        ask(server, "item 1")


def test_overload_is_answered_529_and_counted(server: Loopback) -> None:
    server.reset(Load(overloaded=1.0))
    status, _, body = ask(server, "item 1")

    assert (status, json.loads(body)["error"]["type"]) == (529, "overloaded_error")
    assert server.stats()["faults"] == {"overloaded": 1}


def test_each_question_is_counted_by_its_text(server: Loopback) -> None:
    server.reset(Load())
    for user in ("one", "two", "one"):
        ask(server, user)

    assert server.asks() == {
        sha256(b"one").hexdigest(): 2,
        sha256(b"two").hexdigest(): 1,
    }
    assert server.stats()["questions"] == 2
    assert server.stats()["requests"] == 3
