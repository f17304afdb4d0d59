"""Peer spreadsheet-auditor (PyPI): what its command line reports, as accusations."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.benchmarks.audit_scores.accusations import Accusation, places
from tickmark.errors import AddressError
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Workbook

PACKAGE = "spreadsheet-auditor"
SECONDS = 120.0
CANDIDATES = {
    "": frozenset({"Defect", "Likely defect", "Review", "Info"}),
    ", defects": frozenset({"Defect", "Likely defect"}),
    ", likely defects": frozenset({"Likely defect"}),
}
"""Which of its confidences are scored as a candidate: all that it shows, what it holds for a
defect, and the part of this that scored best on the tuning workbooks.
"""


def peer_version() -> str | None:
    """The installed version, None where there is none."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return None


def peer_accusations(workbook: Workbook, path: Path) -> dict[str, list[Accusation]]:
    """What it reports of a file, without a configuration, for each of CANDIDATES."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(  # noqa: S603 - the peer itself
            (
                *(sys.executable, "-m", "spreadsheet_auditor", str(path.resolve())),
                *("--format", "json", "--out", str(report)),
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=SECONDS,
            cwd=folder,
        )
        told = json.loads(report.read_text(encoding="utf-8"))
    return {
        name: list(
            accused(workbook, (one for one in told["findings"] if one["confidence"] in shown))
        )
        for name, shown in CANDIDATES.items()
    }


def accused(workbook: Workbook, findings: Iterable[dict[str, Any]]) -> Iterator[Accusation]:
    """Its findings by the cells that each stands for."""
    for one in findings:
        cells = frozenset(
            place
            for text in one["members"]
            if (area := _area(workbook, text)) is not None
            for place in places(workbook, area)
        )
        yield Accusation(one["rule_id"], cells, message=one["title"])


def _area(workbook: Workbook, text: str) -> RangeRef | None:
    """A location such as `P&L, 2025!B1:B9`, whose sheet name is written without quotes.

    None for what names no cells of the workbook, such as a sheet or a defined name.
    """
    name, bang, area = text.rpartition("!")
    names = {sheet.name.casefold(): sheet.name for sheet in workbook.sheets}
    sheet = names.get(name.strip().removeprefix("'").removesuffix("'").casefold())
    if not bang or sheet is None:
        return None
    try:
        return RangeRef.parse(area.strip().upper(), sheet=sheet)
    except AddressError:
        return None
