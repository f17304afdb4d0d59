"""What the doctor reads off a machine: registry, files, processes, Python as Excel starts it."""

from __future__ import annotations

import plistlib
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from tests.excel.addins import addin
from tickmark.errors import InputError
from tickmark.excel.commands import Start, functions_command, ribbon_command, said
from tickmark.excel.facts import Facts, Location, Office, Ran, Switch, Trust
from tickmark.excel.places import System, places
from tickmark.excel.probe import (
    Machine,
    applescript,
    collect,
    mac_office,
    run_command,
    search_path,
    short_path,
    this_system,
)
from tickmark.excel.registry import Key, office_of, opened_addins, read_key, trust_of
from tickmark.excel.upstream import upstream_modules

EXCEL = r"HKCU\Software\Microsoft\Office\16.0\Excel"
POLICIES = r"HKCU\Software\Policies\Microsoft\Office\16.0"
APP_PATH = r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"HKLM\Software\Microsoft\Office\ClickToRun\Configuration"


class Registry:
    """Keys by path, as a machine would have them."""

    def __init__(self, keys: Mapping[str, Mapping[str, object]]) -> None:
        self.keys = keys

    def read(self, path: str) -> Key | None:
        below = tuple(key.rpartition("\\")[2] for key in self.keys if parent(key) == path)
        if path not in self.keys and not below:
            return None
        return Key(self.keys.get(path, {}), below)


def parent(key: str) -> str:
    return key.rpartition("\\")[0]


