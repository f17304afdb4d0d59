"""Hostile cells: floods of them; addresses, values, styles, texts and formulas out of bounds."""

from __future__ import annotations

import itertools

from tests.read.hostile import (
    CELL,
    HEAD,
    ROW,
    STRINGS,
    STYLES,
    Case,
    Numbered,
    Repeated,
    book,
    cells_lost,
    column_letters,
    failed,
    sheet,
)
from tests.read.parts import MAIN, SHEET

COLUMNS = tuple(column_letters(column) for column in range(1, 101))
END = "</sheetData></worksheet>"
SST = f'<sst xmlns="{MAIN}">'
STRING_CELL = '<c r="A1" t="s"><v>0</v></c>'


def rows_of_cells(cell: str, rows: int) -> Numbered:
    """Rows of a hundred cells each; `{}` in the cell is its address."""
    before, after = cell.split("{}")
    heads = tuple(f"{before}{letters}" for letters in COLUMNS)

    def row(number: int) -> str:
        return f'<row r="{number}">' + "".join(f"{h}{number}{after}" for h in heads) + "</row>"

    return Numbered(row, rows, f"{HEAD}<sheetData>", END)


def cut(cells: int) -> str:
    """The sentence for a sheet of too many cells."""
    return f"Data: Only the first {cells:,} cells were read; --limit sheet_cells=N allows more."


def missing_texts(why: str, cells: int = 1) -> tuple[str, ...]:
    """The sentences for shared strings that are lost."""
    return (
        f"Data: Texts are missing from the workbook: its part xl/sharedStrings.xml {why}.",
        cells_lost(
            cells, "read without value", "the text is missing from the shared strings", "A1"
        ),
    )


