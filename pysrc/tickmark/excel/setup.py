"""Puts the add-in in place for one Python and takes it away again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from tickmark.errors import InputError, WriteRefused
from tickmark.excel.conf import (
    MARK,
    conf_bytes,
    is_plain,
    launcher_bytes,
    merged,
    own_pairs,
    parse_conf,
    usable_interpreter,
    users_pairs,
)
from tickmark.excel.install import (
    Found,
    Replacing,
    Wanted,
    apply,
    digest,
    install_plan,
    new_folders,
    planned,
    recorded,
    remove_folders,
    uninstall_plan,
)
from tickmark.excel.marks import marks_of
from tickmark.excel.places import ADDIN, CONF, Places, System, addin_place
from tickmark.excel.record import Entry, Record, parse_record, record_bytes


@dataclass(frozen=True, slots=True)
class Setup:
    """An installation to be made: for which Python, at which places, by which ways out.

    `pythonpath` gives folders for Python's module search path, `script` xlwings' AppleScript,
    `shorten` the 8.3 form of a path. `encoding` is the code page in which VBA reads files. `state`
    is the folder for the record and for copies of replaced files.
    """

    system: System
    places: Places
    version: str
    interpreter: str
    pythonpath: Callable[[], Sequence[str]]
    encoding: str
    build: Callable[[], bytes]
    script: Callable[[], bytes | None]
    shorten: Callable[[str], str]
    replacing: Replacing
    state: Path

    @property
    def record_file(self) -> Path:
        """Where the record of installations is."""
        return record_file(self.state)

    @property
    def backups(self) -> Path:
        """Where copies of replaced files go; never Excel's start-up folder, which opens all."""
        return self.state / "excel-backups"


def install(setup: Setup, *, dry_run: bool = False) -> tuple[str, ...]:
    """Place the add-in and what it needs; what was done, a line a file.

    Raises InputError where Excel cannot be told of this Python, WriteRefused where the disk or
    Excel does not let go of a file.
    """
    wanted = wanted_files(setup)
    record = read_record(setup.record_file)
    found = _found([*(one.path for one in wanted), *map(PurePath, record.paths())])
    actions = install_plan(wanted, found, record)
    if dry_run:
        return planned(actions, setup.backups)
    # The record comes first, so that an installation that breaks off can be removed.
    folders = new_folders([one.path for one in wanted])
    entries = [Entry(str(one.path), digest(one.content)) for one in wanted if not one.shared]
    record = record.joined([], folders)
    _keep_record(setup, record.joined(entries, ()))
    lines = apply(actions, backups=setup.backups, replacing=setup.replacing)
    _keep_record(setup, recorded(wanted, actions, record))
    return lines


def uninstall(setup: Setup, *, dry_run: bool = False) -> tuple[str, ...]:
    """Remove what installations wrote; what was done and what was left, a line a file."""
    record = read_record(setup.record_file)
    places = [place for place in (setup.places.addin, setup.places.conf) if place is not None]
    found = _found([*map(PurePath, record.paths()), *places])
    actions = uninstall_plan(record, found)
    if dry_run:
        return planned(actions, setup.backups)
    lines = apply(actions, backups=setup.backups, replacing=setup.replacing)
    remove_folders(record.folders)
    setup.record_file.unlink(missing_ok=True)
    if setup.backups.is_dir():
        lines = (*lines, f"Left {setup.backups} (copies of files that were there before)")
    return lines


def wanted_files(setup: Setup) -> tuple[Wanted, ...]:
    """The files of an installation, the add-in last; raises InputError."""
    addin = addin_place(setup.places)
    files: list[Wanted] = []
    if setup.places.conf is not None:
        files += _conf_files(setup, setup.places.conf)
    if setup.places.script is not None:
        script = setup.script()
        if script is None:
            raise InputError(
                f"The installed xlwings has no {setup.places.script.name}; install it again with "
                "`pip install --force-reinstall xlwings`."
            )
        files.append(Wanted(setup.places.script, script, shared=True))
    return (*files, Wanted(addin, setup.build()))


def record_file(state: Path) -> Path:
    """Where the record of installations is, in the folder for state."""
    return state / "excel.json"


def read_record(path: Path) -> Record:
    """The record of installations; empty where there is none."""
    try:
        return parse_record(path.read_bytes())
    except FileNotFoundError:
        return Record()
    except (InputError, OSError) as error:
        raise InputError(
            f"{path} cannot be read ({error}); remove it, then what it records has to be removed "
            "by hand."
        ) from error


def recorded_addin(record: Record) -> PurePath | None:
    """Where the add-in was placed last."""
    found = [PurePath(path) for path in record.paths() if PurePath(path).name == ADDIN]
    return found[-1] if found else None


def _conf_files(setup: Setup, place: PurePath) -> list[Wanted]:
    """The settings file for this Python, and the script that starts it where one is needed."""
    files: list[Wanted] = []
    interpreter = setup.interpreter
    if setup.system == "macos":
        _check_container(place)
        launcher = setup.places.launcher
        if not is_plain(interpreter) and launcher is not None:
            files.append(Wanted(launcher, launcher_bytes(interpreter, launcher), executable=True))
            interpreter = str(launcher)
    else:
        interpreter = usable_interpreter(interpreter, setup.encoding, setup.shorten)
    own = own_pairs(
        setup.system,
        version=setup.version,
        interpreter=interpreter,
        pythonpath=[
            usable_interpreter(path, setup.encoding, setup.shorten) for path in setup.pythonpath()
        ],
    )
    pairs = merged(own, _pairs_at(Path(place), setup.encoding))
    newline = "\r\n" if setup.system == "windows" else "\n"
    files.append(Wanted(place, conf_bytes(pairs, encoding=setup.encoding, newline=newline)))
    return files


def _check_container(conf: PurePath) -> None:
    """Raises InputError where Excel on macOS has not made its folder yet."""
    if not Path(conf.parent).is_dir():
        raise InputError(
            f"{conf.parent} is not there: Excel makes it when it first runs. Start Excel once, "
            "close it, and run `tickmark excel install` again."
        )


def _found(paths: Sequence[PurePath]) -> Mapping[PurePath, Found]:
    """What stands at the places."""
    standing: dict[PurePath, Found] = {}
    for path in dict.fromkeys(paths):
        try:
            content = Path(path).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise WriteRefused(f"{path} cannot be read ({reason}); remove it first.") from error
        standing[path] = _described(path, content)
    return standing


def _described(path: PurePath, content: bytes) -> Found:
    if path.name == ADDIN:
        return Found(content, ours=marks_of(content) is not None)
    if path.name == CONF:
        # Names are ASCII whatever the code page, and only names are looked at.
        pairs = _pairs_of(content, "latin-1")
        return Found(content, ours=MARK in pairs, users=users_pairs(pairs))
    return Found(content)


def _pairs_at(path: Path, encoding: str) -> dict[str, str]:
    try:
        return _pairs_of(path.read_bytes(), encoding)
    except OSError:
        return {}


def _pairs_of(content: bytes, encoding: str) -> dict[str, str]:
    try:
        return parse_conf(content, encoding)
    except InputError:
        return {}


def _keep_record(setup: Setup, record: Record) -> None:
    try:
        setup.state.mkdir(parents=True, exist_ok=True)
        with setup.replacing(setup.record_file) as (_, stream):
            stream.write(record_bytes(record))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WriteRefused(
            f"{setup.record_file} cannot be written ({reason}); make its folder writable."
        ) from error
