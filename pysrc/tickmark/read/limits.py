"""How much a file may hold before reading stops: no file may cost more than these bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final, TypeVar

SUPPORTED: Final = frozenset({"xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods", "csv", "tsv"})
"""Extensions, lower case and without dot, of the files that can be read."""

OPTION: Final = "--limit"

Number = TypeVar("Number", int, float)


def _limit(default: Number, bounds: str) -> Number:
    """A field of Limits, with what it bounds."""
    return field(default=default, metadata={"bounds": bounds})


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one workbook; whatever is cut off or refused by them is said in a sentence.

    Sizes are counted while inflating and not as the file declares them.
    """

    file_bytes: int = _limit(200_000_000, "bytes of a file")
    zip_members: int = _limit(20_000, "parts of a file")
    part_bytes: int = _limit(512_000_000, "bytes of one part, unpacked")
    total_bytes: int = _limit(2_000_000_000, "bytes of all parts together, unpacked")
    ratio: int = _limit(200, "how many times larger a part may become by unpacking")
    ratio_from: int = _limit(100_000_000, "bytes of a part from which on `ratio` holds")
    sheets: int = _limit(5_000, "sheets of a workbook")
    sheet_cells: int = _limit(5_000_000, "cells of a sheet, those without value too")
    sheet_elements: int = _limit(3_000_000, "elements of a sheet beside usual cells and rows")
    workbook_cells: int = _limit(20_000_000, "cells of a workbook")
    dense_cells: int = _limit(50_000_000, "rows times columns of a sheet in .xls, .xlsb and .ods")
    string_length: int = _limit(1_000_000, "characters of a text")
    string_bytes: int = _limit(400_000_000, "bytes of memory for the shared texts of a workbook")
    formula_length: int = _limit(8_192, "characters of a formula")
    formula_depth: int = _limit(256, "parentheses inside each other in a formula")
    depth: int = _limit(256, "elements inside each other in a part")
    elements: int = _limit(1_000_000, "elements of a part beside its cells and texts")
    tag_bytes: int = _limit(8_000_000, "bytes of one tag with its attributes")
    ranges: int = _limit(200_000, "merged ranges; also names, rules and other such things")
    child_seconds: float = _limit(120.0, "seconds of a library that reads in a process of its own")
    child_bytes: int = _limit(3_000_000_000, "bytes of memory of such a process")


NAMES: Final = tuple(one.name for one in fields(Limits) if one.name != "file_bytes")
"""The limits that are set by name; the size of files has a setting of its own."""

_DEFAULT: Final = Limits()
_FRACTIONS = frozenset(one.name for one in fields(Limits) if isinstance(one.default, float))


def allows_more(name: str) -> str:
    """The clause that ends a sentence about a limit: how it is raised."""
    return f"{OPTION} {name}=N allows more"


def meanings() -> Iterator[tuple[str, float, str]]:
    """Name, default and what it bounds, for each limit that is set by name."""
    for one in fields(Limits):
        if one.name in NAMES:
            yield one.name, float(getattr(_DEFAULT, one.name)), str(one.metadata["bounds"])


def with_limits(limits: Limits, given: Mapping[str, float]) -> Limits:
    """The limits with some of them replaced by those that `parse_limits` gave."""
    return replace(limits, **given)  # type: ignore[arg-type]


def parse_limits(raw: object) -> dict[str, float]:
    """Limits by name from `A=1,B=2`, a list of such texts, or a table of a settings file.

    Raises ValueError with a sentence about all that is wrong.
    """
    if isinstance(raw, str):
        raw = raw.split(",")
    if isinstance(raw, Mapping):
        pairs = [(str(name), value) for name, value in raw.items()]
    elif isinstance(raw, (list, tuple)):
        texts = [str(text) for text in raw if str(text).strip()]
        pairs = [(name.strip(), value) for name, _, value in (t.partition("=") for t in texts)]
    else:
        message = "limits are NAME=NUMBER, or a table of such lines in a settings file"
        raise ValueError(message)  # noqa: TRY004 - a wrong value of a setting like others
    wrong: list[str] = []
    found: dict[str, float] = {}
    for name, value in pairs:
        if name not in NAMES:
            wrong.append(_unknown(name))
            continue
        number = _number(value)
        if number is None:
            wrong.append(f"limit {name} is {value!r}; a number of at least 1 is needed")
        else:
            found[name] = number if name in _FRACTIONS else int(number)
    if wrong:
        raise ValueError("; ".join(wrong))
    return found


def _unknown(name: str) -> str:
    if name in {"file_bytes", "max_file_mb"}:
        return "the size of files is set with max_file_mb, not among the limits"
    return f"{name!r} is no limit; known are {', '.join(NAMES)}"


def _number(value: object) -> float | None:
    """A finite number of at least 1; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 1 <= number < 1e18 else None  # noqa: PLR2004 - what no machine holds
