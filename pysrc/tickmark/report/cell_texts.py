"""What the cells of a workbook are called, what they hold and how they are computed, in words."""

from __future__ import annotations

from tickmark.encode.values import number_value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Workbook
from tickmark.report.wording import plain
from tickmark.structure.dates import date_text
from tickmark.structure.formulas import NO_TEMPLATE, Formulas
from tickmark.structure.labels import Labels, labels_of

LONGEST = 500


class CellTexts:
    """The texts of one workbook's cells; what is found once for a sheet is kept."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas
        self._labels: dict[int, Labels] = {}

    @property
    def workbook(self) -> Workbook:
        """The workbook."""
        return self._formulas.workbook

    def label(self, area: RangeRef) -> str:
        """What the row and the column of an area are called; empty where nothing tells."""
        number = self._formulas.scope.sheets[area.sheet.casefold()]
        labels = self._labels.get(number)
        if labels is None:
            sheet = self._formulas.sheets[number].sheet
            labels = self._labels[number] = labels_of(self.workbook, sheet)
        return plain(", ".join(filter(None, labels.parts(area))), LONGEST)

    def value(self, area: RangeRef) -> str:
        """The value of an area's first cell as text; empty where it has none."""
        number = self._formulas.scope.sheets[area.sheet.casefold()]
        cell = self._formulas.sheets[number].sheet.cell(area.top, area.left)
        if cell is None:
            return ""
        match cell.value:
            case bool(truth):
                return str(truth).upper()
            case str(text):
                return plain(text, LONGEST)
            case float(serial) if cell.kind is CellKind.DATE:
                style = self.workbook.styles[cell.style]
                return date_text(
                    serial, date1904=self.workbook.date1904, number_format=style.number_format
                )
            case float(amount):
                return number_value(amount)
            case _:
                return ""

    def template(self, area: RangeRef) -> tuple[int, int] | None:
        """The numbers of sheet and template of an area's first cell; None without a formula."""
        number = self._formulas.scope.sheets[area.sheet.casefold()]
        own = self._formulas.sheets[number]
        at = own.sheet.cells.position(area.top, area.left)
        if at is None or own.template_of[at] == NO_TEMPLATE:
            return None
        return number, int(own.template_of[at])

    def formula(self, area: RangeRef) -> str:
        """The formula of an area's first cell with `=`, as Excel shows it; empty without one."""
        found = self.template(area)
        if found is None:
            return ""
        template = self._formulas.sheets[found[0]].templates[found[1]]
        return plain(f"={template.text_at(area.top, area.left)}", 4 * LONGEST)

    def r1c1(self, area: RangeRef) -> str:
        """The formula of an area in R1C1 notation with `=`; empty where its cells differ in it."""
        found = self.template(area)
        if found is None:
            return ""
        own = self._formulas.sheets[found[0]]
        inside = own.template_of[own.sheet.cells.within(area)]
        if len(inside) != area.cells or (inside != found[1]).any():
            return ""
        return plain(f"={own.templates[found[1]].r1c1}", 4 * LONGEST)
