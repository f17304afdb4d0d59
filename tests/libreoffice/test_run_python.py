"""The command line that the add-in's VBA builds, run as it stands on a live Calc document."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings

from tests.libreoffice.dialogue import Dialogue
from tests.libreoffice.office import ROOT, Office
from tests.messages_api import KEY, MessagesApi
from tests.request_answers import default_answer
from tickmark.excel.upstream import upstream_modules

SAMPLES = ROOT / "sample_workbooks"

_TOKEN = re.compile(r'"(?:[^"]|"")*"|Chr\(34\)|Environ\("\w+"\)|[A-Za-z][\w.]*')


def evaluated(expression: str, names: Mapping[str, str]) -> str:
    """The text that VBA makes of texts and names joined by `&`."""
    parts = []
    for part in _TOKEN.findall(re.sub(r" _\n\s*", " ", expression)):
        if part.startswith('"'):
            parts.append(part[1:-1].replace('""', '"'))
        else:
            parts.append('"' if part == "Chr(34)" else names[part])
    return "".join(parts)


def command_of(python_command: str, names: Mapping[str, str]) -> str:
    """What RunPython of the patched VBA hands to Windows for a Python command."""
    (module,) = [one for one in upstream_modules() if one.name == "xlwings"]
    text = module.code.replace("\r\n", "\n")
    inner = re.search(r"If IsFrozen = False Then\n\s*RunCommand = (.+)\n", text)
    outer = re.search(r"WScript\.Run\((Environ.+?), _\n\s*WindowStyle, Wait", text, re.DOTALL)
    path = re.search(r"#Else\n\s*(PYTHONPATH) = (AddExcelDir & .+)\n", text)
    assert inner
    assert outer
    assert path
    known = {"AddExcelDir": "false", "ActiveFullName": "", "ThisFullName": "", **names}
    settings = re.sub(r'GetConfig\("\w+"\)', '""', path.group(2))
    settings = re.sub(r'IIf\("" = "", (""), .+?\)', r"\1", settings)
    known["PYTHONPATH"] = evaluated(settings, known)
    known |= {"PythonCommand": python_command, "CondaCmd": ""}
    known["RunCommand"] = evaluated(inner.group(1), known)
    return evaluated(outer.group(1), known)


def pressed(office: Office, tag: str, environment: Mapping[str, str], folder: Path) -> str:
    """Runs the whole command of a button; gives back what Excel would show as an error."""
    log = folder / "stderr.log"
    line = command_of(
        f"import xlwings_addin.ribbon; xlwings_addin.ribbon.pressed('{tag}')",
        {
            'Environ("SystemRoot")': "",
            "DriveCommand": "",
            "PythonInterpreter": shlex.quote(sys.executable),
            "LOG_FILE": str(log),
            "Application.Path": "",
            "Application.Name": "Calc",
            "Application.Hwnd": "0",
        },
    )
    shell, switch, *command = shlex.split(line.replace("\\System32\\", "/System32/"))
    assert (shell, switch) == ("/System32/cmd.exe", "/C")
    assert command[-2:] == ["2>", str(log)]
    done = subprocess.run(  # noqa: S603 - our own Python
        command[:-2],
        cwd=folder,
        env=office.environment(environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 120.0
    while not done():
        assert time.monotonic() < end, "the job did not come to an end"
        time.sleep(0.1)


def cells_of(page: Any) -> dict[str, object]:
    return {cell.coordinate: cell.value for row in page for cell in row if cell.value is not None}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The user's folder of Tickmark, which the job shares with this process."""
    return tmp_path / "tickmark-home"


def ended(home: Path) -> bool:
    """Whether a job has begun and let go of its lock."""
    locks = home / "state" / "locks"
    return locks.is_dir() and not list(locks.iterdir())


