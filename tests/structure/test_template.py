"""Templates: one formula in many cells, given in A1 or R1C1 notation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickmark.errors import WorkbookRefused
from tickmark.read.workbook import SUPPORTED, read_workbook
from tickmark.structure.formulas import NO_TEMPLATE, sheet_formulas
from tickmark.structure.pieces import pieces, pieces_of_r1c1
from tickmark.structure.relative import formula_text
from tickmark.structure.template import Template, template_of_r1c1

MOST_MEMBERS = 2_000


def test_a_formula_given_in_r1c1_notation_is_the_template_of_its_a1_text() -> None:
    text = "SUM(B$1:B4)+'x y'!C5"
    assert template_of_r1c1("SUM(R1C[-1]:R[-1]C[-1])+'x y'!RC", 5, 3) == Template(
        text, pieces(text, 5, 3), 5, 3
    )


def test_a_template_tells_its_text_in_any_cell_and_in_r1c1_notation() -> None:
    template = Template("_xlfn.SORT(A1)", pieces("_xlfn.SORT(A1)", 2, 2), 2, 2)
    assert template.text_at(4, 3) == "SORT(B3)"
    assert template.r1c1 == "_xlfn.SORT(R[-1]C[-1])"


@pytest.mark.parametrize("text", ["INDIRECT(A1)", "A1:INDEX(B:B,2)", "SUM(OFFSET(A1,1,1))"])
def test_a_template_tells_that_it_depends_on_unknown_cells(text: str) -> None:
    assert Template(text, pieces(text, 1, 1), 1, 1).unknown
    assert not Template("A1", pieces("A1", 1, 1), 1, 1).unknown


def test_every_formula_cell_of_the_real_workbooks_finds_its_own_text(corpus: Path) -> None:
    """Whatever was foretold, shared or read: the template gives the text of the file."""
    read = 0
    for path in sorted(corpus.iterdir()):
        if path.suffix.lower().lstrip(".") not in SUPPORTED:
            continue
        try:
            workbook = read_workbook(path, details=False)
        except WorkbookRefused:
            continue
        for sheet in workbook.sheets:
            found = sheet_formulas(sheet)
            assert len({(one.pieces, one.fills) for one in found.templates}) == len(found.templates)
            positions = (found.template_of != NO_TEMPLATE).nonzero()[0]
            for at in positions[:: max(1, len(positions) // MOST_MEMBERS)].tolist():
                cell, text = sheet.cells[at], formula_text(sheet, at)
                template = found.templates[int(found.template_of[at])]
                if text:
                    assert "=" + template.text_at(cell.row, cell.column) == text
                    read += 1
            for template in found.templates:
                assert pieces_of_r1c1(template.r1c1) == template.pieces
    assert read
