"""The Messages API on loopback, for load: a plain asyncio protocol, some 0.1 ms a request.

Run as a process of its own; it prints its port and ends with its standard input or after `LIFE`
seconds. `POST /reset` takes a Load as JSON, `GET /stats` tells what came, `GET /asks` how often
each question came, by the SHA-256 of its text.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.benchmarks.engine_load import wire
from tests.benchmarks.engine_load.bucket import Bucket
from tests.benchmarks.engine_load.load import Load, answer_to, name_of

LIFE = 3600.0
HOST = "127.0.0.1"
UNLIMITED = 60_000_000
"""What the headers say of a limit that is none."""

KINDS = {"requests": "rpm", "input-tokens": "itpm", "output-tokens": "otpm"}


@dataclass(slots=True)
class Served:
    """What came and went since the last reset; times are in seconds since then.

    `taken` has time, input and output tokens of what was let through, `done` those of what was
    answered in whole; `fresh` is when the last question came that had never come before.
    """

    requests: int = 0
    limited: int = 0
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    fresh: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)
    taken: list[tuple[float, int, int]] = field(default_factory=list)
    done: list[tuple[float, int, int]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "answered": len(self.done),
            "limited": self.limited,
            "connections": self.connections,
            "most_in_flight": self.most_in_flight,
            "fresh": self.fresh,
            "faults": dict(self.faults),
            "questions": len(self.asks),
            "taken": self.taken,
            "done": self.done,
        }


class Service:
    """The state that all connections share."""

    def __init__(self) -> None:
        self.reset(Load())

    def reset(self, load: Load) -> None:
        self.load = load
        self.begun = now = time.monotonic()
        self.served = Served()
        self.buckets = {
            kind: Bucket.full(limit, load.burst, now)
            for kind, name in KINDS.items()
            if (limit := getattr(load, name))
        }

    def admit(self, question: wire.Asked) -> float:
        """Take a request from its limits; where one has no room, the seconds until it has."""
        now = time.monotonic()
        wants = {
            "requests": 1.0,
            "input-tokens": question.input_tokens,
            "output-tokens": question.max_tokens if self.load.reserves else 1.0,
        }
        wait = max((one.lacks(wants[kind], now) for kind, one in self.buckets.items()), default=0.0)
        if not wait:
            for kind, bucket in self.buckets.items():
                if kind != "output-tokens" or self.load.reserves:
                    bucket.take(wants[kind], now)
        return wait

    def settle(self, question: wire.Asked, output_tokens: int) -> None:
        """Take what was written from the limit of output, or give back the rest."""
        bucket = self.buckets.get("output-tokens")
        if bucket is not None:
            reserved = question.max_tokens if self.load.reserves else 0
            bucket.take(output_tokens - reserved, time.monotonic())

    def headers(self) -> list[bytes]:
        """The request's number and what is left of the limits, as the provider tells it."""
        now, today = time.monotonic(), datetime.now(UTC)
        lines = [f"request-id: req_{self.served.requests}"]
        for kind, name in KINDS.items():
            bucket = self.buckets.get(kind)
            limit = getattr(self.load, name) or UNLIMITED
            left = limit if bucket is None else max(0, int(bucket.level))
            seconds = 0 if bucket is None else ceil(bucket.whole(now))
            reset = f"{today + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
            start = f"anthropic-ratelimit-{kind}"
            lines += [
                f"{start}-limit: {limit:.0f}",
                f"{start}-remaining: {left:.0f}",
                f"{start}-reset: {reset}",
            ]
        return [line.encode() for line in lines]

    def stats(self) -> bytes:
        return json.dumps(self.served.told()).encode()


