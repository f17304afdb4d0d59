"""Installing and removing the add-in: a plan of file actions, and its execution.

The plan is pure: it follows from the wanted files, what stands at their places, and the record of
what earlier installations wrote. A file that is not ours is never overwritten without a copy, and
none that a user changed is removed. Copies go to a folder of Tickmark's, since Excel opens whatever
lies in its start-up folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path, PurePath
from typing import BinaryIO

from tickmark.errors import WriteRefused
from tickmark.excel.record import Entry, Record

Replacing = Callable[[Path], AbstractContextManager[tuple[Path, BinaryIO]]]
"""Opens a file that takes the place of a path when the block ends well."""


class Step(StrEnum):
    """What is done with a file."""

    WRITE = "write"
    REPLACE = "replace"
    BACK_UP = "back up and replace"
    KEEP = "keep"
    REMOVE = "remove"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file as it shall be.

    `shared` files belong to others too: where one is there already, it is not ours to remove.
    """

    path: PurePath
    content: bytes
    executable: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there; `ours` where its own mark says so, `users` what a user put in."""

    content: bytes
    ours: bool = False
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a plan, with the reason where a user may wonder."""

    step: Step
    path: PurePath
    wanted: Wanted | None = None
    reason: str = ""


def install_plan(
    wanted: Sequence[Wanted], found: Mapping[PurePath, Found], record: Record
) -> tuple[Action, ...]:
    """What makes the wanted files stand; files of earlier installations elsewhere go."""
    actions = [_placed(one, found.get(one.path), record) for one in wanted]
    places = {str(one.path) for one in wanted}
    elsewhere = [entry for entry in record.entries if entry.path not in places]
    earlier = Record(tuple(elsewhere), record.folders)
    others = {path: one for path, one in found.items() if str(path) not in places}
    return (*actions, *uninstall_plan(earlier, others))


def uninstall_plan(record: Record, found: Mapping[PurePath, Found]) -> tuple[Action, ...]:
    """What takes away what installations wrote, and nothing else.

    A found file that bears our mark but stands in no record is left, and said.
    """
    actions = [_removed(PurePath(path), found, record) for path in record.paths()]
    unknown = [
        Action(Step.LEAVE, path, reason="Tickmark made it, but no record tells when; delete it")
        for path, standing in found.items()
        if standing.ours and str(path) not in record.paths()
    ]
    return (*(one for one in actions if one is not None), *unknown)


def recorded(wanted: Sequence[Wanted], actions: Sequence[Action], record: Record) -> Record:
    """The record once a plan is done: what stands and was written by us, now or before."""
    steps = {action.path: action.step for action in actions}
    entries = [
        Entry(str(one.path), digest(one.content))
        for one in wanted
        if steps[one.path] is not Step.KEEP or not one.shared or record.knows(one.path, one.content)
    ]
    places = {entry.path for entry in entries}
    left = {str(action.path) for action in actions if action.step is Step.LEAVE}
    entries += [entry for entry in record.entries if entry.path in left - places]
    return Record(tuple(entries), record.folders)


def digest(content: bytes) -> str:
    """What a record keeps of a file's content."""
    return sha256(content).hexdigest()


def _placed(wanted: Wanted, found: Found | None, record: Record) -> Action:
    if found is None:
        return Action(Step.WRITE, wanted.path, wanted)
    if found.content == wanted.content:
        return Action(Step.KEEP, wanted.path, wanted, "it is so already")
    if record.knows(wanted.path, found.content):
        return Action(Step.REPLACE, wanted.path, wanted)
    if found.ours and str(wanted.path) not in record.paths():
        return Action(Step.REPLACE, wanted.path, wanted)
    reason = "it was changed" if str(wanted.path) in record.paths() else "it is not Tickmark's"
    return Action(Step.BACK_UP, wanted.path, wanted, reason)


def _removed(path: PurePath, found: Mapping[PurePath, Found], record: Record) -> Action | None:
    standing = found.get(path)
    if standing is None:
        return None
    if not record.knows(path, standing.content):
        return Action(Step.LEAVE, path, reason="it was changed since; delete it if you like")
    if standing.users:
        return Action(Step.LEAVE, path, reason=f"you set {', '.join(standing.users)} in it")
    return Action(Step.REMOVE, path)


def apply(actions: Sequence[Action], *, backups: Path, replacing: Replacing) -> tuple[str, ...]:
    """Do a plan and say what was done, a line an action; raises WriteRefused."""
    return tuple(_done(action, backups, replacing) for action in actions)


def planned(actions: Sequence[Action], backups: Path) -> tuple[str, ...]:
    """What a plan would do, a line an action."""
    lines = []
    for action in actions:
        note = f" ({action.reason})" if action.reason else ""
        if action.step is Step.BACK_UP:
            note = f" ({action.reason}; the copy goes to {backups})"
        lines.append(f"{action.step.capitalize()} {action.path}{note}")
    return tuple(lines)


def _done(action: Action, backups: Path, replacing: Replacing) -> str:
    path = Path(action.path)
    note = f" ({action.reason})" if action.reason else ""
    try:
        if action.step is Step.REMOVE:
            path.unlink(missing_ok=True)
            return f"Removed {path}"
        if action.step is Step.LEAVE:
            return f"Left {path}{note}"
        if action.step is Step.KEEP or action.wanted is None:
            return f"Kept {path}{note}"
        copy = _backed_up(path, backups, replacing) if action.step is Step.BACK_UP else None
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, action.wanted.content, replacing)
        if action.wanted.executable:
            path.chmod(0o755)
    except OSError as error:
        raise WriteRefused(_refusal(path, error)) from error
    if copy is not None:
        return f"Replaced {path}{note}; what was there is now {copy}"
    return f"{'Wrote' if action.step is Step.WRITE else 'Replaced'} {path}"


def _backed_up(path: Path, backups: Path, replacing: Replacing) -> Path:
    """A copy of a file in Tickmark's own folder, under a free name."""
    backups.mkdir(parents=True, exist_ok=True)
    number = 1
    while (copy := backups / f"{path.stem}-{number}{path.suffix}").exists():
        number += 1
    _write(copy, path.read_bytes(), replacing)
    return copy


def _write(path: Path, content: bytes, replacing: Replacing) -> None:
    with replacing(path) as (_, stream):
        stream.write(content)


def _refusal(path: Path, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    if isinstance(error, PermissionError):
        return (
            f"{path} cannot be changed ({reason}); close Excel, allow this terminal to change "
            "other apps' data if macOS asks, and run the command again."
        )
    return f"{path} cannot be written ({reason}); mend that and run the command again."


def new_folders(paths: Sequence[PurePath]) -> tuple[str, ...]:
    """Folders that the plan will make, the outermost first."""
    found: dict[str, None] = {}
    for path in paths:
        missing = [folder for folder in Path(path).parents if not folder.exists()]
        found.update(dict.fromkeys(str(folder) for folder in reversed(missing)))
    return tuple(found)


def remove_folders(folders: Sequence[str]) -> None:
    """Take away folders that an installation made, as far as they are empty again."""
    for folder in sorted(folders, key=len, reverse=True):
        try:
            Path(folder).rmdir()
        except OSError:
            continue
