"""Many prompts at once for half the price, answered within a day: message batches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tickmark.errors import ModelBusy, ModelDenied, ModelError, RequestInvalid, SettingError
from tickmark.llm.batch_model import MOST_BYTES, MOST_PROMPTS, BatchState, ListedBatch
from tickmark.llm.model import Prompt, Reply
from tickmark.llm.providers.anthropic import AnthropicModel
from tickmark.llm.providers.message import is_message, reply_of
from tickmark.llm.providers.refusal import Refusal
from tickmark.llm.providers.request import encodable, request_body

if TYPE_CHECKING:
    import httpx2

_BATCHES = "/v1/messages/batches"
_LISTED = 100
_OPENING = b'{"requests":['
_CLOSING = b"]}"


class AnthropicBatches:
    """The message batches of a provider, over its connections; a BatchModel.

    A prompt is sent as the provider sends it alone. Raises SettingError where the server has no
    batches.
    """

    def __init__(self, provider: AnthropicModel) -> None:
        self._provider = provider
        self._wire = provider.wire
        if not provider.profile("").batches:
            raise SettingError(
                f"{self._wire.place.name} has no message batches; run without --batch."
            )

    def submit(self, prompts: Mapping[str, Prompt]) -> str:
        """Hand in prompts by name; the id of the batch.

        Raises RequestInvalid for none, or more than a batch takes (llm/batch_model.py).
        """
        if not 0 < len(prompts) <= MOST_PROMPTS:
            raise RequestInvalid(
                f"A batch takes from 1 to {MOST_PROMPTS:,} prompts, not {len(prompts):,}; hand "
                "them in as several."
            )
        parts = [self._request(name, prompt) for name, prompt in prompts.items()]
        size = len(_OPENING) + sum(map(len, parts)) + len(parts) - 1 + len(_CLOSING)
        if size > MOST_BYTES:
            raise RequestInvalid(
                f"A batch takes {MOST_BYTES:,} bytes, not {size:,}; hand its prompts in as several."
            )
        body = b"".join((_OPENING, b",".join(parts), _CLOSING))
        return str(self._told(self._wire.post(_BATCHES, body))["id"])

    def state(self, batch: str) -> BatchState:
        """How far a batch is."""
        return _state(self._told(self._wire.get(_path(batch))))

    def recent(self) -> Sequence[ListedBatch]:
        """The up to 100 batches of the account that were handed in last; the newest first."""
        try:
            told = json.loads(self._wire.get(f"{_BATCHES}?limit={_LISTED}").content)
        except (ValueError, RecursionError):
            told = None
        rows = told.get("data") if isinstance(told, dict) else None
        if not isinstance(rows, list):
            raise self._wire.broken("answered with something that is no list", charged=False)
        found = (_listed(row) for row in rows if isinstance(row, dict))
        return [one for one in found if one is not None]

    def answers(self, batch: str) -> Iterator[tuple[str, Reply | ModelError]]:
        """The answers of an ended batch by name, in any order; usage in tokens, without prices.

        What was not asked in the end, or failed by overload, is ModelBusy: it can be asked again.
        Raises ModelUnreachable where the answers break off; they can be fetched again.
        """
        response = self._wire.get(f"{_path(batch)}/results", stream=True)
        failure: ModelError | None = None
        import httpx2  # noqa: PLC0415 - comes with the SDK

        lines = _lines(response.iter_bytes())
        try:
            while True:
                try:
                    line = next(lines, None)
                except httpx2.HTTPError as error:
                    failure, _ = self._wire.interrupted(error, None)
                    break
                if line is None:
                    break
                found = _result(line)
                if found is None:
                    failure = self._wire.broken("sent an answer of a batch that cannot be read")
                    break
                name, result = found
                yield name, self._outcome(result)
        finally:
            response.close()
        if failure is not None:
            # They are charged once, however often they are fetched.
            failure.perhaps_charged = False
            raise failure

    def cancel(self, batch: str) -> None:
        """Ask to end a batch; what is answered already is charged."""
        self._wire.post(f"{_path(batch)}/cancel", b"")

    def _request(self, name: str, prompt: Prompt) -> bytes:
        params = request_body(prompt, self._provider.profile(prompt.model))
        request = {"custom_id": name, "params": params}
        text = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
        try:
            return text.encode()
        except UnicodeEncodeError:
            return self._encoded(request)

    def _encoded(self, request: Mapping[str, Any]) -> bytes:
        return json.dumps(encodable(request), separators=(",", ":")).encode()

    def _told(self, response: httpx2.Response) -> dict[str, Any]:
        try:
            told = json.loads(response.content)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict) or not isinstance(told.get("id"), str):
            raise self._wire.broken(
                "answered with something that is no message batch", charged=False
            )
        return told

    def _outcome(self, result: Mapping[str, Any]) -> Reply | ModelError:
        kind = result.get("type")
        message = result.get("message")
        if kind == "succeeded" and isinstance(message, dict) and is_message(message):
            try:
                return reply_of(message)
            except ModelError as error:
                return error
        if kind == "errored":
            failure = Refusal.told(_error_of(result), {}).error(self._wire.place)
            return failure if isinstance(failure, ModelError) else ModelDenied(str(failure))
        if kind in {"expired", "canceled"}:
            what = "expired" if kind == "expired" else "was cancelled"
            return ModelBusy(f"The question {what} before the batch came to it; ask it again.")
        return self._wire.broken("answered a question of a batch with no message")


def _state(told: Mapping[str, Any]) -> BatchState:
    counts = told.get("request_counts")
    counts = counts if isinstance(counts, dict) else {}

    def total(*names: str) -> int:
        found = (counts.get(name) for name in names)
        return sum(count for count in found if isinstance(count, int))

    return BatchState(
        told.get("processing_status") == "ended",
        total("processing"),
        total("succeeded"),
        total("errored", "canceled", "expired"),
    )


def _listed(row: Mapping[str, Any]) -> ListedBatch | None:
    try:
        created = datetime.fromisoformat(str(row.get("created_at"))).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    state = _state(row)
    prompts = state.processing + state.succeeded + state.failed
    return ListedBatch(str(row.get("id", "")), created, prompts, state.ended)


def _path(batch: str) -> str:
    """The path of a batch; never that of a URL that a server names, which the key would go to."""
    return f"{_BATCHES}/{quote(batch, safe='')}"


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a body, without empty ones."""
    parts: list[bytes] = []
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for line in ended:
            parts.append(line)
            whole = b"".join(parts).strip()
            parts.clear()
            if whole:
                yield whole
        parts.append(rest)
    if last := b"".join(parts).strip():
        yield last


def _result(line: bytes) -> tuple[str, Mapping[str, Any]] | None:
    """The name and the result on a line; None where it is no such line."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("result"), dict):
        return None
    return str(told.get("custom_id", "")), told["result"]


def _error_of(result: Mapping[str, Any]) -> object:
    """The body of an error as it comes alone."""
    error = result.get("error")
    return error if isinstance(error, dict) and "error" in error else {"error": error}
