"""Whether lookups in keys out of order miss their key, on the saved values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.audit.lookups.key_line import Key, KeyLine
from tickmark.audit.lookups.lookup_uses import IN_FORMULA, LookupUse, cell_key, looked_for
from tickmark.model.grid import CellKind
from tickmark.structure.expression import Call, Constant, Expression, Operation
from tickmark.structure.expression import expression as tree_of
from tickmark.structure.formulas import Formulas

LARGEST_NUMBER: Final = 1e9
LAST_TEXT: Final = "zz"


@dataclass(frozen=True, slots=True)
class LookupSuspect:
    """A cell that looks in unsorted keys, by its number in the use.

    `value` is what it looks for, None where unknown. `hit` and `right` are the places of the key
    that it finds and of the one that it should, None where no miss is proven; `shown` tells that
    the saved result agrees.
    """

    use: LookupUse
    at: int
    value: Key | None = None
    hit: int | None = None
    right: int | None = None
    shown: bool = False


def lookup_suspects(
    formulas: Formulas, keys: KeyLine, use: LookupUse, broken: Sequence[int], most: int
) -> Iterator[LookupSuspect]:
    """The cells that look in keys out of order, with what that does to them.

    The first `most` of them are evaluated; those with which nothing is wrong are left out.
    """
    values = looked_for(formulas, use, broken[:most])
    found = 0
    for at, value in zip(broken, values, strict=False):
        suspect = LookupSuspect(use, at, value)
        judged = suspect if value is None else _judged(formulas, keys, suspect)
        if judged is not None:
            found += 1
            yield judged
    # Where nothing is wrong with those that were looked at, the others are likely right too.
    if found or not values:
        yield from (LookupSuspect(use, at) for at in broken[most:])


def _judged(formulas: Formulas, keys: KeyLine, suspect: LookupSuspect) -> LookupSuspect | None:
    """The suspect with what its value proves; None where nothing is wrong with it."""
    use, value = suspect.use, suspect.value
    begin, end = int(use.begins[suspect.at]), int(use.ends[suspect.at])
    if value is None or value == "":
        return None
    kind = CellKind.TEXT if isinstance(value, str) else CellKind.NUMBER
    kind = CellKind.BOOL if isinstance(value, bool) else kind
    if keys.breaks(kind).first_inside(begin, end) is None:
        return None
    if is_sentinel(use.lookup.value, value) and keys.is_last(value, begin, end):
        return None
    missed = keys.missed(value, begin, end)
    if missed is None:
        return suspect
    shown = _saved_is_right(formulas, keys, suspect)
    if shown:
        return suspect
    hit, right = missed
    return LookupSuspect(use, suspect.at, value, hit, right, shown=shown is not None)


def fetches_last(value: Expression) -> bool:
    """Whether a text is looked for that is made to stand behind all others."""
    return isinstance(value, Call) and value.function in {"REPT", "CHAR", "UNICHAR"}


def is_sentinel(value: Expression, key: Key) -> bool:
    """Whether a key is looked for that is made to be the last."""
    if isinstance(value, Constant | Operation):
        return True
    if isinstance(key, str):
        return key.casefold().startswith(LAST_TEXT)
    return abs(key) >= LARGEST_NUMBER


def _saved_is_right(formulas: Formulas, keys: KeyLine, suspect: LookupSuspect) -> bool | None:
    """Whether the saved result is that of the right key; None where it cannot be compared."""
    use = suspect.use
    own = formulas.sheets[use.sheet]
    cells = own.sheet.cells
    position = int(use.positions[suspect.at])
    tree = tree_of(own.templates[use.template].text)
    if not use.lookup.alone or not isinstance(tree, Call) or suspect.value is None:
        return None
    begin, end = int(use.begins[suspect.at]), int(use.ends[suspect.at])
    places = keys.equal_places(suspect.value, begin, end).tolist()
    saved = cells.value(position)
    if saved is None or cells.kinds[position] == CellKind.ERROR or not places:
        return None
    if use.lookup.function == "MATCH":
        return saved in [place - begin + 1 for place in places]
    expected = [_result(formulas, tree, suspect, place) for place in places]
    return None if None in expected else saved in expected


def _result(formulas: Formulas, call: Call, suspect: LookupSuspect, place: int) -> Key | None:
    """What a lookup with a stated column or row gives for the key at a place."""
    use = suspect.use
    columned = use.lookup.function in {"VLOOKUP", "HLOOKUP"} and use.place.sheet != IN_FORMULA
    if not columned or len(call.arguments) < 3:  # noqa: PLR2004 - value, range, number
        return None
    match call.arguments[2]:
        case Constant(CellKind.NUMBER, float(number)):
            ahead = int(number) - 1
        case _:
            return None
    top, left = use.areas[suspect.at][:2].tolist()
    row, column = (place, left + ahead)
    if use.lookup.function == "HLOOKUP":
        row, column = (top + ahead, place)
    return cell_key(formulas, use.place.sheet, row, column)
