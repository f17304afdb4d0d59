"""One connection: used again while it lives, opened anew when not, and errors as httpx has them."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import httpcore2
import httpx2
import pytest

from tests.loopback_server import LoopbackServer
from tickmark.llm.providers.connection import Connection
from tickmark.llm.providers.gathered import GatheringBackend

VERIFY = ssl.create_default_context()
SECONDS = 20.0


class Handler(BaseHTTPRequestHandler):
    """Answers with the path, or as the path says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/silent":
            time.sleep(1)
            self.close_connection = True
            return
        if self.path == "/nonsense":
            self.wfile.write(b"no HTTP at all\r\n\r\n")
            self.close_connection = True
            return
        answer = self.path.encode() + b" " + body
        self.send_response(200)
        self.send_header("content-length", str(len(answer) + 10 * (self.path == "/cut")))
        if self.path == "/last":
            self.send_header("connection", "close")
        self.end_headers()
        if self.path == "/twice":
            # In one piece with another whole answer, and with the head of the first.
            head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(answer)
            answer += head + answer
        self.wfile.write(answer)
        self.close_connection = self.path in {"/cut", "/last", "/leave"}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    made = LoopbackServer(0, Handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.shutdown()
    made.hang_up()
    thread.join()
    made.server_close()


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(transport=Connection(VERIFY, kept=SECONDS), timeout=SECONDS) as made:
        yield made


def asked(client: httpx2.Client, url: str) -> str:
    return client.post(url, content=b"body").text


def test_requests_one_after_the_other_take_one_connection(
    server: LoopbackServer, client: httpx2.Client
) -> None:
    assert [asked(client, server.url + f"/{n}") for n in range(3)] == [
        "/0 body",
        "/1 body",
        "/2 body",
    ]
    assert server.opened == 1


@pytest.mark.parametrize("path", ["/last", "/leave"])
def test_where_the_server_ends_a_connection_the_next_request_opens_another(
    server: LoopbackServer, client: httpx2.Client, path: str
) -> None:
    assert asked(client, server.url + path) == f"{path} body"
    time.sleep(0.1)

    assert asked(client, server.url + "/next") == "/next body"
    assert server.opened == 2


def test_a_connection_that_was_idle_for_long_is_not_used_again(server: LoopbackServer) -> None:
    with httpx2.Client(transport=Connection(VERIFY, kept=0.05), timeout=SECONDS) as client:
        asked(client, server.url + "/one")
        time.sleep(0.2)

        assert asked(client, server.url + "/two") == "/two body"
    assert server.opened == 2


def test_a_closed_one_opens_anew_and_so_does_one_whose_answer_was_left(
    server: LoopbackServer,
) -> None:
    connection = Connection(VERIFY, kept=SECONDS)
    client = httpx2.Client(transport=connection, timeout=SECONDS)
    asked(client, server.url + "/one")
    connection.close()
    asked(client, server.url + "/two")
    with client.stream("POST", server.url + "/three", content=b"x" * 1_000_000):
        pass

    assert asked(client, server.url + "/four") == "/four body"
    assert server.opened == 3
    client.close()


def test_another_server_gets_a_connection_of_its_own(
    server: LoopbackServer, client: httpx2.Client
) -> None:
    asked(client, server.url + "/one")

    assert asked(client, server.url.replace("127.0.0.1", "localhost") + "/two") == "/two body"
    assert server.opened == 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/silent", httpx2.ReadTimeout),
        ("/nonsense", httpx2.RemoteProtocolError),
        ("/cut", httpx2.RemoteProtocolError),
    ],
)
def test_what_goes_wrong_is_told_as_httpx_does_and_passes(
    server: LoopbackServer,
    client: httpx2.Client,
    path: str,
    expected: type[httpx2.TransportError],
) -> None:
    with pytest.raises(expected):
        client.post(server.url + path, content=b"body", timeout=0.3)

    assert asked(client, server.url + "/next") == "/next body"


def test_where_nobody_listens_the_connection_is_refused_and_passes_too(
    client: httpx2.Client,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(httpx2.ConnectError):
        asked(client, f"http://127.0.0.1:{port}/")
    server = LoopbackServer(port, Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        assert asked(client, server.url + "/now") == "/now body"
    finally:
        server.shutdown()
        server.hang_up()
        thread.join()
        server.server_close()


def test_no_question_waits_in_a_connection_for_the_next_one(
    server: LoopbackServer, client: httpx2.Client
) -> None:
    # The second answer in one piece with the first is taken for that of the next question.
    assert asked(client, server.url + "/twice") == "/twice body"
    assert asked(client, server.url + "/second") == "/twice body"

    assert asked(client, server.url + "/third") == "/third body"
    assert asked(client, server.url + "/fourth") == "/fourth body"


class Streams(httpcore2.NetworkBackend):
    """Connections that take no bytes and answer all the same."""

    def __init__(self) -> None:
        self.made = 0

    def connect_tcp(self, *_: object, **__: object) -> httpcore2.NetworkStream:
        self.made += 1
        return Stream()


class Stream(httpcore2.NetworkStream):
    def write(self, *_: object, **__: object) -> None:
        raise httpcore2.WriteError("reset")

    def read(self, *_: object, **__: object) -> bytes:
        return b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy"

    def close(self) -> None:
        """Nothing is open."""


def test_a_connection_that_could_not_be_written_to_is_not_used_again() -> None:
    backend = GatheringBackend(Streams())
    streams = backend._backend  # noqa: SLF001 - the one above
    assert isinstance(streams, Streams)
    connection = Connection(VERIFY, kept=SECONDS)
    connection._backend = backend  # noqa: SLF001 - instead of sockets
    with httpx2.Client(transport=connection) as client:
        assert [asked(client, "http://a/") for _ in range(3)] == ["busy"] * 3
    assert streams.made == 3


def test_large_bodies_are_sent_whole_and_in_order(
    server: LoopbackServer, client: httpx2.Client
) -> None:
    for size in (65_000, 65_536, 70_000, 3_000_000):
        body = bytes(range(256)) * (size // 256)
        pieces = [body[start : start + 50_000] for start in range(0, len(body), 50_000)]
        length = {"content-length": str(len(body))}
        for sent in (body, iter(pieces)):
            got = client.post(server.url + "/echo", content=sent, headers=length)
            assert got.content == b"/echo " + body


def test_other_protocols_and_broken_headers_are_errors_of_httpx_too(
    server: LoopbackServer, client: httpx2.Client
) -> None:
    with pytest.raises(httpx2.UnsupportedProtocol):
        asked(client, "ftp://127.0.0.1/")
    with pytest.raises(httpx2.LocalProtocolError):
        client.post(server.url, content=b"", headers={"x-broken": "a\nb"})


def test_a_server_without_a_certificate_cannot_be_reached_by_tls(
    server: LoopbackServer, client: httpx2.Client
) -> None:
    with pytest.raises(httpx2.ConnectError):
        asked(client, server.url.replace("http:", "https:"))
