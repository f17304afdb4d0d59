"""The workbooks to measure on, and which of them are set aside until the end.

A folder of workbooks is taken whole, with its subfolders. Of the folders of ordinary workbooks
(`--labelled`) those are set aside whose sha256 of the name begins with a letter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tickmark.read import SUPPORTED

CORPUS, ORDINARY, ASIDE = "corpus", "ordinary", "set aside"
SETS = (CORPUS, ORDINARY, ASIDE)
_LETTERS = frozenset("abcdef")
_TEXTS = frozenset({"csv", "tsv", "txt"})


@dataclass(frozen=True, slots=True)
class BookFile:
    """A workbook and the set that it is counted with."""

    path: Path
    set: str

    @property
    def name(self) -> str:
        """What tables call it."""
        return self.path.name


def book_files(folders: Sequence[Path], labelled: Path, *, aside: bool) -> list[BookFile]:
    """Those of the folders and the ordinary ones that are not set aside, or these alone."""
    ordinary = [BookFile(path, ORDINARY) for path in _workbooks(labelled)]
    if aside:
        return [BookFile(one.path, ASIDE) for one in ordinary if set_aside(one.name)]
    corpus = [BookFile(path, CORPUS) for folder in folders for path in _workbooks(folder)]
    return corpus + [one for one in ordinary if not set_aside(one.name)]


def set_aside(name: str) -> bool:
    """Whether a workbook is set aside: the sha256 of its name begins with a letter."""
    return hashlib.sha256(name.encode()).hexdigest()[0] in _LETTERS


def _workbooks(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    kinds = SUPPORTED - _TEXTS
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in found if path.suffix.lower().removeprefix(".") in kinds]
