"""The doors of three clouds: the SDK's own clients, opened and sent through to the loopback."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import anthropic
import pytest

from tests.messages_api import KEY, Fault, MessagesApi
from tickmark.errors import ModelBusy, ModelDenied, SettingError
from tickmark.llm.model import Prompt
from tickmark.llm.prices import worst_usage
from tickmark.llm.providers.batches import AnthropicBatches
from tickmark.llm.providers.door import Door, open_provider

PROMPT = Prompt("claude-sonnet-5-5", "constant", "Why?")
BEDROCK = Door("bedrock", KEY, region="eu-central-1")
VERTEX = Door("vertex", KEY, region="europe-west1", project="my-project")
FOUNDRY = Door("foundry", KEY, project="my-resource")
DOORS = (BEDROCK, VERTEX, FOUNDRY)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials or places of the machine's own."""
    for name in list(os.environ):  # noqa: TID251 - what the SDK would read
        if name.startswith(("AWS_", "ANTHROPIC_", "CLOUD_ML_", "GOOGLE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    with MessagesApi(lambda _: "Hello.") as api:
        yield api


def through(api: MessagesApi, door: Door) -> Door:
    """The same door, leading to the loopback."""
    place = {"vertex": f"{api.url}/v1", "foundry": f"{api.url}/anthropic"}
    return replace(door, base_url=place.get(door.provider, api.url))


@pytest.mark.parametrize(
    ("door", "kind", "url"),
    [
        (
            BEDROCK,
            anthropic.AnthropicBedrock,
            "https://bedrock-runtime.eu-central-1.amazonaws.com/",
        ),
        (VERTEX, anthropic.AnthropicVertex, "https://europe-west1-aiplatform.googleapis.com/v1/"),
        (
            FOUNDRY,
            anthropic.AnthropicFoundry,
            "https://my-resource.services.ai.azure.com/anthropic/",
        ),
        (Door(key=KEY), anthropic.Anthropic, "https://api.anthropic.com"),
    ],
)
def test_each_door_is_a_client_of_the_sdk_at_its_own_address(
    door: Door, kind: type, url: str
) -> None:
    model = open_provider(door)
    client = model.wire.open()
    model.close()

    assert type(client) is kind
    assert str(client.base_url).rstrip("/") == url.rstrip("/")
    assert client.max_retries == 0
    assert KEY not in repr(model) + repr(door)


@pytest.mark.parametrize(
    ("door", "path", "header"),
    [
        (BEDROCK, "/model/claude-sonnet-5-5/invoke", "authorization"),
        (
            VERTEX,
            (
                "/v1/projects/my-project/locations/europe-west1/publishers/anthropic/models/"
                "claude-sonnet-5-5:rawPredict"
            ),
            "authorization",
        ),
        (FOUNDRY, "/anthropic/v1/messages", "x-api-key"),
    ],
)
def test_a_question_goes_through_each_door(
    api: MessagesApi, door: Door, path: str, header: str
) -> None:
    model = open_provider(through(api, door))
    reply = model.complete(PROMPT)
    model.close()

    (request,) = api.seen
    assert (reply.text, reply.usage.calls) == ("Hello.", 1)
    assert request.path == path
    assert request.headers[header].removeprefix("Bearer ") == KEY


@pytest.mark.parametrize(
    ("door", "path"),
    [
        (BEDROCK, "/model/claude-sonnet-5-5/invoke"),
        (
            VERTEX,
            (
                "/v1/projects/my-project/locations/europe-west1/publishers/anthropic/models/"
                "claude-sonnet-5-5:streamRawPredict"
            ),
        ),
        (FOUNDRY, "/anthropic/v1/messages"),
    ],
)
def test_long_answers_are_streamed_where_that_can_be_read(
    api: MessagesApi, door: Door, path: str
) -> None:
    model = open_provider(replace(through(api, door), stream=True))
    reply = model.complete(PROMPT)
    model.close()

    assert reply.text == "Hello."
    assert (reply.first_token is None) == (door is BEDROCK)
    assert api.seen[0].path == path


@pytest.mark.parametrize("door", DOORS)
def test_a_refused_key_and_a_busy_cloud_are_told_apart(api: MessagesApi, door: Door) -> None:
    api.faults.extend([Fault(429, headers={"retry-after": "9"}), Fault(403, f"no {KEY}")])
    model = open_provider(through(api, door))
    with pytest.raises(ModelBusy) as busy:
        model.complete(PROMPT)
    with pytest.raises(ModelDenied) as denied:
        model.complete(PROMPT)
    model.close()

    assert busy.value.retry_after == 9.0
    assert "refuses the credentials: no [key]" in str(denied.value)
    assert "tickmark key set" not in str(denied.value)
    assert (denied.value.__cause__, denied.value.__context__) == (None, None)


@pytest.mark.parametrize("door", DOORS)
def test_clouds_have_no_batches_and_no_free_check(api: MessagesApi, door: Door) -> None:
    model = open_provider(through(api, door))
    model.check()
    with pytest.raises(SettingError, match="has no message batches"):
        AnthropicBatches(model)
    model.close()

    assert api.seen == []


def test_tokens_are_counted_where_the_cloud_counts_them(api: MessagesApi) -> None:
    counted = []
    for door in DOORS:
        model = open_provider(through(api, door))
        counted.append(model.count(PROMPT))
        model.close()

    assert counted == [worst_usage(PROMPT).input_tokens, 3, 3]
    assert len(api.seen) == 2


@pytest.mark.parametrize(
    ("door", "module", "package"),
    [
        (replace(BEDROCK, key=""), "boto3", "anthropic[bedrock]"),
        (replace(VERTEX, key=""), "google.auth", "anthropic[vertex]"),
        (replace(FOUNDRY, key=""), "azure.identity", "azure-identity"),
    ],
)
def test_a_missing_package_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, door: Door, module: str, package: str
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "tickmark.llm.providers.door.find_spec",
        lambda name: None if name == module else found(name),
    )
    with pytest.raises(SettingError) as caught:
        open_provider(door).complete(PROMPT)

    assert f"`pip install '{package}'`" in str(caught.value)
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)


