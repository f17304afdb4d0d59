"""A VBA project from text (MS-OVBA): compressed modules, and the streams that list them."""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tickmark.errors import InputError
from tickmark.excel.compound import compound_file

CODE_PAGE: Final = "cp1252"

_CHUNK: Final = 4096
_CANDIDATES: Final = 64
_SHORTEST: Final = 3
_CLASS_HEAD: Final = re.compile(r"\AVERSION 1\.0 CLASS\r\nBEGIN\r\n.*?\r\nEND\r\n", re.DOTALL)
_DESCRIPTION: Final = re.compile(r'^Attribute VB_Description = "(.*?)"\r?$', re.MULTILINE)
_CLASS_BASE: Final = "FCFB3D2A-A0FA-1068-A738-08002B3371B5"
_VISUAL_BASIC_EDITOR: Final = "{3832D640-CF90-11CF-8E43-00A0C911005A}"
# No compiled code: Excel compiles the text when it opens the file.
_NO_CACHE: Final = bytes.fromhex("CC61FFFF000100")
_STDOLE: Final = (
    r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb"
    "#OLE Automation"
)
_OFFICE: Final = (
    r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files"
    r"\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library"
)
_REFERENCES: Final = (("stdole", _STDOLE), ("Office", _OFFICE))


class Kind(StrEnum):
    """What a module is; documents are named by the class that they stand on."""

    STANDARD = "standard"
    CLASS = "class"
    WORKBOOK = "00020819-0000-0000-C000-000000000046"
    SHEET = "00020820-0000-0000-C000-000000000046"


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its code with attributes and CRLF, as it stands in the project."""

    name: str
    kind: Kind
    code: str

    @property
    def description(self) -> str:
        """What the module says of itself, "" for nothing."""
        found = _DESCRIPTION.search(self.code)
        return found[1] if found else ""


def standard(name: str, text: str) -> Module:
    """A standard module from the text of a .bas file, with or without its name in it."""
    code = with_crlf(text)
    head = f'Attribute VB_Name = "{name}"\r\n'
    return Module(name, Kind.STANDARD, code if code.startswith(head) else head + code)


def class_module(name: str, text: str) -> Module:
    """A class from the text of an exported .cls file."""
    code = _CLASS_HEAD.sub("", with_crlf(text))
    head = f'Attribute VB_Name = "{name}"\r\n'
    if not code.startswith(head):
        raise InputError(f'The class {name} lacks the line Attribute VB_Name = "{name}" on top.')
    base = f'Attribute VB_Base = "0{{{_CLASS_BASE}}}"\r\n'
    return Module(name, Kind.CLASS, head + base + _with_ends(code.removeprefix(head)))


def _with_ends(code: str) -> str:
    """The two attributes of a class that an exported file leaves out, after VB_Exposed."""
    more = "Attribute VB_TemplateDerived = False\r\nAttribute VB_Customizable = False\r\n"
    head, exposed, rest = code.partition("Attribute VB_Exposed = ")
    value, end, body = rest.partition("\r\n")
    return f"{head}{exposed}{value}{end}{more}{body}" if exposed else code


def document(name: str, kind: Kind, text: str = "") -> Module:
    """The module of a workbook or sheet from the text of an exported .cls file."""
    lines = _CLASS_HEAD.sub("", with_crlf(text)).splitlines(keepends=True)
    while lines and lines[0].startswith("Attribute VB_"):
        del lines[0]
    attributes = {
        "Name": f'"{name}"',
        "Base": f'"0{{{kind.value}}}"',
        "GlobalNameSpace": "False",
        "Creatable": "False",
        "PredeclaredId": "True",
        "Exposed": "True",
        "TemplateDerived": "False",
        "Customizable": "True",
    }
    head = [f"Attribute VB_{key} = {value}\r\n" for key, value in attributes.items()]
    return Module(name, kind, "".join((*head, *lines)))


def with_crlf(text: str) -> str:
    """Text with the line ends of Windows."""
    return re.sub(r"\r\n?|\n", "\r\n", text)


def vba_project(name: str, modules: Sequence[Module]) -> bytes:
    """The file vbaProject.bin; equal modules give equal bytes.

    Raises InputError for characters that VBA has no room for.
    """
    streams: dict[str, bytes] = {
        module.name: compress(encoded(module.code, module.name)) for module in modules
    }
    streams["_VBA_PROJECT"] = _NO_CACHE
    streams["dir"] = compress(dir_stream(name, modules))
    return compound_file(
        {"VBA": streams, "PROJECT": project_stream(name, modules), "PROJECTwm": _names(modules)}
    )


def encoded(text: str, where: str) -> bytes:
    """Text in the code page of the project. Raises InputError."""
    try:
        return text.encode(CODE_PAGE)
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise InputError(
            f"VBA cannot hold {text[error.start]!r}, which is in line {line} of {where}; write it "
            "with letters of ASCII."
        ) from None


def compress(content: bytes) -> bytes:
    """Compressed as MS-OVBA 2.4.1 asks: a signature, then chunks of at most 4096 bytes.

    Raises ValueError where the format has no form: an end of more than 3,640 random bytes.
    """
    chunks = (content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK))
    return b"\x01" + b"".join(map(_chunk, chunks))


def _chunk(content: bytes) -> bytes:
    body = _tokens(content)
    if len(body) > _CHUNK:
        if len(content) < _CHUNK:
            raise ValueError("The last chunk does not compress and is too short to stay raw.")
        return struct.pack("<H", 0x3FFF) + content
    return struct.pack("<H", 0xB000 | (len(body) - 1)) + body


def _tokens(content: bytes) -> bytes:
    """Literal bytes and copies, a byte of flags before each eight of them."""
    body = bytearray()
    seen: dict[bytes, list[int]] = {}
    position = 0
    while position < len(content):
        flags_at = len(body)
        body.append(0)
        for bit in range(8):
            if position >= len(content):
                break
            offset, length = _longest_copy(content, position, seen)
            if length:
                bits = _offset_bits(position)
                body += struct.pack("<H", (offset - 1) << (16 - bits) | (length - _SHORTEST))
                body[flags_at] |= 1 << bit
            else:
                length = 1
                body.append(content[position])
            for start in range(position, position + length):
                seen.setdefault(content[start : start + _SHORTEST], []).append(start)
            position += length
    return bytes(body)


def _longest_copy(content: bytes, position: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """How far back the longest earlier copy begins, and its length; zeros for none."""
    limit = min((0xFFFF >> _offset_bits(position)) + _SHORTEST, len(content) - position)
    if limit < _SHORTEST:
        return 0, 0
    best = (0, 0)
    starts = seen.get(content[position : position + _SHORTEST], ())
    for start in reversed(starts[-_CANDIDATES:]):
        length = _SHORTEST
        while length < limit and content[start + length] == content[position + length]:
            length += 1
        if length > best[1]:
            best = (position - start, length)
        if length == limit:
            break
    return best


def _offset_bits(position: int) -> int:
    """How many of a copy's 16 bits tell the offset at this place of a chunk."""
    return max((position - 1).bit_length(), 4) if position else 4


