"""Defined names of a book or of one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.libreoffice import engine_formulas
from tests.libreoffice.engine_errors import plain_errors

if TYPE_CHECKING:
    from tests.libreoffice.engine_range import Range
    from tests.libreoffice.engine_sheet import Sheet


@plain_errors
class Name:
    """A defined name; in Excel one of a sheet has the sheet in front."""

    def __init__(self, sheet: Sheet, holder: Any, name: str, *, local: bool) -> None:
        self._sheet, self._holder, self._name, self._local = sheet, holder, name, local

    @property
    def api(self) -> Any:
        return self._native

    @property
    def name(self) -> str:
        return f"{quoted(self._sheet.name)}!{self._name}" if self._local else self._name

    @name.setter
    def name(self, value: str) -> None:
        bare = value.rpartition("!")[2]
        self._native.setName(bare)
        self._name = bare

    @property
    def refers_to(self) -> str:
        document = self._sheet.book.document
        parse = engine_formulas.parser(document)
        kept, base = self._native.getTokens(), self._native.ReferencePosition
        return engine_formulas.excel_text(parse, kept, base)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        parse = engine_formulas.parser(self._sheet.book.document)
        base = self._native.ReferencePosition
        self._native.setTokens(engine_formulas.tokens(parse, value, base))

    @property
    def refers_to_range(self) -> Range:
        cells = self._native.getReferredCells()
        if cells is None:
            message = f"the name {self._name} does not refer to cells"
            raise ValueError(message)
        return self._sheet.book.range_of(cells)

    def delete(self) -> None:
        self._holder.removeByName(self._name)

    @property
    def _native(self) -> Any:
        return self._holder.getByName(self._name)


@plain_errors
class Names:
    """The names of a book, those of its sheets included, or of one sheet."""

    def __init__(self, sheets: list[Sheet], *, book: bool) -> None:
        self._sheets, self._book = sheets, book

    @property
    def api(self) -> Any:
        return self._sheets[0].book.document.NamedRanges

    def __iter__(self) -> Iterator[Name]:
        first = self._sheets[0]
        if self._book:
            holder = first.book.document.NamedRanges
            yield from (Name(first, holder, name, local=False) for name in holder.ElementNames)
        for sheet in self._sheets:
            holder = sheet.cells_of.NamedRanges
            yield from (Name(sheet, holder, name, local=True) for name in holder.ElementNames)

    def __len__(self) -> int:
        return len(self.snapshot())

    def snapshot(self) -> list[tuple[str, Name]]:
        """All names with their objects, in the order of Excel: by name."""
        return sorted(((name.name, name) for name in self), key=lambda pair: pair[0].lower())

    def __call__(self, name_or_index: int | str) -> Name:
        if isinstance(name_or_index, int):
            return self.snapshot()[name_or_index - 1][1]
        wanted = name_or_index.lower()
        for known, name in self.snapshot():
            if wanted in {known.lower(), known.rpartition("!")[2].lower()}:
                return name
        raise KeyError(name_or_index)

    def contains(self, name_or_index: int | str) -> bool:
        try:
            self(name_or_index)
        except (KeyError, IndexError):
            return False
        return True

    def add(self, name: str, refers_to: str) -> Name:
        sheet, bare = self._sheets[0], name.rpartition("!")[2]
        local = not self._book or "!" in name
        if "!" in name:
            wanted = name.rpartition("!")[0].strip("'").replace("''", "'")
            sheet = sheet.book.sheets(wanted)
        document = sheet.book.document
        holder = sheet.cells_of.NamedRanges if local else document.NamedRanges
        if holder.hasByName(bare):
            holder.removeByName(bare)  # Excel replaces a name, too
        position = sheet.cells_of.getCellByPosition(0, 0).CellAddress
        holder.addNewByName(bare, "", position, 0)
        made = Name(sheet, holder, bare, local=local)
        made.refers_to = refers_to
        return made


def quoted(sheet: str) -> str:
    """A sheet's name as it stands in a reference."""
    plain = sheet.replace("_", "a").replace(".", "a").isalnum() and not sheet[:1].isdigit()
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"
