"""Connections that threads take from a stack, each with one request at a time.

The pool of httpcore looks through all its connections twice a request, under one lock, and probes
each idle one with a system call: with 100 threads that takes a third of the time. Here a request
looks at its own connection only.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from typing import Final, cast
from urllib.request import getproxies

import httpx2

from tickmark.llm.providers.connection import Connection, SocketOption

IDLE_SECONDS: Final = 60
"""A silent connection is probed after so long, and then again and again: answers may take minutes,
and routers forget connections on which nothing moves."""

PROBES: Final = 5

KEPT_SECONDS: Final = 5.0
"""A connection that nobody needed for so long is closed."""

_PROXIED: Final = ("http", "https", "all")


def transport() -> httpx2.BaseTransport | None:
    """Lanes for a client of a server that is reached directly; None where proxies are set.

    Those are found by the client itself, with all their rules. Raises what httpx2 raises for
    certificates that cannot be read.
    """
    proxies = getproxies()
    if any(proxies.get(scheme) for scheme in _PROXIED):
        return None
    verify = httpx2.create_ssl_context()
    options = _socket_options()
    return Lanes(lambda: Connection(verify, kept=KEPT_SECONDS, options=options))


class Lanes(httpx2.BaseTransport):
    """As many lanes as requests were ever in flight at once; `opens` makes one, for one connection.

    The lane that came back last is taken first, so that those nobody needs grow cold together.
    Safe for many threads; `clock` (seconds, never going back) can be replaced.
    """

    def __init__(
        self,
        opens: Callable[[], httpx2.BaseTransport],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opens = opens
        self._clock = clock
        # Each with the time it came back; appending to a list and popping from it need no lock.
        self._free: list[tuple[httpx2.BaseTransport, float]] = []
        self._closed = threading.Event()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; its lane is free again when the response is closed."""
        try:
            lane, _ = self._free.pop()
        except IndexError:
            lane = self._opens()
        try:
            response = lane.handle_request(request)
        except BaseException:
            self._back(lane)
            raise
        # A transport for threads gives bodies for threads.
        body = cast("httpx2.SyncByteStream", response.stream)
        response.stream = _Body(body, lambda: self._back(lane))
        return response

    def close(self) -> None:
        """Close the free lanes now, the others as they come back."""
        self._closed.set()
        self._empty(inf)

    def _back(self, lane: httpx2.BaseTransport) -> None:
        now = self._clock()
        self._free.append((lane, now))
        # The server closes idle connections too, and only who looks at one finds out.
        self._empty(inf if self._closed.is_set() else now - KEPT_SECONDS)

    def _empty(self, since: float) -> None:
        """Close the lanes that came back before a time."""
        with suppress(IndexError):
            while self._free[0][1] < since:
                lane, _ = self._free.pop(0)
                lane.close()


class _Body(httpx2.SyncByteStream):
    """What a server sends, and what is done when it is closed."""

    def __init__(self, body: httpx2.SyncByteStream, closed: Callable[[], None]) -> None:
        self._body = body
        self._closed: Callable[[], None] | None = closed

    def __iter__(self) -> Iterator[bytes]:
        yield from self._body

    def close(self) -> None:
        closed, self._closed = self._closed, None
        if closed is not None:
            try:
                self._body.close()
            finally:
                closed()


def _socket_options() -> list[SocketOption]:
    """TCP's own probes; where a system has no such option, its own times hold."""
    options: list[SocketOption] = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    after = "TCP_KEEPALIVE" if sys.platform == "darwin" else "TCP_KEEPIDLE"
    wanted = ((after, IDLE_SECONDS), ("TCP_KEEPINTVL", IDLE_SECONDS), ("TCP_KEEPCNT", PROBES))
    for name, value in wanted:
        number = getattr(socket, name, None)
        if number is not None:
            options.append((socket.IPPROTO_TCP, number, value))
    return options
