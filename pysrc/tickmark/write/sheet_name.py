"""Names of new sheets: legal for Excel and not taken."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from tickmark.write.xml_text import cut_to, units

LONGEST_NAME: Final = 31

_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RESERVED: Final = "history"


def legal_name(wish: str, taken: Collection[str]) -> str:
    """The wished name made legal, with " (2)" and so on where it is taken or reserved.

    Letter case does not make names differ.
    """
    name = _trimmed(cut_to(_FORBIDDEN.sub("_", wish), LONGEST_NAME)) or "Sheet"
    folded = {one.casefold() for one in taken} | {_RESERVED}
    candidate, number = name, 1
    while candidate.casefold() in folded:
        number += 1
        suffix = f" ({number})"
        candidate = _trimmed(cut_to(name, LONGEST_NAME - units(suffix))) + suffix
    return candidate


def _trimmed(name: str) -> str:
    """Without spaces at its ends, nor the apostrophes that Excel forbids there."""
    return name.strip(" '")
