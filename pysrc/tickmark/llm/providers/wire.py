"""The wire to a server: one SDK client for all threads, and errors that say what to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from tickmark.errors import (
    ModelDenied,
    ModelError,
    ModelUnreachable,
    RequestInvalid,
    SettingError,
    TickmarkError,
)
from tickmark.llm.allowance import OnAllowances
from tickmark.llm.call import Stage, begin, spent
from tickmark.llm.providers.rate_headers import allowances_of
from tickmark.llm.providers.refusal import Place, Refusal
from tickmark.llm.providers.request import encodable
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic import RequestOptions

    from tickmark.llm.providers.access import Client

CONNECT_SECONDS: Final = 10.0
SPARE_CONNECTIONS: Final = 4
"""For what goes beside the calls of the engine: counting tokens, batches."""

_JSON: Final[Mapping[str, str]] = MappingProxyType({"content-type": "application/json"})
_SPANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/v1/messages": "anthropic.messages.create",
        "/v1/messages/count_tokens": "anthropic.messages.count_tokens",
        "/v1/messages/batches": "anthropic.messages.batches.create",
    }
)
_UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError"}


class Wire:
    """Sends requests and gives responses as they are; never repeats one.

    `opens` makes the SDK's client around an HTTP client, with the first request. `timeout` is in
    seconds for a response, and between two pieces of one; `connections` are as many as requests
    can be in flight. `on_allowances` is told what each response says about rate limits. With
    `telemetry` the requests have the names that the SDK's spans need. Safe for many threads.
    """

    def __init__(
        self,
        place: Place,
        opens: Callable[[httpx2.Client], Client],
        *,
        timeout: float,
        connections: int,
        on_allowances: OnAllowances | None = None,
        telemetry: bool = False,
    ) -> None:
        self.place = place
        self._opens = opens
        self._timeout = timeout
        self._size = connections + SPARE_CONNECTIONS
        self._on_allowances = on_allowances
        self._telemetry = telemetry
        self._lock = RankedLock(Rank.PROVIDER)
        self._client: Client | None = None

    def open(self) -> Client:
        """The client, opened with the first call; raises SettingError where it cannot be."""
        client = self._client
        if client is None:
            with self._lock:
                client = self._client = self._client or self._opened()
        return client

    def post(
        self,
        path: str,
        body: Mapping[str, Any] | bytes,
        *,
        model: str = "",
        stream: bool = False,
    ) -> httpx2.Response:
        """Send a JSON object, or its bytes; the response to a `stream` is still to be closed.

        Raises the ModelError family and BudgetExceeded.
        """
        import anthropic  # noqa: PLC0415 - costs a second, loaded with the first call
        import httpx2  # noqa: PLC0415 - comes with it

        def send(client: Client) -> httpx2.Response:
            options: RequestOptions = {"timeout": self._timeouts()}
            if self._telemetry and path in _SPANS:
                # The SDK makes no span of a request without a name, and only its own methods have
                # them; these methods would parse each answer at some cost.
                named = {**options, "span_name": _SPANS[path], "span_route": path}
                options = cast("RequestOptions", named)
            if isinstance(body, bytes):
                options["headers"] = _JSON
                return client.post(path, content=body, cast_to=httpx2.Response, options=options)
            sent = client.post(
                path,
                body=body,
                cast_to=httpx2.Response,
                options=options,
                stream=stream,
                stream_cls=anthropic.Stream[Any],
            )
            return cast("httpx2.Response", sent)

        try:
            return self._sent(send, model)
        except UnicodeEncodeError:
            if isinstance(body, bytes):
                raise
        return self.post(path, encodable(body), model=model, stream=stream)

    def get(self, path: str, *, stream: bool = False) -> httpx2.Response:
        """Ask for something; raises what post raises."""
        import anthropic  # noqa: PLC0415 - as in post
        import httpx2  # noqa: PLC0415 - as in post

        def send(client: Client) -> httpx2.Response:
            got = client.get(
                path,
                cast_to=httpx2.Response,
                options={"timeout": self._timeouts()},
                stream=stream,
                stream_cls=anthropic.Stream[Any],
            )
            return cast("httpx2.Response", got)

        return self._sent(send, "")

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def broken(
        self, what: str, *, usage: Usage | None = None, charged: bool = True, late: bool = False
    ) -> ModelError:
        """The error for an answer that was lost on its way, with what is known of its cost."""
        unreachable = ModelUnreachable(f"{self.place.name} {what}.")
        unreachable.timed_out = late
        unreachable.perhaps_charged = charged
        unreachable.usage = usage
        return unreachable

    def interrupted(self, error: Exception, usage: Usage | None) -> tuple[ModelError, str]:
        """The error for a response that broke off while it was read, and the note of its send."""
        import httpx2  # noqa: PLC0415 - as in post

        if isinstance(error, httpx2.TimeoutException):
            what = f"sent nothing more for {self._timeout:g} seconds in the middle of its answer"
            return self.broken(what, usage=usage, late=True), "timeout"
        return self.broken("broke off in the middle of its answer", usage=usage), "cut"

    def _sent(self, send: Callable[[Client], httpx2.Response], model: str) -> httpx2.Response:
        client = self.open()
        import anthropic  # noqa: PLC0415 - as in post

        start = begin(Stage.PROVIDER)
        try:
            response = send(client)
        except anthropic.AnthropicError as error:
            failure, note = self._mapped(error, model)
        except UnicodeEncodeError:
            raise
        except Exception as error:
            if not self.place.cloud:
                raise
            failure, note = self._unsigned(error), "credentials"
        else:
            if self._on_allowances is not None:
                self._tell(model, response)
            return response
        spent(Stage.PROVIDER, start, note=note)
        # Outside the handlers, so that no context carries the request with its key.
        raise failure

    def _timeouts(self) -> httpx2.Timeout:
        import httpx2  # noqa: PLC0415 - as in post

        return httpx2.Timeout(self._timeout, connect=CONNECT_SECONDS)

    def _tell(self, model: str, response: httpx2.Response) -> None:
        if self._on_allowances is not None:
            found = allowances_of(response.headers.raw, time.time())
            if found is not None:
                self._on_allowances(model, found)

    def _opened(self) -> Client:
        import anthropic  # noqa: PLC0415 - as in post
        import httpx2  # noqa: PLC0415 - as in post

        from tickmark.llm.providers.lanes import transport  # noqa: PLC0415 - as in post

        limits = httpx2.Limits(max_connections=self._size, max_keepalive_connections=self._size)
        try:
            lanes = transport()
            chosen: dict[str, Any] = {} if lanes is None else {"transport": lanes}
            http = anthropic.DefaultHttpxClient(
                limits=limits, timeout=self._timeouts(), follow_redirects=False, **chosen
            )
        except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
            problem = self._unopened(error)
        else:
            try:
                client = self._opens(http)
            except (ImportError, ValueError, anthropic.AnthropicError, httpx2.InvalidURL) as error:
                problem = self._unopened(error)
            except SettingError as error:
                problem = error
            else:
                # One that the SDK found by itself is kept out of messages too.
                secret = self.place.secret or getattr(client, "api_key", None) or ""
                self.place = replace(self.place, secret=secret)
                return client
            http.close()
        raise problem from None

    def _unopened(self, error: Exception) -> SettingError:
        place = self.place
        return SettingError(
            f"No connection to {place.name} can be set up: {place.quoted(str(error))}; "
            f"{place.advice}."
        )

    def _unsigned(self, error: Exception) -> ModelError:
        """The error for credentials that the libraries of a cloud do not find, or cannot renew."""
        return ModelDenied(
            f"{self.place.name} cannot be called, since its credentials are missing or refused "
            f"({type(error).__name__}); {self.place.remedy}."
        )

    def _mapped(self, error: anthropic.AnthropicError, model: str) -> tuple[TickmarkError, str]:
        """The error that says what the caller can do, without key and cause; a note of the send."""
        import anthropic  # noqa: PLC0415 - as in post

        if isinstance(error, anthropic.APIStatusError):
            self._tell(model, error.response)
            headers = error.response.headers
            refusal = Refusal.told(error.body, headers, error.status_code)
            return refusal.error(self.place), str(error.status_code)
        if not isinstance(error, anthropic.APIConnectionError):
            said = self.place.quoted(str(error))
            return RequestInvalid(f"The request cannot be made: {said}."), "invalid"
        cause = type(error.__cause__).__name__
        unsent = cause in _UNSENT
        if isinstance(error, anthropic.APITimeoutError):
            what, note = f"did not answer within {self._timeout:g} seconds", "timeout"
        elif unsent:
            what, note = "cannot be reached; check the network and the base URL", "connection"
        else:
            what, note = "broke the connection", "connection"
        late = note == "timeout" and not unsent
        return self.broken(what, charged=not unsent, late=late), note
