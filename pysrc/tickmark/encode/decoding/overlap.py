"""That no cell of a decoded sheet is told twice, nor as blank where another line fills it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from tickmark.encode.claim import Claim
from tickmark.encode.decoding.bands import Bands
from tickmark.encode.decoding.blanks import first_filled, parted
from tickmark.encode.decoding.cells import common, rectangles
from tickmark.encode.decoding.frontier import Labelled, first_clash
from tickmark.encode.decoding.header import Header
from tickmark.encode.decoding.work import Work
from tickmark.errors import EncodingError
from tickmark.model.address import RangeRef, cell_address


def check_apart(claims: Sequence[Claim], header: Header, work: Work) -> None:
    """Refuse claims that fill the same cell, or a hidden one; raises EncodingError.

    Several lists may say that a cell is blank, but then none may fill it. Nothing is said of the
    cells that a merged one covers.
    """
    filled: list[Labelled] = []
    blank: list[Labelled] = []
    for number, claim in enumerate(claims):
        if claim.values is not None and claim.formula is None:
            own, empty = parted(claim, work)
            blank += [(part, number) for part in empty]
        else:
            own = _told(claim, work)
        filled += [(part, number) for part in own]
    if header.hidden_rows or header.hidden_columns:
        _check_visible(filled, claims, header)
    clash = first_clash(filled)
    if clash is None and header.hidden_cells:
        _check_cells(filled, claims, header, work)
    if clash is None and blank:
        clash = first_filled(blank, filled, work)
    if clash is None:
        return
    (one, first), (other, second) = clash
    shared = common(one, other)
    lines = sorted((claims[first].line, claims[second].line))
    cell = cell_address(shared.top, shared.left)
    raise EncodingError(f"{cell} is told in line {lines[0]}, too.", line=lines[1])


def _told(claim: Claim, work: Work) -> tuple[RangeRef, ...]:
    """The cells that a claim tells alike, as rectangles."""
    if not claim.excepted:
        return claim.areas
    try:
        parts = rectangles(claim.areas, claim.excepted, work)
    except EncodingError as error:
        raise EncodingError(error.reason, line=claim.line) from error
    if not parts:
        raise EncodingError("no cell is left of the areas.", line=claim.line)
    return parts


def _check_visible(told: Sequence[Labelled], claims: Sequence[Claim], header: Header) -> None:
    for area, number in told:
        if _meets(header.hidden_rows, area.top, area.bottom) or _meets(
            header.hidden_columns, area.left, area.right
        ):
            raise EncodingError(
                f"{area.a1} has cells that line {header.hidden_line} says are hidden.",
                line=claims[number].line,
            )


def _check_cells(
    told: Sequence[Labelled], claims: Sequence[Claim], header: Header, work: Work
) -> None:
    met = first_filled([(one, -1) for one in header.hidden_cells], told, work)
    if met is not None:
        (area, number), _ = met
        raise EncodingError(
            f"{area.a1} has cells that line {header.hidden_line} says are hidden.",
            line=claims[number].line,
        )


def _meets(bands: Bands, first: int, last: int) -> bool:
    at = bisect_left(bands, first, key=lambda band: band[1])
    return at < len(bands) and bands[at][0] <= last
