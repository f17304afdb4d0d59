"""How a server is reached: who it is, what it can do, and the client of the SDK that opens it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from tickmark.errors import SettingError
from tickmark.llm.providers.profile import Profile, profile_of
from tickmark.llm.providers.refusal import Place

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic import OpenTelemetryOptions

    Client: TypeAlias = anthropic.Anthropic | anthropic.AnthropicBedrock | anthropic.AnthropicVertex

BASE_URL: Final = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True)
class Access:
    """A way to a server; `opens` makes the client of the SDK around an HTTP client."""

    place: Place
    profile: Profile
    opens: Callable[[httpx2.Client], Client]


def direct(api_key: str, base_url: str, server: str, *, telemetry: bool = False) -> Access:
    """The way to a server that speaks the Messages API at a URL.

    With `telemetry` the SDK makes a span of each request. Raises SettingError for a key or URL that
    cannot be sent.
    """
    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise SettingError(
            "The API key is empty or holds blanks or characters that no key has; "
            "set it anew with `tickmark key set`."
        )
    place = Place(place_of(base_url), api_key)
    return Access(
        place, profile_of(server, base_url), partial(_client, api_key, base_url, spans(telemetry))
    )


def place_of(base_url: str) -> str:
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


def spans(on: bool) -> OpenTelemetryOptions | Literal[False]:  # noqa: FBT001 - a switch
    """What the SDK is told about its spans: without any content, whatever the environment says."""
    return {"traces": {"content_mode": "metadata_only"}} if on else False


def _client(
    api_key: str,
    base_url: str,
    telemetry: OpenTelemetryOptions | Literal[False],
    http: httpx2.Client,
) -> Client:
    import anthropic  # noqa: PLC0415 - costs a second, loaded with the first call

    return anthropic.Anthropic(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        open_telemetry=telemetry,
        http_client=http,
    )
