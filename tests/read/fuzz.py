"""Mutations of workbook files: what storms, bad disks and bad people do to them, by a seed.

`mutated(seeds, number)` is always the same file for the same seeds and number.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

ZIPPED = frozenset({"xlsx", "xlsm", "xltx", "xltm"})

EXTREMES = (
    *(b"", b" ", b"0", b"1", b"-1", b"7", b"-2147483649", b"2147483648", b"4294967295"),
    *(b"9" * 40, b"1e308", b"1e999", b"-1e-999", b"nan", b"-inf", b"0x10", b"1_000", b"\xd9\xa1"),
    *(b"true", b"A", b"XFD1048576", b"XFE1048577", b"A1:XFD1048576", b"B2:A1", b"A0", b"$A$1"),
    *(b"A1 C3 A1:B2 ?", b"A:A", b"1:1", b"#REF!", b"Data!A1", b"'", b"rId1", b"rId999"),
    *(b"/etc/passwd", b"../../../../etc/passwd", b"file:///etc/passwd", b"%2e%2e/%2e%2e/x"),
    *(rb"\\192.0.2.1\share\a.xlsx", b"http://192.0.2.1/a", b"_xD800_", b"_x0000_", b"_xFFFF_"),
    *(b"((((" * 200, b"x" * 40_000, b"2024-02-30", b"0001-01-01T00:00:00", b"&#1114111;"),
    *(b"&amp;&lt;", b"&#x202e;", b"\xef\xbf\xbe", b"A1," * 5_000, b"A1 " * 5_000, b"-0"),
)
TYPES = (
    *(b"worksheet", b"chartsheet", b"styles", b"sharedStrings", b"drawing", b"chart", b"comments"),
    *(b"vmlDrawing", b"table", b"pivotTable", b"pivotCacheDefinition", b"externalLink", b"theme"),
    *(b"threadedComment", b"person", b"slicer", b"hyperlink", b"officeDocument", b"image", b""),
)

_ATTRIBUTE = re.compile(rb'\s([A-Za-z_:][\w:.\-]*)="([^"<>]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
_LEAF = re.compile(rb"<([A-Za-z_][\w:.\-]*)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_TAG = re.compile(rb"</?[A-Za-z_][\w:.\-]*")
_WINDOW = 20_000


@dataclass(frozen=True, slots=True)
class Seed:
    """A good workbook file that mutations start from; `kind` is its extension."""

    name: str
    data: bytes

    @property
    def kind(self) -> str:
        """The extension, lower case and without dot."""
        return PurePath(self.name).suffix.lower().removeprefix(".")

    @property
    def zipped(self) -> bool:
        """Whether its parts can be mutated one by one; .xlsb and .ods are slow, and stay whole."""
        return self.kind in ZIPPED and zipfile.is_zipfile(io.BytesIO(self.data))


Parts = dict[str, bytes]


def mutated(seeds: Sequence[Seed], number: int) -> Seed:
    """The mutation of a number: one of the seeds, changed in one to four ways."""
    chance = random.Random(number)  # noqa: S311 - the same every time
    seed = chance.choice(seeds)
    if seed.zipped and chance.random() < 0.85:
        parts = unpacked(seed.data)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
            chance.choice(_OF_PARTS)(parts, seeds, chance)
        data = packed(parts)
    else:
        data = seed.data
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = chance.choice(_OF_BYTES)(data, seeds, chance)
    return Seed(f"{number:06}-{PurePath(seed.name).stem}.{seed.kind}", data)


def unpacked(data: bytes) -> Parts:
    """The parts of a zip archive; those that cannot be inflated are left out."""
    parts: Parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            try:
                parts[member.filename] = archive.read(member)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
                continue
    return parts


def packed(parts: Parts) -> bytes:
    """A zip archive of parts, packed in a hurry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()


