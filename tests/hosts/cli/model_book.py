"""A small workbook with one of everything that the commands of the formula graph tell."""

from __future__ import annotations

from pathlib import Path

from tests.books import save

SHEETS = {
    "Inputs": {
        "A1": "Price",
        "B1": 12,
        "A2": "Volume",
        "B2": 100,
        "A3": "Growth",
        "B3": 0.1,
        "A4": "Spare",
        "B4": 7,
    },
    "P&L": {
        "B1": "2024 A",
        "C1": "2025 E",
        "A2": "Revenue",
        "B2": "=Inputs!B1*Inputs!B2",
        "C2": "=B2*(1+Growth)",
        "A3": "Costs",
        "B3": "=B2*0.4",
        "C3": "=C2*0.4",
        "A4": "Profit",
        "B4": "=B2-B3",
        "C4": "=C2-C3",
        "A5": "Lost",
        "B5": "=#REF!+Nope",
        "A6": "Found",
        "B6": '=INDIRECT("B"&2)',
        "A8": "Round",
        "B8": "=C8+1",
        "C8": "=B8*Missing!A1",
    },
}


def model_book(folder: Path) -> str:
    """The workbook as a file; its path relative to the folder."""
    save(folder / "model.xlsx", SHEETS, names={"Growth": "Inputs!$B$3"})
    return "model.xlsx"
