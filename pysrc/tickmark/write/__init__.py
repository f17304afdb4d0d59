"""Edits into copies of workbooks; every other part stays byte for byte."""

from __future__ import annotations

from tickmark.write.analysed import PATCHABLE, write_analysed
from tickmark.write.companion import write_companion

__all__ = ["PATCHABLE", "write_analysed", "write_companion"]
