"""Collects from this machine what the doctor of the add-in looks at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tickmark import __version__
from tickmark.errors import InputError, TickmarkError
from tickmark.excel.commands import Start, functions_command, ribbon_command, said
from tickmark.excel.conf import interpreter_name, parse_conf
from tickmark.excel.facts import Addin, Conf, Facts, Office, Process, Ran, Script, Trust
from tickmark.excel.marks import Marks, marks_of
from tickmark.excel.places import ADDIN, Places, System
from tickmark.excel.registry import ReadKey, office_of, opened_addins, read_key, trust_of

TIME_LIMIT = 90
"""Seconds that Excel's own wait for Python bounds; a start that takes longer fails there too."""

_EXCEL_APP = Path("/Applications/Microsoft Excel.app/Contents")


@dataclass(frozen=True, slots=True)
class Machine:
    """The ways out of this process; tests give their own.

    `build` makes the add-in anew, `run` tries a command and gives its outcome.
    """

    system: System
    places: Places
    build: Callable[[], bytes]
    run: Callable[[str | tuple[str, ...]], Ran]
    encoding: str
    read_key: ReadKey = read_key


def this_system() -> System:
    """The system that Tickmark runs on; every other Unix counts as Linux."""
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"


def collect(machine: Machine, daily_cost: float | None) -> Facts:
    """Look at everything once; runs Python twice, starts no Excel, opens no connection."""
    conf = _conf(machine)
    pairs = _pairs(machine)
    addin = _addin(machine)
    ours = conf.interpreter or sys.executable
    paths = tuple(filter(None, pairs.get("PYTHONPATH", "").split(";")))
    start = Start(ours, paths, system_shell())
    tried = conf.interpreter_exists or not conf.exists
    windows = machine.system == "windows"
    return Facts(
        system=machine.system,
        tickmark=__version__,
        xlwings=version("xlwings"),
        python=sys.executable,
        office=_office(machine),
        addin=addin,
        conf=conf,
        functions=machine.run(functions_command(start)) if windows and tried else None,
        ribbon=machine.run(ribbon_command(machine.system, start)) if tried else None,
        dlls=tuple(_dlls(Path(ours))),
        trust=trust_of(machine.read_key) if windows else Trust(),
        processes=tuple(_processes(Path(addin.path))) if machine.system != "linux" else (),
        script=_script(machine.places),
        cloud_folders=tuple(_cloud(ours, addin.path)),
        daily_cost=daily_cost,
    )


def run_command(command: str | tuple[str, ...], seconds: float = TIME_LIMIT) -> Ran:
    """Try a command as Excel starts it; never raises."""
    try:
        process = subprocess.Popen(  # noqa: S603 - our own Python, as Excel would start it
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as error:
        return Ran(problem=error.strerror or type(error).__name__)
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process.pid)
            return Ran(problem=f"no answer within {seconds:g} seconds")
    found = said(out.decode(errors="replace").replace("\r\n", "\n"))
    if process.returncode == 0 and found:
        return Ran(*found)
    lines = err.decode(errors="replace").strip().splitlines()
    last = lines[-1].strip() if lines else f"exit code {process.returncode}, no message"
    return Ran(problem=last[:300])


def _end(pid: int) -> None:
    """End a process and all that it started: the shell's Python would outlive the shell."""
    import psutil  # noqa: PLC0415 - not needed for --help

    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                one.kill()


def applescript() -> bytes | None:
    """The AppleScript of the installed xlwings; None where it has none."""
    spec = find_spec("xlwings")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / f"xlwings-{version('xlwings')}.applescript"
    return path.read_bytes() if path.is_file() else None