class Connection(asyncio.Protocol):
    """One connection: requests in turn, each answered when its time has come."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._service.served.connections += 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (found := self._request()) is not None:
            self._handle(*found)

    def _request(self) -> tuple[bytes, bytes, bytes] | None:
        """The next whole request: its path, its head in lower case, its body."""
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self._received[:end])
        lower = head.lower()
        _, found, rest = lower.partition(b"content-length:")
        size = int(rest.partition(b"\r\n")[0]) if found else 0
        if len(self._received) < end + 4 + size:
            return None
        body = bytes(self._received[end + 4 : end + 4 + size])
        del self._received[: end + 4 + size]
        return head.split(b" ", 2)[1].partition(b"?")[0], lower, body

    def _handle(self, path: bytes, head: bytes, body: bytes) -> None:
        service = self._service
        if path == b"/v1/messages":
            self._ask(head, body)
        elif path == b"/stats":
            self._send(wire.response(200, service.stats()))
        elif path == b"/asks":
            self._send(wire.response(200, json.dumps(service.served.asks).encode()))
        elif path == b"/reset":
            service.reset(Load(**json.loads(body or b"{}")))
            self._send(wire.response(200, b"{}"))
        else:
            self._refuse(404, "not found")

    def _ask(self, head: bytes, body: bytes) -> None:
        service, served = self._service, self._service.served
        served.requests += 1
        if b"\r\nauthorization: bearer " not in head and b"\r\nx-api-key:" not in head:
            self._refuse(401, "no key")
            return
        try:
            question = wire.asked(body)
        except (ValueError, KeyError, TypeError, IndexError):
            question = None
        if question is None or b"\r\nanthropic-version:" not in head:
            self._refuse(400, "not a request for a message")
            return
        wait = service.admit(question)
        if wait:
            served.limited += 1
            self._refuse(429, "the rate limit is reached", b"retry-after: %d" % ceil(wait))
            return
        self._take(question)

    def _take(self, question: wire.Asked) -> None:
        """Answer a request that was let through, or fail as it was drawn."""
        service, served = self._service, self._service.served
        since = time.monotonic() - service.begun
        digest = sha256(question.user.encode()).hexdigest()
        if digest not in served.asks:
            served.fresh = since
        served.asks[digest] += 1
        name = name_of(question.user)
        output = service.load.output_tokens(name)
        served.taken.append((since, question.input_tokens, output))
        fault = service.load.fault(name, served.asks[digest])
        if fault:
            served.faults[fault] += 1
        if fault == "overloaded":
            service.settle(question, 0)
            self._refuse(529, "Overloaded")
            return
        served.in_flight += 1
        served.most_in_flight = max(served.most_in_flight, served.in_flight)
        seconds = service.load.seconds(name)
        text = answer_to(question.user, service.load.answer_bytes)
        answer = wire.message(question, text, output, served.requests)
        later = asyncio.get_running_loop().call_later
        if fault == "dropped":
            later(seconds / 2, self._end, served, question, 0)
        elif question.stream:
            self._stream(answer, seconds, question, cut=fault == "cut")
        else:
            later(seconds, self._reply, served, question, answer, fault == "cut")

    def _reply(
        self, served: Served, question: wire.Asked, answer: dict[str, Any], cut: bool
    ) -> None:
        self._settled(served, question, answer, cut=cut)
        whole = wire.response(200, json.dumps(answer).encode(), self._service.headers())
        if cut:
            self._send(whole[: len(whole) * 3 // 4])
            self._close()
            return
        self._send(whole)

    def _stream(
        self, answer: dict[str, Any], seconds: float, question: wire.Asked, *, cut: bool
    ) -> None:
        """The pieces at even distances from the first one to the end of the latency."""
        served, later = self._service.served, asyncio.get_running_loop().call_later
        parts = wire.pieces(answer)
        first = seconds * self._service.load.first
        step = (seconds - first) / (len(parts) - 1)
        later(first, self._send, wire.stream_head(self._service.headers()) + parts[0])
        for number, part in enumerate(parts[1:-1], 1):
            later(first + number * step, self._send, part)
        later(seconds, self._finish, served, question, answer, b"" if cut else parts[-1])

    def _finish(
        self, served: Served, question: wire.Asked, answer: dict[str, Any], last: bytes
    ) -> None:
        self._settled(served, question, answer, cut=not last)
        if not last:
            self._close()
            return
        self._send(last + wire.LAST_CHUNK)

    def _settled(
        self, served: Served, question: wire.Asked, answer: dict[str, Any], *, cut: bool
    ) -> None:
        """The end of an answer that was written, whether it arrives or not."""
        output = answer["usage"]["output_tokens"]
        served.in_flight -= 1
        if not cut:
            since = time.monotonic() - self._service.begun
            served.done.append((since, question.input_tokens, output))
        self._service.settle(question, output)

    def _end(self, served: Served, question: wire.Asked, output: int) -> None:
        served.in_flight -= 1
        self._service.settle(question, output)
        self._close()

    def _refuse(self, status: int, why: str, *headers: bytes) -> None:
        headers = (*self._service.headers(), *headers)
        self._send(wire.response(status, wire.error(status, why), headers))

    def _send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        if not self._transport.is_closing():
            self._transport.close()


async def serve() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    service = Service()
    server = await loop.create_server(lambda: Connection(service), HOST, 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    closed = asyncio.Event()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=wait_for_end, daemon=True).start()
    with suppress(TimeoutError):
        await asyncio.wait_for(closed.wait(), LIFE)
    server.close()


def main() -> None:
    """Serve with uvloop where it is there."""
    try:
        import uvloop  # noqa: PLC0415 - not on Windows, nor where the tests run
    except ImportError:
        asyncio.run(serve())
    else:
        uvloop.run(serve())


if __name__ == "__main__":
    main()
