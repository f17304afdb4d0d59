"""Sockets that send a request in one piece.

httpcore sends the head and the body of a request each for itself. Every send lets other threads
run and has to wait for them afterwards, so that with many threads one send instead of two counts.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore2

MOST_GATHERED: Final = 65_536
"""Bytes; more are sent at once."""


class GatheringBackend(httpcore2.NetworkBackend):
    """Opens connections whose writes wait for the next read."""

    def __init__(self, backend: httpcore2.NetworkBackend | None = None) -> None:
        self._backend = backend or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect; raises ConnectError and ConnectTimeout of httpcore."""
        return Gathered(
            self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        )


class Gathered(httpcore2.NetworkStream):
    """A stream that keeps small writes back until something is read.

    What a late write raises comes with the read then, but for a connection that the other side has
    closed: it may have answered before it did. A connection with bytes that were never sent counts
    as readable, which an idle one must not be: it is not used again.
    """

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream
        self._kept: list[bytes] = []
        self._size = 0
        self._timeout: float | None = None
        self._broken = False

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep bytes for the next read, or send them with those that are kept; `timeout` in s."""
        self._timeout = timeout
        if self._size + len(buffer) <= MOST_GATHERED:
            self._kept.append(buffer)
            self._size += len(buffer)
            return
        if self._kept:
            self._send()
        self._stream.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Send what is kept and read what comes; `timeout` in seconds."""
        if self._kept:
            try:
                self._send()
            except httpcore2.WriteError:
                self._broken = True
        return self._stream.read(max_bytes, timeout)

    def close(self) -> None:
        """Close the connection; what is kept is never sent."""
        self._kept.clear()
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The stream inside of TLS; `timeout` in seconds."""
        return Gathered(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as inherited
        """What the stream below knows, such as its socket."""
        if info == "is_readable" and (self._kept or self._broken):
            return True
        return self._stream.get_extra_info(info)

    def _send(self) -> None:
        whole = b"".join(self._kept)
        self._kept.clear()
        self._size = 0
        self._stream.write(whole, self._timeout)
