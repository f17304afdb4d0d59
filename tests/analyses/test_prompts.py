"""The constant instructions: what they say of the cells is what the encoder writes."""

from __future__ import annotations

import re

import pytest

from tickmark.encode.claim import Value
from tickmark.encode.decode import decode
from tickmark.model.grid import CellKind
from tickmark.templates import constant_text, template_text

SHOWN_CELLS = ("sheet", "ask", "range", "findings", "book")


@pytest.mark.parametrize("name", SHOWN_CELLS)
def test_who_is_shown_cells_is_told_how_to_read_them(name: str) -> None:
    text = constant_text(f"prompts/{name}-system.md.j2")

    assert text.count(template_text("prompts/notation.md").strip()) == 1
    assert "{%" not in text
    assert "{{" not in text


def test_the_example_in_the_instructions_is_read_as_they_say() -> None:
    example = re.search(r"```\n(.*?)```", template_text("prompts/notation.md"), re.DOTALL)
    assert example is not None

    (sheet,) = decode(f"# Sales|A3:D9\n{example[1]}")

    values = {
        cell: value
        for claim in sheet.claims
        for cell, value in zip(claim.cells(), claim.values or (), strict=False)
    }
    assert values[5, 1] == Value(CellKind.TEXT, "South")
    assert values[8, 1] == Value(CellKind.TEXT, "East")
    assert values[9, 3] == Value(CellKind.NUMBER, 1310.0)
    assert values[9, 4] == Value(CellKind.NUMBER, 610.0)
    assert len(values) == 4 + 6 + 6 + 2


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("A1:A3 East*3", 3),
        ("A1:A4 x|*3", 1),
        ("A1:A9 1..9", 9),
        ("A1:A5 0..8 by 2", 5),
        ("A1 Title>3", 1),
        ("A1 Title>3x2", 1),
        ("A1:A3 {a=Long text}|a|a*2", 3),
        ("A1:A2 {No. *}|1|2", 2),
        ("A1 12.5%", 1),
        ("A1 0.3~1", 1),
        ('A1 "Text"+220', 1),
        ("C5:S16/2 <num>", 9 * 12),
        ("B5:B50//3 <num>", 16),
        ("D4:D9 except D7 <int ~90..450>", 5),
        ("A1:B2 {=SUM(C1:C9)}", 4),
        ("A1:A2 =B1 -> ?|5", 2),
    ],
)
def test_each_form_that_the_instructions_name_is_one_of_the_notation(line: str, cells: int) -> None:
    (sheet,) = decode(f"# S|A1:Z99\n{line}")

    (claim,) = sheet.claims
    blank = Value(CellKind.EMPTY, None)
    values = claim.values if claim.values is not None and claim.formula is None else ()
    assert sum(1 for _ in claim.cells()) - values.count(blank) == cells
