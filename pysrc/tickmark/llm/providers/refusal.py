"""What a server refuses, as the error that says what the caller can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from tickmark.errors import (
    BudgetExceeded,
    ModelBusy,
    ModelDenied,
    ModelError,
    PromptTooLong,
    RequestInvalid,
)
from tickmark.llm.providers.rate_headers import retry_after

LONGEST_QUOTE: Final = 300
OVERLOADED: Final = 529

STATUSES: Final[Mapping[str, int]] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": OVERLOADED,
}
"""The status that an error has where it comes alone, by its type."""

_TOO_LONG = re.compile(
    r"prompt is too long|context (window|length|size)|too many tokens", re.IGNORECASE
)
_SECRET = re.compile(r"\bsk-[\w\-*.…]{4,}")


@dataclass(frozen=True, slots=True)
class Place:
    """Who answers: `name` for messages, and the `secret` that none may show.

    `remedy` tells how to mend refused access, `advice` how to mend settings. `cloud` tells a door
    of another provider, whose libraries sign the requests.
    """

    name: str
    secret: str = field(default="", repr=False)
    remedy: str = "set another with `tickmark key set`"
    advice: str = "check the base URL and this machine's proxy settings"
    cloud: bool = False

    def quoted(self, text: str) -> str:
        """What somebody said: one line, cut, without the key or anything like one."""
        line = " ".join(text.split())
        line = "".join(c for c in line if c.isprintable())
        if self.secret:
            line = line.replace(self.secret, "[key]")
        return _SECRET.sub("[key]", line)[:LONGEST_QUOTE].rstrip(" .")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as a server told it: its HTTP status, type, code, sentence and headers."""

    status: int
    type: str = ""
    code: str = ""
    message: str = ""
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def told(cls, body: object, headers: Mapping[str, str], status: int | None = None) -> Refusal:
        """The refusal in an error object; without a status its type tells which it would have."""
        error = body.get("error") if isinstance(body, dict) else None
        error = error if isinstance(error, dict) else {}
        details = error.get("details")
        code = details.get("error_code") if isinstance(details, dict) else None
        kind = str(error.get("type") or "")
        message = error.get("message")
        if message is None and isinstance(body, dict):
            message = body.get("detail") or body.get("message")
        request_id = headers.get("request-id")
        if request_id is None and isinstance(body, dict):
            request_id = body.get("request_id")
        return cls(
            STATUSES.get(kind, 500) if status is None else status,
            kind,
            code if isinstance(code, str) else "",
            str(message or ""),
            str(request_id or ""),
            headers,
        )

    def error(self, place: Place) -> ModelError | BudgetExceeded:
        """The error to raise."""
        failure = self._error(place)
        failure.status = self.status
        failure.request_id = place.quoted(self.request_id)
        return failure

    def _error(self, place: Place) -> ModelError | BudgetExceeded:
        said = place.quoted(self.message or f"HTTP status {self.status}")
        too_long = self.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
        too_long = too_long and _TOO_LONG.search(said) is not None
        if self.request_id:
            said = f"{said} (request {place.quoted(self.request_id)})"
        unpaid = self.status == HTTPStatus.PAYMENT_REQUIRED or self.type == "billing_error"
        if unpaid or self.code.endswith("spend_limit_reached"):
            return BudgetExceeded(
                "The provider's spending limit is reached, or the account has no credit: "
                f"{said}; raise the limit or pay at the provider, then go on."
            )
        if self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            what = "credentials" if place.cloud else "API key"
            return ModelDenied(f"{place.name} refuses the {what}: {said}; {place.remedy}.")
        if too_long or self.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return PromptTooLong(f"The question is longer than the model can take: {said}.")
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._busy(f"{place.name} limits the rate of calls: {said}", limited=True)
        if self._passing():
            return self._busy(f"{place.name} is overloaded or at fault: {said}")
        return RequestInvalid(f"{place.name} rejects the request: {said}.")

    def _busy(self, sentence: str, *, limited: bool = False) -> ModelBusy:
        wait = retry_after(self.headers)
        asked = "" if wait is None else f"; it asks to wait {wait:.0f} seconds"
        return ModelBusy(f"{sentence}{asked}.", retry_after=wait, rate_limited=limited)

    def _passing(self) -> bool:
        """Whether it may pass by itself; the provider's own word on it goes first."""
        word = self.headers.get("x-should-retry")
        if word in {"true", "false"}:
            return word == "true"
        if self.status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}:
            return True
        server = self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return server and self.status != HTTPStatus.NOT_IMPLEMENTED
