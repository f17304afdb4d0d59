"""The prototype's rule as stated anew: whole texts of small sheets."""

from __future__ import annotations

from tests.benchmarks.encode_scores.plain_cells import plain_sheets
from tests.benchmarks.encode_scores.prototype import prototype_lines
from tests.benchmarks.encode_scores.prototype_grid import keys_of, relative_key
from tests.books import book, sheet
from tickmark.model.workbook import Workbook


def texts(made: Workbook, level: int) -> list[str]:
    plain = plain_sheets(made, errors=False)[0]
    return [line.text for line in prototype_lines(plain, keys_of(made.sheets[0]), level=level)]


def ledger() -> Workbook:
    cells: dict[str, object] = {"A1": "Item", "B1": "Price", "C1": "Twice"}
    for row in range(2, 13):
        cells[f"A{row}"] = f"thing {row}"
        cells[f"B{row}"] = row + 0.5
        cells[f"C{row}"] = (f"=B{row}*2", row * 2 + 1.0)
    return book(cells)


def test_the_skeleton_has_formulas_labels_near_anchors_and_types() -> None:
    assert texts(ledger(), 1) == [
        "=B2*2|C2:C12",
        "Item|A1",
        "Price|B1",
        "Twice|C1",
        "thing 2|A2",
        "<float>|B2:B12(2.5..12.5)",
        "thing 3|A3",
        "thing 4|A4",
        "thing 5|A5",
        "thing 6|A6",
        "<text>|A7:A10",
        "thing 11|A11",
        "thing 12|A12",
    ]


def test_the_lossless_level_tells_each_value_once_with_its_rectangles() -> None:
    made = book({"A1": "x", "B1": "x", "A2": "x", "B2": "x", "A3": 2, "B3": "y"})

    assert texts(made, 0) == ["x|A1:B2", "2|A3", "y|B3"]


def test_members_of_a_shared_formula_have_the_key_of_their_master() -> None:
    made = book({"S": sheet({"A2": 1, "A3": 2, "B2": 3, "B3": 4}, shared={"B2:B3": "=A2*2"})})

    assert keys_of(made.sheets[0]).of == {(1, 1): "R[0]C[-1]*2", (2, 1): "R[0]C[-1]*2"}


def test_references_are_seen_from_their_cell_but_for_quoted_texts() -> None:
    assert relative_key('$A2&"A2"&B$1', 2, 2) == 'R[0]C1&"A2"&R1C[0]'