def dir_stream(name: str, modules: Sequence[Module]) -> bytes:
    """The stream that lists the project, its references and its modules, not yet compressed."""
    page = int(CODE_PAGE.removeprefix("cp"))
    return b"".join(
        (
            _record(0x01, struct.pack("<I", 1)),  # Windows; 64 bits read it as well
            _record(0x02, struct.pack("<I", 0x409)),
            _record(0x14, struct.pack("<I", 0x409)),
            _record(0x03, struct.pack("<H", page)),
            _record(0x04, encoded(name, "the project's name")),
            *(_record(number, b"") for number in (0x05, 0x40, 0x06, 0x3D)),
            _record(0x07, bytes(4)),
            _record(0x08, bytes(4)),
            struct.pack("<HIIH", 0x09, 4, 1, 1),  # the version; its size field is 4 by decree
            _record(0x0C, b""),
            _record(0x3C, b""),
            *(_reference(*one) for one in _REFERENCES),
            _record(0x0F, struct.pack("<H", len(modules))),
            _record(0x13, b"\xff\xff"),
            *map(_module_records, modules),
            _record(0x10, b""),
        )
    )


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _reference(name: str, library: str) -> bytes:
    text = library.encode(CODE_PAGE)
    return (
        _record(0x16, name.encode(CODE_PAGE))
        + _record(0x3E, name.encode("utf-16-le"))
        + _record(0x0D, struct.pack("<I", len(text)) + text + bytes(6))
    )


def _module_records(module: Module) -> bytes:
    name, wide = encoded(module.name, "a module's name"), module.name.encode("utf-16-le")
    said = module.description
    return b"".join(
        (
            _record(0x19, name),
            _record(0x47, wide),
            _record(0x1A, name),
            _record(0x32, wide),
            _record(0x1C, encoded(said, module.name)),
            _record(0x48, said.encode("utf-16-le")),
            _record(0x31, bytes(4)),
            _record(0x1E, bytes(4)),
            _record(0x2C, b"\xff\xff"),
            _record(0x21 if module.kind is Kind.STANDARD else 0x22, b""),
            _record(0x2B, b""),
        )
    )


def project_stream(name: str, modules: Sequence[Module]) -> bytes:
    """The stream PROJECT: modules by kind, no password, nothing locked."""
    identity = f"{{{str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()}}}"
    lines = [
        f'ID="{identity}"',
        *(_project_line(module) for module in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypt(bytes(4), identity)}"',
        f'DPB="{encrypt(bytes(1), identity)}"',
        f'GC="{encrypt(bytes([0xFF]), identity)}"',
        "",
        "[Host Extender Info]",
        f"&H00000001={_VISUAL_BASIC_EDITOR};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return encoded("\r\n".join(lines) + "\r\n", "the project")


def _project_line(module: Module) -> str:
    if module.kind is Kind.STANDARD:
        return f"Module={module.name}"
    if module.kind is Kind.CLASS:
        return f"Class={module.name}"
    return f"Document={module.name}/&H00000000"


def encrypt(content: bytes, identity: str, seed: int = 0x5A, filler: int = 0x07) -> str:
    """Content in the form of MS-OVBA 2.4.3.2, which hides but does not protect."""
    key = sum(identity.encode(CODE_PAGE)) & 0xFF
    out = [seed, seed ^ 2, seed ^ key]
    plain, last, before = key, seed ^ key, seed ^ 2
    padding = [filler] * ((seed & 6) // 2)
    for byte in (*padding, *struct.pack("<I", len(content)), *content):
        out.append(byte ^ (before + plain & 0xFF))
        plain, last, before = byte, out[-1], last
    return bytes(out).hex().upper()


def _names(modules: Sequence[Module]) -> bytes:
    """The stream PROJECTwm: each module's name in both encodings."""
    return b"".join(
        encoded(module.name, "a module's name") + b"\0" + module.name.encode("utf-16-le") + b"\0\0"
        for module in modules
    ) + bytes(2)
