"""Form controls of a sheet: buttons, check boxes and lists, with the cells that they set."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tickmark.model.drawing import Shape
from tickmark.read.anchors import Anchor
from tickmark.read.element import Element
from tickmark.read.limits import allows_more
from tickmark.read.markup import Attributes, true, walk
from tickmark.read.package import PartUnreadable
from tickmark.read.relationships import target_part
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget

CONTROLS: Final = {
    "button": "button",
    "checkbox": "check box",
    "drop": "drop-down",
    "edit": "edit box",
    "editbox": "edit box",
    "gbox": "group box",
    "label": "label",
    "list": "list box",
    "radio": "option button",
    "scroll": "scroll bar",
    "spin": "spinner",
}
"""What the types of objects are called, which are written with and without capitals."""


@dataclass(slots=True, eq=False)
class _Control:
    """A control as the sheet part names it; `relationship` leads to its properties."""

    identity: str
    name: str
    relationship: str
    properties: Attributes = field(default_factory=dict)
    anchor: Anchor = field(default_factory=Anchor)


@dataclass(slots=True, eq=False)
class Controls:
    """The controls found so far in a sheet part, at most so many.

    `drawings` are the relationships of what is drawn above the sheet.
    """

    most: int
    found: list[_Control] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
    left_out: int = 0
    open: _Control | None = None
    corner: str = ""

    def elements(self) -> dict[str, Element]:
        """The elements of the sheet part that are looked at."""
        axes = {
            "xdr:col": Element(text=lambda text: self._number("col", text)),
            "xdr:row": Element(text=lambda text: self._number("row", text)),
        }
        corners = {
            corner: Element(start=partial(self._corner, corner), children=axes)
            for corner in ("from", "to")
        }
        properties = Element(start=self._properties, children={"anchor": Element(children=corners)})
        control = Element(start=self._start, children={"controlPr": properties})
        return {
            "controls": Element(children={"control": control}),
            "drawing": Element(start=self._drawing),
            "legacyDrawing": Element(start=self._drawing),
        }

    def problems(self) -> tuple[str, ...]:
        """A sentence about controls that were left out."""
        if not self.left_out:
            return ()
        return (f"{self.left_out:,} form controls left out; {allows_more('ranges')}.",)

    def _start(self, attributes: Attributes) -> None:
        self.open = None
        if len(self.found) >= self.most:
            self.left_out += 1
            return
        name, identity = attributes.get("name", ""), attributes.get("shapeId", "")
        self.open = _Control(identity, name, attributes.get("r:id", ""))
        self.found.append(self.open)

    def _drawing(self, attributes: Attributes) -> None:
        if len(self.drawings) < self.most:
            self.drawings.append(attributes.get("r:id", ""))

    def _properties(self, attributes: Attributes) -> None:
        if self.open is not None:
            self.open.properties = attributes
            if true(attributes.get("uiObject")):  # the arrow of a filter
                self.found.pop()
                self.open = None

    def _corner(self, corner: str, _attributes: Attributes) -> None:
        self.corner = corner

    def _number(self, axis: str, text: str) -> None:
        if self.open is not None:
            self.open.anchor.note(self.corner, axis, text)


def read_controls(
    source: SheetSource, controls: Controls, texts: TextBudget
) -> tuple[dict[str, Shape], list[str]]:
    """The controls of a sheet by the numbers of their shapes, and clauses about unreadable parts.

    Those whose part cannot be read are told by what the sheet part says of them.
    """
    shapes: dict[str, Shape] = {}
    clauses: list[str] = []
    read: dict[str, Attributes] = {}
    for one in controls.found:
        if one.relationship not in read:
            read[one.relationship] = {}
            try:
                read[one.relationship] = _own_properties(source, one.relationship)
            except PartUnreadable as error:
                clauses.append(str(error))
        own = read[one.relationship]
        said = one.properties
        key = one.identity if one.identity not in shapes else f"{one.identity} {len(shapes)}"
        shapes[key] = Shape(
            name=texts.text(one.name),
            kind="control",
            alt_text=texts.text(said.get("altText")),
            anchor=one.anchor.range(source.sheet),
            link=texts.formula(
                own.get("fmlaLink") or own.get("fmlaTxbx") or said.get("linkedCell")
            ),
            source=texts.formula(own.get("fmlaRange") or said.get("listFillRange")),
            macro=texts.text(own.get("fmlaMacro") or said.get("macro")),
            control=CONTROLS.get(own.get("objectType", "").lower(), ""),
        )
    return shapes, clauses


def _own_properties(source: SheetSource, key: str) -> Attributes:
    relationship = source.relationships.get(key)
    if relationship is None:
        raise PartUnreadable("the sheet does not say where its properties are")
    if relationship.type != "ctrlProp" or relationship.external:
        return {}  # an ActiveX control, whose properties are binary
    found: list[Attributes] = []

    def start(_name: str, attributes: Attributes) -> bool:
        found.append(attributes)
        return True

    walk(source.package, target_part(source.package, source.part, relationship), start)
    return found[0] if found else {}
