"""From what the user typed to the workbooks of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickmark.errors import InputError
from tickmark.hosts.sources import find_sources


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "b.xlsx",
        "a.XLSM",
        "~$b.xlsx",
        ".~lock.b.xlsx#",
        "notes.txt",
        "deep/er/c.csv",
        "deep/b.xlsx",
        "tickmark-out/run/b.analysed.xlsx",
        "tickmark-out/run/run.json",
        "tickmark-out/run/results.jsonl",
    ):
        path = tmp_path / "books" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)


def places(*paths: str, **rest: list[str]) -> list[str]:
    return [str(source.place) for source in find_sources(paths, **rest)]


def test_a_folder_is_searched_in_order_without_lock_files_and_run_folders() -> None:
    assert places("books") == ["a.XLSM", "b.xlsx", "deep/b.xlsx", "deep/er/c.csv"]


def test_the_path_is_shown_as_it_was_typed() -> None:
    shown = [source.shown for source in find_sources(["books/deep"])]

    assert shown == ["books/deep/b.xlsx", "books/deep/er/c.csv"]


def test_a_file_named_twice_is_taken_once_in_the_order_given() -> None:
    assert places("books/b.xlsx", "books", "books/b.xlsx")[0] == "b.xlsx"
    assert len(places("books/b.xlsx", "books")) == 4


def test_patterns_are_expanded_here_for_shells_that_do_not() -> None:
    assert places("books/*.[xX]*") == ["a.XLSM", "b.xlsx"]
    assert places("books/**/*.csv") == ["c.csv"]


def test_a_dash_reads_paths_line_by_line() -> None:
    assert places("-", listed=["books/b.xlsx\n", "\n", "books/deep/b.xlsx"]) == [
        "b.xlsx",
        "deep/b.xlsx",
    ]


def test_excluded_names_and_paths_are_left_out() -> None:
    assert places("books", exclude=["b.xlsx"]) == ["a.XLSM", "deep/er/c.csv"]
    assert places("books", exclude=["books/deep/*"]) == ["a.XLSM", "b.xlsx"]


def test_files_of_one_name_keep_places_of_their_own() -> None:
    assert places("books/b.xlsx", "books/deep/b.xlsx") == ["b.xlsx", "deep/b.xlsx"]


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["nowhere.xlsx"], "nowhere.xlsx does not exist"),
        (["books/notes.txt"], "books/notes.txt is no workbook that Tickmark reads"),
        (["books/*.ods"], "does not exist"),
    ],
)
def test_a_wrong_path_is_a_sentence(paths: list[str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence.replace("*", r"\*")):
        find_sources(paths)


def test_nothing_left_is_a_sentence() -> None:
    with pytest.raises(InputError, match="No workbook in books"):
        find_sources(["books"], exclude=["*"])


def test_links_in_a_circle_give_no_file_twice() -> None:
    Path("books/deep/again").symlink_to(Path("books").absolute(), target_is_directory=True)

    assert places("books/**/*.xlsx") == places("books/*.xlsx", "books/deep/*.xlsx")


def test_a_name_that_is_too_long_is_a_sentence() -> None:
    with pytest.raises(InputError, match="does not exist"):
        find_sources(["a" * 300 + ".xlsx"])
