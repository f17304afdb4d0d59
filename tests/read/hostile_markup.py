"""Hostile markup: document types, encodings, endless tags, and what is no XML at all."""

from __future__ import annotations

from tests.read.hostile import (
    BOOK,
    DTD,
    HEAD,
    ROW,
    STRINGS,
    STYLES,
    Case,
    Numbered,
    Repeated,
    book,
    entity,
    failed,
    sheet,
)
from tests.read.parts import MAIN, SHEET

DATA = f"<sheetData>{ROW}</sheetData>"
WHOLE = f"{HEAD}{DATA}</worksheet>"


def recoded(encoding: str, declared: str, *, mark: bytes = b"") -> bytes:
    """The sheet in one encoding, declared as another."""
    return mark + f'<?xml version="1.0" encoding="{declared}"?>{WHOLE}'.encode(encoding)


def not_well_formed(what: str, line: int = 1) -> tuple[str, ...]:
    """The sentence for a sheet part that is no XML."""
    return (failed(f"its part {SHEET} is no well-formed XML (line {line}: {what})"),)


INVALID = not_well_formed("not well-formed (invalid token)")
LAUGHS = '<!ENTITY l0 "lol">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)
SST = f'<sst xmlns="{MAIN}"><si><t>{{}}</t></si></sst>'
ENDLESS = failed(f"its part {SHEET} holds a tag of more than 8 MB; --limit tag_bytes=N allows more")

