"""What of a box is header: rows at its top, columns at its left, rows inside its data."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.region import Edge, Reason
from tickmark.structure.regions.evidence import Evidence
from tickmark.structure.regions.header_crosstab import is_cross_tabulation
from tickmark.structure.regions.header_keys import key_columns_of
from tickmark.structure.regions.header_names import innermost, names_of
from tickmark.structure.regions.header_profile import profile_of
from tickmark.structure.regions.header_rows import header_rows_of
from tickmark.structure.regions.header_sections import repeated_headers_of, sections_of
from tickmark.structure.regions.raster import Box, Raster


@dataclass(frozen=True, slots=True)
class Header:
    """What of a box is header: counts of rows at its top and columns at its left.

    `sections` and `repeated` are rows of the raster inside the data: those that only name the rows
    below them, and those that write the header anew. `cross_tabulation` tells that the heads of the
    columns are values of one kind above one quantity.
    """

    rows: int = 0
    columns: int = 0
    sections: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    reasons: tuple[Reason, ...] = ()
    cross_tabulation: bool = False


def header_of(raster: Raster, box: Box, evidence: Evidence) -> Header:
    """The header of a box, none where nothing tells or where there is one row only.

    At least one row and one column are left for the data.
    """
    if box.height == 1:
        return Header()
    profile = profile_of(raster, box)
    rows = header_rows_of(profile, evidence)
    names = names_of(raster, box, rows.count)
    keys = key_columns_of(profile, rows.count, innermost(names), evidence)
    repeated = repeated_headers_of(raster, box, rows.count)
    reasons = [Reason(Edge.HEADER_ROWS, cue) for cue in rows.cues]
    if keys.cue:
        reasons.append(Reason(Edge.HEADER_COLUMNS, keys.cue))
    return Header(
        rows=rows.count,
        columns=keys.count,
        sections=sections_of(raster, box, rows.count, keys.count, repeated),
        repeated=repeated,
        reasons=tuple(reasons),
        cross_tabulation=is_cross_tabulation(
            profile, rows.count, keys.count, innermost(names, keys.count)
        ),
    )
