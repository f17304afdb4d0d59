"""LibreOffice as a converter of old formats, each file once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Office:
    """A LibreOffice: the folder of its programs, and the private folder of converted files."""

    program: Path
    converted: Path
