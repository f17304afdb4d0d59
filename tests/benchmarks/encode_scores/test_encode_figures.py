"""The figures' own arithmetic: size classes, ratios, sets of workbooks, the generated ledger."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.encode_scores.book_files import (
    ASIDE,
    CORPUS,
    ORDINARY,
    BookFile,
    book_files,
    set_aside,
)
from tests.benchmarks.encode_scores.ledger import HEADER, write_ledger
from tests.benchmarks.encode_scores.sizes import Ratio, ratio, size_class
from tests.benchmarks.encode_scores.token_ratios import Measured, figure
from tickmark.read import read_workbook
from tickmark.structure.relative import formula_text


def test_size_classes_are_those_of_the_published_method() -> None:
    sizes = [size_class(tokens) for tokens in (0, 3_999, 4_000, 8_000, 32_000)]

    assert sizes == ["S", "S", "M", "L", "H"]


def test_a_ratio_counts_only_workbooks_that_both_finished() -> None:
    assert ratio([(100, 10), (50, 25), (0, 5), (5, 0)]) == Ratio(2, 150 / 35, 6.0)
    assert ratio([]) == Ratio(0, 0.0, 0.0)


def test_ordinary_workbooks_are_parted_by_the_hash_of_their_name(tmp_path: Path) -> None:
    corpus, labelled = tmp_path / "corpus", tmp_path / "labelled" / "tables"
    corpus.mkdir()
    labelled.mkdir(parents=True)
    names = [f"{number}.xlsx" for number in range(20)]
    for name in names:
        (labelled / name).touch()
    for name in ("a.xlsx", "b.ods", "notes.md", "index.csv"):
        (corpus / name).touch()

    usual = book_files([corpus], tmp_path / "labelled", aside=False)
    aside = book_files([corpus], tmp_path / "labelled", aside=True)

    assert [file.name for file in usual if file.set == CORPUS] == ["a.xlsx", "b.ods"]
    assert {file.name for file in usual if file.set == ORDINARY} == {
        name for name in names if not set_aside(name)
    }
    assert {(file.name, file.set) for file in aside} == {
        (name, ASIDE) for name in names if set_aside(name)
    }
    assert 0 < len(aside) < len(names)


def test_the_ledger_is_a_table_with_three_columns_of_formulas(tmp_path: Path) -> None:
    write_ledger(tmp_path / "one.xlsx", 1_000)
    write_ledger(tmp_path / "two.xlsx", 1_000)
    made = read_workbook(tmp_path / "one.xlsx", processes=1)
    sheet = made.sheets[0]

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert (made.cell_count, made.formula_count) == (1_000, 297)
    assert tuple(sheet.cells.value(at) for at in range(10)) == HEADER
    assert formula_text(sheet, len(sheet.cells) - 1) == "=H100+I100"


def measured(name: str, vanilla: int, prototype: int, skeleton: int) -> Measured:
    counts = {"vanilla": vanilla, "prototype": prototype, "skeleton": skeleton, "lossless": 500}
    found = {method: {"tokens": tokens} for method, tokens in counts.items()}
    return Measured(BookFile(Path(name), ORDINARY), found)


def test_goals_are_judged_by_size_class() -> None:
    books = [measured("small.xlsx", 3_000, 600, 300), measured("large.xlsx", 9_000, 900, 800)]
    report = next(figure(books, ["  not read: x"]))

    assert report.lines[0] == "  not read: x"
    assert [(goal.figure, goal.measured, goal.reached) for goal in report.goals] == [
        ("ordinary: skeleton, prototype, S", "2.00 x", True),
        ("ordinary: skeleton, prototype, L", "1.12 x", False),
        ("ordinary: skeleton, prototype, all", "1.36 x", True),
        ("ordinary: workbooks encoded", "2", True),
        ("ordinary: lossless against vanilla", "12.00 x", True),
    ]
