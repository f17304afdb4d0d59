"""Workbooks made for the figures, the same on every machine, written as Excel writes them."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from tests.benchmarks.formula_graph.measuring import Found
from tests.read.parts import CONTENT_TYPES, MAIN, OFFICE, relationships
from tickmark.model.address import cell_address

RATES = 100
SUMMARY = 100
WINDOW = 12
FILLED_COLUMNS = 5
CHAIN_ROWS = 27_000
BLOCKS = 10_000
BLOCKS_A_ROW = 100
BLOCK_HEIGHT = 3

_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def filled_down(path: Path, rows: int, form: str) -> None:
    """Five columns of `rows` formulas each, filled down; `form` is `plain` or `shared`.

    A product of the row, a running total, a VLOOKUP into another sheet, a sliding sum and an IF;
    and a summary of roll-ups over whole columns.
    """
    rates = [row_of(n, number(n, 1, n), number(n, 2, n / 1000)) for n in range(1, RATES + 1)]
    summary = (
        row_of(n, number(n, 1, n), formula(n, 2, f"SUMIF(Model!$A:$A,A{n},Model!$C:$C)", n))
        for n in range(1, SUMMARY + 1)
    )
    model = _model(rows, shared=form == "shared")
    write(path, {"Model": model, "Rates": rates, "Summary": summary})


def filled_formulas(row: int) -> tuple[str, ...]:
    """The five formulas of a row of `filled_down`, as in a cell of that row."""
    total = f"D{row - 1}+C{row}" if row > 2 else "C2"
    first = f"C{row - WINDOW + 1}" if row > WINDOW else "C$2"
    return (
        f"A{row}*B{row}",
        total,
        f"VLOOKUP(A{row},Rates!$A$1:$B${RATES},2,FALSE)",
        f"SUM({first}:C{row})",
        f"IF(F{row}>100,E{row}*C{row},-E{row})",
    )


def _model(rows: int, *, shared: bool) -> Iterator[str]:
    running, window = 0.0, [0.0] * WINDOW
    last = rows + 1
    # Where a shared formula begins: one that differs from its neighbours stands alone before it.
    begins = (2, 3, 2, WINDOW + 1, 2)
    for row in range(2, last + 1):
        key, amount = row * 31 % RATES + 1, row * 7919 % 10_000 / 100
        product = key * amount
        running += product
        window[row % WINDOW] = product
        rate, recent = key / 1000, sum(window)
        texts = filled_formulas(row)
        values = (product, running, rate, recent, rate * product if recent > 100 else -rate)
        cells = [number(row, 1, key), number(row, 2, amount)]
        for column, (text, value, begin) in enumerate(zip(texts, values, begins, strict=True), 3):
            if not shared or row < begin:
                cells.append(formula(row, column, text, value))
            else:
                ref = f"{cell_address(begin, column)}:{cell_address(last, column)}"
                own = f' ref="{ref}"' if row == begin else ""
                inner = escape(text) if row == begin else ""
                tag = f'<f t="shared"{own} si="{column}">{inner}</f>'
                tag = tag if inner else f'<f t="shared" si="{column}"/>'
                at = cell_address(row, column)
                cells.append(f'<c r="{at}">{tag}<v>{value!r}</v></c>')
        yield row_of(row, *cells)


def mutual_chain(path: Path, rows: int) -> None:
    """Two columns that need each other: D of a row needs E of the row above, E needs D."""
    lines = [row_of(1, number(1, 1, 1), number(1, 5, 100))]
    lines += [
        row_of(row, formula(row, 4, f"E{row - 1}*$A$1", 0), formula(row, 5, f"D{row}+1", 0))
        for row in range(2, rows + 2)
    ]
    write(path, {"Chain": lines})


def many_blocks(path: Path, blocks: int) -> None:
    """So many blocks of three rows, each of which refers to two earlier ones or to itself.

    One block in fifty is a running total; one in a thousand closes a circle with the one before.
    """
    generator = random.Random(11)  # noqa: S311 - the same book every time
    cells: dict[int, list[str]] = {}
    for block in range(blocks):
        top, left = _place(block)
        others = [_place(generator.randrange(block)) if block else (top, 201) for _ in range(2)]
        for down in range(BLOCK_HEIGHT):
            names = [cell_address(row + down, column) for row, column in others]
            if block % 50 == 49:
                names.append(cell_address(top + down - 1, left))
            if block % 1000 == 998:
                names.append(cell_address(top + down, left + 1))
            if block % 1000 == 999:
                names.append(cell_address(top + down, left - 1))
            # A constant of its own keeps neighbours with equal references apart.
            text = "+".join(names) + f"+{block}"
            cells.setdefault(top + down, []).append(formula(top + down, left, text, 0))
    write(path, {"Blocks": (row_of(row, *cells[row]) for row in sorted(cells))})


def _place(block: int) -> tuple[int, int]:
    """Row and column of a block's first cell: an empty row stands above each."""
    return 2 + block // BLOCKS_A_ROW * (BLOCK_HEIGHT + 1), 1 + block % BLOCKS_A_ROW


