"""Where the outputs of a run go."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tickmark.errors import InputError
from tickmark.hosts.run_folder import (
    RunFolder,
    default_out,
    is_run_folder,
    output_places,
    read_results,
)
from tickmark.model.analysis import Analysis, Status
from tickmark.model.run import Run


def places(*sources: str) -> list[str]:
    return [str(place) for place in output_places([PurePosixPath(one) for one in sources])]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["a.xlsx", "b.XLSM", "c.xltx"], ["a.analysed.xlsx", "b.analysed.XLSM", "c.analysed.xltx"]),
        (["a.xls", "d/b.csv"], ["a.analysed.xlsx", "d/b.analysed.xlsx"]),
        (["a.xls", "a.xlsx"], ["a.xls.analysed.xlsx", "a.analysed.xlsx"]),
        (["a.ods", "a.xls"], ["a.analysed.xlsx", "a.xls.analysed.xlsx"]),
        (["A.xlsx", "a.xlsx"], ["A.analysed.xlsx", "a.analysed (2).xlsx"]),
        (["x/a.xlsx", "y/a.xlsx"], ["x/a.analysed.xlsx", "y/a.analysed.xlsx"]),
        (
            ["ä" * 120 + "1.xlsx", "ä" * 120 + "2.xlsx", "b" * 250 + ".csv"],
            [
                "ä" * 90 + ".analysed.xlsx",
                "ä" * 90 + ".analysed (2).xlsx",
                "b" * 180 + ".analysed.xlsx",
            ],
        ),
    ],
)
def test_copies_mirror_their_sources_and_never_collide(
    sources: list[str], expected: list[str]
) -> None:
    assert places(*sources) == expected


def test_results_are_there_line_by_line_even_if_the_run_is_killed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.append(Analysis("a.xlsx", Status.OK))
    folder.append(Analysis("b\ud800.xlsx", Status.FAILED, error="broken"))

    assert [one.path for one in read_results(folder.path)] == ["a.xlsx", "b\ud800.xlsx"]
    assert not is_run_folder(folder.path)


def test_a_closed_run_folder_is_known_as_one_and_has_its_report(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.append(Analysis("a.xlsx", Status.OK))
    folder.close(Run("id", "0.1.0", "2026-11-21T02:15:30+00:00"))

    assert is_run_folder(folder.path)
    assert "a.xlsx" in (folder.path / "report.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "report.html",
        "results.jsonl",
        "run.json",
    ]


def test_a_damaged_result_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text('{"path": \n')

    with pytest.raises(InputError, match=r"results\.jsonl cannot be read"):
        list(read_results(tmp_path))


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="cannot be written"):
        RunFolder(tmp_path / "file")


def test_a_folder_with_other_files_is_never_written_into(tmp_path: Path) -> None:
    kept = tmp_path / "results.jsonl"
    kept.write_text("mine")

    with pytest.raises(InputError, match="holds other files; name a new folder with --out"):
        RunFolder(tmp_path)

    assert kept.read_text() == "mine"


def test_a_file_of_the_users_in_the_folder_of_runs_stays(tmp_path: Path) -> None:
    runs, mine = tmp_path / "tickmark-out", tmp_path / "mine"
    mine.write_text("mine")
    runs.mkdir()
    (runs / ".gitignore").symlink_to(mine)

    default_out(runs)

    assert mine.read_text() == "mine"


def test_a_folder_that_vanished_is_a_sentence(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    (tmp_path / "run" / "results.jsonl").unlink()
    (tmp_path / "run").rmdir()

    with pytest.raises(InputError, match="cannot be written"):
        folder.append(Analysis("a.xlsx", Status.OK))
    with pytest.raises(InputError, match="cannot be written"):
        folder.close(Run("id", "0", "now"))
