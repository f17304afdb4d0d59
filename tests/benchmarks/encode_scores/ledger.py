"""A generated ledger: one table of ten columns, the last three formulas, as Excel writes it.

Date, number, region, product, customer, quantity, price; amount, tax and total are formulas with
their results, each with its text in full. The same rows give the same bytes.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.read.parts import CONTENT_TYPES, MAIN, OFFICE, relationships

COLUMNS = 10
HEADER = (
    *("Date", "Invoice", "Region", "Product", "Customer", "Quantity", "Price"),
    *("Amount", "Tax", "Total"),
)
SEED = 7

_REGIONS = ("North", "South", "East", "West")
_PRODUCTS = tuple(f"Product {letter}" for letter in "ABCDEFGHIJKL")
_CUSTOMERS = tuple(f"Customer {number:03}" for number in range(400))
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_STYLES = (
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="4"/></cellXfs>'
)
_TIME = (2020, 1, 1, 0, 0, 0)


def write_ledger(path: Path, cells: int) -> None:
    """Write a ledger of so many cells, the header row among them."""
    rows = cells // COLUMNS
    texts = (*HEADER, *_REGIONS, *_PRODUCTS, *_CUSTOMERS)
    number = {text: at for at, text in enumerate(texts)}
    parts = _parts(texts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(_named(name), _DECLARED + content)
        with package.open(_named("xl/worksheets/sheet0.xml"), "w") as part:
            part.write(
                f'{_DECLARED}<worksheet xmlns="{MAIN}"><dimension ref="A1:J{rows}"/>'
                "<sheetData>".encode()
            )
            for line in _rows(rows, number):
                part.write(line.encode())
            part.write(b"</sheetData></worksheet>")


def _named(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _TIME)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _rows(rows: int, number: dict[str, int]) -> Iterator[str]:
    made = random.Random(SEED)  # noqa: S311 - values to look at
    header = "".join(
        f'<c r="{"ABCDEFGHIJ"[at]}1" t="s"><v>{number[text]}</v></c>'
        for at, text in enumerate(HEADER)
    )
    yield f'<row r="1">{header}</row>'
    day = 43_831.0
    for row in range(2, rows + 1):
        day += made.random() < 0.1
        quantity, price = made.randint(1, 60), made.randint(199, 99_999) / 100
        texts = (made.choice(_REGIONS), made.choice(_PRODUCTS), made.choice(_CUSTOMERS))
        cells = [f'<c r="A{row}" s="1"><v>{int(day)}</v></c><c r="B{row}"><v>{row + 9_998}</v></c>']
        cells += [
            f'<c r="{letter}{row}" t="s"><v>{number[text]}</v></c>'
            for letter, text in zip("CDE", texts, strict=True)
        ]
        amount = quantity * price
        tax = amount * 0.2
        cells.append(
            f'<c r="F{row}"><v>{quantity}</v></c><c r="G{row}" s="2"><v>{price!r}</v></c>'
            f'<c r="H{row}" s="2"><f>F{row}*G{row}</f><v>{amount!r}</v></c>'
            f'<c r="I{row}" s="2"><f>H{row}*0.2</f><v>{tax!r}</v></c>'
            f'<c r="J{row}" s="2"><f>H{row}+I{row}</f><v>{amount + tax!r}</v></c>'
        )
        yield f'<row r="{row}">{"".join(cells)}</row>'


def _parts(texts: tuple[str, ...]) -> dict[str, str]:
    kinds = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    kinds["worksheets/sheet0"] = "worksheet"
    declared = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="application/vnd'
            f'.openxmlformats-package.relationships+xml"/>{declared}</Types>'
        ),
        "_rels/.rels": relationships(("r", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relationships(
            ("styles", "styles", "styles.xml"),
            ("texts", "sharedStrings", "sharedStrings.xml"),
            ("s0", "worksheet", "worksheets/sheet0.xml"),
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Ledger" sheetId="1" r:id="s0"/></sheets></workbook>'
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{_STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }
