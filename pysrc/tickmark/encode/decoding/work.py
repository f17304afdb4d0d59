"""How many cells a decoded text may list, so that a few characters cannot fill the memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tickmark.errors import EncodingError

MOST_CELLS: Final = 20_000_000


@dataclass(slots=True)
class Work:
    """What is left of the cells that one text may list; shared by all of its sheets."""

    left: int = MOST_CELLS

    def spend(self, cells: int) -> None:
        """Count cells in; raises EncodingError where they are too many."""
        self.left -= cells
        if self.left < 0:
            raise EncodingError(f"the text lists more than {MOST_CELLS:,} cells.")