def worst(path: Path) -> None:
    """What runs of one formula cannot take: see the function of each sheet."""
    write(
        path,
        {
            "Input": _inputs(),
            "Texts": _texts(),
            "Alternating": _alternating(),
            "Longer": _longer(),
            "Chess": _chess(),
            "Transposed": _transposed(),
            "Shuffled": _shuffled(),
        },
    )


def _inputs() -> Iterator[str]:
    for row in range(1, 241):
        cells = [number(row, column, row * column % 97) for column in range(1, 241)]
        yield row_of(row, *cells)


def _texts() -> Iterator[str]:
    """240 x 240 formulas with a constant of their own each: 57,600 different texts."""
    for row in range(1, 241):
        cells = (
            formula(row, column, f"Input!{cell_address(row, column)}*{row * 240 + column}", 0)
            for column in range(1, 241)
        )
        yield row_of(row, *cells)


def _alternating() -> Iterator[str]:
    """Two, three and four patterns in turn down a column: steps of 2, 3 and 4."""
    for row in range(2, 5_002):
        cells = []
        for column, steps in ((1, 2), (3, 3), (5, 4)):
            texts = (
                f"Input!$A$1+{row % steps}",
                f"{cell_address(row - 1, column)}*2",
                f"Input!B{row}+Input!$C$1",
                f"SUM(Input!D$1:D{row})",
            )
            cells.append(formula(row, column, texts[row % steps], 0))
        yield row_of(row, *cells)


def _longer() -> Iterator[str]:
    """Seven patterns in turn: a step beyond the four that are looked for."""
    for row in range(8, 5_008):
        texts = [f"Input!{letter}{row - 6 + at}" for at, letter in enumerate("ABCDEFG")]
        yield row_of(row, formula(row, 1, texts[row % 7], 0))


def _chess() -> Iterator[str]:
    """White fields refer to the left, black ones up."""
    for row in range(2, 82):
        cells = (
            formula(
                row,
                column,
                cell_address(row, column - 1)
                if (row + column) % 2
                else cell_address(row - 1, column),
                0,
            )
            for column in range(2, 82)
        )
        yield row_of(row, *cells)


def _transposed() -> Iterator[str]:
    """The cell in row r and column c refers to row c and column r."""
    for row in range(1, 101):
        cells = (
            formula(row, column, f"Input!{cell_address(column, row)}", 0)
            for column in range(1, 101)
        )
        yield row_of(row, *cells)


def _shuffled() -> Iterator[str]:
    """5,000 references in no order at all: nothing can be saved here."""
    generator = random.Random(7)  # noqa: S311 - the same book every time
    for row in range(1, 5_001):
        other = cell_address(generator.randint(1, 240), generator.randint(1, 240))
        yield row_of(row, formula(row, 1, f"Input!{other}", 0))


def row_of(row: int, *cells: str) -> str:
    """The markup of a row."""
    return f'<row r="{row}">{"".join(cells)}</row>'


def number(row: int, column: int, value: float) -> str:
    """The markup of a cell with a number."""
    return f'<c r="{cell_address(row, column)}"><v>{value!r}</v></c>'


def formula(row: int, column: int, text: str, value: float) -> str:
    """The markup of a cell with a formula and its value."""
    return f'<c r="{cell_address(row, column)}"><f>{escape(text)}</f><v>{value!r}</v></c>'


def write(path: Path, sheets: Mapping[str, Iterable[str]]) -> None:
    """Write a workbook of sheets, each the markup of its rows."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    kinds = {"workbook": "sheet.main"} | {f"worksheets/sheet{n}": "worksheet" for n in numbers}
    declared = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="application/vnd'
            f'.openxmlformats-package.relationships+xml"/>{declared}</Types>'
        ),
        "_rels/.rels": relationships(("r", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relationships(
            *((f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers)
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
        ),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, _DECLARED + content)
        for n, rows in zip(numbers, sheets.values(), strict=True):
            with package.open(f"xl/worksheets/sheet{n}.xml", "w") as part:
                part.write(f'{_DECLARED}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
                for row in rows:
                    part.write(row.encode())
                part.write(b"</sheetData></worksheet>")


KINDS = {
    "filled": filled_down,
    "chain": mutual_chain,
    "blocks": many_blocks,
    "worst": worst,
}


def make(kind: str, path: str, *arguments: str) -> Found:
    """The child's part: write one book."""
    numbers = [int(one) if one.isdigit() else one for one in arguments]
    KINDS[kind](Path(path), *numbers)
    return {}


CHILDREN = {"make": make}
