"""Headers and footers of a sheet part."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from tickmark.read.element import Element
from tickmark.read.text_budget import TextBudget

_NAMES = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


@dataclass(slots=True, eq=False)
class PageTexts:
    """The headers and footers found so far, none of them empty, by the format's names."""

    texts: TextBudget
    found: dict[str, str] = field(default_factory=dict)

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        children = {name: Element(text=partial(self._take, name)) for name in _NAMES}
        return {"headerFooter": Element(children=children)}

    def _take(self, name: str, text: str) -> None:
        if text.strip():
            self.found[name] = self.texts.text(text)
