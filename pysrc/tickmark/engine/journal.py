"""The journal of a run: every answer on disk before it is used, so that no kill loses one."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tickmark.engine.journal_content import JournalContent, JournaledBatch
from tickmark.engine.journal_lines import (
    NONE_ENDED,
    Answered,
    Closed,
    Collected,
    Ended,
    OfNewerVersion,
    Opened,
    Paid,
    Record,
    Sent,
    Submitted,
    Submitting,
    Unanswered,
    Withdrawn,
    line_of,
    may_be_torn_opening,
    openings,
    record_of,
)
from tickmark.errors import InputError, ModelError, WriteRefused
from tickmark.llm.model import Reply
from tickmark.llm.processes import lives, process_start
from tickmark.llm.ranked_lock import Rank, RankedLock
from tickmark.model.usage import Usage

__all__ = ["Journal", "JournaledBatch", "private_file"]

SYNC_SECONDS: Final = 1.0
"""A power cut takes at most what was written in so many seconds."""

LINES_NAMED: Final = 5

# The openings of this process, by name.
_OURS: Final[set[str]] = set()


def private_file(path: Path) -> FileIO:
    """A file for appending, made where it is missing, that only its owner may read."""
    file = FileIO(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600))
    with suppress(OSError):
        path.chmod(0o600)
    return file


class Journal:
    """A file with one record a line, appended to; safe for many threads of one process.

    An existing file is continued. It belongs to one living process at a time: a second one gets
    WriteRefused, as where it cannot be opened; a file of another kind raises InputError. An append
    is with the system when it returns, so that a killed process loses nothing; `fsync` follows at
    most `sync_seconds` later in a thread of its own and in `close`. Damaged lines are skipped and
    named in `warning` ("" while all is well); a last line that a kill tore is not missed.

    No append raises. Where the file cannot be written, records stay in memory, are found there and
    are written as soon as that works again; until then `check` raises WriteRefused. The file is
    readable by its owner only and holds answers and hashes, no prompts. Used as a context manager.
    """

    def __init__(
        self,
        path: Path,
        *,
        sync_seconds: float = SYNC_SECONDS,
        opener: Callable[[Path], FileIO] = private_file,
        fsync: Callable[[int], None] = os.fsync,
    ) -> None:
        self._path = path
        self._fsync = fsync
        self._lock = RankedLock(Rank.JOURNAL)
        self._content = JournalContent()
        self._used: set[bytes] = set()
        self._damaged: list[int] = []
        self._unwritten = b""
        self._fault = ""
        self._unsynced = ""
        self._lost = False
        self._name = secrets.token_hex(8)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._occupy(opener)
            self._sync_folder()
        except OSError as error:
            raise WriteRefused(
                f"The journal at {path} cannot be written ({_said(error)}); name another folder, "
                "or see to this one."
            ) from error
        self._dirty = threading.Event()
        self._closing = threading.Event()
        # A daemon: a run that dies of a bug does not wait for it.
        self._syncing = threading.Thread(
            target=self._keep_synced, args=(sync_seconds,), name="tickmark-journal", daemon=True
        )
        self._syncing.start()

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    @property
    def usage(self) -> Usage:
        """What all calls of the run cost so far, those before it was resumed too."""
        with self._lock:
            return self._content.usage

    @property
    def content(self) -> JournalContent:
        """All that it holds; not to be changed."""
        return self._content

    @property
    def warning(self) -> str:
        """One sentence on lines that were damaged, or could not be written, else ""."""
        if self._lost:
            return (
                f"The journal at {self._path} lacks the last answers ({self._fault}); a resumed "
                "run asks for them again."
            )
        if not self._damaged:
            return ""
        named = ", ".join(f"{number:,}" for number in self._damaged[:LINES_NAMED])
        more = len(self._damaged) - LINES_NAMED
        return (
            f"The journal at {self._path} is damaged in line {named}"
            f"{f' and {more:,} more' if more > 0 else ''}; what stood there is asked again, and "
            "what it cost is not counted."
        )

    def __len__(self) -> int:
        return len(self._content.replies)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get(self, key: bytes) -> Reply | None:
        """The answer to the prompt of this content key, with the usage that it had."""
        return self._content.replies.get(key)

    def use(self, key: bytes) -> bool:
        """Note that an answer is used; whether it is the first time in this process."""
        with self._lock:
            first = key not in self._used
            self._used.add(key)
            return first

    def batches(self) -> tuple[JournaledBatch, ...]:
        """The batches that were handed in and not collected yet, in their order."""
        with self._lock:
            return tuple(self._content.open.values())

    @property
    def batched(self) -> bool:
        """Whether questions of the run went out in batches."""
        return self._content.batched

    @property
    def submitting(self) -> Submitting | None:
        """A batch of which nobody knows whether it was handed in, since the process died then."""
        return self._content.submitting

    @property
    def failures(self) -> dict[bytes, ModelError]:
        """Why questions of batches failed for good, by their keys."""
        with self._lock:
            return dict(self._content.failures)

    def begin_again(self) -> None:
        """Let every answer count as not used yet, for the next part of a run in one process."""
        with self._lock:
            self._used.clear()

    def sent(self, call: int, usd: float) -> None:
        """Write that a call of this number is about to be sent, and the most that it can cost."""
        self._append(Sent(call, usd))

    def append(self, key: bytes, reply: Reply, ended: Ended = NONE_ENDED) -> None:
        """Write an answer, and what calls it took; to be called before it is used."""
        self._append(Answered(key, reply, ended))

    def paid(self, key: bytes, usage: Usage, ended: Ended = NONE_ENDED) -> None:
        """Write what calls cost that gave no usable answer."""
        self._append(Paid(key, usage, ended))

    def unanswered(self, key: bytes, error: ModelError) -> None:
        """Write that a question of a batch failed for good, and its cost."""
        self._append(Unanswered(key, error))

    def about_to_submit(self, keys: Iterable[bytes], usd: float, model: str, *, at: float) -> None:
        """Write that a batch is about to be handed in, at so many seconds since 1970."""
        self._append(Submitting(tuple(keys), usd, model, at))

    def withdrawn(self) -> None:
        """Write that this batch never reached the provider."""
        self._append(Withdrawn())

    def submitted(self, batch: str, keys: Iterable[bytes], usd: float, model: str) -> None:
        """Write that a batch was handed in, and what was set aside for it."""
        self._append(Submitted(batch, tuple(keys), usd, model))

    def collected(self, batch: str) -> None:
        """Write that all answers of a batch are in the journal, or that none will come."""
        self._append(Collected(batch))

    def check(self) -> None:
        """Raise WriteRefused while the journal cannot be written: nothing more may be paid."""
        if not self._fault and not self._unsynced:
            return
        with self._lock:
            self._push()
        if self._unsynced and not self._fault:
            self._sync()
        why = self._fault or self._unsynced
        if why:
            raise WriteRefused(
                f"The journal at {self._path} cannot be written ({why}); make room and resume with "
                "--resume."
            )

    def discard(self) -> None:
        """Close the journal and remove its file: nothing in it is needed any more."""
        # Before another process can have it; Windows removes no open file, and none of others.
        try:
            self._path.unlink()
        except OSError:
            self.close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        else:
            self.close()

    def close(self) -> None:
        """Write all that is left and let go of the file."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._dirty.set()
        self._syncing.join()
        with self._lock:
            self._push()
            self._lost = bool(self._unwritten)
            self._say_closed()
        self._sync()
        self._let_go()

    def _append(self, record: Record) -> None:
        line = line_of(record)
        with self._lock:
            self._content.take(record)
            self._unwritten += line
            self._push()
        if not self._dirty.is_set():
            self._dirty.set()

    def _push(self) -> None:
        """Hand to the system what it takes; the rest of a line follows where it was cut."""
        try:
            while self._unwritten:
                count = self._file.write(self._unwritten)
                self._unwritten = self._unwritten[count:]
            self._fault = ""
        except (OSError, ValueError) as error:
            self._fault = _said(error)

    def _keep_synced(self, seconds: float) -> None:
        while True:
            self._dirty.wait()
            if self._closing.wait(seconds):
                return
            self._dirty.clear()
            # Its end may have been told by what was just cleared; closing syncs what is left.
            if self._closing.is_set():
                return
            self._sync()

    def _sync(self) -> None:
        try:
            self._fsync(self._file.fileno())
            self._unsynced = ""
        except (OSError, ValueError) as error:
            self._unsynced = _said(error)

    def _sync_folder(self) -> None:
        """A new file is there after a power cut only if its folder says so."""
        if hasattr(os, "O_DIRECTORY"):
            with suppress(OSError):
                folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    self._fsync(folder)
                finally:
                    os.close(folder)

    def _occupy(self, opener: Callable[[Path], FileIO]) -> None:
        """Take the file for this process and read it.

        Who wants it says so in a line of its own; the first of the living has it. That needs no
        second file, and what a dead process left behind is in nobody's way.
        """
        torn = False
        if self._path.exists():
            torn = self._checked_end()
            self._refuse_if_taken()
        self._file = opener(self._path)
        _OURS.add(self._name)
        try:
            pid = os.getpid()
            opened = Opened(self._name, pid, process_start(pid))
            self._write_now(b"\n" * torn + line_of(opened))
            self._refuse_if_taken()
            self._read()
        except BaseException:
            self._say_closed()
            self._let_go()
            raise

    def _say_closed(self) -> None:
        if not self._unwritten:
            self._unwritten = line_of(Closed(self._name))
            self._push()

    def _let_go(self) -> None:
        _OURS.discard(self._name)
        with suppress(OSError):
            self._file.close()

    def _write_now(self, line: bytes) -> None:
        while line:
            line = line[self._file.write(line) :]

    def _checked_end(self) -> bool:
        """Whether the last line has no end; raises InputError where the file is no journal."""
        first = last = b""
        with self._path.open("rb") as lines:
            known = False
            for last in lines:
                first = first or last
                known = known or record_of(last) is not None
        if first and not known and not may_be_torn_opening(first):
            raise InputError(
                f"{self._path} is no journal of a run; name the folder of the run to resume."
            )
        return bool(last) and not last.endswith(b"\n")

    def _refuse_if_taken(self) -> None:
        """Raise WriteRefused where a living process opened the file before this one did."""
        with self._path.open("rb") as lines:
            for opened in openings(lines):
                if opened.name == self._name:
                    return
                ours = opened.pid == os.getpid()
                if opened.name in _OURS if ours else lives(opened.pid, opened.started):
                    raise WriteRefused(
                        f"The journal at {self._path} is being written by another run (process "
                        f"{opened.pid}); wait until that one has ended."
                    )

    def _read(self) -> None:
        """Take in all records."""
        damaged = 0
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                record = record_of(line)
                if isinstance(record, OfNewerVersion):
                    raise InputError(
                        f"The journal at {self._path} was written by a newer version of Tickmark; "
                        "resume the run with that one."
                    )
                # Right before an opening stands what a kill tore.
                if damaged and not isinstance(record, Opened):
                    self._damaged.append(damaged)
                damaged = number if record is None else 0
                if record is not None:
                    self._content.take(record)


def _said(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
