"""Connections of threads: each request has one of its own, and gives it back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tickmark.llm.providers.lanes import KEPT_SECONDS, Lanes, transport


class Lane(httpx2.BaseTransport):
    """One connection, which notices when two requests are on it at once."""

    def __init__(self, fails: type[Exception] | None = None) -> None:
        self.fails = fails
        self.busy = threading.Lock()
        self.requests = 0
        self.closed = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert request.method == "GET"
        assert self.busy.acquire(blocking=False), "two requests on one connection"
        self.requests += 1
        if self.fails is not None:
            self.busy.release()
            raise self.fails("refused")
        return httpx2.Response(200, stream=Pieces(self.busy))

    def close(self) -> None:
        self.closed = True


class Pieces(httpx2.SyncByteStream):
    """A body in two pieces; its connection is busy until it is closed."""

    def __init__(self, busy: threading.Lock) -> None:
        self.busy = busy

    def __iter__(self) -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    def close(self) -> None:
        self.busy.release()


class Opening:
    """Makes lanes, and knows them."""

    def __init__(self, *fails: type[Exception] | None) -> None:
        self.made: list[Lane] = []
        self.fails = list(fails)

    def __call__(self) -> Lane:
        self.made.append(Lane(self.fails.pop(0) if self.fails else None))
        return self.made[-1]


def test_requests_one_after_the_other_share_a_connection() -> None:
    opens = Opening()
    with httpx2.Client(transport=Lanes(opens)) as client:
        assert [client.get("http://localhost/").text for _ in range(5)] == ["one two"] * 5

    assert [lane.requests for lane in opens.made] == [5]
    assert opens.made[0].closed


def test_an_open_response_keeps_its_connection() -> None:
    opens = Opening()
    with httpx2.Client(transport=Lanes(opens)) as client:
        with client.stream("GET", "http://localhost/") as streamed:
            assert client.get("http://localhost/").text == "one two"
            assert streamed.read() == b"one two"
        client.get("http://localhost/")

    assert len(opens.made) == 2


def test_a_failed_request_gives_its_connection_back() -> None:
    opens = Opening(httpx2.ConnectError)
    with httpx2.Client(transport=Lanes(opens)) as client:
        for _ in range(2):
            with pytest.raises(httpx2.ConnectError):
                client.get("http://localhost/")

    assert [lane.requests for lane in opens.made] == [2]


def test_many_threads_never_meet_on_a_connection() -> None:
    opens = Opening()
    with httpx2.Client(transport=Lanes(opens)) as client, ThreadPoolExecutor(16) as threads:
        texts = list(threads.map(lambda _: client.get("http://localhost/").text, range(400)))

    assert set(texts) == {"one two"}
    assert sum(lane.requests for lane in opens.made) == 400
    assert len(opens.made) <= 16
    assert all(lane.closed for lane in opens.made)


def test_what_comes_back_after_the_end_is_closed() -> None:
    opens = Opening()
    lanes = Lanes(opens)
    response = lanes.handle_request(httpx2.Request("GET", "http://localhost/"))
    lanes.close()
    assert not opens.made[0].closed

    response.close()
    response.close()

    assert opens.made[0].closed


def test_lanes_of_a_past_burst_are_closed() -> None:
    opens, now = Opening(), [0.0]
    with httpx2.Client(transport=Lanes(opens, clock=lambda: now[0])) as client:
        burst = [client.send(client.build_request("GET", "http://a/"), stream=True) for _ in "123"]
        for one in burst:
            one.close()
        now[0] = KEPT_SECONDS - 1
        client.get("http://a/")
        assert [lane.closed for lane in opens.made] == [False] * 3

        now[0] = 2 * KEPT_SECONDS - 2
        client.get("http://a/")
        assert [lane.closed for lane in opens.made] == [True, True, False]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
def test_where_a_proxy_is_set_the_client_finds_its_way_itself(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(other, raising=False)
        monkeypatch.delenv(other.upper(), raising=False)
    assert isinstance(transport(), Lanes)

    monkeypatch.setenv(name, "http://127.0.0.1:3128")

    assert transport() is None
