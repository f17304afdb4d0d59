"""Templates that say the same: equal but for spaces, a leading plus or the order of a sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.deviations.deviation import Terms, normal_form, terms
from tickmark.audit.memo import once
from tickmark.structure.formulas import SheetFormulas
from tickmark.structure.tokens import TokenKind

NO_CLASS: Final = -1

_AREA: Final = 5
_NAMED: Final = frozenset({TokenKind.NAME, TokenKind.TABLE})


@dataclass(frozen=True, slots=True, eq=False)
class FormulaClasses:
    """The classes of a sheet's templates.

    `class_of` (templates + 1, int32) has the class of each template, NO_CLASS in the last place, so
    that cells without formula have it too. Array formulas, data tables and formulas that refer to
    nothing are in no class: they are not copied. `first` (classes) is the first template of each
    class, `terms` what that is made of.
    """

    class_of: npt.NDArray[np.int32]
    first: tuple[int, ...]
    terms: tuple[Terms, ...]

    def __len__(self) -> int:
        return len(self.first)


@once
def formula_classes(own: SheetFormulas) -> FormulaClasses:
    """The classes of the templates of a sheet, found once for all that ask."""
    known: dict[Terms, int] = {}
    first: list[int] = []
    made: list[Terms] = []
    class_of = np.full(len(own.templates) + 1, NO_CLASS, np.int32)
    for number, template in enumerate(own.templates):
        if template.fills is not None:
            continue
        written = terms(template.pieces, own.sheet.name)
        if not any(len(term) == _AREA or term[0] in _NAMED for term in written):
            continue
        index = known.setdefault(normal_form(written), len(known))
        if index == len(first):
            first.append(number)
            made.append(written)
        class_of[number] = index
    return FormulaClasses(class_of, tuple(first), tuple(made))
