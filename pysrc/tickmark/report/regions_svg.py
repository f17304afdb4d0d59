"""A picture of a workbook's sheets with their regions: one SVG file of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.report.picture import KINDS
from tickmark.report.regions_boxes import ROLE_COLOURS
from tickmark.report.regions_cell_texts import breadth
from tickmark.report.regions_cells import KIND_COLOURS
from tickmark.report.regions_drawing import Drawing, sheet_drawing
from tickmark.report.regions_layout import DETAILS
from tickmark.report.regions_words import listed_few, readable
from tickmark.report.wording import counted

MOST_BYTES: Final = 1_900_000
MOST_SHEETS: Final = 60

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_TOP: Final = 96
_BETWEEN: Final = 26
_TRIED: Final = 2
_NARROWEST: Final = 860

_STYLE: Final = """
text{font:10px Arial,Helvetica,"Liberation Sans",sans-serif;fill:#1a2027}
.book{font-size:16px;font-weight:600}.name{font-size:14px;font-weight:600}
.small,.axis{fill:#55606b}.axis{font-size:9px}.hid{fill:#b3bcc4;font-style:italic}
.e{text-anchor:end}.m{text-anchor:middle}.s{font-weight:600}
.label{fill:#fff}.left-out{font-size:9px;fill:#55606b;stroke:#fff;stroke-width:3;paint-order:stroke}
.grid{fill:none;stroke:#fff;stroke-width:1}
.in{fill-opacity:.07;stroke:none}.box{fill:none;pointer-events:all;stroke-width:2}
.head{fill-opacity:.15;stroke:none}.rule{fill:none;stroke-width:1.3}.tab{stroke:none}
.r-cells.box{stroke-dasharray:4 3;stroke-width:1.5}.box.thin{stroke-width:1}
"""
_PATTERNS: Final = """
<pattern id="total" width="6" height="6" patternUnits="userSpaceOnUse">\
<path d="M-1 7L7-1" stroke="#1a2027" stroke-opacity=".35" fill="none"/></pattern>
<pattern id="section" width="5" height="5" patternUnits="userSpaceOnUse">\
<circle cx="2" cy="2" r=".9" fill="#1a2027" fill-opacity=".4"/></pattern>
<pattern id="break" width="8" height="4" patternUnits="userSpaceOnUse">\
<rect width="8" height="4" fill="#fff" fill-opacity=".85"/>\
<path d="M0 3l4-2 4 2" stroke="#9aa5af" stroke-width=".8" fill="none"/></pattern>
"""


def regions_svg(
    workbook: Workbook, regions: Mapping[str, Sequence[Region]], *, hidden: bool = False
) -> str:
    """The visible sheets, with `hidden` all of them, one below the other.

    The file stays below two million bytes: what is too large is drawn with less detail, or left
    out and named.
    """
    sheets = [one for one in workbook.sheets if hidden or one.state is SheetState.VISIBLE]
    drawn = _within(workbook, sheets[:MOST_SHEETS], regions)
    notes = list(_notes(workbook, sheets, drawn))
    top = _TOP + 15 * len(notes)
    width, height = _NARROWEST, top
    body = []
    for one in drawn:
        if one is not None:
            body.append(f'<g transform="translate(0 {height})">\n{one.markup}\n</g>')
            height += one.height + _BETWEEN
            width = max(width, one.width)
    name = workbook.path.replace("\\", "/").rpartition("/")[2]
    title = escape(f"Regions of {readable(name)}", quote=False)
    size = f'width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="{_NAMESPACE}" {size} viewBox="0 0 {width} {height}" role="img">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}{_colours()}</style>",
            f"<defs>{_PATTERNS}</defs>",
            f'<rect {size} fill="#fff"/>',
            f'<text class="book" x="8" y="24">{title}</text>',
            *_legend(),
            *(
                f'<text class="small" x="8" y="{_TOP + 15 * at}">{escape(note, quote=False)}</text>'
                for at, note in enumerate(notes)
            ),
            *body,
            "</svg>\n",
        ]
    )


def _within(
    workbook: Workbook, sheets: Sequence[Sheet], regions: Mapping[str, Sequence[Region]]
) -> list[Drawing | None]:
    """Each sheet as fine as the size of the file allows; None where even the coarsest is too much.

    The bytes that small sheets leave over are shared by the large ones.
    """
    finest: list[Drawing | None] = []
    sizes: list[int] = []
    for one in sheets:
        # Where there is far too much, the others are drawn only once their share is known.
        tried = sum(sizes) <= _TRIED * MOST_BYTES
        made = _finest(workbook, one, regions.get(one.name, ()), MOST_BYTES) if tried else None
        finest.append(made)
        sizes.append(MOST_BYTES if made is None else made.size)
    if sum(sizes) <= MOST_BYTES:
        return finest
    share = _share(sizes)
    return [
        made
        if made is not None and made.size <= share
        else _finest(workbook, sheet, regions.get(sheet.name, ()), share)
        for sheet, made in zip(sheets, finest, strict=True)
    ]


def _finest(workbook: Workbook, sheet: Sheet, found: Sequence[Region], most: int) -> Drawing | None:
    made = (sheet_drawing(workbook, sheet, found, detail, most) for detail in DETAILS)
    return next((one for one in made if one is not None), None)


def _share(sizes: Sequence[int]) -> int:
    """The most bytes for one sheet, so that all that need less have them and the sum is kept."""
    left = MOST_BYTES
    waiting = sorted(sizes)
    while waiting and waiting[0] <= left // len(waiting):
        left -= waiting.pop(0)
    return left // max(len(waiting), 1)


def _notes(
    workbook: Workbook, sheets: Sequence[Sheet], drawn: Sequence[Drawing | None]
) -> Iterator[str]:
    unseen = [one for one in workbook.sheets if one not in sheets]
    if unseen:
        yield f"Not drawn: {counted(len(unseen), 'hidden sheet')}, {_named(unseen)}."
    left = [one for one, made in zip(sheets, drawn, strict=False) if made is None]
    left += sheets[MOST_SHEETS:]
    if left:
        sheets_left = counted(len(left), "sheet")
        yield f"Not drawn for want of room: {sheets_left}, {_named(left)}. --sheet NAME draws one."


def _named(sheets: Sequence[Sheet]) -> str:
    return listed_few([readable(one.name, 40) for one in sheets])


def _colours() -> str:
    kinds = "".join(f".k{letter}{{fill:{colour}}}" for letter, colour in KIND_COLOURS.items())
    roles = "".join(
        f".r-{role}{{fill:{colour};stroke:{colour}}}" for role, colour in ROLE_COLOURS.items()
    )
    return f"{kinds}{roles}.box{{fill:none}}.rule{{fill:none}}.in,.head,.tab{{stroke:none}}\n"


def _legend() -> Iterator[str]:
    """What colours, boxes and patterns mean, a line each."""
    swatch = '<rect class="{}" x="{{x}}" y="{{y}}" width="16" height="11"/>'
    filled = '<rect fill="url(#{})" x="{{x}}" y="{{y}}" width="16" height="11" stroke="#9aa5af"/>'
    hidden = '<text class="axis hid" x="{x}" y="{y}" dx="3" dy="9">12</text>'
    kinds = [
        (swatch.format(f"k{letter}"), word)
        for letter, word in KINDS.items()
        if letter in KIND_COLOURS
    ]
    roles = [
        (swatch.format(f"in r-{role}") + swatch.format(f"box r-{role}"), str(role))
        for role in ROLE_COLOURS
    ]
    parts = [
        (swatch.format("head r-table"), "header"),
        (filled.format("total"), "total"),
        (filled.format("section"), "section"),
        (filled.format("break"), "rows or columns left out"),
        (hidden, "hidden row or column"),
    ]
    for line, entries in enumerate((kinds, roles, parts)):
        yield from _entries(46 + 17 * line, entries)


def _entries(y: int, found: Sequence[tuple[str, str]]) -> Iterator[str]:
    """One line of the legend: pictures with their words."""
    x = 8
    for picture, words in found:
        yield picture.format(x=x, y=y - 9)
        yield f'<text x="{x + 21}" y="{y}">{words}</text>'
        x += round(breadth(words)) + 38
