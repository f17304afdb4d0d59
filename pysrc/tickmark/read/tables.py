"""Table parts: the tables that the author drew on a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.model.address import MAX_COLUMN
from tickmark.model.workbook import Table, TableColumn
from tickmark.read.addresses import range_or_none
from tickmark.read.losses import cut_texts, losses
from tickmark.read.markup import Attributes, number, walk
from tickmark.read.package import PartUnreadable
from tickmark.read.relationships import target_part
from tickmark.read.sheet_source import SheetSource
from tickmark.read.text_budget import TextBudget
from tickmark.read.text_pieces import TextPieces

_COLUMN = ["table", "tableColumns", "tableColumn"]
_FORMULA = [*_COLUMN, "calculatedColumnFormula"]
_TOTAL = [*_COLUMN, "totalsRowFormula"]
_FILTER = ["table", "autoFilter"]
_FILTER_COLUMN = [*_FILTER, "filterColumn"]
_KINDS = frozenset({"worksheet", "queryTable", "xml"})


@dataclass(slots=True, eq=False)
class _Part:
    """A table part while it is read; `filtering` are the places of columns that hide rows.

    `opened` are the attributes of the column that is open, `formulas` its formulas by element.
    """

    part: str
    texts: TextBudget
    root: Attributes = field(default_factory=dict)
    columns: list[TableColumn] = field(default_factory=list)
    filter: Attributes = field(default_factory=dict)
    filtering: set[int] = field(default_factory=set)
    opened: Attributes = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    pieces: TextPieces = field(init=False)
    path: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pieces = TextPieces(self.texts.longest_formula)

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        path = self.path
        path.append(name)
        if len(path) == 1:
            self.root = attributes
        elif path in (_COLUMN, _FILTER_COLUMN):
            self.opened = attributes
            self.formulas.clear()
        elif path == _FILTER:
            self.filter = attributes
        elif path[:-1] == _FILTER_COLUMN and name != "extLst":
            self.filtering.add(number(self.opened.get("colId"), -1))
        self.pieces.take()

    def text(self, piece: str) -> None:
        """A piece of text."""
        if self.path in (_FORMULA, _TOTAL):
            self.pieces.add(piece)

    def end(self, name: str) -> None:
        """An element ends."""
        if self.path in (_FORMULA, _TOTAL):
            self.formulas[name] = self.texts.formula(self.pieces.take())
        elif self.path == _COLUMN:
            self._add_column()
        self.path.pop()

    def table(self, sheet: str) -> Table:
        """The table as far as its part was read; raises PartUnreadable where it has no range."""
        root = self.root
        span = range_or_none(root.get("ref"), sheet)
        if span is None:
            raise PartUnreadable(f"its part {self.part} names no range")
        filtered = range_or_none(self.filter.get("ref"), sheet)
        shift = 0 if filtered is None else filtered.left - span.left
        kind = root.get("tableType", "worksheet")
        totals_rows = number(root.get("totalsRowCount"), 0)
        return Table(
            name=self.texts.text(root.get("displayName") or root.get("name")),
            range=span,
            columns=tuple(one.name for one in self.columns),
            header_rows=number(root.get("headerRowCount"), 1),
            totals_rows=totals_rows,
            calculated=tuple(self._calculated(totals=totals_rows > 0)),
            kind=kind if kind in _KINDS else "worksheet",
            filter_range=filtered,
            filtered=tuple(
                one.name for at, one in enumerate(self.columns) if at - shift in self.filtering
            ),
        )

    def _add_column(self) -> None:
        if len(self.columns) >= MAX_COLUMN:
            raise PartUnreadable(f"its part {self.part} has more columns than a sheet")
        get = self.opened.get
        text = self.texts.text
        total = get("totalsRowFunction", "none")
        self.columns.append(
            TableColumn(
                name=text(get("name")),
                formula=self.formulas.get("calculatedColumnFormula", ""),
                total="" if total == "none" else text(total),
                total_label=text(get("totalsRowLabel")),
                total_formula=self.formulas.get("totalsRowFormula", ""),
            )
        )

    def _calculated(self, *, totals: bool) -> list[TableColumn]:
        """The columns that calculate; what stood in a totals row that is no more is dropped."""
        columns = self.columns if totals else [TableColumn(c.name, c.formula) for c in self.columns]
        return [column for column in columns if column != TableColumn(column.name)]


def read_tables(
    source: SheetSource, wanted: list[str]
) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The tables of a sheet part by their relationships, and sentences about unreadable ones."""
    limits = source.package.limits
    texts = TextBudget(limits.string_length, limits.formula_length, limits.string_bytes // 8)
    tables: list[Table] = []
    clauses: list[str] = []
    seen: set[str] = set()
    for key in wanted:
        try:
            name = _table_part(source, key)
            if name.lower() in seen:
                continue
            seen.add(name.lower())
            part = _Part(name, texts)
            tables.append(_table(source, part, clauses))
        except PartUnreadable as error:
            clauses.append(str(error))
    told = losses("A table could not be read", clauses) + cut_texts(texts, "tables")
    if texts.lost_formulas:
        told += (
            f"Formulas of tables left out because they are too long: {texts.lost_formulas:,}.",
        )
    return tuple(tables), told


def _table_part(source: SheetSource, key: str) -> str:
    relationship = source.relationships.get(key)
    if relationship is None:
        raise PartUnreadable("its relationship is missing")
    return target_part(source.package, source.part, relationship)


def _table(source: SheetSource, part: _Part, clauses: list[str]) -> Table:
    """The table in a part, in front of a damaged place at least; raises PartUnreadable."""
    try:
        walk(source.package, part.part, part.start, part.end, part.text)
    except PartUnreadable as error:
        if not part.columns:
            raise
        clauses.append(str(error))
    return part.table(source.sheet)