CASES = (
    # Floods.
    Case(
        "ten-million-styled-cells",
        book(replaced={SHEET: rows_of_cells('<c r="{}" s="1"/>', 100_000)}),
        problems=(cut(5_000_000),),
    ),
    Case(
        "six-million-numbers",
        book(replaced={SHEET: rows_of_cells('<c r="{}"><v>1</v></c>', 60_000)}),
        cells=5_000_000,
        problems=(cut(5_000_000),),
    ),
    Case(
        "a-million-empty-rows",
        sheet(
            Numbered(
                lambda n: f'<row r="{n}" s="1" customFormat="1" ht="15"/>',
                1_048_576,
                "<sheetData>",
                "</sheetData>",
            )
        ),
    ),
    Case(
        "a-million-hidden-rows",
        sheet(
            Numbered(
                lambda n: f'<row r="{n * 2}" hidden="1" outlineLevel="{n % 7 + 1}"/>',
                524_288,
                "<sheetData>",
                "</sheetData>",
            )
        ),
    ),
    Case(
        "two-million-rows-of-one-number",
        sheet(Repeated(ROW, 2_000_000, "<sheetData>", "</sheetData>")),
        cells=1,
        problems=(cells_lost(1_999_999, "found twice in the file", "the last one was read", "A1"),),
    ),
    Case(
        "a-million-cells-without-address",
        sheet(Repeated("<c><v>1</v></c>", 1_000_000, "<sheetData><row>", "</row></sheetData>")),
        cells=16_384,
        problems=(cells_lost(983_616, "skipped", "what stands as address is none", "?"),),
    ),
    Case(
        "all-columns",
        sheet(
            Numbered(
                lambda n: f'<c r="{column_letters(n)}1"><v>{n}</v></c>',
                16_385,
                '<sheetData><row r="1">',
                "</row></sheetData>",
            )
        ),
        cells=16_384,
        problems=(cells_lost(1, "skipped", "what stands as address is none", "XFE1"),),
    ),
    # Addresses.
    Case(
        "two-far-cells",
        book(f'{ROW}<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'),
        cells=2,
    ),
    Case(
        "rows-backwards",
        book('<row r="9"><c r="B9"><v>1</v></c><c r="A9"><v>2</v></c></row>' + ROW),
        cells=3,
    ),
    Case(
        "rows-and-spans-of-endless-numbers",
        book(
            f'<row r="{"9" * 400}" spans="1:{"9" * 400}"><c><v>1</v></c><c '
            'r="B2"><v>2</v></c></row>'
            f'<row r="-5" spans="x"><c><v>1</v></c></row>'
        ),
        cells=2,
        problems=(cells_lost(1, "skipped", "what stands as address is none", "?"),),
    ),
    Case(
        "addresses-that-are-none",
        book(
            "".join(
                f'<c r="{address}"><v>1</v></c>'
                for address in (
                    *("ZZZZZ99999999999", "A0", "1A", "", "A1:B2", "$A$1", "A1048577", "XFE1"),
                    *("A" * 100_000, "A\u0661", "\uff211", "&#10;", "A1 ", "-1", "R1C1"),
                )
            )
            + CELL
        ),
        cells=1,
        problems=(cells_lost(15, "skipped", "what stands as address is none", "ZZZZZ99999999999"),),
    ),
    Case("dimension-that-lies", book(before='<dimension ref="A1:XFD1048576"/>'), cells=1),
    Case(
        "cells-in-cells",
        book('<c r="A1"><c r="B1"><v>1</v></c></c>' + CELL.replace("A1", "C1")),
        problems=(failed("its cells stand inside each other"),),
    ),
    # Values.
    Case(
        "numbers-that-are-none",
        book(
            "".join(
                f'<c r="{column_letters(place)}1"><v>{text}</v></c>'
                for place, text in enumerate(
                    (
                        *(
                            "1e999x",
                            "1e999",
                            "-1e999",
                            "nan",
                            "inf",
                            "0x10",
                            "1_0",
                            "\u0661",
                            "--1",
                        ),
                        *("9" * 5_000, "1" + "0" * 50_000, "1,5", "1 2", "", " ", "1e-999", "+.5"),
                    ),
                    start=1,
                )
            )
        ),
        cells=15,
        problems=(cells_lost(13, "read as text", "the value is no number", "A1"),),
    ),
    Case(
        "types-that-are-none",
        book(
            '<c r="A1" t="q"><v>1</v></c><c r="B1" t="b"><v>7</v></c><c r="C1" t="d"><v>x</v></c>'
        ),
        cells=3,
        problems=(
            cells_lost(1, "read as text", "the type of the value is unknown", "A1"),
            cells_lost(1, "read as text", "the value is no number", "C1"),
        ),
    ),
    Case(
        "styles-that-are-none",
        book(
            '<c r="A1" s="4294967295"><v>1</v></c><c r="B1" s="-1"><v>1</v></c><c r="C1" s="x"><v>1'
            f'</v></c><c r="D1" s="{"9" * 5_000}"><v>1</v></c>'
        ),
        cells=4,
        problems=(cells_lost(4, "read without format", "the style is missing", "A1"),),
    ),
    Case(
        "a-million-styles",
        book(
            '<c r="A1" s="999999"><v>1</v></c>',
            replaced={
                STYLES: Numbered(
                    lambda n: f'<xf numFmtId="{n}" fontId="{n}"/>',
                    1_100_000,
                    f'<styleSheet xmlns="{MAIN}"><cellXfs>',
                    "</cellXfs></styleSheet>",
                )
            },
        ),
        cells=1,
        problems=(
            (
                "Data: Formats are unknown, dates look like numbers: its part xl/styles.xml "
                "has more "
                "than 1,000,000 elements; --limit elements=N allows more."
            ),
        ),
    ),
    Case(
        "nine-hundred-thousand-number-formats",
        book(
            '<c r="A1" s="1"><v>1</v></c>',
            replaced={
                STYLES: Numbered(
                    lambda n: f'<numFmt numFmtId="{n}" formatCode="{"0" * (n % 99)}"/>',
                    900_000,
                    f'<styleSheet xmlns="{MAIN}"><numFmts>',
                    '</numFmts><cellXfs><xf/><xf numFmtId="899999"/></cellXfs></styleSheet>',
                )
            },
        ),
        cells=1,
    ),
    Case(
        "a-format-of-a-megabyte",
        book(
            '<c r="A1" s="1"><v>1</v></c>',
            styles='<numFmts><numFmt numFmtId="200" formatCode="'
            + "[" * 300_000
            + "&quot;" * 100_001
            + '"/></numFmts><cellXfs><xf/><xf numFmtId="200"/></cellXfs>',
        ),
        cells=1,
    ),
    Case(
        "garbage-for-styles",
        book(replaced={STYLES: b"\x00\xff garbage"}),
        cells=1,
        problems=(
            (
                "Data: Formats are unknown, dates look like numbers: its part xl/styles.xml is no "
                "well-formed XML (line 1: not well-formed (invalid token))."
            ),
        ),
    ),
    # Texts.
    Case(
        "text-index-out-of-range",
        book(
            '<c r="A1" t="s"><v>999999</v></c><c r="B1" t="s"><v>-1</v></c><c r="C1" t="s"><v>0.5'
            '</v></c><c r="D1" t="s"><v>0</v></c>',
            strings="<si><t>x</t></si>",
        ),
        cells=1,
        problems=(
            cells_lost(
                3, "read without value", "the text is missing from the shared strings", "A1"
            ),
        ),
    ),
    Case(
        "count-of-texts-that-lies",
        book(
            STRING_CELL,
            replaced={
                STRINGS: f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295"><si><t>x'
                "</t></si></sst>"
            },
        ),
        cells=1,
    ),
    Case(
        "nine-million-texts",
        book(
            STRING_CELL,
            replaced={
                STRINGS: Numbered(lambda n: f"<si><t>{n}</t></si>", 9_000_000, SST, "</sst>")
            },
        ),
        cells=1,
        problems=missing_texts(
            "holds texts of more than 400 MB; --limit string_bytes=N allows more"
        )[:1],
    ),
    Case(
        "a-text-in-a-million-runs",
        book(
            STRING_CELL,
            replaced={
                STRINGS: Repeated("<r><t>ab</t></r>", 1_000_000, f"{SST}<si>", "</si></sst>")
            },
        ),
        cells=1,
        problems=(
            (
                "Data: Texts of the workbook cut for their length: 1; --limit "
                "string_length=N allows "
                "more."
            ),
        ),
    ),
    Case(
        "an-inline-text-of-30-mb",
        sheet(
            itertools.chain(
                [b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'],
                Repeated("ab\u00e9\n", 6_000_000),
                [b"</t></is></c></row></sheetData>"],
            )
        ),
        cells=1,
        problems=(
            (
                "Data: 1 cell read in part: the text is too long (first: A1); --limit "
                "string_length=N "
                "allows more."
            ),
        ),
    ),
    Case(
        "two-million-inline-texts",
        book(
            replaced={
                SHEET: Numbered(
                    lambda n: "".join(
                        f'<c t="inlineStr"><is><t>a text of its own of the number {n * 16 + k}</t>'
                        "</is></c>"
                        for k in range(16)
                    ).join((f'<row r="{n}">', "</row>")),
                    125_000,
                    f"{HEAD}<sheetData>",
                    END,
                )
            }
        ),
        cells=None,
        problems=(
            (
                "Data: Only the first 3,000,000 elements were read; --limit sheet_elements=N "
                "allows more."
            ),
        ),
    ),
    # Formulas.
    Case(
        "twenty-thousand-parentheses",
        book(f'<c r="A1"><f>{"(" * 4_000}1{")" * 4_000}</f><v>1</v></c>'),
        cells=1,
        problems=(
            (
                "Data: 1 cell read without formula: its parentheses stand too deep inside "
                "each other "
                "(first: A1); --limit formula_depth=N allows more."
            ),
        ),
    ),
    Case(
        "a-formula-of-a-megabyte",
        book(f'<c r="A1"><f>{"1+" * 500_000}1</f><v>1</v></c>'),
        cells=1,
        problems=(
            (
                "Data: 1 cell read without formula: it is too long (first: A1); --limit "
                "formula_length=N allows more."
            ),
        ),
    ),
    Case(
        "formulas-that-are-none",
        book(
            "".join(
                f'<c r="{column_letters(place)}1"><f>{text}</f><v>1</v></c>'
                for place, text in enumerate(
                    (
                        *("'", "{{{{", ")))", '"', "A1:", "[", "[1", "Data!", "#", "cmd|'/C x'!A0"),
                        *(
                            "SUM(" * 200,
                            "A" * 8_000,
                            "R[",
                            "=",
                            "==1",
                            "Table1[[[",
                            "!!",
                            "-" * 8_000,
                        ),
                        *("1E", "'[C:\\x.xlsx]a'!A1", "@", "A1 A1 A1", ",;|", "{1,2;3", "\u202e"),
                    ),
                    start=1,
                )
            )
        ),
        cells=25,
    ),
    Case(
        "ring-of-shared-formulas",
        book(
            '<c r="A1"><f t="shared" si="0">B1</f><v>1</v></c><c r="B1"><f t="shared" si="1" '
            'ref="A1:XFD1048576">A1</f><v>1</v></c><c r="C1"><f t="shared" si="1"/><v>1</v></c>'
            '<c r="D1"><f t="shared" si="0" ref="D1">D1</f><v>1</v></c>'
        ),
        cells=4,
    ),
    Case(
        "shared-formulas-of-endless-numbers",
        book(
            f'<c r="A1"><f t="shared" si="{"9" * 9_000}"/><v>1</v></c><c r="B1"><f t="shared" '
            'si="-1"/><v>1</v></c><c r="C1"><f t="shared"/></c><c r="D1"><f t="shared" si="x" '
            'ref="?">1</f></c>'
        ),
        cells=3,
        problems=(cells_lost(3, "read without formula", "the shared formula is missing", "A1"),),
    ),
    Case(
        "quarter-of-a-million-shared-formulas",
        sheet(
            Numbered(
                lambda n: (
                    f'<row r="{n}"><c r="A{n}"><f t="shared" ref="A{n}:XFD1048576" si="{n}">B{n}'
                    "</f><v>1</v></c></row>"
                ),
                250_000,
                "<sheetData>",
                "</sheetData>",
            )
        ),
        cells=250_000,
    ),
    Case(
        "half-a-million-different-formulas",
        sheet(
            Numbered(
                lambda n: f'<row r="{n}"><c r="A{n}"><f>SUM(B{n}:XFD1048576)*{n}</f></c></row>',
                500_000,
                "<sheetData>",
                "</sheetData>",
            )
        ),
        cells=500_000,
    ),
    Case(
        "chain-of-a-hundred-thousand-cells",
        sheet(
            Numbered(
                lambda n: f'<row r="{n}"><c r="A{n}"><f>A{n + 1}+1</f><v>1</v></c></row>',
                100_000,
                "<sheetData>",
                '<row r="100001"><c r="A100001"><f>A1</f></c></row></sheetData>',
            )
        ),
        cells=100_001,
    ),
    Case(
        "arrays-over-the-whole-sheet",
        book(
            "".join(
                f'<c r="{letters}1"><f t="{kind}" ref="A1:XFD1048576" r1="A1" r2="{letters}1" '
                f'dt2D="1" si="0">ROW()</f><v>1</v></c>'
                for letters, kind in zip(
                    COLUMNS, ("array", "dataTable", "array", "shared"), strict=False
                )
            )
        ),
        cells=4,
    ),
)
