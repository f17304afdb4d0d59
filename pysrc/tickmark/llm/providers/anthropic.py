"""Claude through the Messages API, and any gateway or local server that speaks it."""

from __future__ import annotations

import email.utils
import json
import math
import re
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tickmark.errors import (
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
from tickmark.llm.model import Prompt, Reply
from tickmark.model.usage import Usage

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import MessageParam, OutputConfigParam

BASE_URL = "https://api.anthropic.com"
CONNECT_SECONDS = 10.0
LONGEST_QUOTE = 300

_TOO_LONG = re.compile(
    r"prompt is too long|context (window|length|size)|too many tokens", re.IGNORECASE
)
_SECRET = re.compile(r"\bsk-[\w\-*.…]{4,}")
_UNSENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "ProxyError"}


class AnthropicModel:
    """A language model behind the Messages API; one client for all threads, never retrying.

    `base_url` names another server than Anthropic's; `timeout` is in seconds a call; `connections`
    are as many as calls can be in flight. The SDK is loaded with the first call. Raises
    SettingError for a key or URL that cannot be sent.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None = None,
        *,
        timeout: float = 300.0,
        connections: int = 64,
    ) -> None:
        if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
            raise SettingError(
                "The API key is empty or holds blanks or characters that no key has; "
                "set it anew with `tickmark key set`."
            )
        self._key = api_key
        self._base_url = base_url or BASE_URL
        self._place = _place(self._base_url)
        self._timeout = timeout
        self._connections = connections
        self._lock = threading.Lock()
        self._opened: anthropic.Anthropic | None = None

    def __repr__(self) -> str:
        return f"AnthropicModel({self._place!r})"

    def complete(self, prompt: Prompt) -> Reply:
        """Answer one prompt; the usage of an unusable answer stands in its error."""
        client = self._client()
        import anthropic  # noqa: PLC0415 - costs a second, loaded with the first call

        messages: list[MessageParam] = [{"role": "user", "content": _sendable(prompt.user)}]
        try:
            response = client.messages.with_raw_response.create(
                model=prompt.model,
                max_tokens=prompt.max_tokens,
                system=_sendable(prompt.system) or anthropic.omit,
                messages=messages,
                output_config=_output_config(prompt) or anthropic.omit,
                timeout=anthropic.Timeout(self._timeout, connect=CONNECT_SECONDS),
            )
        except anthropic.AnthropicError as error:
            failure = self._mapped(error)
        else:
            return self._reply(prompt, response.http_response.content, response.headers)
        # Outside the handler, so that no context carries the request with its key.
        raise failure

    def check(self) -> None:
        """Prove that the provider takes the key, with a call that costs nothing.

        Raises what complete raises.
        """
        client = self._client()
        import anthropic  # noqa: PLC0415 - as in complete

        try:
            client.models.with_raw_response.list(limit=1)
        except anthropic.AnthropicError as error:
            failure = self._mapped(error)
        else:
            return
        raise failure

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _client(self) -> anthropic.Anthropic:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> anthropic.Anthropic:
        import anthropic  # noqa: PLC0415 - as in complete
        import httpx2  # noqa: PLC0415 - comes with it

        size = self._connections
        try:
            http = anthropic.DefaultHttpxClient(
                limits=httpx2.Limits(max_connections=size, max_keepalive_connections=size),
                timeout=httpx2.Timeout(self._timeout, connect=CONNECT_SECONDS),
                follow_redirects=False,
            )
            return anthropic.Anthropic(
                api_key=self._key,
                base_url=self._base_url,
                max_retries=0,
                open_telemetry=False,
                http_client=http,
            )
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            raise SettingError(
                f"No connection to {self._place} can be set up: {self._quoted(str(error))}; "
                "check the base URL and this machine's proxy settings."
            ) from None

    def _reply(self, prompt: Prompt, body: bytes, headers: Mapping[str, str]) -> Reply:
        """The reply in the body of a successful response; its usage is read before all else."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("content"), list):
            broken = ModelUnreachable(
                f"{self._place} answered with something that is no message of the Messages API."
            )
            broken.perhaps_charged = True
            raise broken
        usage = _usage(message.get("usage"))
        text = "".join(
            str(block.get("text", ""))
            for block in message["content"]
            if isinstance(block, dict) and block.get("type") == "text"
        )
        stop_reason = str(message.get("stop_reason"))
        problem = _problem(stop_reason, text, prompt)
        if problem is not None:
            problem.usage = usage
            raise problem
        return Reply(
            text=text,
            usage=usage,
            model=str(message.get("model", "")),
            stop_reason=stop_reason,
            request_id=headers.get("request-id", ""),
        )

    def _mapped(self, error: anthropic.AnthropicError) -> TickmarkError:
        """The error that says what the caller can do; without the key and without its cause."""
        import anthropic  # noqa: PLC0415 - as in complete

        if isinstance(error, anthropic.APIStatusError):
            return self._refused(error)
        if not isinstance(error, anthropic.APIConnectionError):
            return RequestInvalid(f"The request cannot be made: {self._quoted(str(error))}.")
        cause = type(error.__cause__).__name__
        if isinstance(error, anthropic.APITimeoutError):
            what = f"did not answer within {self._timeout:g} seconds"
        elif cause in _UNSENT:
            what = "cannot be reached; check the network and the base URL"
        else:
            what = "broke the connection"
        unreachable = ModelUnreachable(f"{self._place} {what}.")
        unreachable.perhaps_charged = cause not in _UNSENT
        return unreachable

    def _refused(self, error: anthropic.APIStatusError) -> TickmarkError:
        status, code = error.status_code, error.error_code or ""
        said = self._quoted(error.api_message or f"HTTP status {status}")
        too_long = status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
        too_long = too_long and _TOO_LONG.search(said) is not None
        if error.request_id:
            said = f"{said} (request {self._quoted(error.request_id)})"
        unpaid = status == HTTPStatus.PAYMENT_REQUIRED or error.type == "billing_error"
        if unpaid or code.endswith("spend_limit_reached"):
            return BudgetExceeded(
                f"The provider's spending limit is reached, or the account has no credit: {said}."
            )
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return ModelDenied(
                f"{self._place} refuses the API key: {said}; set another with `tickmark key set`."
            )
        if too_long or status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return PromptTooLong(f"The question is longer than the model can take: {said}.")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._busy("limits the rate of calls", said, error, rate_limited=True)
        if _passing(status, error.response.headers):
            return self._busy("is overloaded or at fault", said, error)
        return RequestInvalid(f"{self._place} rejects the request: {said}.")

    def _busy(
        self, what: str, said: str, error: anthropic.APIStatusError, *, rate_limited: bool = False
    ) -> ModelBusy:
        wait = _retry_after(error.response.headers)
        asked = "" if wait is None else f"; it asks to wait {wait:.0f} seconds"
        return ModelBusy(
            f"{self._place} {what}: {said}{asked}.", retry_after=wait, rate_limited=rate_limited
        )

    def _quoted(self, text: str) -> str:
        """What the provider said: one line, cut, without the key or anything like one."""
        line = " ".join(text.split())
        line = "".join(c for c in line if c.isprintable())
        line = _SECRET.sub("[key]", line.replace(self._key, "[key]"))
        return line[:LONGEST_QUOTE].rstrip(" .")


