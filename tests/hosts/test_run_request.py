"""The request in the folder of a run, which may come from strangers."""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tickmark.errors import InputError
from tickmark.hosts.run_request import RunRequest, read_request, write_request
from tickmark.hosts.sources import Source

REQUEST = RunRequest(
    id="20261121-021530-9f3c",
    started="2026-11-21T02:15:30+00:00",
    paths=("books",),
    sources=(Source(Path("/books/a.xlsx"), "books/a.xlsx", PurePosixPath("sub/a.xlsx")),),
    model="claude-sonnet-5-5",
    max_cost=1.5,
    sheet_tokens=8000,
    max_file_mb=100,
    limits={"sheets": 500, "child_seconds": 60.0},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_request(tmp_path, REQUEST)
    return tmp_path


def forge(folder: Path, **fields: object) -> None:
    path = folder / "request.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_request_is_read_as_it_was_written(folder: Path) -> None:
    assert read_request(folder) == REQUEST


@pytest.mark.parametrize(
    "place", ["../a.xlsx", "/books/a.xlsx", "sub/../../a.xlsx", "", ".", "a\0b"]
)
def test_a_place_outside_of_the_folder_is_refused(folder: Path, place: str) -> None:
    forge(folder, sources=[["/books/a.xlsx", "a.xlsx", place]])

    with pytest.raises(InputError, match="holds no run that can be resumed"):
        read_request(folder)


@pytest.mark.parametrize(
    "fields",
    [
        {"max_cost": float("nan")},
        {"max_cost": float("inf")},
        {"max_cost": -1.0},
        {"fail_on": "__class__"},
        {"limits": {"no_such_limit": 5}},
        {"limits": {"sheets": float("nan")}},
        {"limits": {"sheets": -1}},
        {"limits": [1]},
    ],
)
def test_impossible_figures_are_refused(folder: Path, fields: dict[str, Any]) -> None:
    forge(folder, **fields)

    with pytest.raises(InputError):
        read_request(folder)


def test_a_request_that_is_nested_too_deep_is_refused(folder: Path) -> None:
    (folder / "request.json").write_text("[" * 200_000)

    with pytest.raises(InputError, match="holds no run that can be resumed"):
        read_request(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="such files are those of Unix")
@pytest.mark.parametrize("name", ["results.jsonl", "journal.jsonl", ".run.json.tmp", "sub/a.xlsx"])
def test_a_folder_with_a_link_in_it_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    victim = tmp_path.parent / "victim"
    victim.write_text("precious")
    (folder / "sub").mkdir()
    (folder / name).symlink_to(victim)

    with pytest.raises(InputError, match="is a link or no file"):
        read_request(folder)
    assert victim.read_text() == "precious"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="such files are those of Unix")
def test_a_folder_with_a_linked_folder_or_a_pipe_in_it_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "sub").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(InputError, match="is a link or no file"):
        read_request(folder)
    (folder / "sub").unlink()
    os.mkfifo(folder / "journal.jsonl")
    with pytest.raises(InputError, match="is a link or no file"):
        read_request(folder)


@pytest.mark.parametrize(
    "fields",
    [
        {"sources": [["/etc/other.csv", "other.csv", "other.csv"]]},
        {"max_cost": 100.0},
        {"question": "What else?"},
        {"seal": "0" * 64},
        {"seal": None},
    ],
)
def test_a_request_that_was_changed_is_refused(folder: Path, fields: dict[str, Any]) -> None:
    forge(folder, **fields)

    with pytest.raises(InputError, match="not begun by you on this machine"):
        read_request(folder)


def test_a_run_of_somebody_else_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKMARK_HOME", str(tmp_path / "another"))

    with pytest.raises(InputError, match="not begun by you on this machine"):
        read_request(folder)
