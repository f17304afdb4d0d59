"""The doctor of the add-in: machines that are healthy, and broken in each way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tickmark.excel.check import Check, State
from tickmark.excel.checks import examine
from tickmark.excel.facts import (
    Addin,
    Conf,
    Facts,
    Location,
    Office,
    Process,
    Ran,
    Script,
    Switch,
    Trust,
)

XLSTART = r"C:\Users\asa\AppData\Roaming\Microsoft\Excel\XLSTART"
PYTHON = r"C:\venv\Scripts\python.exe"
STARTED = Ran("0.1.0", "0.37.8")

WINDOWS = Facts(
    system="windows",
    tickmark="0.1.0",
    xlwings="0.37.8",
    python=PYTHON,
    office=Office("16.0.18025.20104", 64, "Click-to-Run", r"C:\Program Files\Microsoft Office"),
    addin=Addin(
        rf"{XLSTART}\Tickmark.xlam", exists=True, fresh=True, tickmark="0.1.0", xlwings="0.37.8"
    ),
    conf=Conf(
        r"C:\Users\asa\.tickmark\tickmark.conf",
        exists=True,
        interpreter=PYTHON,
        interpreter_exists=True,
    ),
    functions=STARTED,
    ribbon=STARTED,
    dlls=("xlwings32-0.37.8.dll", "xlwings64-0.37.8.dll"),
    trust=Trust(locations=(Location(XLSTART + "\\"),)),
    daily_cost=1.0,
)
MACOS = Facts(
    system="macos",
    tickmark="0.1.0",
    xlwings="0.37.8",
    python="/opt/venv/bin/python",
    office=Office("16.91", 64, "installer package", "/Applications/Microsoft Excel.app"),
    addin=Addin(
        "/Users/asa/Startup/Tickmark.xlam",
        exists=True,
        fresh=True,
        tickmark="0.1.0",
        xlwings="0.37.8",
    ),
    conf=Conf(
        "/Users/asa/Data/tickmark.conf",
        exists=True,
        interpreter="/opt/venv/bin/python",
        interpreter_exists=True,
    ),
    ribbon=STARTED,
    script=Script("/Users/asa/xlwings-0.37.8.applescript", exists=True, same=True),
    daily_cost=1.0,
)


def named(facts: Facts, name: str) -> Check:
    return next(check for check in examine(facts) if check.name == name)


def states(facts: Facts, state: State) -> list[str]:
    return [check.name for check in examine(facts) if check.state is state]


def test_a_healthy_windows_passes_every_check_that_applies() -> None:
    assert states(WINDOWS, State.FAILED) == []
    assert states(WINDOWS, State.UNKNOWN) == []
    assert states(WINDOWS, State.NOT_APPLICABLE) == ["applescript", "automation"]
    assert not any(check.bad for check in examine(WINDOWS))


def test_a_healthy_macos_leaves_open_only_what_macos_alone_knows() -> None:
    assert states(MACOS, State.FAILED) == []
    assert states(MACOS, State.UNKNOWN) == ["automation"]
    assert states(MACOS, State.NOT_APPLICABLE) == [
        "xlwings dll",
        "function server",
        "macros",
        "add-in rules",
        "trusted folder",
        "disabled items",
    ]
    assert not any(check.bad for check in examine(MACOS))


def test_linux_fails_once_and_says_what_to_use_instead() -> None:
    facts = Facts("linux", "0.1.0", "0.37.8", "/usr/bin/python", ribbon=STARTED, daily_cost=1.0)

    assert states(facts, State.FAILED) == ["system"]
    assert "--libreoffice" in named(facts, "system").fix
    assert named(facts, "ribbon command").state is State.OK


def test_linux_with_the_add_in_for_libreoffice_is_well() -> None:
    facts = Facts("linux", "0.1.0", "0.37.8", "/usr/bin/python", ribbon=STARTED, extension=True)

    assert states(facts, State.FAILED) == []


def test_every_check_has_its_own_name_and_every_failure_its_one_line_fix() -> None:
    bare = Facts("windows", "0.1.0", "0.37.8", PYTHON, addin=Addin("x"), conf=Conf("y"))
    checks = [check for facts in (WINDOWS, MACOS, bare) for check in examine(facts)]

    assert len({check.name for check in examine(WINDOWS)}) == len(examine(WINDOWS))
    for check in checks:
        assert "\n" not in check.found + check.fix
        assert check.found
        assert bool(check.fix) == (check.state in {State.FAILED, State.UNKNOWN})


def changed(part: str, **values: object) -> Facts:
    """The healthy Windows with one part changed."""
    return replace(WINDOWS, **{part: replace(getattr(WINDOWS, part), **values)})


BROKEN = [
    (changed("office", edition="Microsoft Store"), "excel", "Microsoft Store", "office.com"),
    (changed("addin", exists=False), "add-in", "is not there", "tickmark excel install"),
    (changed("addin", fresh=False), "add-in", "is not what this Tickmark", "excel install"),
    (
        changed("addin", fresh=None, problem="xlwings 0.38 is not known"),
        "add-in",
        "cannot be built: xlwings 0.38 is not known",
        "Install Tickmark again",
    ),
    (changed("addin", xlwings="0.36.1"), "versions", "0.1.0 and 0.36.1", "excel install"),
    (changed("addin", tickmark="", xlwings=""), "versions", "does not say", "excel install"),
    (changed("addin", marked=True), "mark of the web", "for a download", "delete that file"),
    (
        changed("addin", twins=(r"C:\AddIns\Tickmark.xlam",)),
        "same name",
        r"C:\AddIns\Tickmark.xlam",
        "Untick it",
    ),
    (changed("conf", exists=False), "settings file", "is not there", "excel install"),
    (changed("conf", problem="line 2 is odd"), "settings file", "line 2 is odd", "Remove it"),
    (changed("conf", interpreter=""), "settings file", "names no Python", "excel install"),
    (changed("conf", interpreter_exists=False), "python", "is not there", "excel install"),
    (
        changed(
            "conf",
            interpreter=r"C:\Users\asa\AppData\Local\Microsoft\WindowsApps\python.exe",
        ),
        "python",
        "from the Microsoft Store",
        "python.org",
    ),
    (
        replace(WINDOWS, dlls=("xlwings64-0.36.1.dll",)),
        "xlwings dll",
        "xlwings64-0.37.8.dll is not beside Python; there is xlwings64-0.36.1.dll",
        "virtual environment",
    ),
    (
        replace(changed("office", bits=32), dlls=()),
        "xlwings dll",
        "xlwings32-0.37.8.dll is not beside Python",
        "--user",
    ),
    (
        replace(WINDOWS, functions=Ran(problem="ImportError: Couldn't find 'pywin32'.")),
        "function server",
        "Couldn't find 'pywin32'",
        "pip install pywin32",
    ),
    (
        replace(WINDOWS, functions=Ran(problem="no answer within 90 seconds")),
        "function server",
        "no answer within 90 seconds",
        "in the Python that Excel starts",
    ),
    (
        replace(WINDOWS, ribbon=Ran(problem="ModuleNotFoundError: No module named 'tickmark'")),
        "ribbon command",
        "No module named 'tickmark'",
        "in the Python that Excel starts",
    ),
    (
        replace(WINDOWS, ribbon=Ran("0.0.9", "0.37.8")),
        "ribbon command",
        "it starts Tickmark 0.0.9",
        "excel install",
    ),
    (
        changed("trust", disabled=(rf"{XLSTART}\TICKMARK.XLAM Tickmark",)),
        "disabled items",
        "after a crash",
        "Disabled Items",
    ),
    (
        changed("trust", switches=(Switch("VBAOff", 1, policy=True),)),
        "macros",
        "VBA is switched off",
        "administrators",
    ),
    (
        changed("trust", switches=(Switch("VBAWarnings", 4),), locations=()),
        "macros",
        "no macros run",
        "Macro Settings",
    ),
    (
        changed("trust", switches=(Switch("VBAWarnings", 3, policy=True),), locations=()),
        "macros",
        "only signed macros run",
        "administrators",
    ),
    (
        changed("trust", switches=(Switch("DisableAllAddins", 1),)),
        "add-in rules",
        "all add-ins are switched off",
        "clear the boxes",
    ),
    (
        changed("trust", switches=(Switch("RequireAddinSig", 1, policy=True),)),
        "add-in rules",
        "have to be signed",
        "administrators",
    ),
    (
        changed("trust", switches=(Switch("RequireAlwaysOnMacroSig", 1, policy=True),)),
        "add-in rules",
        "RequireAlwaysOnMacroSig",
        "administrators",
    ),
    (
        replace(MACOS, script=Script("/x/xlwings-0.37.8.applescript")),
        "applescript",
        "is not there",
        "excel install",
    ),
    (
        replace(MACOS, script=replace(MACOS.script, same=False)),
        "applescript",
        "not the one of this xlwings",
        "excel install",
    ),
]


@pytest.mark.parametrize(("facts", "name", "found", "fix"), BROKEN)
def test_each_way_of_being_broken_fails_its_own_check_with_its_fix(
    facts: Facts, name: str, found: str, fix: str
) -> None:
    check = named(facts, name)

    assert check.bad
    assert found in check.found
    assert fix in check.fix
    assert [one.name for one in examine(facts) if one.bad] == [name]


WARNED = [
    (
        replace(WINDOWS, cloud_folders=(r"C:\Users\asa\OneDrive\venv\python.exe",)),
        "cloud folder",
        "OneDrive",
    ),
    (replace(WINDOWS, processes=(Process(42, automated=True),)), "running excel", "process 42"),
    (replace(WINDOWS, processes=(Process(7, earlier=True),)), "running excel", "before the add-in"),
    (replace(WINDOWS, daily_cost=0.0), "daily limit", "0 USD"),
    (
        changed("trust", locations=(Location(r"C:\elsewhere"),)),
        "trusted folder",
        "XLSTART is none",
    ),
    (
        changed("trust", switches=(Switch("AllLocationsDisabled", 1),)),
        "trusted folder",
        "trusted folders are switched off",
    ),
]


@pytest.mark.parametrize(("facts", "name", "found"), WARNED)
def test_what_does_not_stop_the_add_in_is_a_warning(facts: Facts, name: str, found: str) -> None:
    check = named(facts, name)

    assert (check.state, check.needed) == (State.FAILED, False)
    assert found in check.found
    assert check.fix
    assert not any(check.bad for check in examine(facts))


@pytest.mark.parametrize(
    ("locations", "state"),
    [
        ((Location(XLSTART.upper()),), State.OK),
        ((Location(r"C:\Users\asa\AppData\Roaming\Microsoft", below=True),), State.OK),
        ((Location(r"C:\Users\asa\AppData\Roaming\Microsoft"),), State.FAILED),
        ((Location(r"C:\Users\asa\AppData\Roaming\Micro", below=True),), State.FAILED),
        (None, State.UNKNOWN),
    ],
)
def test_a_folder_is_trusted_by_itself_or_from_above(
    locations: tuple[Location, ...] | None, state: State
) -> None:
    assert named(changed("trust", locations=locations), "trusted folder").state is state


def test_a_trusted_folder_outweighs_strict_macro_settings() -> None:
    facts = changed("trust", switches=(Switch("VBAWarnings", 4),))

    assert named(facts, "macros").state is State.OK


def test_a_policy_outweighs_what_the_user_set() -> None:
    facts = changed(
        "trust",
        switches=(Switch("DisableAllAddins", 1), Switch("DisableAllAddins", 0, policy=True)),
    )

    assert named(facts, "add-in rules").state is State.OK


def test_a_windows_without_excel_is_said_to_be_unknown() -> None:
    facts = replace(WINDOWS, office=Office())

    assert named(facts, "excel").state is State.UNKNOWN
    assert named(facts, "xlwings dll").state is State.OK


def test_settings_that_cannot_be_read_leave_the_limit_open() -> None:
    check = named(replace(WINDOWS, daily_cost=None), "daily limit")

    assert (check.state, check.fix) == (State.UNKNOWN, "Run `tickmark doctor`.")