def test_click_to_run_says_version_and_bits() -> None:
    registry = Registry(
        {
            APP_PATH: {"": r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"},
            CLICK_TO_RUN: {"versiontoreport": "16.0.18025.20104", "platform": "x86"},
        }
    )

    assert office_of(registry.read) == Office(
        "16.0.18025.20104",
        32,
        "Click-to-Run",
        r"C:\Program Files\Microsoft Office\root\Office16",
    )


@pytest.mark.parametrize(
    ("path", "office"),
    [
        (
            r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop_16\Office16\EXCEL.EXE",
            Office(
                "16.0",
                64,
                "Microsoft Store",
                r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop_16\Office16",
            ),
        ),
        (
            r"C:\Program Files (x86)\Microsoft Office\Office15\EXCEL.EXE",
            Office(
                "15.0",
                32,
                "installer package",
                r"C:\Program Files (x86)\Microsoft Office\Office15",
            ),
        ),
    ],
)
def test_other_editions_are_told_by_where_excel_lies(path: str, office: Office) -> None:
    number = office.version.partition(".")[0]
    registry = Registry(
        {
            APP_PATH: {"": path},
            r"HKCR\Excel.Application\CurVer": {"": f"Excel.Application.{number}"},
        }
    )

    assert office_of(registry.read) == office


def test_a_machine_without_excel_has_no_office() -> None:
    assert office_of(Registry({}).read) == Office()
    assert trust_of(Registry({}).read) == Trust()


def test_the_trust_center_is_read_with_policies_first() -> None:
    item = b"\x01\0\0\0" + bytes(8) + "C:\\x\\tickmark.xlam\0Tickmark\0".encode("utf-16-le")
    registry = Registry(
        {
            rf"{EXCEL}\Security": {"vbawarnings": 1, "requireaddinsig": 1},
            rf"{POLICIES}\Excel\Security": {"vbawarnings": 4},
            rf"{POLICIES}\Common": {"vbaoff": 0},
            rf"{EXCEL}\Security\Trusted Locations\Location2": {
                "path": "C:\\XLSTART\\",
                "allowsubfolders": 1,
            },
            rf"{EXCEL}\Security\Trusted Locations\Location3": {"description": "no path"},
            rf"{EXCEL}\Resiliency\DisabledItems": {"a1b2": item, "note": "text"},
        }
    )

    assert trust_of(registry.read) == Trust(
        switches=(
            Switch("VBAOff", 0, policy=True),
            Switch("VBAWarnings", 4, policy=True),
            Switch("RequireAddinSig", 1),
        ),
        locations=(Location("C:\\XLSTART\\", below=True),),
        disabled=("C:\\x\\tickmark.xlam Tickmark",),
    )


def test_ticked_add_ins_are_found_by_their_path() -> None:
    registry = Registry(
        {
            rf"{EXCEL}\Options": {
                "open": r'/R "C:\AddIns\Tickmark.xlam"',
                "open1": "Solver.xlam",
                "openpath": "x",
            }
        }
    )

    assert opened_addins(registry.read) == (r"C:\AddIns\Tickmark.xlam", "Solver.xlam")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a registry")
def test_elsewhere_there_is_no_registry_and_no_short_path() -> None:
    assert read_key(r"HKCU\Software") is None
    assert short_path("/opt/my env/python") == "/opt/my env/python"


CMD = r"C:\Windows\System32\cmd.exe"
WINDOWS_START = Start(r"C:\my env\python.exe", (r"C:\R&D\it's",), CMD)


def test_the_server_of_functions_is_started_with_the_quotes_of_xlwings() -> None:
    command = functions_command(WINDOWS_START)

    assert command.startswith(
        r'C:\Windows\System32\cmd.exe /C ""C:\my env\python.exe" -P -B -c "import sys, os;'
        r"import xlwings.utils;xlwings.utils.prepare_sys_path(\"false;;;;;;C:\\R^&D\\it\'s\");"
        "import xlwings; import xlwings.com_server;import xlwings_addin.udfs;"
    )
    assert command.endswith('""')


def test_a_ribbon_button_on_windows_starts_python_from_its_own_folder() -> None:
    command = ribbon_command("windows", WINDOWS_START)

    assert isinstance(command, str)
    assert command.startswith(
        r'C:\Windows\System32\cmd.exe /C C: & cd "C:\my env" & "C:\my env\python.exe" -P -B -c '
        r'"import xlwings.utils;xlwings.utils.prepare_sys_path(\"false;;;;;;C:\\R^&D\\it'
        "'s\\\"); import xlwings_addin.ribbon;"
    )


@pytest.mark.parametrize(
    "text",
    [
        'PythonInterpreter & " -P -B -c ""import xlwings.utils;xlwings.utils.prepare_sys_path(',
        '(\\""" & PYTHONPATH & "\\""); " & PythonCommand & """ "',
        '" -P -B -c ""import sys, os;" & LicenseKeyEnvString & "import xlwings.utils;',
        'prepare_sys_path(\\""" & PYTHONPATH & "\\"");import xlwings; xlwings.serve(',
        '"|" + PythonInterpreter + " -P"',
        '" --wb="""" --from_xl=1"',
        'DriveCommand = Left$(PYTHON_WIN, 2) & " & cd """ & PythonDir & """ & "',
        'DriveCommand = "pushd """ & PythonDir & """ & "',
    ],
)
def test_these_commands_are_those_of_the_vba_in_the_add_in(text: str) -> None:
    vba = upstream_modules()[0].code

    assert text in vba


def test_without_folders_to_search_the_current_one_is_not_searched_either() -> None:
    assert Start("python").search() == "false;;;;;"
    assert Start("python").search().split(";")[6:] == []


def test_a_python_on_a_share_is_reached_by_a_drive_of_its_own() -> None:
    command = ribbon_command("windows", Start(r"\\srv\py\python.exe"))

    assert isinstance(command, str)
    assert command.startswith(r'cmd.exe /C pushd "\\srv\py" & "\\srv\py\python.exe" -P -B -c')


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of Unix")
@pytest.mark.parametrize("system", ["macos", "linux"])
def test_the_ribbon_command_starts_this_tickmark_for_real(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "it's & more"
    folder.mkdir()
    start = Start(sys.executable, (str(folder), *search_path()))

    ran = run_command(ribbon_command(system, start))

    assert ran == Ran("0.1.0", "0.37.8")


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of Unix")
def test_a_python_with_a_blank_in_its_path_breaks_on_macos_as_it_would_there(
    tmp_path: Path,
) -> None:
    python = tmp_path / "my env" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)

    ran = run_command(ribbon_command("macos", Start(str(python))))

    assert "not found" in ran.problem


def test_a_command_that_fails_shows_the_last_line_of_its_complaint() -> None:
    ran = run_command((sys.executable, "-c", "import sys; sys.exit('first\\nthe last line')"))

    assert ran == Ran(problem="the last line")


def test_a_command_that_says_nothing_is_a_problem_too() -> None:
    assert run_command((sys.executable, "-c", "pass")) == Ran(problem="exit code 0, no message")


def test_a_command_that_hangs_is_given_up() -> None:
    ran = run_command((sys.executable, "-c", "import time; time.sleep(60)"), seconds=0.2)

    assert ran == Ran(problem="no answer within 0.2 seconds")


def ended(pid: int) -> bool:
    """Whether a process ends soon; nobody may have fetched its exit code yet."""
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of Unix")
def test_what_a_hanging_shell_started_is_ended_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"{sys.executable} -c 'import time; time.sleep(60)' & echo $! > {note}; wait"

    run_command(("/bin/sh", "-c", script), seconds=1)

    assert ended(int(note.read_text()))


def test_a_program_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert run_command((str(tmp_path / "python"),)).problem == "No such file or directory"


def test_versions_are_found_among_other_output() -> None:
    assert said("hello\nfound 0.1.0 0.37.8\n") == ("0.1.0", "0.37.8")
    assert said("nothing found\n") is None


def test_a_python_that_has_tickmark_needs_no_folders() -> None:
    assert search_path() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="a script of Unix")
