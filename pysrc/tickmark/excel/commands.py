"""The commands by which the add-in's VBA starts Python, with a harmless end of their own.

They are put together as in the VBA of xlwings with Tickmark's patches (`upstream.py`) and in its
AppleScript, quotes included, so that a path that breaks there breaks here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.excel.places import System

SAYS: Final = "import tickmark,xlwings;print('found',tickmark.__version__,xlwings.__version__)"
_SAID = re.compile(r"^found (\S+) (\S+)$", re.MULTILINE)

_PREPARE: Final = "import xlwings.utils;xlwings.utils.prepare_sys_path"
_FUNCTIONS: Final = f"import xlwings.com_server;import xlwings_addin.udfs;{SAYS}"
_RIBBON: Final = f"import xlwings_addin.ribbon;{SAYS}"


@dataclass(frozen=True, slots=True)
class Start:
    """What VBA knows when it starts Python; `shell` is the full path of cmd.exe."""

    interpreter: str
    pythonpath: Sequence[str] = ()
    shell: str = "cmd.exe"

    def search(self) -> str:
        """The text that xlwings makes its module search path from.

        Its fields are: no folder of a workbook, five that are left empty, the folders to search.
        """
        return ";".join(("false", "", "", "", "", "", *self.pythonpath))


def functions_command(start: Start) -> str:
    """The command line of the server for worksheet functions (Windows)."""
    path = start.search().replace("\\", "\\\\").replace("'", "\\'").replace("&", "^&")
    code = f'import sys, os;{_PREPARE}(\\"{path}\\");import xlwings; {_FUNCTIONS}'
    return f'{start.shell} /C ""{start.interpreter}" -P -B -c "{code}""'


def ribbon_command(system: System, start: Start) -> str | tuple[str, ...]:
    """The command of a ribbon button: a command line (Windows) or arguments."""
    if system == "windows":
        return _ribbon_windows(start)
    if system == "macos":
        path = start.search().replace("'", "\\'")
        profile = "[ -f ~/.bash_profile ] && . ~/.bash_profile;"
        code = f"{_PREPARE}('{path}');{_RIBBON} "
        words = f'-B -u -W ignore -c "{code}" "--wb=" "--from_xl=1" "--app=Excel"'
        return ("/bin/sh", "-c", f"{profile} {start.interpreter} -P {words}")
    code = f"{_PREPARE}({start.search()!r});{_RIBBON}"
    return (start.interpreter, "-P", "-B", "-c", code, "--wb=", "--from_xl=1")


def _ribbon_windows(start: Start) -> str:
    path = start.search().replace("&", "^&").replace("\\", "\\\\")
    folder = start.interpreter.rpartition("\\")[0]
    if start.interpreter.startswith("\\\\"):
        change = f'pushd "{folder}" & '
    else:
        change = f'{start.interpreter[:2]} & cd "{folder}" & '
    code = f'{_PREPARE}(\\"{path}\\"); {_RIBBON}'
    return (
        f'{start.shell} /C {change}"{start.interpreter}" -P -B -c "{code}"  --wb="" --from_xl=1'
        ' --app="Microsoft Excel" --hwnd="0"'
    )


def said(output: str) -> tuple[str, str] | None:
    """Versions of Tickmark and xlwings that a command found, or None."""
    match = _SAID.search(output)
    return (match[1], match[2]) if match else None
