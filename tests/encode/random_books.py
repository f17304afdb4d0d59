"""Random workbooks for encoders: blocks of every kind of cell, hostile texts, hidden parts."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Callable
from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from tests.books import CellSpec, SheetSpec, Value, book, sheet
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import FormulaKind
from tickmark.model.workbook import Workbook

HOSTILE = (
    *["", " ", " pad ", "\t", "a\nB2 7", "x|B9 5", "a\r\n\r\n# S|A1", "\u2028# left out 5|A1", "|"],
    *['"', 'say "q"', '"q"', "\\", "\\n", '"x"+5', "{a=x|b=y}|", "{x*}|a", "{", "=A1", "={1}"],
    *["=<A6>", "<int>", "<text 3 distinct>", "<num ~1..5>", "<15", ">60", "#1", "#REF!", "# S|A1"],
    *["?", "?*3", "*3", "x*3", "EUR*12", "x>2", "x>2x3", ">2", "*", "a*b", "1..50", "1..9 by 2"],
    *["2024-01-01..2024-01-31", "12", "-0", "1e5", "12%", "1.5~2", "0.3~-1", "1~x", "~5", "@45000"],
    *["2024-05-01", "2024-05-01T10:00:00", "14:30:00", "36:15:00", "TRUE", "false", "-> 5"],
    *["a -> b", "as A6", "as B5 ", "except A1", "except A1 x", "A1:B2 except C3", "25 x", "K x"],
    *[
        "A5|x",
        "a",
        "b",
        "aa",
        "n/a",
        "数量",
        "合計;",
        "é",
        "\u200b",
        "\u202ex",
        "\ud800",
        "\U000e0041",
    ],
    *["…", "and 5 more areas", "x" * 250, "ab " * 400, "first 100 of 450 characters)", "1,250"],
)
NAMES = ("S", "P&L 2024", "O'Brien", 'a "b"', "x|y", "表1", "# S", " ", "A1", "-> x", "x\ny", "1")
NUMBERS: tuple[float, ...] = (
    *[0, -0.0, 1, 7, 12, 2024, 1e15, 1e22, -5, 0.1, 0.3, 0.1 + 0.2, 1 / 3, 27758.7, 1e-7, 5e-324],
    *[1.7976931348623157e308, -1e300, 123456.789, 99.99, 1e15 - 1, 2**53 + 2.0, 1.005 * 3],
)
FORMATS = ("General", "0%", "$#,##0.00", "[h]:mm", "h:mm", "yyyy-mm-dd", "0.00")
ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#SPILL!")
FORMULAS = (
    *["=A1*2", "=$A$1+B2", '="a | b"&A1', "=SUM(A1:B9)", '=A1&" -> 1"', "=1+1", "=A$1*$B1"],
    *[
        "='x|y'!A1",
        '="\n"',
        "=IF(A1>0,B1,C1)",
        "=" + "A1+" * 90 + "1",
        "=Nope(",
        "={1,2}",
        '=\\"x"',
    ],
)
LABELS = ("Revenue", "Costs", "Total", "Margin %", "North", "South", "Year", "Q1", "Name:", "Unit")

_Make = Callable[[Random, int, int], CellSpec]


def _number(rng: Random, *_: int) -> Value:
    kind = rng.randrange(4)
    if kind == 0:
        return rng.choice(NUMBERS)
    if kind == 1:
        return rng.randrange(-50, 5000)
    return round(rng.uniform(-1e4, 1e5), rng.randrange(4)) if kind == 2 else rng.gauss(0, 1e6)


def _text(rng: Random, *_: int) -> Value:
    if rng.random() < 0.3:
        return rng.choice(HOSTILE)
    if rng.random() < 0.2:
        return "".join(rng.choices(string.printable, k=rng.randrange(12)))
    return rng.choice(LABELS) + rng.choice(("", " A", " B", " 2024"))


def _date(rng: Random, *_: int) -> Value:
    day = dt.date(1990, 1, 1) + dt.timedelta(days=rng.randrange(15_000))
    if rng.random() < 0.7:
        return day
    return dt.datetime.combine(day, dt.time(rng.randrange(24), rng.randrange(60)))


def _formula(rng: Random, *_: int) -> CellSpec:
    return (rng.choice(FORMULAS), _result(rng))


def _result(rng: Random) -> Value:
    makers = (_number, _number, _text, _date, lambda _: rng.choice(ERRORS), lambda _: None)
    return rng.choice(makers)(rng)


def _anything(rng: Random, *_: int) -> CellSpec:
    makers = (_number, _text, _date, _formula, lambda _: rng.choice((True, False)), _result)
    return rng.choice(makers)(rng)


def _filled(rng: Random) -> _Make:
    """What fills a block, by the row and column inside of it."""
    start, step = rng.choice((1, 2019, 0.5, -3)), rng.choice((1, 1, 5, 0.1, -1))
    word, number = _text(rng), _number(rng)
    return rng.choice(
        (
            _number,
            _text,
            _date,
            _anything,
            _formula,
            lambda *_: word,
            lambda *_: number,
            lambda _, down, across: start + step * down + across,
            lambda _, down, across: dt.date(2020, 1, 1) + dt.timedelta(days=31 * across + down),
            lambda _, down, across: f"Item {down} of {across}",
            lambda *_: rng.choice((True, False)),
            lambda *_: rng.choice(ERRORS),
            lambda *_: rng.choice(("EUR", "USD", "GBP")),
            lambda *_: rng.randrange(3),
        )
    )


def _copied(rng: Random, top: int, left: int) -> _Make:
    """Copies of a formula that reads the cell above or on the left."""
    absolute = rng.random() < 0.2
    none = rng.random() < 0.2

    def make(_: Random, down: int, across: int) -> CellSpec:
        row, column = max(1, top + down - 1), max(1, left + across - 1)
        address = "$B$2" if absolute else cell_address(row, column)
        return (f"={address}*2", None if none else rng.choice((down * 2.5, 4, 1 / 3)))

    return make


def _fill(rng: Random, cells: dict[str, CellSpec], most: int) -> None:
    top, left = rng.randrange(1, 30), rng.randrange(1, 12)
    if rng.random() < 0.05:
        top, left = rng.choice(((1_048_570, 1), (1, 16_380), (500_000, 8_000)))
    high, wide = rng.choice(((1, 1), (1, 9), (14, 1), (6, 5), (30, 4), (3, 26), (2, 2), (60, 2)))
    high, wide = min(high, most), min(wide, most)
    make = _copied(rng, top, left) if rng.random() < 0.3 else _filled(rng)
    kept = rng.choice((1.0, 1.0, 0.95, 0.5))
    broken = rng.choice((0.0, 0.0, 0.05))
    for down in range(min(high, 1_048_577 - top)):
        for across in range(min(wide, 16_385 - left)):
            if rng.random() < kept:
                value = _anything(rng) if rng.random() < broken else make(rng, down, across)
                # A text that begins like a formula stands as the result of one.
                if isinstance(value, str) and value.startswith("="):
                    value = ("=A1", value)
                if value is not None:
                    cells[cell_address(top + down, left + across)] = value
    if rng.random() < 0.5 and top > 1:
        for across in range(min(wide, 16_385 - left)):
            cells[cell_address(top - 1, left + across)] = rng.choice(LABELS)


def _area(rng: Random) -> RangeRef:
    top, left = rng.randrange(1, 35), rng.randrange(1, 14)
    return RangeRef("", top, left, top + rng.randrange(4), left + rng.randrange(5))


def _page(rng: Random, most: int) -> SheetSpec:
    cells: dict[str, CellSpec] = {}
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
        _fill(rng, cells, most)
    shared = {_area(rng).a1: rng.choice(FORMULAS) for _ in range(rng.choice((0, 0, 1, 2)))}
    return sheet(
        cells,
        shared=shared,
        state=rng.choice(("visible", "visible", "visible", "hidden")),
        merges=tuple(_area(rng).a1 for _ in range(rng.choice((0, 0, 1, 6)))),
        hidden_rows=rng.choice(((), (), ((3, 5),), ((2, 2), (10, 400)))),
        hidden_columns=rng.choice(((), (), ((2, 2),), ((4, 9),))),
        formats={one: rng.choice(FORMATS) for one in cells if rng.random() < 0.1},
        bold=tuple(one for one in cells if rng.random() < 0.05),
    )


def random_book(rng: Random, most: int = 60) -> Workbook:
    """A workbook of one or two sheets whose blocks are at most so many cells high and wide."""
    names = rng.sample(NAMES, rng.choice((1, 1, 2)))
    made = book({name: _page(rng, most) for name in names})
    for page in made.sheets:
        groups = dict(page.cells.formula_groups)
        for number, group in groups.items():
            kind = rng.choice(list(FormulaKind))
            page.cells.formula_groups[number] = replace(group, kind=kind)  # type: ignore[index]
    return replace(made, date1904=rng.random() < 0.1)


def random_books(most: int = 60) -> st.SearchStrategy[Workbook]:
    """Workbooks by their seed."""
    return st.integers(0, 1 << 32).map(lambda seed: random_book(Random(seed), most))  # noqa: S311 - no secret
