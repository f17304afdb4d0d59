"""Peer sheetwise (PyPI): the published method by way of pandas; value, bar, addresses."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from tests.benchmarks.encode_scores.told_sheet import ToldSheet, whole
from tests.benchmarks.encode_scores.told_values import told_value
from tickmark.encode.claim import Claim
from tickmark.errors import AddressError
from tickmark.model.address import RangeRef

_HEADING = "## Sheet: "
_ADDRESSES = re.compile(r"[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?(?:,[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?)*")


def sheetwise_text(path: Path) -> str:
    """Each sheet as sheetwise writes it; pandas reads them as its own loader does the first."""
    import pandas as pd  # noqa: PLC0415 - in the child alone
    from sheetwise import SpreadsheetLLM  # noqa: PLC0415 - likewise

    warnings.simplefilter("ignore")
    engine = "xlrd" if path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0" else "openpyxl"
    own = SpreadsheetLLM()
    texts = [
        f"{_HEADING}{name}\n{own.compress_and_encode_for_llm(frame)}"
        for name, frame in pd.read_excel(path, sheet_name=None, engine=engine).items()
        if frame.size
    ]
    return "\n".join(texts)


def sheetwise_sheets(text: str) -> dict[str, list[str]]:
    """The lines of each sheet below its heading, which is this benchmark's own."""
    sheets: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith(_HEADING):
            lines = sheets.setdefault(line.removeprefix(_HEADING), [])
        else:
            lines.append(line)
    return sheets


def sheetwise_told(name: str, text: str, *, cut: bool, date1904: bool = False) -> ToldSheet:
    """What a text of sheetwise tells: each value at its addresses, as it writes them."""
    claims = []
    for line in text.split("\n"):
        value, bar, addresses = line.rpartition("|")
        if bar and _ADDRESSES.fullmatch(addresses) and value:
            try:
                areas = tuple(RangeRef.parse(one, sheet=name) for one in addresses.split(","))
            except AddressError:
                continue
            claims.append(Claim(name, areas, constant=told_value(value, date1904=date1904)))
    return ToldSheet(name, claims, () if cut else (whole(name),))