@pytest.mark.parametrize(
    ("door", "complaint"),
    [
        (replace(BEDROCK, region=""), "No AWS region was provided"),
        (replace(VERTEX, region=""), "No region was given"),
        (replace(VERTEX, project=""), "needs a project"),
        (replace(FOUNDRY, project=""), "Must provide one of the `base_url` or `resource`"),
    ],
)
def test_a_missing_setting_is_named(door: Door, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint):
        open_provider(door).complete(PROMPT)


@pytest.mark.parametrize("provider", ["anthropic", "bedrock", "vertex", "foundry"])
def test_a_base_url_that_is_none_is_refused_at_once(provider: str) -> None:
    with pytest.raises(SettingError, match="base URL"):
        open_provider(Door(provider, KEY, base_url="localhost"))


def test_a_cloud_whose_credentials_fail_says_so_without_quoting_them(api: MessagesApi) -> None:
    class NoCredentialsError(Exception):
        """As the libraries of clouds raise them."""

    def sign(_: object) -> None:
        raise NoCredentialsError(KEY)

    model = open_provider(through(api, BEDROCK))
    model.wire.open()._prepare_request = sign  # type: ignore[method-assign, assignment]  # noqa: SLF001 - where the SDK signs
    with pytest.raises(ModelDenied) as caught:
        model.complete(PROMPT)
    model.close()

    assert "credentials are missing or refused (NoCredentialsError)" in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_key_that_the_sdk_finds_by_itself_is_in_no_error(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", KEY)
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_API_KEY", KEY)
    for door in (BEDROCK, FOUNDRY):
        api.faults.append(Fault(403, f"no {KEY}"))
        model = open_provider(replace(through(api, door), key=""))
        with pytest.raises(ModelDenied) as caught:
            model.complete(PROMPT)
        assert model.complete(PROMPT).text == "Hello."
        model.close()
        assert KEY not in str(caught.value)


def test_foundry_asks_azure_for_its_token(
    api: MessagesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    azure = ModuleType("azure.identity")
    azure.DefaultAzureCredential = object  # type: ignore[attr-defined]
    azure.get_bearer_token_provider = lambda *_: lambda: KEY  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "azure", ModuleType("azure"))
    monkeypatch.setitem(sys.modules, "azure.identity", azure)
    monkeypatch.setattr("tickmark.llm.providers.door.find_spec", lambda _: object())
    model = open_provider(replace(through(api, FOUNDRY), key=""))
    reply = model.complete(PROMPT)
    model.close()

    assert reply.text == "Hello."
    assert api.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_that_asks_for_no_key_gets_none(api: MessagesApi) -> None:
    api.key = "none"
    model = open_provider(Door(base_url=api.url))
    assert model.complete(PROMPT).text == "Hello."
    model.close()
