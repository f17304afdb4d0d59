"""One connection to one server, with one request at a time."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import httpcore2
import httpx2

from tickmark.llm.providers.gathered import GatheringBackend

SocketOption: TypeAlias = tuple[int, int, int]

# The errors of httpcore as users of httpx know them.
_OF_HTTPX: Final[dict[type[Exception], type[httpx2.TransportError]]] = {
    httpcore2.TimeoutException: httpx2.TimeoutException,
    httpcore2.ConnectTimeout: httpx2.ConnectTimeout,
    httpcore2.PoolTimeout: httpx2.PoolTimeout,
    httpcore2.ReadTimeout: httpx2.ReadTimeout,
    httpcore2.WriteTimeout: httpx2.WriteTimeout,
    httpcore2.NetworkError: httpx2.NetworkError,
    httpcore2.ConnectError: httpx2.ConnectError,
    httpcore2.ReadError: httpx2.ReadError,
    httpcore2.WriteError: httpx2.WriteError,
    httpcore2.ProtocolError: httpx2.ProtocolError,
    httpcore2.LocalProtocolError: httpx2.LocalProtocolError,
    httpcore2.RemoteProtocolError: httpx2.RemoteProtocolError,
}
_ERRORS: Final = tuple(_OF_HTTPX)


def _of_httpx(error: Exception) -> httpx2.TransportError:
    """The error that users of httpx know, of the nearest kind."""
    kinds = (_OF_HTTPX[kind] for kind in type(error).__mro__ if kind in _OF_HTTPX)
    return next(kinds, httpx2.TransportError)(str(error))


class Connection(httpx2.BaseTransport):
    """A transport with a single connection of HTTP/1.1, opened anew where it cannot be used again.

    Unlike the pool of httpcore it takes no lock for it and looks at it once a request. It is for
    one thread at a time, and for the next request only when the last response is closed. A
    connection that was idle for `kept` seconds is not used any more.
    """

    def __init__(
        self, verify: ssl.SSLContext, *, kept: float, options: Iterable[SocketOption] = ()
    ) -> None:
        self._verify = verify
        self._kept = kept
        self._options = tuple(options)
        self._backend = GatheringBackend()
        self._connection: httpcore2.HTTPConnection | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; raises the TransportError family."""
        url = request.url
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        if target.scheme not in {b"http", b"https"}:
            raise httpx2.UnsupportedProtocol(f"A URL cannot begin with {url.scheme!r}.")
        sent = httpcore2.Request(
            request.method,
            target,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        try:
            got = self._usable(target.origin).handle_request(sent)
        except _ERRORS as error:
            raise _of_httpx(error) from error
        return httpx2.Response(
            got.status, headers=got.headers, stream=_Body(got), extensions=got.extensions
        )

    def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _usable(self, origin: httpcore2.Origin) -> httpcore2.HTTPConnection:
        connection = self._connection
        if connection is not None:
            if (
                connection.is_idle()
                and connection.can_handle_request(origin)
                and not connection.has_expired()
            ):
                return connection
            self.close()
        self._connection = connection = httpcore2.HTTPConnection(
            origin,
            ssl_context=self._verify,
            keepalive_expiry=self._kept,
            network_backend=self._backend,
            socket_options=self._options,
        )
        return connection


class _Body(httpx2.SyncByteStream):
    """What a server sends, with errors as httpx has them."""

    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_stream()
        except _ERRORS as error:
            raise _of_httpx(error) from error

    def close(self) -> None:
        self._response.close()
