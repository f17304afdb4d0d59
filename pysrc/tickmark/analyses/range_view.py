"""A live range made ready for a question: its text, what stands beside it, what may be cited.

The range itself is what the user named, so all of it is shown, hidden rows included. From the saved
file come only the labels beside it and the cells that its formulas refer to, as far as they can be
seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from tickmark.analyses.beside import (
    MOST_PRECEDENTS,
    Beside,
    labels_beside,
    precedents_beside,
)
from tickmark.analyses.format_line import format_line
from tickmark.analyses.saved import Saved
from tickmark.encode.encoding import Encoding
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import source_of
from tickmark.encode.values import number_value, quoted
from tickmark.ground.cited_text import CitedCells, Grounds, Outside
from tickmark.model.address import RangeRef
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar
from tickmark.model.shown_cells import ShownCells
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.dates import date_text
from tickmark.structure.link_numbers import as_filed
from tickmark.structure.number_formats import GENERAL, percent_text, shows_date
from tickmark.structure.range_sheet import place_of, range_workbook
from tickmark.structure.relative import formula_text

COMPARED: Final = 500
AGREEING: Final = 0.8
# So much more of a long text than the encoding holds is worth a line.
LEAST_ADDED: Final = 20

# Of its room a range gives so large a part to long texts that its lines would cut.
TEXT_SHARE: Final = 4
ADDRESS_TOKENS: Final = 8

Tokens = Callable[[str], int]


@dataclass(frozen=True, slots=True, eq=False)
class RangeView:
    """A range as a question sees it.

    `workbook` holds nothing but the range, at its own addresses; `told` are those of its cells that
    `text` tells something about. `labels` and `precedents` stand outside of it, as saved
    `saved_at`, which is "" where nothing of a saved file was used. `notes` are sentences about
    what was not seen, for the user.
    """

    content: RangeContent
    place: RangeRef
    workbook: Workbook
    text: str
    told: ShownCells
    labels: tuple[Beside, ...] = ()
    precedents: tuple[Beside, ...] = ()
    saved_at: str = ""
    notes: tuple[str, ...] = ()

    @property
    def grounds(self) -> Grounds:
        """What an answer about the range may cite."""
        beside = (*self.labels, *self.precedents)
        outside = tuple(Outside(one.area, one.follows) for one in beside)
        return Grounds(self.place, self.told, outside)

    @property
    def citable(self) -> bool:
        """Whether there are cells to cite; a value typed into the formula stands in none."""
        return not is_lone(self.content)

    def value(self, cells: CitedCells) -> tuple[Scalar, str]:
        """Value and number format of the first cell of a supported citation."""
        area = cells.area
        if area is None:
            return None, GENERAL
        if area.sheet.casefold() == self.place.sheet.casefold() and self.place.contains(
            area.top, area.left
        ):
            down, across = area.top - self.place.top, area.left - self.place.left
            formats = self.content.formats
            return self.content.values[down][across], formats[down][across] if formats else GENERAL
        for one in self.precedents + self.labels:
            if (one.area.sheet, one.area.top, one.area.left) == (area.sheet, area.top, area.left):
                return one.value, one.number_format
        return None, GENERAL


def range_view(
    content: RangeContent,
    saved: Saved | None,
    *,
    budget: int,
    tokens: Tokens,
    question: str = "",
) -> RangeView:
    """The view of a range; `budget` bounds its text as counted by `tokens`.

    Where not all of it fits, the cells that the `question` names come first.
    Labels and precedents come from the saved file only if it agrees with the range: where rows were
    inserted since, they would be those of other cells.
    """
    place = place_of(content)
    date1904 = saved.workbook.date1904 if saved is not None else False
    workbook = range_workbook(content, date1904=date1904)
    sheet = workbook.sheets[0]
    framing = _framing(content, place)
    room = max(budget // 2, budget - tokens("\n".join(framing)) - 1)
    source = source_of(workbook, sheet, hidden=True)
    encoding = encode_sheet(source, budget=room, tokens=tokens, question=question)
    long = _long_texts(content, place, encoding)
    if long:
        room -= _price(long.values(), room // TEXT_SHARE, tokens)
        encoding = encode_sheet(source, budget=room, tokens=tokens, question=question)
        long = _long_texts(content, place, encoding)
    told = encoding.shown()
    text, cut = _text(content, encoding, long, framing, budget=budget, tokens=tokens)
    notes = [*_notes(content, encoding, sum(told.meets(one) for one in long)), *cut]
    labels: tuple[Beside, ...] = ()
    precedents: tuple[Beside, ...] = ()
    behind = saved_sheet(content, saved)
    if saved is not None and behind is not None:
        if agrees_with(as_filed(workbook, saved.workbook).sheets[0], behind):
            labels = labels_beside(saved.workbook, behind, place, content)
            precedents = precedents_beside(saved.workbook, sheet, place)
        else:
            notes.append(f"{place.sheet} has changed since it was saved {saved.at}: labels unseen")
    beside = _beside_lines(labels, precedents, saved.at if saved is not None else "")
    return RangeView(
        content=content,
        place=place,
        workbook=workbook,
        text="\n".join((text, *beside)),
        told=told,
        labels=labels,
        precedents=precedents,
        saved_at=saved.at if saved is not None and (labels or precedents) else "",
        notes=tuple(notes),
    )


def is_lone(content: RangeContent) -> bool:
    """Whether it is a single value that stands in no cell."""
    return content.area is None and content.shape == (1, 1)


def saved_sheet(content: RangeContent, saved: Saved | None) -> Sheet | None:
    """The sheet of a live range in the saved file; None where there is none of its name."""
    if saved is None or content.area is None:
        return None
    wanted = content.area.sheet.casefold()
    return next((one for one in saved.workbook.sheets if one.name.casefold() == wanted), None)


def agrees_with(live: Sheet, saved: Sheet) -> bool:
    """Whether most of the typed values and formulas of a live range stand in the saved sheet too.

    The results of formulas do not count: they change without any cell having moved. Formulas of the
    live range name other workbooks as files do.
    """
    count = len(live.cells)
    step = max(1, ceil(count / COMPARED))
    compared = range(0, count, step)
    alike = sum(_same_cell(live, position, saved) for position in compared)
    return alike >= AGREEING * len(compared)


def shown(value: Scalar, number_format: str, *, date1904: bool = False) -> float | str | bool:
    """A value as a cell of a table: a date or per cent as text, a blank as "", errors as text."""
    match value:
        case None:
            return ""
        case bool() | str():
            return value
        case ErrorValue():
            return value.text
        case _:
            if shows_date(number_format):
                return date_text(value, date1904=date1904, number_format=number_format)
            return percent_text(value, number_format) or float(value)


def _same_cell(live: Sheet, position: int, saved: Sheet) -> bool:
    cell = live.cells[position]
    there = saved.cells.position(cell.row, cell.column)
    if there is None:
        return False
    formulas = (formula_text(live, position), formula_text(saved, there))
    if any(formulas):
        return formulas[0] == formulas[1]
    return cell.value == saved.cells.value(there)


def _framing(content: RangeContent, place: RangeRef) -> tuple[str, str]:
    """Header lines about what was given and about number formats, which may be empty."""
    if content.area is None:
        given = "# an array that stands in no cells; A1 is its first row and column"
    else:
        given = f"# only {place.a1} is given; the sheet may hold more"
    return given, format_line(content, place)


def _text(
    content: RangeContent,
    encoding: Encoding,
    long: Mapping[RangeRef, str],
    framing: tuple[str, str],
    *,
    budget: int,
    tokens: Tokens,
) -> tuple[str, list[str]]:
    """The range as text, with long texts in full as far as there is room, and what was cut."""
    if is_lone(content):
        value = content.values[0][0]
        whole = quoted(value) if isinstance(value, str) else _lone(value)
        fitting = _fitting(whole, budget, tokens)
        cut = [] if fitting == whole else [f"only the first {len(fitting):,} characters were read"]
        return f"Value: {fitting}", cut
    first, _, rest = encoding.text.partition("\n")
    lines = [line for line in (first, *framing, rest) if line]
    room = budget - tokens("\n".join(lines)) - 1
    cut = []
    for cell, value in long.items():
        # A text that had to be cut has taken the rest of the room.
        known, line = _long_text(cell, value, room, tokens) if not cut else (0, "")
        if known == len(value) or known > encoding.longest + LEAST_ADDED:
            lines.append(line)
            room -= tokens(line) + 1
        if known < len(value):
            cut.append(cell.a1)
    if cut:
        more = f" and {len(cut) - 3} more" if len(cut) > 3 else ""  # noqa: PLR2004 - enough to see
        return "\n".join(lines), [f"long text in {', '.join(cut[:3])}{more} was read in part"]
    return "\n".join(lines), []


def _long_text(cell: RangeRef, value: str, room: float, tokens: Tokens) -> tuple[int, str]:
    """A line with a text, cut to a number of tokens, and how many characters it holds of it."""
    known, line = len(value), f"# text {cell.a1}|{quoted(value)}"
    while known and (needed := tokens(line)) > room:
        known = max(0, min(known - 1, int(known * room / needed)))
        line = f"# text {cell.a1}|{quoted(value[:known])}+{len(value) - known}"
    return known, line


def _lone(value: Scalar) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() | int():
            return number_value(float(value))
        case ErrorValue():
            return value.text
        case _:
            return ""


def _fitting(text: str, room: float, tokens: Tokens) -> str:
    """The start of a text that keeps to a number of tokens."""
    while text and (needed := tokens(text)) > room:
        if room <= 0:
            return ""
        text = text[: min(len(text) - 1, int(len(text) * room / needed))]
    return text


def _long_texts(content: RangeContent, place: RangeRef, encoding: Encoding) -> dict[RangeRef, str]:
    """The texts that are too long to be told in full by the encoding, by their cells."""
    return {
        RangeRef(place.sheet, *(place.top + down, place.left + across) * 2): value
        for down, values in enumerate(content.values)
        for across, value in enumerate(values)
        if isinstance(value, str) and len(value) > encoding.longest
    }


def _price(texts: Iterable[str], most: int, tokens: Tokens) -> int:
    """What texts cost with their addresses, as far as that is less than a number of tokens."""
    price = 0
    for text in texts:
        price += tokens(quoted(text)) + ADDRESS_TOKENS
        if price >= most:
            return most
    return price


def _notes(content: RangeContent, encoding: Encoding, long: int) -> list[str]:
    """What of the range was not read, or not one by one; `long` texts are told of elsewhere."""
    notes = []
    if not content.formulas and not is_lone(content):
        notes.append("formulas were not seen")
    filled = sum(value not in {None, ""} for row in content.values for value in row)
    if encoding.left_out and not is_lone(content):
        missing = max(0, filled - encoding.shown_cells)
        notes.append(f"{missing:,} of {filled:,} cells had no room and were not read")
    some = encoding.summarised_cells - long
    if some > 0 and not is_lone(content):
        notes.append(
            f"{some:,} of {filled:,} cells were read as summaries, not one by one; "
            "give fewer cells for exact answers"
        )
    return notes


def _beside_lines(
    labels: tuple[Beside, ...], precedents: tuple[Beside, ...], saved_at: str
) -> list[str]:
    lines = []
    if labels or precedents:
        lines += ["", f"Outside the range, as the workbook was saved {saved_at}:"]
    if labels:
        lines.append("Labels beside the range: " + " | ".join(one.text for one in labels))
    if precedents:
        lines.append("Cells that its formulas refer to:")
        lines += [one.text for one in precedents]
        if len(precedents) >= MOST_PRECEDENTS:
            lines.append("They may refer to more cells, which are not listed.")
    return lines