CASES = (
    Case(
        "billion-laughs",
        book(replaced={STRINGS: entity(LAUGHS, SST.format("&l9;"))}),
        refusal=DTD,
    ),
    Case(
        "quadratic-blow-up",
        book(replaced={SHEET: entity(f'<!ENTITY a "{"A" * 100_000}">', HEAD + "&a;" * 20_000)}),
        refusal=DTD,
    ),
    Case(
        "external-entity",
        book(
            replaced={STRINGS: entity('<!ENTITY x SYSTEM "file:///etc/passwd">', SST.format("&x;"))}
        ),
        refusal=DTD,
    ),
    Case(
        "external-entity-of-the-web",
        book(replaced={STYLES: entity('<!ENTITY % x SYSTEM "http://192.0.2.1/x"> %x;', "<a/>")}),
        refusal=DTD,
    ),
    Case(
        "document-type-only",
        book(replaced={BOOK: '<!DOCTYPE workbook SYSTEM "http://192.0.2.1/a.dtd"><workbook/>'}),
        refusal=DTD,
    ),
    Case(
        "document-type-in-content-types",
        book(replaced={"[Content_Types].xml": entity('<!ENTITY a "a">', "<Types/>")}),
        refusal=DTD,
    ),
    Case(
        "unknown-entity",
        sheet(DATA.replace("<v>1</v>", "<v>&nbsp;</v>")),
        problems=not_well_formed("undefined entity"),
    ),
    Case(
        "inclusion-of-files",
        sheet(
            '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" '
            f'parse="text"/>{DATA}'
        ),
        cells=1,
    ),
    Case("base-elsewhere", sheet(DATA, HEAD.replace(" ", ' xml:base="file:///etc/" ', 1)), cells=1),
    Case(
        "processing-instruction",
        sheet(DATA, '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>' + HEAD),
        cells=1,
    ),
    Case(
        "schema-location",
        sheet(
            DATA,
            HEAD.replace(
                " ",
                ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="a '
                'http://192.0.2.1/a.xsd" ',
                1,
            ),
        ),
        cells=1,
    ),
    Case(
        "unclosed-cdata",
        sheet(DATA + "<![CDATA[ x"),
        problems=not_well_formed("unclosed CDATA section"),
    ),
    Case("unclosed-comment", sheet(DATA + "<!-- x"), problems=not_well_formed("unclosed token")),
    Case("nul-bytes", sheet(DATA + "\0"), problems=INVALID),
    Case(
        "two-roots",
        sheet(DATA, tail="</worksheet><worksheet/>"),
        problems=not_well_formed("junk after document element"),
    ),
    Case("no-end", sheet(DATA, tail=""), problems=not_well_formed("no element found")),
    Case(
        "another-root",
        book(replaced={SHEET: "<html/>"}),
        problems=(failed(f"its part {SHEET} is not that of a worksheet"),),
    ),
    Case("empty-part", book(replaced={SHEET: ""}), problems=not_well_formed("no element found")),
    # Encodings.
    Case("utf-16", book(replaced={SHEET: recoded("utf-16", "UTF-16")}), cells=1),
    Case("utf-16-unsaid", book(replaced={SHEET: WHOLE.encode("utf-16")}), cells=1),
    Case(
        "utf-16-said-to-be-utf-8",
        book(replaced={SHEET: recoded("utf-16", "utf-8")}),
        problems=not_well_formed("encoding specified in XML declaration is incorrect"),
    ),
    Case(
        "utf-8-said-to-be-utf-16",
        book(replaced={SHEET: recoded("utf-8", "utf-16")}),
        problems=not_well_formed("encoding specified in XML declaration is incorrect"),
    ),
    Case("mark-of-utf-8", book(replaced={SHEET: recoded("utf-8-sig", "utf-8")}), cells=1),
    Case(
        "mark-of-utf-8-before-utf-16",
        book(replaced={SHEET: b"\xef\xbb\xbf" + WHOLE.encode("utf-16-le")}),
        problems=INVALID,
    ),
    Case("utf-32", book(replaced={SHEET: recoded("utf-32", "utf-32")}), problems=INVALID),
    Case(
        "utf-7",
        book(replaced={SHEET: recoded("utf-7", "utf-7")}),
        problems=(failed("one of its parts is in the encoding 'utf-7'"),),
    ),
    Case("ebcdic", book(replaced={SHEET: recoded("cp500", "cp500")}), problems=INVALID),
    Case(
        "unknown-encoding",
        book(replaced={SHEET: recoded("utf-8", "x-" + "y" * 1_000)}),
        problems=(failed(f"one of its parts is in the encoding {'x-' + 'y' * 38!r}"),),
    ),
    Case(
        "bad-utf-8",
        book(replaced={SHEET: WHOLE.encode().replace(b">1<", b">\xff\xfe<")}),
        problems=INVALID,
    ),
    # Endless things.
    Case(
        "attribute-of-100-mb",
        sheet(Repeated("x" * 1_000, 100_000, '<sheetData><row r="1"><c r="A1" q="', '"/></row>')),
        problems=(ENDLESS,),
    ),
    Case(
        "hundred-thousand-attributes",
        sheet(
            Numbered(
                lambda n: f' a{n}="1"',
                100_000,
                "<sheetData><row><c",
                "><v>1</v></c></row></sheetData>",
            )
        ),
        cells=1,
    ),
    Case(
        "flood-of-prefixes",
        sheet(Numbered(lambda n: f'<p{n}:a xmlns:p{n}="urn:{n}"/>', 300_000, DATA)),
        cells=1,
    ),
    Case(
        "flood-of-prefixes-in-a-small-part",
        book(
            replaced={
                STYLES: Numbered(
                    lambda n: f' xmlns:p{n}="urn:{n}"', 100_000, f'<styleSheet xmlns="{MAIN}"', "/>"
                )
            }
        ),
        cells=1,
    ),
    Case(
        "a-million-deep",
        sheet(Repeated("<a>", 1_000_000)),
        problems=(
            failed(
                f"its part {SHEET} nests its elements more than 256 deep; --limit depth=N "
                "allows more"
            ),
        ),
    ),
    Case(
        "deep-inside-the-cells",
        sheet(Repeated("<c>", 1_000_000, "<sheetData><row>")),
        problems=(failed("its cells stand inside each other"),),
    ),
    Case(
        "values-inside-values",
        sheet(Repeated("<v>", 30_000_000, '<sheetData><row><c r="A1">')),
        problems=(failed("its values stand inside each other"),),
    ),
    Case(
        "formulas-inside-formulas",
        sheet(Repeated("<f>", 30_000_000, '<sheetData><row><c r="A1">')),
        problems=(failed("its values stand inside each other"),),
    ),
    Case(
        "texts-inside-texts",
        book(
            replaced={
                STRINGS: Repeated("<t>", 30_000_000, f'<sst xmlns="{MAIN}"><si>'),
            }
        ),
        cells=1,
        problems=(
            (
                "Data: Texts are missing from the workbook: its part xl/sharedStrings.xml nests "
                "its elements more than 256 deep; --limit depth=N allows more."
            ),
        ),
    ),
    Case(
        "deep-inside-a-text",
        book(replaced={STRINGS: Repeated("<r>", 1_000_000, f'<sst xmlns="{MAIN}"><si>')}),
        cells=1,
        problems=(
            (
                "Data: Texts are missing from the workbook: its part xl/sharedStrings.xml "
                "nests its "
                "elements more than 256 deep; --limit depth=N allows more."
            ),
        ),
    ),
    Case("a-name-of-9-mb", sheet(Repeated("n" * 1_000, 9_000, "<")), problems=(ENDLESS,)),
    Case(
        "a-comment-of-50-mb",
        sheet(Repeated("n" * 1_000, 50_000, "<!--", f"-->{DATA}")),
        problems=(ENDLESS,),
    ),
    Case("a-million-comments-of-markup", sheet(Repeated("<!--x-->", 1_000_000, "", DATA)), cells=1),
    Case(
        "a-million-processing-instructions",
        sheet(Repeated("<?x y?>", 1_000_000, "", DATA)),
        cells=1,
    ),
    Case(
        "cells-behind-a-foreign-name",
        sheet(
            '<x:sheetData xmlns:x="urn:x"><x:row><x:c '
            f'r="A1"><x:v>9</x:v></x:c></x:row></x:sheetData>{DATA}'
        ),
        cells=1,
    ),
    Case("value-in-cdata", sheet(DATA.replace("<v>1</v>", "<v><![CDATA[1]]></v>")), cells=1),
)
