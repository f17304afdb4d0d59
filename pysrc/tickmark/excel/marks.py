"""What the add-in says of itself in its document properties."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

PART: Final = "docProps/custom.xml"

_LONGEST = 100_000
_PROPERTY = re.compile(r'<property\b[^>]*\bname="([^"]+)"[^>]*>\s*<vt:lpwstr>([^<]*)</vt:lpwstr>')


@dataclass(frozen=True, slots=True)
class Marks:
    """The versions that an add-in was built for."""

    tickmark: str
    xlwings: str


def marks_of(content: bytes) -> Marks | None:
    """The marks of an add-in; None where a file is none of Tickmark's."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(PART) as part:
            text = part.read(_LONGEST).decode("utf-8", errors="replace")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, zlib.error):
        return None
    found = {name.lower(): value for name, value in _PROPERTY.findall(text)}
    if "tickmark" not in found:
        return None
    return Marks(found["tickmark"], found.get("xlwings", ""))
