"""Other workbooks that formulas and names refer to, and whether their links can work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tickmark.model.address import RangeRef, quote_sheet_name
from tickmark.model.workbook import ExternalLink, Workbook
from tickmark.structure.formulas import Formulas
from tickmark.structure.rectangles import rectangles


class LinkState(StrEnum):
    """Whether others can follow a link.

    LOST: the workbook does not say where it leads. PERSONAL: it leads into one person's own
    folders, a temporary or a download folder. DRIVE: to a drive letter that others may lack.
    """

    OPEN = "open"
    LOST = "lost"
    PERSONAL = "personal"
    DRIVE = "drive"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class LinkUse:
    """The formula cells of one sheet that depend on another workbook."""

    sheet: str
    cells: tuple[RangeRef, ...]
    count: int
    formula: str


@dataclass(frozen=True, slots=True)
class OtherWorkbook:
    """Another workbook as this one knows it.

    `book` is what formulas write in brackets; `target` is readable, "" if lost; `uses` has an entry
    for each sheet with formulas that depend on it, `names` the visible defined names that do.
    """

    book: str
    target: str
    kind: str
    state: LinkState
    uses: tuple[LinkUse, ...]
    names: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of formula cells that depend on it."""
        return sum(use.count for use in self.uses)


def other_workbooks(formulas: Formulas) -> tuple[OtherWorkbook, ...]:
    """Every other workbook that links, formulas or names mention, in the order of the links."""
    workbook = formulas.workbook
    links = {str(link.index): link for link in workbook.external_links}
    uses = _uses(formulas)
    names = _names(formulas)
    books = [*links, *sorted((uses.keys() | names.keys()) - links.keys())]
    return tuple(
        _other(book, links.get(book), tuple(uses.get(book, ())), tuple(names.get(book, ())))
        for book in books
    )


def readable_target(target: str) -> str:
    """A link's target without `file:` and with its %xx signs spelled out."""
    text = _FILE.sub("", target)
    try:
        return _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode(), text)
    except UnicodeDecodeError:
        return text


def link_state(target: str) -> LinkState:
    """Judged by the target alone; nothing is looked up."""
    path = readable_target(target).replace("\\", "/")
    if not path.strip("/ ") or "#REF" in path.upper():
        return LinkState.LOST
    if _WEB.match(path):
        return LinkState.REMOTE
    if _PERSONAL.search(path):
        return LinkState.PERSONAL
    if _SERVER.match(path):
        return LinkState.REMOTE
    return LinkState.DRIVE if _DRIVE.match(path) else LinkState.OPEN


# A drive or server behind any number of slashes, a server behind four, else a path from the root.
_FILE = re.compile(r"^file:/*(?=[A-Za-z]:|\\\\|%5C%5C)|^file:(?://)?(?=/)", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_WEB = re.compile(r"(?:https?|ftps?)://", re.IGNORECASE)
_SERVER = re.compile(r"//[^/]")
_DRIVE = re.compile(r"/?[A-Za-z]:/")
_PERSONAL = re.compile(
    r"""
    ^/?c:/                              # the system drive of one machine
    |(?:^|/)(?:users|home|documents\ and\ settings|dokumente\ und\ einstellungen)/[^/]+/
    |/(?:te?mp|temporary\ internet\ files|inetcache|content\.outlook|downloads)/
    |/(?:my\ documents|eigene\ dateien|desktop|appdata|application\ data)/
    |^/private/var/
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _other(
    book: str, link: ExternalLink | None, uses: tuple[LinkUse, ...], names: tuple[str, ...]
) -> OtherWorkbook:
    target = link.target if link is not None else "" if book.isdigit() else book
    kind = link.kind if link is not None else "workbook"
    state = LinkState.REMOTE if kind == "dde" else link_state(target)
    return OtherWorkbook(book, readable_target(target), kind, state, uses, names)


def _uses(formulas: Formulas) -> dict[str, list[LinkUse]]:
    found: dict[str, list[LinkUse]] = {}
    for number, own in enumerate(formulas.sheets):
        for book, templates in _templates_by_book(formulas, number).items():
            at = np.flatnonzero(np.isin(own.template_of, templates))
            if not len(at):
                continue
            cells = own.sheet.cells
            first = cells[int(at[0])]
            text = own.templates[int(own.template_of[at[0]])].text_at(first.row, first.column)
            areas = rectangles(own.sheet.name, cells.rows[at], cells.columns[at])
            found.setdefault(book, []).append(LinkUse(own.sheet.name, areas, len(at), "=" + text))
    return found


def _templates_by_book(formulas: Formulas, sheet: int) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for template in range(len(formulas.sheets[sheet].templates)):
        for book in formulas.books(sheet, template):
            found.setdefault(book, []).append(template)
    return found


def _names(formulas: Formulas) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, book in _named_books(formulas, formulas.workbook):
        found.setdefault(book, []).append(name)
    return found


def _named_books(formulas: Formulas, workbook: Workbook) -> Iterator[tuple[str, str]]:
    for name in workbook.names:
        if not name.hidden:
            label = f"{quote_sheet_name(name.sheet)}!{name.name}" if name.sheet else name.name
            for book in sorted(formulas.scope.books_in(name.refers_to, name.sheet)):
                yield label, book