def flip_bits(data: bytes, _seeds: Sequence[Seed], chance: random.Random) -> bytes:
    """Some bits turned over."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(data: bytes, _seeds: Sequence[Seed], chance: random.Random) -> bytes:
    """The end missing."""
    return data[: chance.randrange(len(data) + 1)]


def lose_piece(data: bytes, _seeds: Sequence[Seed], chance: random.Random) -> bytes:
    """A piece of the middle missing."""
    first = chance.randrange(len(data) + 1)
    return data[:first] + data[first + chance.choice((1, 2, 16, 512, 4096)) :]


def repeat_piece(data: bytes, _seeds: Sequence[Seed], chance: random.Random) -> bytes:
    """A piece twice, or many times."""
    first = chance.randrange(len(data) + 1)
    length = chance.choice((1, 4, 64, 1024))
    piece = data[first : first + length] * chance.choice((1, 1, 3, 50))
    return data[:first] + piece + data[first:]


def splice(data: bytes, seeds: Sequence[Seed], chance: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    other = chance.choice(seeds).data
    at = chance.random()
    return data[: int(len(data) * at)] + other[int(len(other) * at) :]


def overwrite(data: bytes, _seeds: Sequence[Seed], chance: random.Random) -> bytes:
    """A few bytes replaced by extreme numbers."""
    value = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"))
    first = chance.randrange(len(data) + 1)
    return data[:first] + value + data[first + 4 :]


def change_part(parts: Parts, seeds: Sequence[Seed], chance: random.Random) -> None:
    """Bytes of one part changed; they reach the parser, since the archive is sound."""
    name = _some(parts, chance)
    parts[name] = chance.choice(_OF_BYTES)(parts[name], seeds, chance)


def delete_part(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """A part missing, though others name it."""
    if len(parts) > 1:
        del parts[_some(parts, chance)]


def swap_with_other(parts: Parts, seeds: Sequence[Seed], chance: random.Random) -> None:
    """A part replaced by one of another workbook, of the same kind where there is one."""
    zipped = [seed for seed in seeds if seed.zipped]
    other = unpacked(chance.choice(zipped).data)
    name = _some(parts, chance)
    alike = [key for key in other if _sort(key) == _sort(name)]
    parts[name] = other[chance.choice(alike or sorted(other))]


def swap_inside(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """Two parts of the workbook in each other's place."""
    one, two = _some(parts, chance), _some(parts, chance)
    parts[one], parts[two] = parts[two], parts[one]


