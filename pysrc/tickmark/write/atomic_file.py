"""A file that appears whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(target: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A temporary file beside the target: path and open stream, for reading and writing.

    It takes the target's place when the block ends well, flushed to the disk, and is removed when
    the block fails. Raises OSError.
    """
    temporary = target.with_name(f".tickmark-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb+") as stream:
            yield temporary, stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
