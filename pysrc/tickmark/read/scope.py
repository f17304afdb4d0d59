"""Names of elements and attributes under the prefixes that are declared around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tickmark.read.markup import Attributes

UNKNOWN: Final = "?:"
"""Stands before names of vocabularies that are not read."""

_VOCABULARIES: Final = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r:",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main": "x14:",
    "http://schemas.microsoft.com/office/spreadsheetml/2011/1/ac": "x12ac:",
    "http://schemas.microsoft.com/office/excel/2006/main": "xm:",
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": "xdr:",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing": "xdr:",
}
_MOST_NAMES = 1_000


@dataclass(slots=True, eq=False)
class Scope:
    """The prefixes declared by an element, and through `outer` by those around it.

    Names come as in the spreadsheet vocabulary without prefix, those of other vocabularies as
    `r:id`, `mc:Choice`, `x14:cfRule`, `x12ac:list` and `xm:f`, whatever prefix the part gives them.
    """

    outer: Scope | None
    declared: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def inner(self, attributes: Attributes) -> Scope:
        """The scope of an element inside; this one where the element declares nothing."""
        declared = declarations(attributes)
        return Scope(self, declared) if declared else self

    def name(self, written: str) -> str:
        """Name of an element from the one that is written."""
        name = self.names.get(written)
        if name is None:
            prefix, _, local = written.rpartition(":")
            name = self.vocabulary(prefix) + local
            if len(self.names) < _MOST_NAMES:
                self.names[written] = name
        return name

    def attributes(self, written: Attributes) -> Attributes:
        """Attributes by their names, without the declarations of prefixes."""
        return {
            (key if ":" not in key else self.name(key)): value
            for key, value in written.items()
            if key != "xmlns" and not key.startswith("xmlns:")
        }

    def vocabulary(self, prefix: str) -> str:
        """The prefix, colon included, by which names under a written prefix are known here."""
        scope: Scope | None = self
        while scope is not None:
            if prefix in scope.declared:
                return _VOCABULARIES.get(scope.declared[prefix], UNKNOWN)
            scope = scope.outer
        return UNKNOWN if prefix else ""


def root_scope(name: str, attributes: Attributes) -> Scope:
    """The scope of a root element; its own prefix is the spreadsheet's where it is undeclared."""
    declared = declarations(attributes)
    declared.setdefault(name.rpartition(":")[0], next(iter(_VOCABULARIES)))
    return Scope(None, declared)


def declarations(attributes: Attributes) -> dict[str, str]:
    """Prefix to URI as an element declares them; `""` is the default."""
    return {
        key[6:]: value
        for key, value in attributes.items()
        if key == "xmlns" or key.startswith("xmlns:")
    }
