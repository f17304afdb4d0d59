"""What an office without a window says to its user, and what the user answers: two files."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Words between programs and an absent user, shared by all processes of a test run."""

    folder: Path

    def say(self, kind: str, text: str) -> None:
        """Notes a text that a user would see now, such as ("status", "Reading …")."""
        line = json.dumps([kind, text]) + "\n"
        descriptor = os.open(self._said, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())  # one write, so that processes do not mix
        finally:
            os.close(descriptor)

    def said(self, kind: str) -> list[str]:
        """All texts of a kind so far, the oldest first."""
        if not self._said.exists():
            return []
        lines = self._said.read_text(encoding="utf-8").splitlines()
        return [text for known, text in map(json.loads, lines) if known == kind]

    def will_answer(self, *answers: str | bool) -> None:
        """The answers of the user to the next questions; False is Cancel."""
        self._answers.write_text(json.dumps(answers), encoding="utf-8")

    def answer(self) -> str | bool:
        """The next answer; Cancel when no more are left."""
        waiting = json.loads(self._answers.read_text(encoding="utf-8") or "[]")
        if not waiting:
            return False
        first: str | bool = waiting[0]
        self.will_answer(*waiting[1:])
        return first

    def forget(self) -> None:
        """Starts afresh: nothing said, no answers."""
        self._said.unlink(missing_ok=True)
        self.will_answer()

    @property
    def _said(self) -> Path:
        return self.folder / "said.jsonl"

    @property
    def _answers(self) -> Path:
        return self.folder / "answers.json"
