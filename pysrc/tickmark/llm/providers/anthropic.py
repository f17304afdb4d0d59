"""Claude through the Messages API, and any gateway or local server that speaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

from tickmark.errors import (
    BudgetExceeded,
    ModelError,
    RequestInvalid,
    TickmarkError,
)
from tickmark.llm.allowance import OnAllowances
from tickmark.llm.call import Stage, begin, spent
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.prices import worst_usage
from tickmark.llm.providers.access import BASE_URL, Access, direct
from tickmark.llm.providers.event_stream import Garbled, StreamedMessage
from tickmark.llm.providers.message import is_message, reply_of, usage_of
from tickmark.llm.providers.profile import AUTO, COUNT_TOKENS, Profile, unknown_fields
from tickmark.llm.providers.refusal import Refusal
from tickmark.llm.providers.request import Json, count_body, request_body
from tickmark.llm.providers.wire import Wire
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    import httpx2


__all__ = ["BASE_URL", "AnthropicModel"]

STREAM_ABOVE: Final = 16_000
"""Tokens of an answer above which it comes as a stream: no proxy waits that long in silence."""

LONGEST_KIND: Final = 60

_MESSAGES: Final = "/v1/messages"
_COUNT: Final = "/v1/messages/count_tokens"

T = TypeVar("T")


class AnthropicModel:
    """A language model behind the Messages API; one client for all threads, never retrying.

    `base_url` names another server than Anthropic's, `server` what it can do (llm/providers/
    profile.py). A field of a request that it rejects as unknown is left out from then on. `timeout`
    is in seconds for an answer, or between two pieces of a streamed one; `stream` has all answers
    streamed, not only the long ones. `connections` are as many as calls can be in flight.
    `on_allowances` is told what each response says about rate limits. With `telemetry` the SDK
    makes a span of each request. `access` leads through another door instead of key and URL. The
    SDK is loaded with the first call.

    Raises SettingError for a key or URL that cannot be sent.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None = None,
        *,
        timeout: float = 300.0,
        connections: int = 64,
        server: str = AUTO,
        stream: bool = False,
        on_allowances: OnAllowances | None = None,
        telemetry: bool = False,
        access: Access | None = None,
    ) -> None:
        access = access or direct(api_key, base_url or BASE_URL, server, telemetry=telemetry)
        self._wire = Wire(
            access.place,
            access.opens,
            timeout=timeout,
            connections=connections,
            on_allowances=on_allowances if access.profile.allowances else None,
            telemetry=telemetry,
        )
        self._profile = access.profile
        self._stream = stream
        self._lock = RankedLock(Rank.PROVIDER)
        # Fields that the server rejects as unknown to it, by model.
        self._refused: dict[str, frozenset[str]] = {}

    def __repr__(self) -> str:
        return f"AnthropicModel({self._wire.place.name!r})"

    @property
    def wire(self) -> Wire:
        """What the requests go over."""
        return self._wire

    def profile(self, model: str) -> Profile:
        """What the server can do for a model, as known by now."""
        refused = self._refused.get(model)
        return self._profile.without(sorted(refused)) if refused else self._profile

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt; the usage of an unusable answer stands in its error."""
        return self._adapting(prompt, self._answered)

    def count(self, prompt: Prompt) -> int:
        """The input tokens of a prompt, counted by the server for free.

        Where the server cannot (`counts`), more than they can be expected to be: fit for budgets
        and the edges of contexts. Raises what complete raises.
        """
        if self.counts(prompt.model):
            try:
                return self._adapting(prompt, self._counted)
            except RequestInvalid:
                self._learn(prompt.model, (COUNT_TOKENS,))
        return worst_usage(prompt).input_tokens

    def counts(self, model: str) -> bool:
        """Whether the server counts tokens exactly, as known by now."""
        return self.profile(model).count

    def check(self) -> None:
        """Prove that the provider takes the key, with a call that costs nothing.

        Where it has none such, only that there are credentials. Raises what complete raises.
        """
        if self._profile.models:
            self._wire.get("/v1/models?limit=1")
        else:
            self._wire.open()

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        self._wire.close()

    def _adapting(self, prompt: Prompt, send: Callable[[Prompt, Profile], T]) -> T:
        """What a request gives; sent anew without a field that the server does not know."""
        profile = self.profile(prompt.model)
        while True:
            try:
                return send(prompt, profile)
            except RequestInvalid as error:
                refused = error
            fields = unknown_fields(str(refused))
            left = profile.without(fields)
            if left == profile:
                raise refused
            self._learn(prompt.model, fields)
            profile = left

    def _learn(self, model: str, fields: Iterable[str]) -> None:
        with self._lock:
            self._refused[model] = self._refused.get(model, frozenset()) | set(fields)

    def _answered(self, prompt: Prompt, profile: Profile) -> Reply:
        stream = profile.stream and (self._stream or prompt.max_tokens > STREAM_ABOVE)
        body = request_body(prompt, profile, stream=stream)
        start = begin(Stage.PROVIDER)
        response = self._wire.post(_MESSAGES, body, model=prompt.model, stream=stream)
        grown = StreamedMessage()
        streamed = response.headers.get("content-type", "").startswith("text/event-stream")
        failure, note = self._read(response, grown, streamed=streamed)
        first = grown.first_piece
        first_token = None if first is None or not stream else first - start
        if failure is None:
            try:
                reply = reply_of(
                    grown.message,
                    limit=prompt.max_tokens,
                    request_id=response.headers.get("request-id", ""),
                    first_token=first_token,
                )
            except ModelError:
                note = str(grown.message.get("stop_reason"))
                raise
            finally:
                spent(Stage.PROVIDER, start, note=note, first_token=first_token)
            return reply
        spent(Stage.PROVIDER, start, note=note, first_token=first_token)
        raise failure

    def _read(
        self, response: httpx2.Response, grown: StreamedMessage, *, streamed: bool
    ) -> tuple[TickmarkError | None, str]:
        """Read a message from a response; why it cannot be, and the note of its send."""
        import httpx2  # noqa: PLC0415 - comes with the SDK

        wire = self._wire
        try:
            if streamed:
                grown.read(response.iter_bytes())
            else:
                grown.message = _message(response.read())
        except httpx2.HTTPError as error:
            if not grown.ended:
                return wire.interrupted(error, _known(grown))
        except Garbled:
            what = f"answered with {_kind(response)} that is no message of the Messages API"
            charged = not response.headers.get("content-type", "").startswith("text/html")
            hint = "" if charged else "; check the base URL, or what stands between"
            return wire.broken(what + hint, usage=_known(grown), charged=charged), "garbled"
        finally:
            response.close()
        if grown.error is not None:
            refusal = Refusal.told(grown.error, response.headers)
            failure = refusal.error(wire.place)
            if isinstance(failure, (ModelError, BudgetExceeded)):
                failure.usage = _known(grown)
            if isinstance(failure, ModelError):
                failure.perhaps_charged = grown.usage is not None
            return failure, str(refusal.status)
        if streamed and not grown.ended:
            return wire.broken("broke off in the middle of its answer", usage=_known(grown)), "cut"
        return None, ""

    def _counted(self, prompt: Prompt, profile: Profile) -> int:
        start = begin(Stage.PROVIDER)
        response = self._wire.post(_COUNT, count_body(prompt, profile), model=prompt.model)
        spent(Stage.PROVIDER, start, note="count")
        try:
            return int(json.loads(response.content)["input_tokens"])
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        raise RequestInvalid(f"{self._wire.place.name} counted no tokens.")


def _message(body: bytes) -> Json:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Garbled from None
    if not is_message(message):
        raise Garbled
    found: Json = message
    return found


def _known(grown: StreamedMessage) -> Usage | None:
    """What is known of the cost of an answer that did not come whole."""
    return None if grown.usage is None else usage_of(grown.usage)


def _kind(response: httpx2.Response) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    named = kind if kind.isascii() and kind.isprintable() and len(kind) < LONGEST_KIND else ""
    return f"something of the kind {named}" if named else "something"
