"""The formula of one live cell made ready for a question: what it refers to, and by which names.

Neither its value nor those of its precedents are told, and of their labels only what holds for all
copies of the formula on the saved sheet: so one explanation is true for every copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

import numpy as np

from tickmark.analyses.beside import label_text
from tickmark.analyses.range_view import agrees_with, saved_sheet
from tickmark.analyses.saved import Saved
from tickmark.encode.values import formula_value, text_value
from tickmark.ground.cited_text import Grounds, Outside
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.model.shown_cells import ShownCells
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas, sheet_formulas
from tickmark.structure.labels import LONGEST_LABEL, Labels, labels_of
from tickmark.structure.link_numbers import as_filed
from tickmark.structure.range_sheet import place_of, range_workbook
from tickmark.structure.rectangles import rectangles
from tickmark.structure.references import Reference, ReferenceKind, references
from tickmark.structure.scope import scope_of

MOST_REFERENCES: Final = 60
COPIES_COMPARED: Final = 30
MOST_COPY_AREAS: Final = 200
LONGEST_FORMULA: Final = 8200

Distance = tuple[int, int]
Named = Callable[[Reference], str]


@dataclass(frozen=True, slots=True, eq=False)
class FormulaView:
    """The formula of one cell as a question sees it.

    `content` is the cell. `copies` are the cells of the saved sheet that hold the same formula,
    copied: for them the labels in `text` are right. `saved_at` is "" where no labels were seen;
    `notes` then say why.
    """

    content: RangeContent
    place: RangeRef
    text: str
    grounds: Grounds
    copies: tuple[RangeRef, ...] = ()
    saved_at: str = ""
    notes: tuple[str, ...] = ()


def formula_view(content: RangeContent, saved: Saved | None) -> FormulaView:
    """The view of a cell with a formula. Raises ValueError for a cell without one."""
    place = place_of(content)
    workbook = range_workbook(content)
    live = workbook.sheets[0]
    formulas = sheet_formulas(live)
    if not formulas.templates:
        message = f"{place} holds no formula"
        raise ValueError(message)
    text = formulas.templates[0].text
    behind = saved_sheet(content, saved)
    areas = list(_areas(text, place, saved.workbook if saved is not None else workbook))
    named: Named = _unnamed
    copies: tuple[RangeRef, ...] = ()
    notes = ["labels were not seen: no saved file was found"]
    if saved is not None and behind is not None and _is_saved(workbook, behind, saved):
        distances, copies = _copies(behind, place)
        named, notes = _named(saved.workbook, distances), []
    elif saved is not None:
        notes = [f"labels were not seen: {place.sheet} has changed since it was saved {saved.at}"]
    own = text_value(str(place), 2 * LONGEST_LABEL)
    label = _own(named, place)
    lines = [
        f"Cell: {own}{label}",
        f"Formula: {formula_value('=' + text, LONGEST_FORMULA)}",
        "Refers to:",
        *_lines(areas, named, place),
    ]
    return FormulaView(
        content=content,
        place=place,
        text="\n".join(lines),
        grounds=Grounds(place, ShownCells.of([place]), tuple(_outside(areas))),
        copies=copies[:MOST_COPY_AREAS],
        saved_at=saved.at if saved is not None and not notes else "",
        notes=tuple(notes),
    )


def _is_saved(live: Workbook, behind: Sheet, saved: Saved) -> bool:
    return agrees_with(as_filed(live, saved.workbook).sheets[0], behind)


def _areas(
    text: str, place: RangeRef, workbook: Workbook
) -> Iterator[tuple[Reference, tuple[Reference, ...]]]:
    """Each different reference of a formula with the areas that it means."""
    scope = scope_of(workbook)
    seen = set()
    for reference in references(text, place.sheet):
        if reference.text not in seen:
            seen.add(reference.text)
            meant = tuple(scope.resolved(reference, place))
            if not meant and reference.kind is ReferenceKind.AREA and not reference.book:
                meant = (reference,)  # on a sheet that only the live workbook knows
            yield reference, meant


def _copies(sheet: Sheet, place: RangeRef) -> tuple[list[Distance], tuple[RangeRef, ...]]:
    """How far the copies of a saved cell's formula are from it, some of many, and all of them."""
    formulas = _formulas_of(sheet)
    position = sheet.cells.position(place.top, place.left)
    template = NO_TEMPLATE if position is None else int(formulas.template_of[position])
    if template == NO_TEMPLATE:
        return [(0, 0)], ()
    positions = formulas.cells_of(template)
    rows, columns = sheet.cells.rows[positions], sheet.cells.columns[positions]
    chosen = np.unique(
        np.linspace(0, len(positions) - 1, min(len(positions), COPIES_COMPARED)).astype(int)
    )
    distances = [(int(rows[at]) - place.top, int(columns[at]) - place.left) for at in chosen]
    return [(0, 0), *distances], rectangles(place.sheet, rows, columns)


