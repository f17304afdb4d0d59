"""Names of files made from texts of strangers: safe on every system, all different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 80

_LONGEST_BYTES: Final = 180
"""With a number and an extension it stays below the 255 bytes that file systems take."""

_RESERVED: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d|clock|conin|conout", re.IGNORECASE)


def file_stem(text: str, longest: int = LONGEST) -> str:
    """A text as a file name without extension; "" where it has no letter or digit.

    Letters of all scripts and digits stay, all else becomes `_`, so that no path, option, hidden
    file or device of Windows can come about.
    """
    normal = unicodedata.normalize("NFKC", text[: 4 * longest])
    kept = "".join(
        letter if letter == "-" or unicodedata.category(letter)[0] in "LMN" else "_"
        for letter in normal
    )
    stem = re.sub(r"_*-[-_]*|_+", lambda run: "-" if "-" in run[0] else "_", kept)
    stem = stem.lstrip("_-")[:longest].encode()[:_LONGEST_BYTES].decode("utf-8", "ignore")
    stem = stem.rstrip("_-")
    return f"{stem}_" if _RESERVED.fullmatch(stem) else stem


def distinct_stems(stems: Iterable[str]) -> list[str]:
    """The stems, with `-2` and so on where one is taken; letter case does not make them differ."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    names = []
    for stem in stems:
        folded = _folded(stem)
        name = stem
        while _folded(name) in taken:
            counts[folded] = counts.get(folded, 1) + 1
            name = f"{stem}-{counts[folded]}"
        taken.add(_folded(name))
        names.append(name)
    return names


def _folded(stem: str) -> str:
    return unicodedata.normalize("NFKC", stem.casefold())
