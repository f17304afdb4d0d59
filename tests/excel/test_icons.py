"""Icons are drawn from SVG, sharp at the sizes of the ribbon and visible on light and dark."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tickmark.errors import InputError
from tickmark.excel.icons import PALETTE, SIZES, draw

FOLDER = Path(__file__).parents[2] / "xlwings_addin" / "ribbon" / "icons"
ICONS = sorted(FOLDER.glob("*.svg"))
GREEN = (0, 158, 115)


def svg(inner: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{inner}</svg>'


def pixels(png: bytes) -> NDArray[np.uint8]:
    """Rows of red, green, blue and cover."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, size = 8, b"", 0
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        content = png[at + 8 : at + 8 + length]
        check = struct.unpack_from(">I", png, at + 8 + length)[0]
        assert check == zlib.crc32(kind + content)
        if kind == b"IHDR":
            size, height, *rest = struct.unpack(">IIBBBBB", content)
            assert (size, rest) == (height, [8, 6, 0, 0, 0])
        data += content if kind == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(size, size * 4 + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(size, size, 4)


def cover(inner: str, size: int = 16) -> list[list[int]]:
    return [[int(cell) for cell in row] for row in pixels(draw(svg(inner), "x", size))[..., 3]]


def test_an_area_covers_its_pixels_and_no_others() -> None:
    found = pixels(draw(svg('<rect x="4" y="8" width="8" height="4" fill="#009E73"/>'), "x", 16))

    full = np.zeros((16, 16), dtype=bool)
    full[4:6, 2:6] = True
    assert (found[full] == (*GREEN, 255)).all()
    assert not found[~full].any()


def test_half_covered_pixels_are_half_seen_in_the_full_colour() -> None:
    found = pixels(draw(svg('<rect x="4" y="8" width="3" height="4" fill="#009E73"/>'), "x", 16))

    assert [tuple(int(part) for part in cell) for cell in found[4, 2:5]] == [
        (*GREEN, 255),
        (*GREEN, 128),
        (0, 0, 0, 0),
    ]


def test_a_line_on_odd_numbers_is_sharp_at_16_pixels() -> None:
    line = '<line x1="-9" y1="5" x2="41" y2="5" stroke="#009E73" stroke-width="2"/>'

    assert [row[8] for row in cover(line)] == [0, 0, 255, *[0] * 13]


@pytest.mark.parametrize(
    "inner",
    [
        '<polygon points="4,8 12,8 12,12 4,12" fill="#009E73"/>',
        '<path d="M 4 8 H 12 V 12 H 4 Z" fill="#009E73"/>',
        '<path d="M 4 8 L 12 8 12 12 4 12 Z" fill="#009E73"/>',
        '<path d="M 4 8 12 8 12 12 4 12 Z" fill="#009E73"/>',
        '<g><title>A box</title><rect x="4" y="8" width="8" height="4" fill="#009E73"/></g>',
    ],
)
def test_shapes_that_are_the_same_look_the_same(inner: str) -> None:
    assert cover(inner) == cover('<rect x="4" y="8" width="8" height="4" fill="#009E73"/>')


def test_a_hole_in_a_path_is_seen_through() -> None:
    ring = cover('<path d="M 4 4 H 28 V 28 H 4 Z M 12 12 H 20 V 20 H 12 Z" fill="#009E73"/>')

    assert (ring[3][3], ring[8][8], ring[0][0]) == (255, 0, 0)


@pytest.mark.parametrize("size", SIZES)
def test_a_circle_has_its_area(size: int) -> None:
    drawn = np.array(cover('<circle cx="16" cy="16" r="12" fill="#009E73"/>', size))

    assert drawn.sum() / 255 == pytest.approx(np.pi * (12 * size / 32) ** 2, rel=0.01)
    assert (drawn == drawn[::-1]).all()
    assert (drawn == drawn.T).all()


@pytest.mark.parametrize(
    ("flags", "inside", "outside"),
    [
        ("0 1", (16, 6), (16, 26)),
        ("0 0", (16, 26), (16, 6)),
    ],
)
def test_an_arc_bows_to_the_side_that_svg_says(
    flags: str, inside: tuple[int, int], outside: tuple[int, int]
) -> None:
    """From left to right, clockwise is over the top."""
    drawn = cover(f'<path d="M 4 16 A 12 12 0 {flags} 28 16 Z" fill="#009E73"/>', 32)

    assert drawn[inside[1]][inside[0]] == 255
    assert drawn[outside[1]][outside[0]] == 0


def test_the_long_way_round_an_arc_is_longer() -> None:
    short = np.array(cover('<path d="M 16 4 A 12 12 0 0 1 28 16" stroke="#009E73"/>')).sum()
    long = np.array(cover('<path d="M 16 4 A 12 12 0 1 0 28 16" stroke="#009E73"/>')).sum()

    assert long / short == pytest.approx(3, rel=0.1)


def test_a_corner_may_be_round() -> None:
    drawn = cover('<rect x="0" y="0" width="32" height="32" rx="8" fill="#009E73"/>', 32)

    assert (drawn[0][0], drawn[3][3], drawn[0][16], drawn[31][31]) == (0, 255, 255, 0)


def test_later_shapes_cover_earlier_ones() -> None:
    both = (
        '<rect x="0" y="0" width="32" height="32" fill="#FFFFFF"/>'
        '<rect x="8" y="8" width="16" height="16" fill="#009E73" stroke="#2E86C8"/>'
    )
    found = pixels(draw(svg(both), "x", 16))

    assert tuple(found[8, 8]) == (*GREEN, 255)
    assert tuple(found[1, 1]) == (255, 255, 255, 255)
    assert tuple(found[4, 8][:3]) not in {GREEN, (255, 255, 255)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<svg", "The icon x is no SVG"),
        ('<svg viewBox="0 0 16 16"/>', 'needs viewBox="0 0 32 32"'),
        (svg('<ellipse cx="1" cy="1" rx="2" ry="3"/>'), "has a <ellipse>, which is not drawn"),
        (svg('<path d="M 1 1 C 2 2 3 3 4 4"/>'), "has a <path> that is not understood"),
        (svg('<path d="M 1 1 L 2"/>'), "has a <path> that is not understood"),
        (svg('<rect x="one" fill="#009E73"/>'), "has a <rect> that is not understood"),
        (svg('<rect fill="red"/>'), "has the colour red, which the palette lacks"),
    ],
)
def test_what_is_not_drawn_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        draw(text, "x", 16)


@pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
def test_every_icon_fills_its_square_and_stays_within(path: Path) -> None:
    for size in SIZES:
        seen = pixels(draw(path.read_text("utf-8"), path.stem, size))[..., 3] > 64
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 >= size * 0.7
        assert 0.08 < seen.mean() < 0.95


def test_no_two_icons_look_alike_at_16_pixels() -> None:
    small = [pixels(draw(path.read_text("utf-8"), path.stem, 16)).astype(int) for path in ICONS]
    for number, one in enumerate(small):
        for other in small[:number]:
            assert np.abs(one - other).mean() > 8


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", sorted(set(PALETTE) - {"paper", "shade"}))
@pytest.mark.parametrize("background", ["#FFFFFF", "#262626"])
def test_colours_of_lines_and_signs_show_on_white_and_on_dark_grey(
    name: str, background: str
) -> None:
    light, dark = sorted((luminance(PALETTE[name]), luminance(background)), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= 2.7
