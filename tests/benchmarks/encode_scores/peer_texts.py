"""Texts of the peers that are packages, written once and kept in the temporary folder."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.benchmarks.encode_scores.children import Found, Job, found_by
from tests.benchmarks.encode_scores.markdown_tables import markdown_text
from tests.benchmarks.encode_scores.o200k import o200k
from tests.benchmarks.encode_scores.sheetwise_text import sheetwise_text
from tests.benchmarks.formula_graph.measuring import peak

PEERS: dict[str, Callable[[Path], str]] = {
    "markitdown": markdown_text,
    "sheetwise": sheetwise_text,
}
SECONDS = 60.0
"""Seconds of the processor for one workbook."""

FOLDER = Path(tempfile.gettempdir()) / "tickmark-bench-encode"


def peer_found(job: Job) -> Found:
    """Tokens, seconds and memory of a peer on a workbook, and the file of its text.

    What was found once is not measured again, failures neither; the version of the package and the
    content of the workbook tell one time from another.
    """
    peer, name = job.arguments
    path = Path(name)
    try:
        number = version(peer)
    except PackageNotFoundError:
        return {"failed": "not installed"}
    own = hashlib.sha256(path.read_bytes())
    own.update(f"{peer} {number} {SECONDS} {path.suffix}".encode())
    kept = FOLDER / f"{own.hexdigest()[:32]}.json"
    if kept.is_file():
        found: Found = json.loads(kept.read_text(encoding="utf-8"))
        return found
    FOLDER.mkdir(exist_ok=True)
    text = kept.with_suffix(".txt")
    found = found_by(Job("peer", (peer, str(path), str(text)), SECONDS))
    kept.write_text(json.dumps(found), encoding="utf-8")
    return found


def peer_task(peer: str, path: str, target: str) -> Iterator[Found]:
    """The child's part: write the text and count it."""
    begun = time.process_time()
    text = PEERS[peer](Path(path))
    spent = time.process_time() - begun
    Path(target).write_text(text, encoding="utf-8", errors="replace")
    memory = peak()
    yield {"tokens": o200k(text), "cpu": spent, "mb": memory, "text": target}
