"""The cells that a caller names in a question about a workbook."""

from __future__ import annotations

from tickmark.errors import AddressError
from tickmark.model.address import CellRef, RangeRef, quote_sheet_name
from tickmark.structure.references import ReferenceKind, references
from tickmark.structure.scope import Scope

Ref = CellRef | RangeRef | str
"""A cell, a rectangle, or a text: an address, the name of a range or of a table."""

MOST_SHEETS_NAMED = 10


def areas_named(scope: Scope, ref: Ref) -> tuple[RangeRef, ...]:
    """The rectangles that a cell, range or text means, with sheets as the workbook spells them.

    A text is an address such as `P&L!C5`, `'P&L'!C5:D9` or `P&L!A:C`, a defined name, or a table or
    part of one; an address without sheet will do where the workbook has only one. Raises
    AddressError where it means no cells of the workbook.
    """
    if isinstance(ref, CellRef):
        ref = RangeRef(ref.sheet, ref.row, ref.column, ref.row, ref.column)
    if isinstance(ref, RangeRef):
        return (_on_sheet(scope, ref),)
    text = ref.strip().removeprefix("=")
    name, bang, rest = text.rpartition("!")
    if bang and ":" not in name and "[" not in name:
        sheet = _sheet(scope, _unquoted(name))
        return _of_text(scope, text, f"{quote_sheet_name(sheet)}!{rest}", sheet)
    return _of_text(scope, text, text, scope.order[0] if len(scope.order) == 1 else "")


def _of_text(scope: Scope, text: str, formula: str, sheet: str) -> tuple[RangeRef, ...]:
    """What a text means; `formula` is the same with its sheet as the workbook spells it."""
    written = references(formula, sheet)
    if len(written) != 1 or _bare(written[0].text) != _bare(formula.removesuffix("#")):
        raise AddressError(f"{text!r} is no cell, range, name or table of the workbook.")
    if not sheet and written[0].kind is ReferenceKind.AREA and not written[0].sheet:
        raise AddressError(f"{text!r} names no sheet; write it like {_example(scope, text)}.")
    at = RangeRef(sheet, 1, 1, 1, 1)
    found = tuple(one.area for one in scope.resolved(written[0], at) if one.area is not None)
    if not found:
        raise AddressError(f"{text!r} is no cell, range, name or table of the workbook.")
    return found


def _bare(text: str) -> str:
    return "".join(text.split())


def _on_sheet(scope: Scope, area: RangeRef) -> RangeRef:
    return RangeRef(_sheet(scope, area.sheet), area.top, area.left, area.bottom, area.right)


def _sheet(scope: Scope, name: str) -> str:
    number = scope.sheets.get(name.casefold())
    if number is None:
        known = ", ".join(scope.order[:MOST_SHEETS_NAMED])
        more = ", …" if len(scope.order) > MOST_SHEETS_NAMED else ""
        raise AddressError(f"The workbook has no sheet {name!r}; it has {known}{more}.")
    return scope.order[number]


def _unquoted(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] == "'"
    return name[1:-1].replace("''", "'") if quoted else name


def _example(scope: Scope, rest: str) -> str:
    return f"{quote_sheet_name(scope.order[0])}!{rest}" if scope.order else rest
