"""Builds the sample workbooks anew: `python -m sample_workbooks.build [FOLDER]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl

from sample_workbooks.stories.budget_hardcode import budget_hardcode
from sample_workbooks.stories.cross_sheet_circular import cross_sheet_circular
from sample_workbooks.stories.external_links import external_links, linked_prices
from sample_workbooks.stories.hidden_injection import hidden_injection
from sample_workbooks.stories.merged_headers import merged_headers
from sample_workbooks.stories.sales_ledger import sales_ledger
from sample_workbooks.stories.three_statement_model import three_statement_model
from sample_workbooks.workbook_file import save

STORIES: Mapping[str, Callable[[], openpyxl.Workbook]] = {
    "budget_hardcode.xlsx": budget_hardcode,
    "cross_sheet_circular.xlsx": cross_sheet_circular,
    "external_links.xlsx": external_links,
    "hidden_injection.xlsx": hidden_injection,
    "merged_headers.xlsx": merged_headers,
    "sales_ledger.xlsx": sales_ledger,
    "three_statement_model.xlsx": three_statement_model,
}


def build(folder: Path) -> list[Path]:
    """Write every sample into a folder; their paths, sorted."""
    for name, story in STORIES.items():
        save(story(), folder / name, linked=linked_prices())
    return [folder / name for name in STORIES]


if __name__ == "__main__":
    for path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent):
        print(path)
