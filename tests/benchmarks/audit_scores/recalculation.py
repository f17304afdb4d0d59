"""What Excel would show after a formula has changed, from a calculation engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tests.benchmarks.audit_scores.edited_book import ERRORS, At, Value, written
from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA
from tickmark.structure.formulas import NO_TEMPLATE, Formulas

CLOSE = 1e-9
ROUNDS = 6
KINDS = {
    "Ref": "#REF!",
    "Div": "#DIV/0!",
    "Value": "#VALUE!",
    "Na": "#N/A",
    "Num": "#NUM!",
    "Null": "#NULL!",
}
"""Errors of the engine that Excel has too; others tell what the engine lacks."""


class Recalculation(Protocol):
    """Values after changes of formulas and cells, of cells whose values it can tell."""

    def trusts(self, at: At) -> bool:
        """Whether it calculates the value that the file was saved with."""

    def after(
        self, changes: Mapping[At, str | None], wanted: Iterable[At]
    ) -> dict[At, Value] | None:
        """Values once cells have other formulas (without `=`) or, with None, are blank.

        None where one of them cannot be told.
        """


class EngineRecalculation:
    """formualizer on a file. What it does not calculate as Excel did is frozen to Excel's value.

    Only roots are frozen, so that it can be trusted with what depends on them.
    """

    def __init__(self, formulas: Formulas, path: Path) -> None:
        import formualizer  # noqa: PLC0415 - tests and other figures do without

        self._formulas = formulas
        self._engine = formualizer.load_workbook(str(path))
        self._frozen = [np.zeros(len(own.sheet.cells), np.bool_) for own in formulas.sheets]
        self._wrong: list[Any] = []
        for _ in range(ROUNDS):
            self._engine.evaluate_all()
            self._wrong = self._differences()
            if not any(one.any() for one in self._wrong):
                break
            self._freeze_roots()

    def trusts(self, at: At) -> bool:
        number, position = at
        return not (self._wrong[number][position] or self._frozen[number][position])

    def after(
        self, changes: Mapping[At, str | None], wanted: Iterable[At]
    ) -> dict[At, Value] | None:
        try:
            for at, text in changes.items():
                self._set(at, text)
            self._engine.evaluate_all()
            found = {at: self._value(at) for at in wanted}
        except Exception:  # noqa: BLE001 - the engine has many reasons not to calculate
            return None
        finally:
            for at in changes:
                self._restore(at)
            self._engine.evaluate_all()
        if any(isinstance(value, _Untold) for value in found.values()):
            return None
        return {at: value for at, value in found.items() if not isinstance(value, _Untold)}

    def is_restored(self) -> bool:
        """Whether all cells have the values again that they had before any change."""
        return all(
            bool((now == then).all())
            for now, then in zip(self._differences(), self._wrong, strict=True)
        )

    def _set(self, at: At, text: str | None) -> None:
        place = self._place(at)
        if text is None:
            self._engine.set_value(*place, None)
        else:
            self._engine.set_formula(*place, f"={text}")

    def _restore(self, at: At) -> None:
        number, position = at
        own = self._formulas.sheets[number]
        if own.sheet.cells.formulas[position] == NO_FORMULA or self._frozen[number][position]:
            self._fix(at)
        else:
            self._engine.set_formula(*self._place(at), f"={written(own, position)}")

    def _fix(self, at: At) -> None:
        """Give a cell the value that it was saved with; an error is one only as a formula."""
        number, position = at
        value = self._formulas.sheets[number].sheet.cells.value(position)
        if isinstance(value, str) and value in ERRORS:
            self._engine.set_formula(*self._place(at), f"={value}")
        else:
            self._engine.set_value(*self._place(at), value)

    def _place(self, at: At) -> tuple[str, int, int]:
        sheet = self._formulas.workbook.sheets[at[0]]
        return sheet.name, int(sheet.cells.rows[at[1]]), int(sheet.cells.columns[at[1]])

    def _value(self, at: At) -> Value | _Untold:
        return _plain(self._engine.get_value(*self._place(at)))

    def _differences(self) -> list[Any]:
        """For each sheet, which formula cells the engine calculates differently."""
        found = []
        for number, own in enumerate(self._formulas.sheets):
            cells = own.sheet.cells
            wrong = np.zeros(len(cells), np.bool_)
            for position in np.flatnonzero(own.template_of != NO_TEMPLATE).tolist():
                wrong[position] = not self._frozen[number][position] and not _same(
                    self._value((number, position)), cells.value(position)
                )
            found.append(wrong)
        return found

    def _freeze_roots(self) -> None:
        """Freeze what is calculated differently although all that it refers to is not."""
        numbers = {sheet.name: at for at, sheet in enumerate(self._formulas.workbook.sheets)}
        roots = []
        for number, own in enumerate(self._formulas.sheets):
            cells = own.sheet.cells
            for position in np.flatnonzero(self._wrong[number]).tolist():
                index = int(own.template_of[position])
                steps = own.templates[index].distance(
                    int(cells.rows[position]), int(cells.columns[position])
                )
                if not any(
                    self._any_wrong(numbers[one.sheet], RangeRef(one.sheet, *one.edges(*steps)))
                    for one in self._formulas.precedents[number][index]
                    if one.area is not None and one.sheet in numbers
                ):
                    roots.append((number, position))
        for at in roots:
            self._frozen[at[0]][at[1]] = True
            self._fix(at)

    def _any_wrong(self, number: int, area: RangeRef) -> bool:
        wrong = self._wrong[number]
        return bool(
            wrong.any() and wrong[self._formulas.sheets[number].sheet.cells.within(area)].any()
        )


class _Untold:
    """In place of a value that the engine cannot tell."""


def _plain(value: Any) -> Value | _Untold:  # noqa: ANN401 - whatever the engine gives
    match value:
        case dict():
            return KINDS.get(str(value.get("kind"))) or _Untold()
        case bool() | str() | None:
            return value
        case int() | float():
            return float(value)
        case dt.datetime():
            return (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)  # noqa: DTZ001 - spreadsheets know no time zone
        case dt.date():
            return float((value - dt.date(1899, 12, 30)).days)
        case _:
            return _Untold()


def _same(one: Value | _Untold, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= CLOSE * max(1.0, abs(other))
    if one in {None, ""} and other in {None, ""}:
        return True
    return type(one) is type(other) and one == other
