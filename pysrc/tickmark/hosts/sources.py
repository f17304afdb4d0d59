"""From what the user typed to the workbooks of a run, each with its place in the output folder."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from tickmark.errors import InputError
from tickmark.hosts.run_folder import is_run_folder
from tickmark.read.limits import SUPPORTED

LOCK_PREFIXES = ("~$", ".~lock.")


@dataclass(frozen=True, slots=True)
class Source:
    """One workbook: the path to open, the path to show, its mirrored place in a run folder."""

    path: Path
    shown: str
    place: PurePosixPath


def find_sources(
    paths: Sequence[str], *, exclude: Sequence[str] = (), listed: Iterable[str] = ()
) -> tuple[Source, ...]:
    """The workbooks behind files, folders (recursive), globs and, for `-`, the lines of `listed`.

    In the order given, folders sorted by name, each file once. Lock files, run folders and files
    of other kinds inside folders are passed over. Raises InputError for a path that does not
    exist, a file of another kind, or where nothing is left.
    """
    # By the file behind all links, so that a link in a circle gives no file twice.
    files: dict[str, tuple[Path, str]] = {}
    for text in _typed(paths, listed):
        for path in _expand(text):
            if not is_excluded(path, exclude):
                kept = Path(os.path.abspath(path)), path.as_posix()  # noqa: PTH100 - keeps links
                files.setdefault(os.path.realpath(path), kept)
    found = dict(files.values())
    if not found:
        kinds = " ".join(f".{kind}" for kind in sorted(SUPPORTED))
        message = f"No workbook in {', '.join(paths)}; Tickmark reads {kinds}."
        raise InputError(message)
    places = _places(list(found))
    return tuple(
        Source(path, shown, place)
        for (path, shown), place in zip(found.items(), places, strict=True)
    )


def _typed(paths: Sequence[str], listed: Iterable[str]) -> Iterator[str]:
    for text in paths:
        if text == "-":
            yield from (line.strip() for line in listed if line.strip())
        else:
            yield text


def _expand(text: str) -> list[Path]:
    path = Path(text)
    # os.path, since a name that is too long or a folder that may not be entered is no file either.
    if os.path.isdir(path):  # noqa: PTH112
        return sorted(_inside(path), key=lambda p: p.as_posix())
    if os.path.isfile(path):  # noqa: PTH113
        if _kind(path) not in SUPPORTED:
            kinds = " ".join(f".{kind}" for kind in sorted(SUPPORTED))
            message = f"{text} is no workbook that Tickmark reads ({kinds})."
            raise InputError(message)
        return [path]
    if glob.has_magic(text):
        matches = _matches(text)
        files = [p for p in matches if p.is_file() and _kind(p) in SUPPORTED and not _locked(p)]
        inside = [p for folder in matches if folder.is_dir() for p in sorted(_inside(folder))]
        if files or inside:
            return files + inside
    message = f"{text} does not exist; name a workbook, a folder or a pattern such as *.xlsx."
    raise InputError(message)


def _matches(pattern: str) -> list[Path]:
    """What a pattern matches outside of run folders, each by its shortest path, in order.

    `**` follows links, also in a circle.
    """
    shortest: dict[str, Path] = {}
    found = [Path(match) for match in glob.glob(pattern, recursive=True)]  # noqa: PTH207 - absolute patterns too
    for path in sorted(found, key=lambda path: (len(path.parts), path)):
        shortest.setdefault(os.path.realpath(path), path)
    runs = {folder for folder in {p.parent for p in shortest.values()} if _of_run(folder)}
    return sorted(path for path in shortest.values() if path.parent not in runs)


def _of_run(folder: Path) -> bool:
    return any(is_run_folder(one) for one in (folder, *folder.parents))


def _inside(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        if is_run_folder(Path(place)):
            folders.clear()
            continue
        folders.sort()
        for name in files:
            path = Path(place, name)
            if _kind(path) in SUPPORTED and not _locked(path):
                yield path


def _kind(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _locked(path: Path) -> bool:
    return path.name.startswith(LOCK_PREFIXES)


def is_excluded(path: Path, patterns: Sequence[str]) -> bool:
    """Whether the path as typed, or the bare name, fits one of some patterns."""
    text = path.as_posix()
    return any(fnmatch(text, pattern) or fnmatch(path.name, pattern) for pattern in patterns)


def _places(paths: list[Path]) -> list[PurePosixPath]:
    """Each path below the folder that all of them share; drives become folders."""
    parents = [str(path.parent) for path in paths]
    try:
        root = Path(os.path.commonpath(parents))
    except ValueError:  # several drives
        return [
            PurePosixPath(path.drive.strip(":\\/") or "root", *path.parts[1:]) for path in paths
        ]
    return [PurePosixPath(path.relative_to(root).as_posix()) for path in paths]