def test_the_command_holds_no_text_of_a_workbook() -> None:
    """Constants only: a name like `$(…)` or `%…%` never meets a shell."""
    names = {
        'Environ("SystemRoot")': r"C:\Windows",
        "DriveCommand": 'C: & cd "C:\\Python" & ',
        "PythonInterpreter": r'"C:\Python\python.exe"',
        "LOG_FILE": r"C:\Temp\xlwings.log",
        "Application.Path": r"C:\Office",
        "Application.Name": "Microsoft Excel",
        "Application.Hwnd": "1234",
    }

    assert command_of("import x; x.y('tag')", names) == (
        r'C:\Windows\System32\cmd.exe /C C: & cd "C:\Python" & "C:\Python\python.exe" -P -B -c '
        r'"import xlwings.utils;xlwings.utils.prepare_sys_path(\"false;;;;;\"); '
        r"""import x; x.y('tag')"  --wb="" --from_xl=1 --app="C:\Office\Microsoft Excel" """
        r'--hwnd="1234" 2> "C:\Temp\xlwings.log" '
    )


def test_a_button_ends_in_a_result_sheet_of_the_saved_file(
    office: Office, calc: xlwings.App, dialogue: Dialogue, home: Path, tmp_path: Path
) -> None:
    source = Path(shutil.copy(SAMPLES / "budget_hardcode.xlsx", tmp_path))
    before = {page.title: cells_of(page) for page in openpyxl.load_workbook(source)}
    book = calc.books.open(source)
    with MessagesApi() as api:
        environment = {
            "TICKMARK_HOME": str(home),
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": KEY,
        }
        said = pressed(office, "analyze-sheet", environment, tmp_path)
        wait_until(lambda: ended(home))
        calls = len(api.calls)
    book.save()

    assert (said, dialogue.said("alert")) == ("", [])
    assert calls >= 1
    assert dialogue.said("status")[-1] == ""
    assert any(dialogue.said("status"))
    saved = openpyxl.load_workbook(source)
    (name,) = set(saved.sheetnames) - set(before)
    assert {page.title: cells_of(page) for page in saved if page.title != name} == before
    result = saved[name]
    assert result["A1"].value == name
    assert result.auto_filter.ref
    assert result.freeze_panes
    links = [str(cell.hyperlink.location) for row in result for cell in row if cell.hyperlink]
    assert links
    assert all(place.rpartition("!")[0].strip("'") in before for place in links)
    live = [cell.value for row in result for cell in row if cell.data_type == "f"]
    assert live == []


def test_the_name_of_the_workbook_runs_nothing(
    office: Office, calc: xlwings.App, dialogue: Dialogue, home: Path, tmp_path: Path
) -> None:
    """A file named like a command, with a module of ours beside it."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    trap = "raise SystemExit('a module of the workbook folder was imported')"
    for name in ("xlwings_addin", "tickmark", "json", "pandas"):
        (folder / f"{name}.py").write_text(trap, encoding="utf-8")
    hostile = folder / "$(touch owned)'); open('owned', 'w') #.xlsx"
    shutil.copy(SAMPLES / "budget_hardcode.xlsx", hostile)
    book = calc.books.open(hostile)
    names = book.sheet_names

    said = pressed(office, "audit-workbook", {"TICKMARK_HOME": str(home)}, folder)
    wait_until(lambda: ended(home))

    assert (said, dialogue.said("alert")) == ("", [])
    assert len(book.sheet_names) == len(names) + 1
    assert list(tmp_path.rglob("owned")) == []


def test_a_fault_before_the_job_is_a_sentence_for_the_user(
    office: Office, calc: xlwings.App, dialogue: Dialogue, home: Path, tmp_path: Path
) -> None:
    """A second press, while the first job waits for its answer, starts no second one."""
    pressed_twice = threading.Event()

    def answer(request: dict[str, Any]) -> str | dict[str, Any]:
        pressed_twice.wait(60.0)
        return default_answer(request)

    book = calc.books.open(shutil.copy(SAMPLES / "budget_hardcode.xlsx", tmp_path))
    with MessagesApi(answer) as api:
        environment = {
            "TICKMARK_HOME": str(home),
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": KEY,
        }
        pressed(office, "analyze-sheet", environment, tmp_path)
        pressed(office, "analyze-sheet", environment, tmp_path)
        pressed_twice.set()
        wait_until(lambda: ended(home))

    assert dialogue.said("alert") == [
        "Tickmark: Analyze sheet is already running for budget_hardcode.xlsx."
    ]
    assert sum("analysis" in name.lower() for name in book.sheet_names) == 1
