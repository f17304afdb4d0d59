"""Formats in a styles part."""

from __future__ import annotations

import pytest

from tests.write.packages import MAIN
from tickmark.errors import WriteRefused
from tickmark.model.edit import CellStyle
from tickmark.write import styles_part
from tickmark.write.looks import LOOKS, CellFormat
from tickmark.write.outline import Element, outline
from tickmark.write.styles_part import empty_styles, with_formats

ALL = [CellFormat(style, as_text=guard) for style in CellStyle for guard in (False, True)]
LISTS = {"styleSheet", "fonts", "fills", "borders", "cellXfs"}
FONTS = (
    '<fonts count="1"><font><sz val="10"/><name val="Arial &amp; Co"/><scheme val="minor"/></font>'
    "</fonts>"
)


def styles(inner: str) -> bytes:
    return f'<styleSheet xmlns="{MAIN}">{inner}</styleSheet>'.encode()


def lists(data: bytes) -> dict[str, Element]:
    root = outline(data, LISTS, label="styles")
    return {one.name: one for one in root.children}


@pytest.mark.parametrize(
    "data",
    [
        empty_styles(MAIN),
        styles(""),
        f'<styleSheet xmlns="{MAIN}"/>'.encode(),
        styles('<numFmts count="1"><numFmt numFmtId="165" formatCode="0"/></numFmts><dxfs/>'),
        styles(FONTS + '<fills count="7"><fill/></fills><cellXfs/>'),
        styles(FONTS + "<fills/><borders><border/></borders><cellXfs><xf/><xf/></cellXfs>"),
    ],
)
def test_every_list_has_what_the_formats_name(data: bytes) -> None:
    after, found = with_formats(data, ALL, label="styles")
    parts = lists(after)
    formats = parts["cellXfs"].named("xf")
    order = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
    names = [name for name in parts if name in order]
    assert names == sorted(names, key=order.index)
    assert len(found.indices) == len(ALL)
    for form, index in found.indices.items():
        attributes = formats[index].attributes
        assert int(attributes["fontId"]) < parts["fonts"].count
        assert int(attributes["fillId"]) < parts["fills"].count
        assert int(attributes["borderId"]) < parts["borders"].count
        assert (attributes.get("quotePrefix") == "1") is form.as_text
    for name in ("fonts", "fills", "borders", "cellXfs"):
        assert parts[name].attributes.get("count", str(parts[name].count)) == str(parts[name].count)


def test_entries_that_are_there_keep_their_numbers_and_bytes() -> None:
    before = styles(
        FONTS + "<fills><fill/><fill/><fill/></fills><borders><border/></borders>"
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs count="2"><xf fontId="0"/><xf/></cellXfs>'
    )
    after, found = with_formats(before, [CellFormat(CellStyle.HIGH)], label="styles")
    assert found.indices == {CellFormat(CellStyle.HIGH): 2}
    assert after == before.replace(b'<fonts count="1">', b'<fonts count="2">').replace(
        b"</fonts>",
        b'<font><b/><sz val="10"/><color rgb="FF7A2900"/><name val="Arial &amp; Co"/>'
        b'<scheme val="minor"/></font></fonts>',
    ).replace(
        b"</fills>",
        b'<fill><patternFill patternType="solid"><fgColor rgb="FFFBDDCC"/><bgColor indexed="64"/>'
        b"</patternFill></fill></fills>",
    ).replace(b'<cellXfs count="2">', b'<cellXfs count="3">').replace(
        b"</cellXfs>",
        b'<xf numFmtId="0" fontId="1" fillId="3" borderId="0" xfId="0" applyFont="1" '
        b'applyFill="1" applyAlignment="1"><alignment vertical="top" horizontal="left" '
        b'indent="1"/></xf></cellXfs>',
    )
    assert found.size == 10


def test_formats_of_styles_within_other_lists_do_not_count() -> None:
    data = styles(
        FONTS + "<fills><fill/><fill/></fills><borders><border/></borders><cellXfs><xf/></cellXfs>"
        "<dxfs><dxf><font><b/></font></dxf></dxfs>"
    )
    after, _ = with_formats(data, [CellFormat(CellStyle.TITLE)], label="styles")
    assert lists(after)["fonts"].count == 2


def test_a_rule_below_is_a_thin_border() -> None:
    after, found = with_formats(
        empty_styles(MAIN), [CellFormat(CellStyle.PLAIN, ruled=True)], label="styles"
    )
    assert list(found.indices.values()) == [1]
    assert b'<bottom style="thin"><color rgb="FFC9D1D9"/></bottom>' in after


def test_prefixed_styles_get_prefixed_entries() -> None:
    data = f'<q:styleSheet xmlns:q="{MAIN}"><q:fonts><q:font/></q:fonts></q:styleSheet>'.encode()
    after, _ = with_formats(data, [CellFormat(CellStyle.HEADER)], label="styles")
    parts = lists(after)
    assert {one.namespace for one in parts.values()} == {MAIN}
    assert [one.tag() for one in parts["cellXfs"].children] == ["q:xf", "q:xf"]


@pytest.mark.parametrize(("size", "points"), [("9.5", 9.5), ("x", 11), ("nan", 11), ("0", 11)])
def test_the_size_of_the_first_font_is_told(size: str, points: float) -> None:
    data = styles(f'<fonts><font><sz val="{size}"/></font></fonts>')
    _, found = with_formats(data, [CellFormat(CellStyle.PLAIN)], label="styles")
    assert found.size == points


def test_a_full_list_of_formats_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(styles_part, "MOST_FORMATS", 2)
    with pytest.raises(WriteRefused, match="no room for more cell formats"):
        with_formats(styles("<cellXfs><xf/><xf/></cellXfs>"), ALL[:1], label="styles")


def test_a_part_that_is_no_styles_part_is_refused() -> None:
    with pytest.raises(WriteRefused, match="is no styles part"):
        with_formats(b"<workbook></workbook>", ALL, label="'x' of book.xlsx")


@pytest.mark.parametrize("style", list(CellStyle))
def test_text_stands_out_from_its_ground(style: CellStyle) -> None:
    """Contrast of 7 to 1 by WCAG 2 (AAA), on the fill or on white."""
    look = LOOKS[style]
    light, dark = _luminance(look.fill or "FFFFFF"), _luminance(look.colour or "000000")
    contrast = (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
    assert contrast >= 7


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
