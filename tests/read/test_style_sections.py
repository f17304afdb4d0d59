"""Styles that no cell refers to are passed over, and nothing else of a styles part."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tickmark.read.style_sections import without_unread

START = b'<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="main">'
END = b"</styleSheet>"


def passed(part: bytes, size: int = 7) -> bytes:
    """What is handed on of a part that comes in pieces of a size."""
    return b"".join(without_unread(part[at : at + size] for at in range(0, len(part), size)))


@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
@pytest.mark.parametrize(
    ("inside", "left"),
    [
        (b"<fonts><font/></fonts>", b"<fonts><font/></fonts>"),
        (b'<dxfs count="1"><dxf>\n<font/>\r\n</dxf></dxfs>', b'<dxfs count="1">\n\n</dxfs>'),
        (b"<dxfs></dxfs>", b"<dxfs></dxfs>"),
        (b'<dxfs count="0"/><a/>', b'<dxfs count="0"/><a/>'),
        (
            b"<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/></cellXfs><cellStyles><x/></cellStyles>",
            b"<cellStyleXfs></cellStyleXfs><cellXfs><xf/></cellXfs><cellStyles></cellStyles>",
        ),
        # Nothing is taken out where it may not be what it looks like.
        (b"<!-- <dxfs> --><a/><!-- </dxfs> -->",) * 2,
        (b"<dxfs><!-- </dxfs> --><dxf/></dxfs>",) * 2,
        (b"<dxfs><dxfs><dxf/></dxfs></dxfs><cellXfs/>",) * 2,
        (b"<x:dxfs><dxf/></x:dxfs>",) * 2,
        (b"<dxfs><dxf/>",) * 2,
        (b"<dxfsOfOthers><dxf/></dxfsOfOthers>",) * 2,
        (b'<dxfs a="&gt;"><dxf/></dxfs>',) * 2,
    ],
)
def test_only_unread_sections_are_passed_over(inside: bytes, left: bytes, size: int) -> None:
    assert passed(START + inside + END, size) == START + left + END


def test_two_bytes_a_character_are_handed_on() -> None:
    part = "<styleSheet><dxfs><dxf/></dxfs></styleSheet>".encode("utf-16")
    assert passed(part) == part


def test_nothing_at_all_stays_nothing() -> None:
    assert passed(b"") == b""


def test_real_styles_lose_nothing_else(corpus: Path) -> None:
    shorter = 0
    for path in sorted(corpus.glob("*.xls[xm]")):
        if not zipfile.is_zipfile(path):
            continue
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.lower().endswith("styles.xml"):
                    part = package.read(name)
                    left = passed(part, 1 << 16)
                    shorter += len(left) < len(part)
                    assert _read_of(left) == _read_of(part)
    assert shorter > 10


def _read_of(part: bytes) -> str:
    """A styles part in canonical form, without what stands in sections that are not read."""
    root = ET.fromstring(part)  # noqa: S314 - expat refuses what the reader refuses
    for section in root:
        if section.tag.rpartition("}")[2] in {"cellStyleXfs", "cellStyles", "dxfs"}:
            section.clear()
    return ET.canonicalize(ET.tostring(root))