@lru_cache(maxsize=2)
def _formulas_of(sheet: Sheet) -> SheetFormulas:
    """The formulas of a saved sheet, read once for all cells that are asked about at once."""
    return sheet_formulas(sheet)


def _named(workbook: Workbook, distances: Sequence[Distance]) -> Named:
    """Tells what an area is called, as far as that is the same for all copies of a formula."""
    known: dict[str, Labels] = {}

    def named(reference: Reference) -> str:
        if reference.sheet not in known:
            sheet = workbook[reference.sheet]
            known[reference.sheet] = labels_of(workbook, sheet)
        labels = known[reference.sheet]
        areas = [RangeRef(reference.sheet, *reference.edges(*distance)) for distance in distances]
        rows, columns = zip(*(labels.parts(area) for area in areas), strict=True)
        row = rows[0] if len(set(rows)) == 1 else ""
        column = columns[0] if len(set(columns)) == 1 else ""
        return label_text((row, column))

    return lambda reference: named(reference) if _is_on(workbook, reference) else ""


def _is_on(workbook: Workbook, reference: Reference) -> bool:
    return any(sheet.name == reference.sheet for sheet in workbook.sheets)


def _unnamed(_reference: Reference) -> str:
    return ""


def _own(named: Named, place: RangeRef) -> str:
    own = Reference(ReferenceKind.AREA, place.a1, place.sheet, area=place, relative=(True,) * 4)
    label = named(own)
    return f" ({text_value(label, 2 * LONGEST_LABEL + 2)})" if label else ""


def _lines(
    areas: Sequence[tuple[Reference, tuple[Reference, ...]]], named: Named, place: RangeRef
) -> Iterator[str]:
    if not areas:
        yield "nothing"
    for reference, meant in areas[:MOST_REFERENCES]:
        written = formula_value(reference.text, 2 * LONGEST_LABEL)
        if reference.kind is ReferenceKind.AREA and not reference.book:
            label = _label(meant[:1], named)
            yield f"{written}{label}"
        elif reference.kind is ReferenceKind.BROKEN:
            yield f"{written} (deleted cells)"
        elif reference.book:
            yield f"{written} (cells of another workbook, not seen)"
        elif meant:
            told = [_address(one, place) + _label([one], named) for one in meant[:4]]
            yield f"{written} (a name for {', '.join(told)})"
        else:
            yield f"{written} (a name; what it stands for was not seen)"
    if len(areas) > MOST_REFERENCES:
        yield f"and {len(areas) - MOST_REFERENCES} more"


def _label(areas: Sequence[Reference], named: Named) -> str:
    """The label of the first area in brackets, with a blank before; "" where it has none."""
    label = named(areas[0]) if areas else ""
    return f" ({text_value(label, 2 * LONGEST_LABEL + 2)})" if label else ""


def _address(reference: Reference, place: RangeRef) -> str:
    if reference.area is None:
        return text_value(reference.text, 2 * LONGEST_LABEL)
    own = reference.sheet.casefold() == place.sheet.casefold()
    return text_value(reference.area.a1 if own else str(reference.area), 2 * LONGEST_LABEL)


def _outside(areas: Sequence[tuple[Reference, tuple[Reference, ...]]]) -> Iterator[Outside]:
    for one in chain.from_iterable(meant for _, meant in areas):
        if one.area is not None:
            yield Outside(one.area, (one.relative[0], one.relative[1]))
