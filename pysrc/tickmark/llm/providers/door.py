"""The doors that lead to a model: Anthropic's own, those of three clouds, and anybody's server."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from tickmark.errors import SettingError
from tickmark.llm.allowance import OnAllowances
from tickmark.llm.providers.access import Access, place_of, spans
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.providers.profile import AUTO, PROFILES
from tickmark.llm.providers.refusal import Place

if TYPE_CHECKING:
    import httpx2

    from tickmark.llm.providers.access import Client

ANTHROPIC: Final = "anthropic"
NO_KEY: Final = "none"
"""What is sent to servers that ask for no key."""

_NAMES: Final = {
    "bedrock": "Amazon Bedrock",
    "vertex": "Google Vertex AI",
    "foundry": "Microsoft Foundry",
}
_AZURE_SCOPE: Final = "https://ai.azure.com/.default"


@dataclass(frozen=True, slots=True)
class Door:
    """Which door leads to the model, and what it needs.

    `provider` is `anthropic`, `bedrock`, `vertex` or `foundry`; `key` is the key of that door alone
    (an API key of Bedrock or Foundry, an access token of Vertex), empty for its own chain of
    credentials; `region` is for Bedrock and Vertex, `project` for Vertex and as the name of the
    resource for Foundry. `base_url` leads elsewhere than to the door's own address, `server` names
    what answers there (llm/providers/profile.py). The others are those of AnthropicModel.
    """

    provider: str = ANTHROPIC
    key: str = field(default="", repr=False)
    base_url: str = ""
    region: str = ""
    project: str = ""
    server: str = AUTO
    timeout: float = 300.0
    connections: int = 64
    stream: bool = False
    on_allowances: OnAllowances | None = None
    telemetry: bool = False


def open_provider(door: Door) -> AnthropicModel:
    """The model behind a door; raises SettingError where a part of it is missing or wrong."""
    return AnthropicModel(
        door.key or NO_KEY,
        door.base_url or None,
        timeout=door.timeout,
        connections=door.connections,
        server=door.server,
        stream=door.stream,
        on_allowances=door.on_allowances,
        telemetry=door.telemetry,
        access=None if door.provider == ANTHROPIC else _cloud(door),
    )


def _cloud(door: Door) -> Access:
    if door.base_url:
        place_of(door.base_url)
    name = _NAMES[door.provider]
    place = Place(
        name,
        door.key,
        remedy=f"sign in to {name} with its own tools, then go on",
        advice="check the settings region, project and base_url",
        cloud=True,
    )
    opens = {"bedrock": _bedrock, "vertex": _vertex, "foundry": _foundry}[door.provider]
    return Access(place, PROFILES[door.provider], partial(opens, door))


def _bedrock(door: Door, http: httpx2.Client) -> Client:
    import anthropic  # noqa: PLC0415 - costs a second, loaded with the first call

    client = anthropic.AnthropicBedrock(
        aws_region=door.region or None,
        api_key=door.key or None,
        base_url=door.base_url or None,
        max_retries=0,
        open_telemetry=spans(door.telemetry),
        http_client=http,
    )
    # An API key of Bedrock, of the environment too, needs no signature.
    if client.api_key is None:
        _needs("boto3", door, "anthropic[bedrock]")
    return client


def _vertex(door: Door, http: httpx2.Client) -> Client:
    import anthropic  # noqa: PLC0415 - as in _bedrock

    if not door.key:
        _needs("google.auth", door, "anthropic[vertex]")
    client = anthropic.AnthropicVertex(
        region=door.region or anthropic.not_given,
        project_id=door.project or anthropic.not_given,
        access_token=door.key or None,
        base_url=door.base_url or None,
        max_retries=0,
        open_telemetry=spans(door.telemetry),
        http_client=http,
    )
    if door.key and not client.project_id:
        raise SettingError(f"{_NAMES[door.provider]} needs a project; name it with `project`.")
    return client


def _foundry(door: Door, http: httpx2.Client) -> Client:
    import anthropic  # noqa: PLC0415 - as in _bedrock

    opens = partial(
        anthropic.AnthropicFoundry,
        max_retries=0,
        open_telemetry=spans(door.telemetry),
        http_client=http,
        **_foundry_address(door),
    )
    if door.key:
        return opens(api_key=door.key)
    try:
        # With the key of the environment, if there is one.
        return opens()
    except anthropic.AnthropicError:
        _needs("azure.identity", door, "azure-identity")
    # By name, since it is no dependency of Tickmark.
    azure = import_module("azure.identity")
    tokens = azure.get_bearer_token_provider(azure.DefaultAzureCredential(), _AZURE_SCOPE)
    return opens(azure_ad_token_provider=tokens)


def _foundry_address(door: Door) -> dict[str, Any]:
    if door.base_url:
        return {"base_url": door.base_url}
    return {"resource": door.project} if door.project else {}


def _needs(module: str, door: Door, package: str) -> None:
    """Raise SettingError where a library that finds credentials is not installed."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise SettingError(
            f"{_NAMES[door.provider]} needs a package that is not installed, unless a key of its "
            f"own is given; install it with `pip install '{package}'`."
        )
