"""The server as the benchmark sees it: a process that is started, set anew and asked."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.engine_load.load import Load

SCRIPT = Path(__file__).with_name("server.py")
SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Loopback:
    """A running server at `url`."""

    url: str

    def reset(self, load: Load) -> None:
        """Begin anew with another load; to be called while nobody asks."""
        self._fetched("/reset", json.dumps(load.told()).encode())

    def stats(self) -> dict[str, Any]:
        """What came since the last reset."""
        return self._fetched("/stats")

    def asks(self) -> dict[str, int]:
        """How often each question was let through, by the SHA-256 of its text."""
        return self._fetched("/asks")

    def _fetched(self, path: str, body: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, data=body, timeout=SECONDS) as response:
            return json.load(response)


@contextmanager
def loopback() -> Iterator[Loopback]:
    """A server in a process of its own, until the block ends."""
    command = [sys.executable, str(SCRIPT)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - this very benchmark
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Loopback(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.stdin.close()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
