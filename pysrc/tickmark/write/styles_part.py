"""Formats of new cells, put at the ends of the lists in a styles part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tickmark.errors import WriteRefused
from tickmark.write.looks import LOOKS, CellFormat, Look, Styles
from tickmark.write.outline import Element, outline
from tickmark.write.splice import Splice, appended, spliced
from tickmark.write.xml_text import markup

MOST_FORMATS: Final = 65_490
"""Excel's limit of cell formats in a workbook."""

_LARGEST: Final = 409
_ORDER: Final = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
_RESERVED: Final = {
    "fonts": ('<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>',),
    "fills": (
        '<fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
    ),
    "borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    "cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
}
"""What has to stand first in each list; cells without a format look so."""

_EMPTY: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="{}"><cellStyleXfs count="1">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


def empty_styles(namespace: str) -> bytes:
    """A styles part for a workbook that has none."""
    return _EMPTY.format(namespace).encode()


def with_formats(data: bytes, formats: Sequence[CellFormat], *, label: str) -> tuple[bytes, Styles]:
    """The styles part with the formats added, and where they stand.

    Fonts take name and size from the workbook's own first font. `label` names file and part in
    errors. Raises WriteRefused where the part cannot be edited or is full.
    """
    root = outline(data, {"styleSheet", "fonts", "font"}, label=label)
    if root.is_empty_tag:
        tag = data[root.start : root.end].decode()[:-2].rstrip()
        data = spliced(data, [Splice(root.start, root.end, f"{tag}></{root.tag()}>")])
        root = outline(data, {"styleSheet"}, label=label)
    if root.name != "styleSheet":
        message = f"{label} is no styles part; open and save the workbook again in Excel."
        raise WriteRefused(message)
    lists = {name: _List(root, name) for name in _RESERVED}
    base = _FirstFont.of(lists["fonts"].element)
    based = root.first("cellStyleXfs")
    indices = {
        one: lists["cellXfs"].index(_format(one, lists, base, based=bool(based and based.count)))
        for one in formats
    }
    if lists["cellXfs"].total > MOST_FORMATS:
        message = f"{label} has no room for more cell formats; remove unused styles in Excel first."
        raise WriteRefused(message)
    splices = [splice for one in lists.values() for splice in one.splices(data)]
    return spliced(data, splices), Styles(indices, base.points)


@dataclass(frozen=True, slots=True)
class _FirstFont:
    """The part of a font that new fonts take over: size, and the other elements in order."""

    size: str = "11"
    rest: tuple[tuple[str, str], ...] = (("name", "Calibri"), ("family", "2"))

    @classmethod
    def of(cls, fonts: Element | None) -> _FirstFont:
        font = fonts.first("font") if fonts else None
        if font is None:
            return cls()
        values = {one.name: one.attributes.get("val", "") for one in font.children}
        rest = ("name", "family", "charset", "scheme")
        return cls(
            values.get("sz") or "11",
            tuple((name, values[name]) for name in rest if values.get(name)),
        )

    @property
    def points(self) -> float:
        """The size as a number that a font can have."""
        try:
            size = float(self.size)
        except ValueError:
            return 11.0
        return size if 1 <= size <= _LARGEST else 11.0


@dataclass(slots=True)
class _List:
    """One list of the styles part, such as fonts, and what is added to it."""

    root: Element
    name: str
    element: Element | None = None
    added: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.element = self.root.first(self.name)

    @property
    def kept(self) -> int:
        """How many entries stand before the added ones, reserved ones included."""
        return max(self.element.count if self.element else 0, len(_RESERVED[self.name]))

    @property
    def total(self) -> int:
        return self.kept + len(self.added)

    def index(self, entry: str) -> int:
        """The index of an added entry."""
        if entry not in self.added:
            self.added.append(entry)
        return self.kept + self.added.index(entry)

    def splices(self, data: bytes) -> list[Splice]:
        """How the list comes into the part; nothing for one that serves as it is."""
        have = self.element.count if self.element else 0
        if have and not self.added:
            return []
        entries = "".join([*_RESERVED[self.name][have:], *self.added])
        entries = _prefixed(entries, self.root.prefix)
        if self.element:
            return appended(data, self.element, entries, total=self.total)
        tag = self.root.tag(self.name)
        before = _ORDER[: _ORDER.index(self.name)]
        ends = [one.end for name in before for one in self.root.named(name)]
        at = max(ends, default=self.root.inside)
        return [Splice(at, at, f'<{tag} count="{self.total}">{entries}</{tag}>')]


def _prefixed(xml: str, prefix: str) -> str:
    """Elements written without prefix, in the namespace of the part's root."""
    if not prefix:
        return xml
    return xml.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")


def _format(one: CellFormat, lists: Mapping[str, _List], base: _FirstFont, *, based: bool) -> str:
    look = LOOKS[one.style]
    font = fill = border = 0
    applied = ""
    if look.bold or look.underlined or look.size or look.colour:
        font = lists["fonts"].index(_font(look, base))
        applied += ' applyFont="1"'
    if look.fill:
        solid = f'<fgColor rgb="FF{look.fill}"/><bgColor indexed="64"/>'
        fill = lists["fills"].index(
            f'<fill><patternFill patternType="solid">{solid}</patternFill></fill>'
        )
        applied += ' applyFill="1"'
    if one.bottom_line:
        thickness, colour = one.bottom_line
        line = f'<bottom style="{thickness}"><color rgb="FF{colour}"/></bottom>'
        border = lists["borders"].index(f"<border><left/><right/><top/>{line}<diagonal/></border>")
        applied += ' applyBorder="1"'
    style = ' xfId="0"' if based else ""
    guard = ' quotePrefix="1"' if one.as_text else ""
    wrap = ' wrapText="1"' if look.wrapped else ""
    indent = f' horizontal="left" indent="{look.indent}"' if look.indent else ""
    return (
        f'<xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="{border}"{style}{guard}'
        f'{applied} applyAlignment="1"><alignment vertical="{look.vertical}"{wrap}{indent}/></xf>'
    )


def _font(look: Look, base: _FirstFont) -> str:
    parts = ["<b/>" if look.bold else "", "<u/>" if look.underlined else ""]
    parts.append(f'<sz val="{look.size or markup(base.size)}"/>')
    parts.append(f'<color rgb="FF{look.colour}"/>' if look.colour else "")
    parts += [f'<{name} val="{markup(value)}"/>' for name, value in base.rest]
    return f"<font>{''.join(parts)}</font>"