def change_attribute(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """The value of an attribute made extreme."""
    name = _some(parts, chance)
    parts[name] = _replaced(parts[name], _ATTRIBUTE, 2, chance.choice(EXTREMES), chance)


def change_text(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """The text of an element made extreme."""
    name = _some(parts, chance)
    parts[name] = _replaced(parts[name], _TEXT, 1, chance.choice(EXTREMES), chance)


def rename_attribute(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """An attribute under another name, so that it is missing and another is there twice."""
    name = _some(parts, chance)
    new = chance.choice((b"r", b"s", b"t", b"ref", b"id", b"x", b"xml:base", b"xmlns", b"val"))
    parts[name] = _replaced(parts[name], _ATTRIBUTE, 1, new, chance)


def drop_element(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """An element without children missing."""
    name = _some(parts, chance)
    parts[name] = _replaced(parts[name], _LEAF, 0, b"", chance)


def repeat_element(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """An element without children many times."""
    name = _some(parts, chance)
    found = _found(parts[name], _LEAF, chance)
    if found is not None:
        times = chance.choice((2, 2, 5, 300, 5_000))
        again = found[0] * min(times, 200_000 // max(len(found[0]), 1) + 1)
        parts[name] = parts[name].replace(found[0], again, 1)


def rename_element(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """Every element of a name under another one, taken from the same part."""
    name = _some(parts, chance)
    one, two = (_found(parts[name], _TAG, chance) for _ in range(2))
    if one is not None and two is not None:
        old, new = one[0].lstrip(b"</"), two[0].lstrip(b"</")
        times = chance.choice((-1, 2))
        for mark in (b"</", b"<"):
            parts[name] = parts[name].replace(mark + old, mark + new, times)


def wrap_element(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """An element deep inside elements of its own or another name."""
    name = _some(parts, chance)
    found, around = _found(parts[name], _LEAF, chance), _found(parts[name], _TAG, chance)
    if found is not None and around is not None:
        tag = around[0].lstrip(b"</")
        depth = chance.choice((1, 1, 3, 300))
        deep = b"<" + tag + b">"
        inside = deep * depth + found[0] + (b"</" + tag + b">") * depth
        parts[name] = parts[name].replace(found[0], inside, 1)


def retarget(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """A relationship that leads elsewhere: to another part, the same one, or the outside."""
    name = _relationships(parts, chance)
    others = [b"/" + key.encode() for key in parts]
    target = chance.choice((*others, *EXTREMES)) if chance.random() < 0.7 else b""
    parts[name] = _replaced(parts[name], re.compile(rb'\s(Target)="([^"]*)"'), 2, target, chance)
    if chance.random() < 0.2:
        parts[name] = parts[name].replace(b"/>", b' TargetMode="External"/>', 1)


def retype(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """A relationship of another type."""
    name = _relationships(parts, chance)
    last_word = re.compile(rb'\s(Type)="[^"]*?/([^"/]*)"')
    parts[name] = _replaced(parts[name], last_word, 2, chance.choice(TYPES), chance)


def recode(parts: Parts, _seeds: Sequence[Seed], chance: random.Random) -> None:
    """A part in another encoding, said or unsaid."""
    name = _some(parts, chance)
    text = parts[name].decode("utf-8", "replace")
    encoding = chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-7", "cp500", "utf-8-sig"))
    told = chance.choice((encoding, "utf-8", "x-none", "cp1252"))
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    declared = f'<?xml version="1.0" encoding="{told}"?>{text}'
    parts[name] = declared.encode(encoding, "replace")


def _some(parts: Parts, chance: random.Random) -> str:
    """A part of markup, every third time one of those with the cells."""
    names = sorted(parts)
    telling = [name for name in names if name.endswith((".xml", ".rels", ".vml"))]
    inner = [name for name in telling if "worksheets/" in name or "sharedStrings" in name]
    return chance.choice(inner if inner and chance.random() < 0.3 else telling or names)


def _relationships(parts: Parts, chance: random.Random) -> str:
    names = sorted(name for name in parts if name.endswith(".rels"))
    return chance.choice(names) if names else _some(parts, chance)


def _sort(name: str) -> str:
    """What parts of one kind have in common: folder and name without number."""
    return re.sub(r"\d+", "", name.rpartition("/")[2])


def _found(
    data: bytes, pattern: re.Pattern[bytes], chance: random.Random
) -> re.Match[bytes] | None:
    """A place of a pattern near a random one, so that large parts cost no more than small ones."""
    begin = chance.randrange(max(1, len(data) - _WINDOW // 2))
    places = list(pattern.finditer(data, begin, begin + _WINDOW))
    return chance.choice(places) if places else None


def _replaced(
    data: bytes, pattern: re.Pattern[bytes], group: int, new: bytes, chance: random.Random
) -> bytes:
    found = _found(data, pattern, chance)
    if found is None:
        return data
    return data[: found.start(group)] + new + data[found.end(group) :]


_OF_BYTES: tuple[Callable[[bytes, Sequence[Seed], random.Random], bytes], ...] = (
    *(flip_bits, flip_bits, cut, lose_piece, repeat_piece, splice, overwrite),
)
_OF_PARTS: tuple[Callable[[Parts, Sequence[Seed], random.Random], None], ...] = (
    *(change_attribute, change_attribute, change_attribute, change_text, change_text),
    *(change_part, delete_part, swap_with_other, swap_inside, rename_attribute, drop_element),
    *(repeat_element, rename_element, wrap_element, retarget, retarget, retype, recode),
)