def _place(base_url: str) -> str:
    """Scheme, host and port of a URL, for messages; raises SettingError for what is no URL."""
    try:
        parts = urlsplit(base_url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(
            f"The base URL has to look like {BASE_URL}; set base_url or ANTHROPIC_BASE_URL anew."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def _sendable(text: str) -> str:
    """The text without lone surrogates, which broken files hold and UTF-8 cannot carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _output_config(prompt: Prompt) -> OutputConfigParam | None:
    if prompt.schema is None:
        return None
    return {"format": {"type": "json_schema", "schema": dict(prompt.schema)}}


def _usage(counts: object) -> Usage:
    found = counts if isinstance(counts, dict) else {}

    def count(name: str) -> int:
        value = found.get(name)
        return value if isinstance(value, int) and value > 0 else 0

    return Usage(
        calls=1,
        input_tokens=count("input_tokens"),
        output_tokens=count("output_tokens"),
        cache_read_tokens=count("cache_read_input_tokens"),
        cache_write_tokens=count("cache_creation_input_tokens"),
    )


def _problem(stop_reason: str, text: str, prompt: Prompt) -> ModelError | None:
    """Why an answer cannot be used; None where it can."""
    match stop_reason:
        case "end_turn" | "stop_sequence" if text.strip():
            return None
        case "max_tokens":
            return AnswerUnusable(
                f"The model's answer was cut at its limit of {prompt.max_tokens} tokens."
            )
        case "refusal":
            return AnswerUnusable("The model refused to answer this question.")
        case "model_context_window_exceeded":
            return PromptTooLong("The question and its answer exceed the model's context window.")
        case "end_turn" | "stop_sequence":
            return AnswerUnusable("The model's answer is empty.")
        case _:
            return AnswerUnusable(f"The model ended without an answer ({stop_reason[:40]}).")


def _passing(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a failure may pass by itself; the provider's own word on it goes first."""
    word = headers.get("x-should-retry")
    if word in {"true", "false"}:
        return word == "true"
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}:
        return True
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a response asks to wait: a number, milliseconds or a date."""
    seconds: float | None = None
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        elif "retry-after" in headers:
            seconds = float(headers["retry-after"])
    except ValueError:
        date = email.utils.parsedate_tz(headers.get("retry-after", ""))
        seconds = None if date is None else email.utils.mktime_tz(date) - time.time()
    if seconds is None or not math.isfinite(seconds):
        return None
    return max(0.0, seconds)
