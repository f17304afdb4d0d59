"""What simple formulas give on the values that a workbook was saved with."""

from __future__ import annotations

from tickmark.structure.formulas import Formulas


class Evaluator:
    """Calculates + - * / and SUM, AVERAGE, MIN, MAX, COUNT over cached values."""

    def __init__(self, formulas: Formulas) -> None:
        self._formulas = formulas

    def value(self, sheet: int, template: int, row: int, column: int) -> float | None:
        """What a template of a sheet would give in a cell of it; None where that is not certain."""
        raise NotImplementedError