def test_a_python_without_tickmark_is_given_the_folders_of_this_one(tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)

    found = search_path(str(other))

    assert any((Path(folder) / "tickmark" / "errors.py").is_file() for folder in found)
    assert any((Path(folder) / "xlwings_addin" / "udfs.py").is_file() for folder in found)


def test_the_installed_xlwings_has_its_applescript() -> None:
    script = applescript()

    assert script is not None
    assert b"VbaHandler" in script


@pytest.mark.parametrize(
    ("receipt", "edition"), [(False, "installer package"), (True, "App Store")]
)
def test_excel_on_macos_is_read_from_its_bundle(
    receipt: bool, edition: str, tmp_path: Path
) -> None:
    contents = tmp_path / "Microsoft Excel.app" / "Contents"
    contents.mkdir(parents=True)
    (contents / "Info.plist").write_bytes(plistlib.dumps({"CFBundleShortVersionString": "16.91"}))
    if receipt:
        (contents / "_MASReceipt").mkdir()

    assert mac_office(contents) == Office("16.91", 64, edition, str(contents.parent))


def test_a_damaged_bundle_leaves_the_version_open(tmp_path: Path) -> None:
    (tmp_path / "Info.plist").write_bytes(b"no plist")

    assert mac_office(tmp_path).version == ""


def look(
    tmp_path: Path,
    system: System = "windows",
    *,
    built: bytes | str = b"",
    registry: Registry | None = None,
) -> Facts:
    """What is found below a test's folder, as if it were a machine of that system."""
    home = tmp_path / "home"

    def build() -> bytes:
        if isinstance(built, str):
            raise InputError(built)
        return built or addin()

    return collect(
        Machine(
            system=system,
            places=places(system, home=home, roaming=home / "AppData", xlwings="0.37.8"),
            build=build,
            run=lambda command: Ran(problem=str(command)[:7]),
            encoding="cp1252",
            read_key=(registry or Registry({})).read,
        ),
        daily_cost=1.0,
    )


