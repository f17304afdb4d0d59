"""The exact cells of a range, for a second and closer reading than an encoding gives."""

from __future__ import annotations

from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.excerpt import excerpt
from tickmark.encode.sheet import Tokens, encode_sheet
from tickmark.encode.source import Source
from tickmark.model.address import RangeRef


def expand(
    source: Source, area: RangeRef, *, tokens: Tokens, budget: int | None = None
) -> Encoding:
    """The cells of a range without loss, counted by `tokens`; as much as a `budget` allows.

    The text is that of a sheet that has no other cells: its used range is that of these cells.
    Raises AddressError where the range is one of another sheet.
    """
    part = excerpt(source, area)
    return encode_sheet(part, tokens=tokens, budget=budget, level=Level.LOSSLESS)