def search_path(interpreter: str = sys.executable) -> tuple[str, ...]:
    """Folders that Excel has to put on Python's module search path.

    None where Tickmark is installed in that Python; else those where this one found it.
    """
    command = (interpreter, "-E", "-P", "-c", "import tickmark, xlwings_addin")
    try:
        done = subprocess.run(  # noqa: S603 - our own Python
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        found = False
    else:
        found = done.returncode == 0
    if found:
        return ()
    specs = [find_spec(name) for name in ("tickmark", "xlwings_addin")]
    origins = [spec.origin for spec in specs if spec is not None and spec.origin is not None]
    return tuple(dict.fromkeys(str(Path(origin).parents[1]) for origin in origins))


def short_path(path: str) -> str:
    """The 8.3 form of a path on Windows; elsewhere, and where there is none, the path."""
    if sys.platform != "win32":
        return path
    import ctypes  # noqa: PLC0415 - on Windows only

    room = ctypes.create_unicode_buffer(32768)
    length = ctypes.windll.kernel32.GetShortPathNameW(path, room, len(room))
    return room.value if length else path


def system_shell() -> str:
    """Windows' cmd.exe by its full path, so that none of the current folder is run."""
    if sys.platform != "win32":
        return "cmd.exe"
    import ctypes  # noqa: PLC0415 - on Windows only

    room = ctypes.create_unicode_buffer(32768)
    ctypes.windll.kernel32.GetSystemDirectoryW(room, len(room))
    return f"{room.value}\\cmd.exe"


def _conf(machine: Machine) -> Conf:
    path = machine.places.conf
    if path is None:
        return Conf()
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        return Conf(str(path))
    except OSError as error:
        return Conf(str(path), exists=True, problem=error.strerror or "it cannot be read")
    try:
        pairs = parse_conf(content, machine.encoding)
    except InputError as error:
        return Conf(str(path), exists=True, problem=str(error))
    interpreter = pairs.get(interpreter_name(machine.system), "")
    return Conf(
        str(path),
        exists=True,
        interpreter=interpreter,
        interpreter_exists=bool(interpreter) and Path(interpreter).is_file(),
    )


def _pairs(machine: Machine) -> dict[str, str]:
    path = machine.places.conf
    try:
        return parse_conf(Path(path).read_bytes(), machine.encoding) if path else {}
    except (OSError, InputError):
        return {}


def _addin(machine: Machine) -> Addin:
    place = machine.places.addin
    twins = tuple(_twins(machine))
    if place is None:
        return Addin(twins=twins)
    path = Path(place)
    try:
        content = path.read_bytes()
    except OSError:
        return Addin(str(path), twins=twins)
    fresh, problem = _compared(machine.build, content)
    marks = marks_of(content) or Marks("", "")
    return Addin(
        str(path),
        exists=True,
        fresh=fresh,
        problem=problem,
        tickmark=marks.tickmark,
        xlwings=marks.xlwings,
        marked=_is_download(machine.system, path),
        twins=twins,
    )


def _compared(build: Callable[[], bytes], content: bytes) -> tuple[bool | None, str]:
    try:
        return build() == content, ""
    except (TickmarkError, OSError) as error:
        return None, str(error)


def _twins(machine: Machine) -> Iterable[str]:
    """Other add-ins of the same name that Excel may load."""
    own = str(machine.places.addin or "").lower()
    candidates = [str(folder / ADDIN) for folder in machine.places.others]
    if machine.system == "windows":
        candidates += [
            path for path in opened_addins(machine.read_key) if path.lower().endswith(ADDIN.lower())
        ]
    for candidate in dict.fromkeys(candidates):
        if candidate.lower() != own and Path(candidate).is_file():
            yield candidate


def _is_download(system: System, path: Path) -> bool:
    """Whether the system marks a file as come from the internet."""
    if system == "windows":
        try:
            stream = Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return "ZoneId=3" in stream or "ZoneId=4" in stream
    if system == "macos":
        done = subprocess.run(  # noqa: S603 - the system's own tool
            ("/usr/bin/xattr", "-p", "com.apple.quarantine", str(path)),
            capture_output=True,
            check=False,
        )
        return done.returncode == 0
    return False


def _office(machine: Machine) -> Office:
    if machine.system == "windows":
        return office_of(machine.read_key)
    if machine.system == "macos" and _EXCEL_APP.is_dir():
        return mac_office(_EXCEL_APP)
    return Office()


def mac_office(contents: Path) -> Office:
    """Excel on macOS from its bundle; the App Store leaves a receipt there."""
    import plistlib  # noqa: PLC0415 - on macOS only

    try:
        entries = plistlib.loads((contents / "Info.plist").read_bytes())
    except (OSError, ValueError, plistlib.InvalidFileException):
        entries = {}
    store = (contents / "_MASReceipt").is_dir()
    return Office(
        str(entries.get("CFBundleShortVersionString", "")),
        64,
        "App Store" if store else "installer package",
        str(contents.parent),
    )


def _dlls(interpreter: Path) -> Iterable[str]:
    """Libraries of xlwings where its VBA looks for them: beside Python, or one folder up."""
    for folder in (interpreter.parent, interpreter.parent.parent):
        try:
            yield from sorted(path.name for path in folder.glob("xlwings*.dll"))
        except OSError:
            continue


def _processes(addin: Path) -> Iterable[Process]:
    """Running Excels; one that a program started has its switch on the command line."""
    import psutil  # noqa: PLC0415 - not needed for --help

    placed = addin.stat().st_mtime if addin.is_file() else 0.0
    for process in psutil.process_iter(("name", "pid", "cmdline", "create_time")):
        found = process.info
        if (found["name"] or "").lower() not in {"excel.exe", "microsoft excel"}:
            continue
        words = " ".join(found["cmdline"] or ()).lower()
        yield Process(
            found["pid"],
            automated="/automation" in words or "-embedding" in words,
            earlier=bool(placed) and (found["create_time"] or placed) < placed,
        )


def _script(found: Places) -> Script:
    if found.script is None:
        return Script()
    path = Path(found.script)
    try:
        content = path.read_bytes()
    except OSError:
        return Script(str(path))
    return Script(str(path), exists=True, same=content == applescript())


def _cloud(*paths: str) -> Iterable[str]:
    """Paths in a folder that OneDrive or iCloud keeps elsewhere."""
    for path in paths:
        parts = [part.lower() for part in Path(path).parts]
        if any(
            p.startswith("onedrive") or p in {"cloudstorage", "mobile documents"} for p in parts
        ):
            yield path
