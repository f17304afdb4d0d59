"""Boxes around the regions of a picture, their parts, and a label for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.report.regions_axis import Axis
from tickmark.report.regions_cell_texts import breadth, cut
from tickmark.report.regions_words import name_of, parts, readable, sureness

ROLE_COLOURS: Final[Mapping[Role, str]] = {
    Role.TABLE: "#0b3d91",
    Role.KEY_VALUE: "#6d28d9",
    Role.LIST: "#7a4a00",
    Role.TITLE: "#b00060",
    Role.NOTES: "#46505a",
    Role.CELLS: "#6b747d",
}
LABEL_HEIGHT: Final = 13

_LABEL_MARGIN: Final = 4
_LEAST_NAME: Final = 30
_MOST_CUES: Final = 12
_MOST_PARTS: Final = 40


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle of a range in a picture."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def attributes(self) -> str:
        """Of an SVG rectangle."""
        wide, high = self.right - self.left, self.bottom - self.top
        return f'x="{self.left}" y="{self.top}" width="{wide}" height="{high}"'


def frame_of(area: RangeRef, rows: Axis, columns: Axis) -> Frame:
    """The lanes of a range."""
    top, bottom = rows.span(area.top, area.bottom)
    left, right = columns.span(area.left, area.right)
    return Frame(left, top, right, bottom)


def backgrounds(regions: Sequence[Region], rows: Axis, columns: Axis) -> Iterator[str]:
    """What lies below the cells of each region, so that its blank cells are seen as its own."""
    for region in regions:
        frame = frame_of(region.range, rows, columns)
        yield f'<rect class="in r-{region.role}" {frame.attributes}/>'


def region_parts(regions: Sequence[Region], rows: Axis, columns: Axis) -> Iterator[str]:
    """What lies over the cells: headers tinted, totals hatched, sections dotted."""
    for region in regions:
        area = region.range
        for part in _headers(region):
            frame = frame_of(part, rows, columns)
            yield f'<rect class="head r-{region.role}" {frame.attributes}/>'
        if region.header_rows:
            frame = frame_of(area, rows, columns)
            y = rows.span(area.top, min(area.top + region.header_rows - 1, area.bottom))[1]
            yield f'<path class="rule r-{region.role}" d="M{frame.left} {y}H{frame.right}"/>'
        if region.header_columns:
            frame = frame_of(area, rows, columns)
            x = columns.span(area.left, min(area.left + region.header_columns - 1, area.right))[1]
            yield f'<path class="rule r-{region.role}" d="M{x} {frame.top}V{frame.bottom}"/>'
        for name, found in (
            ("total", (*region.total_rows, *region.total_columns)),
            ("section", region.sections),
        ):
            for one in found[:_MOST_PARTS]:
                frame = frame_of(one, rows, columns)
                yield f'<rect fill="url(#{name})" {frame.attributes}/>'


def _headers(region: Region) -> Iterator[RangeRef]:
    area = region.range
    if region.header_rows:
        last = min(area.top + region.header_rows - 1, area.bottom)
        yield RangeRef(area.sheet, area.top, area.left, last, area.right)
    if region.header_columns:
        last = min(area.left + region.header_columns - 1, area.right)
        top = min(area.top + region.header_rows, area.bottom)
        yield RangeRef(area.sheet, top, area.left, area.bottom, last)
    yield from region.repeated_headers[:_MOST_PARTS]


def outlines(
    regions: Sequence[Region], rows: Axis, columns: Axis, *, thin: bool, reasons: bool
) -> Iterator[str]:
    """The box of each region; hovering over it tells all about it."""
    name = "box thin" if thin else "box"
    for region in regions:
        frame = frame_of(region.range, rows, columns)
        inner = Frame(frame.left + 1, frame.top + 1, frame.right - 1, frame.bottom - 1)
        if inner.right <= inner.left or inner.bottom <= inner.top:
            inner = frame
        told = escape(_told(region, reasons=reasons), quote=False)
        yield (
            f'<rect class="{name} r-{region.role}" {inner.attributes}><title>{told}</title></rect>'
        )


def _told(region: Region, *, reasons: bool) -> str:
    """All about a region, a line each."""
    head = f"{region.range.a1} {region.role}, {sureness(region)} sure"
    named = [name_of(region)] if name_of(region) else []
    cues = [
        readable(f"{one.edge}: {one.cue}")
        for one in (region.reasons[:_MOST_CUES] if reasons else ())
    ]
    return "\n".join([head, *named, *([", ".join(parts(region))] if parts(region) else []), *cues])


def labels(
    regions: Sequence[Region], rows: Axis, columns: Axis, room: int, *, above: bool
) -> Iterator[str]:
    """A tab for each box: range, role, confidence and name, as much of it as there is room for.

    They stand above the boxes, where a gap is kept for them, or inside of large ones.
    """
    lines: dict[int, list[tuple[Frame, Region]]] = {}
    for region in regions:
        frame = frame_of(region.range, rows, columns)
        lines.setdefault(frame.top, []).append((frame, region))
    for top, line in lines.items():
        line.sort(key=lambda one: one[0].left)
        for number, (frame, region) in enumerate(line):
            behind = line[number + 1][0].left if number + 1 < len(line) else room
            if not above:
                behind = frame.right
            if above or frame.bottom - frame.top > LABEL_HEIGHT:
                yield from _label(region, frame.left, top, behind - frame.left - 2, above=above)


def _label(region: Region, left: int, top: int, room: int, *, above: bool) -> Iterator[str]:
    text = _label_text(region, room - 2 * _LABEL_MARGIN)
    if not text:
        return
    drawn = round(breadth(text))
    wide = drawn + 2 * _LABEL_MARGIN
    y = top - LABEL_HEIGHT if above else top
    yield (
        f'<path class="tab r-{region.role}" d="M{left} {y}h{wide}v{LABEL_HEIGHT}h-{wide}z"/>'
        f'<text class="label" x="{left + _LABEL_MARGIN}" y="{y + LABEL_HEIGHT - 3}" '
        # Where only a wider font is there, too, it fits.
        f'textLength="{drawn}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text, quote=False)}</text>"
    )


def _label_text(region: Region, room: int) -> str:
    """The longest wording that fits: at the least the role or the range, else nothing."""
    whole = f"{region.range.a1} {region.role} {sureness(region)}"
    name = "" if region.role in {Role.TITLE, Role.NOTES} else name_of(region)
    left = room - breadth(f"{whole}  ")
    if name and left >= _LEAST_NAME:
        return f"{whole}  {cut(name, left)}".rstrip()
    fits: Callable[[str], bool] = lambda text: breadth(text) <= room  # noqa: E731 - one use
    choices = (whole, f"{region.range.a1} {region.role}", region.range.a1, str(region.role))
    return next(filter(fits, choices), "")
