"""Large workbooks like real ones: shared strings, dates, number formats, a third of formulas.

A row has 20 cells: four texts, two dates, eight amounts, six formulas with their values. Written
as Excel writes it, all formulas in full or each column as one shared formula.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.read.parts import CONTENT_TYPES, MAIN, OFFICE, relationships

COLUMNS = 20
FORMULAS = 6
TEXTS = 5_000

_LETTERS = "ABCDEFGHIJKLMNOPQRST"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_ROWS_AT_ONCE = 1_000
_STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00\\ [$€-407]"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def write_large_book(path: Path, rows: int, *, sheets: int = 1, shared: bool = False) -> None:
    """Write a workbook of sheets with `rows` rows each, all alike."""
    names = [f"Data{number}" if number else "Data" for number in range(sheets)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _parts(names).items():
            package.writestr(name, _DECLARED + content)
        for number in range(sheets):
            with package.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for piece in _sheet(rows, shared=shared):
                    part.write(piece.encode())


def _parts(names: list[str]) -> dict[str, str]:
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number + 1}" r:id="s{number}"/>'
        for number, name in enumerate(names)
    )
    texts = "".join(f"<si><t>Customer {n} &amp; Söhne</t></si>" for n in range(TEXTS))
    kinds = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    kinds |= {f"worksheets/sheet{number}": "worksheet" for number in range(len(names))}
    declared = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="application/vnd'
            f'.openxmlformats-package.relationships+xml"/>{declared}</Types>'
        ),
        "_rels/.rels": relationships(("r", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relationships(
            ("styles", "styles", "styles.xml"),
            ("texts", "sharedStrings", "sharedStrings.xml"),
            *((f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(len(names))),
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets>'
            '<definedNames><definedName name="rate">Data!$G$2</definedName></definedNames>'
            "</workbook>"
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{_STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
    }


def _sheet(rows: int, *, shared: bool) -> Iterator[str]:
    yield (
        f'{_DECLARED}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><dimension ref="A1:T{rows}"/>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetData>'
    )
    lines: list[str] = []
    for row in range(1, rows + 1):
        lines.append(_row(row, rows, shared=shared))
        if len(lines) == _ROWS_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)
    yield '</sheetData><mergeCells count="1"><mergeCell ref="V1:X1"/></mergeCells></worksheet>'


def _row(row: int, rows: int, *, shared: bool) -> str:
    amounts = [(row * 7919 + column * 104_729) % 100_000 / 100 + 1 for column in range(8)]
    styled = ' s="1"'
    cells = [
        f'<c r="{_LETTERS[at]}{row}" t="s"><v>{row * (at + 1) * 31 % TEXTS}</v></c>'
        for at in range(4)
    ]
    cells += [
        f'<c r="{_LETTERS[at]}{row}" s="2"><v>{40_000 + row * at % 5_000}</v></c>' for at in (4, 5)
    ]
    cells += [
        f'<c r="{_LETTERS[at + 6]}{row}"{styled if at % 2 else ""}><v>{amount!r}</v></c>'
        for at, amount in enumerate(amounts)
    ]
    product, total = amounts[0] * amounts[1], sum(amounts)
    formulas = (
        (f"G{row}*H{row}", product),
        (f"SUM(G{row}:N{row})", total),
        (f'IF(I{row}&gt;500,"high","low")', "high" if amounts[2] > 500 else "low"),
        (f"O{row}/P{row}", product / total),
        (f"ROUND(R{row}*100,2)", round(product / total * 100, 2)),
        (f"VLOOKUP(A{row},$A$2:$N$500,7,FALSE)", amounts[0]),
    )
    for number, (text, value) in enumerate(formulas):
        letter = _LETTERS[COLUMNS - FORMULAS + number]
        formula = f"<f>{text}</f>"
        if shared:
            area = f' ref="{letter}1:{letter}{rows}"'
            formula = (
                f'<f t="shared" si="{number}"/>'
                if row > 1
                else f'<f t="shared"{area} si="{number}">{text}</f>'
            )
        kind = ' t="str"' if isinstance(value, str) else ""
        cells.append(f'<c r="{letter}{row}"{kind}>{formula}<v>{value}</v></c>')
    return f'<row r="{row}" spans="1:{COLUMNS}">{"".join(cells)}</row>'
