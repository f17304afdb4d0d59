"""How a sheet is shown: what is frozen and what looks empty."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.read.element import Element
from tickmark.read.markup import Attributes, true


@dataclass(slots=True, eq=False)
class SheetViews:
    """The first view of a sheet; the others are of further windows."""

    seen: int = 0
    rows: int = 0
    columns: int = 0
    hides_zeros: bool = False

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        pane = Element(start=self._pane)
        view = Element(start=self._view, children={"pane": pane})
        return {"sheetViews": Element(children={"sheetView": view})}

    def _view(self, attributes: Attributes) -> None:
        self.seen += 1
        if self.seen == 1:
            self.hides_zeros = not true(attributes.get("showZeros", "1"))

    def _pane(self, attributes: Attributes) -> None:
        if self.seen == 1 and attributes.get("state") in {"frozen", "frozenSplit"}:
            self.rows = _count(attributes.get("ySplit"), MAX_ROW)
            self.columns = _count(attributes.get("xSplit"), MAX_COLUMN)


def _count(text: str | None, most: int) -> int:
    """A number of rows or columns, which the format writes as a float; 0 where it is none."""
    try:
        count = float(text or "0")
    except ValueError:
        return 0
    return int(count) if 0 <= count <= most else 0
