"""The kinds of cells as plain numbers.

Members of enumerations are slow to look up, and these are looked up for each box.
"""

from __future__ import annotations

from typing import Final

from tickmark.model.grid import CellKind

EMPTY: Final = int(CellKind.EMPTY)
NUMBER: Final = int(CellKind.NUMBER)
TEXT: Final = int(CellKind.TEXT)
ERROR: Final = int(CellKind.ERROR)
DATE: Final = int(CellKind.DATE)