@pytest.fixture
def start_up(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "AppData" / "Microsoft" / "Excel" / "XLSTART"
    folder.mkdir(parents=True)
    return folder


def write_conf(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "home" / ".tickmark"
    folder.mkdir(parents=True)
    (folder / "tickmark.conf").write_bytes(content.encode("cp1252"))


def test_an_empty_machine_has_neither_add_in_nor_conf(tmp_path: Path) -> None:
    facts = look(tmp_path)

    assert not facts.addin.exists
    assert not facts.conf.exists
    assert facts.ribbon == Ran(problem="cmd.exe")
    assert facts.functions == Ran(problem="cmd.exe")


def test_an_add_in_is_compared_with_a_new_build_and_tells_its_versions(
    tmp_path: Path, start_up: Path
) -> None:
    (start_up / "Tickmark.xlam").write_bytes(addin())

    same, other = look(tmp_path).addin, look(tmp_path, built=b"other").addin

    assert (same.fresh, same.tickmark, same.xlwings) == (True, "0.1.0", "0.37.8")
    assert other.fresh is False


def test_a_build_that_fails_is_told_with_its_reason(tmp_path: Path, start_up: Path) -> None:
    (start_up / "Tickmark.xlam").write_bytes(b"no zip")

    found = look(tmp_path, built="xlwings 9 is not known").addin

    assert (found.fresh, found.problem, found.tickmark) == (None, "xlwings 9 is not known", "")


@pytest.mark.parametrize(
    ("stream", "marked"), [("[ZoneTransfer]\nZoneId=3\n", True), ("ZoneId=0\n", False)]
)
def test_the_mark_of_the_web_is_read_from_its_stream(
    stream: str, marked: bool, tmp_path: Path, start_up: Path
) -> None:
    (start_up / "Tickmark.xlam").write_bytes(addin())
    (start_up / "Tickmark.xlam:Zone.Identifier").write_text(stream)

    assert look(tmp_path).addin.marked is marked


def test_a_second_add_in_of_the_name_is_found_in_folders_and_in_the_dialog(
    tmp_path: Path, start_up: Path
) -> None:
    beside = tmp_path / "home" / "AppData" / "Microsoft" / "AddIns" / "Tickmark.xlam"
    ticked = tmp_path / "elsewhere" / "tickmark.XLAM"
    for path in (beside, ticked, start_up / "Tickmark.xlam"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    registry = Registry(
        {rf"{EXCEL}\Options": {"open": f'"{ticked}"', "open1": str(start_up / "Tickmark.xlam")}}
    )

    assert look(tmp_path, registry=registry).addin.twins == (str(beside), str(ticked))


def test_the_conf_names_the_python_that_is_tried(tmp_path: Path) -> None:
    write_conf(tmp_path, f'"INTERPRETER_WIN","{sys.executable}"\r\n')

    conf = look(tmp_path).conf

    assert (conf.exists, conf.problem, conf.interpreter) == (True, "", sys.executable)
    assert conf.interpreter_exists


def test_a_python_that_is_not_there_is_not_tried(tmp_path: Path) -> None:
    write_conf(tmp_path, '"INTERPRETER_WIN","/nowhere/python"\r\n')

    facts = look(tmp_path)

    assert not facts.conf.interpreter_exists
    assert (facts.functions, facts.ribbon) == (None, None)


def test_a_conf_that_vba_cannot_read_is_told_with_the_reason(tmp_path: Path) -> None:
    write_conf(tmp_path, '"INTERPRETER_WIN"\r\n')

    assert look(tmp_path).conf.problem == "its last name, 'INTERPRETER_WIN', has no value"


def test_libraries_are_looked_for_beside_python_and_one_folder_up(tmp_path: Path) -> None:
    scripts = tmp_path / "venv" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts / "python.exe").touch()
    (scripts.parent / "xlwings64-0.37.8.dll").touch()
    write_conf(tmp_path, f'"INTERPRETER_WIN","{scripts / "python.exe"}"\r\n')

    assert look(tmp_path).dlls == ("xlwings64-0.37.8.dll",)


def test_folders_of_the_cloud_are_recognised(tmp_path: Path) -> None:
    python = tmp_path / "OneDrive - Contoso" / "python.exe"
    python.parent.mkdir()
    python.touch()
    write_conf(tmp_path, f'"INTERPRETER_WIN","{python}"\r\n')

    assert look(tmp_path).cloud_folders == (str(python),)


def test_macos_compares_the_applescript_with_that_of_xlwings(tmp_path: Path) -> None:
    script = places("macos", home=tmp_path / "home", roaming=tmp_path, xlwings="0.37.8").script
    assert script is not None
    path = Path(script)
    path.parent.mkdir(parents=True)

    assert not look(tmp_path, "macos").script.exists
    path.write_bytes(b"old")
    assert not look(tmp_path, "macos").script.same
    path.write_bytes(applescript() or b"")
    assert look(tmp_path, "macos").script.same


@pytest.mark.skipif(sys.platform != "linux", reason="a process takes its script's name on Linux")
def test_an_excel_that_a_program_started_is_told_from_a_users(
    tmp_path: Path, start_up: Path
) -> None:
    program = tmp_path / "EXCEL.EXE"
    program.write_text("#!/bin/sh\nread line\n")
    program.chmod(0o755)
    command = (str(program), "/automation", "-Embedding")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - the script above
        (start_up / "Tickmark.xlam").write_bytes(addin())
        found = [one for one in look(tmp_path).processes if one.pid == process.pid]
        process.communicate(b"\n")

    assert [one.automated for one in found] == [True]


def test_every_system_has_its_name() -> None:
    names = {"win32": "windows", "darwin": "macos"}

    assert this_system() == names.get(sys.platform, "linux")
