"""xlwings' own VBA, read from the installed package and closed against foreign workbooks.

As shipped it is made for a user's own workbooks: the active workbook and its folder choose the
interpreter and the code, its name goes into a command line, and every function can be called from
a cell. In an add-in that is open beside downloaded files each of these would run a stranger's code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tickmark.errors import InputError
from tickmark.excel.ovba import Module, class_module

MODULE: Final = "xlwings"
"""Name of the class that our modules call: `xlwings.RunPython` and `xlwings.XLPy`."""

_SOURCE: Final = "xlwings_custom_addin.bas"
_DICTIONARY: Final = "addin/Dictionary.cls"


@dataclass(frozen=True, slots=True)
class Patch:
    """One change of xlwings' text: what it closes, where, and what stands there afterwards.

    `start` has to occur exactly `count` times; with `end`, all between the two (both included) is
    replaced.
    """

    closes: str
    start: str
    instead: str
    end: str = ""
    count: int = 1


PATCHES: Final = (
    Patch(
        "a formula of any open workbook could call the functions of a standard module, such as "
        '=RunPython("..."): no formula reaches the methods of a class',
        'Attribute VB_Name = "xlwings"\n',
        'Attribute VB_Name = "xlwings"\n'
        "Attribute VB_GlobalNameSpace = False\n"
        "Attribute VB_Creatable = False\n"
        "Attribute VB_PredeclaredId = True\n"
        "Attribute VB_Exposed = False\n"
        "'Changed by Tickmark: a class, and closed to what workbooks and their folders say.\n",
    ),
    Patch(
        "declared functions of a DLL are public too, and one of them starts any command; a class "
        "may only hold private ones",
        "\n        Declare PtrSafe Function",
        "\n        Private Declare PtrSafe Function",
        count=4,
    ),
    Patch("the same, before VBA 7", "\n    Declare Function", "\n    Private Declare Function"),
    Patch(
        "a class may only hold private constants",
        "Public Const XLWINGS_VERSION",
        "Private Const XLWINGS_VERSION",
    ),
    Patch(
        "settings of other add-ins are not ours",
        'Public Const PROJECT_NAME As String = "myaddin"',
        'Private Const PROJECT_NAME As String = "tickmark"\n'
        'Private Const NO_PYTHON As String = "Tickmark does not know which Python to start; '
        'run: tickmark excel install"',
    ),
    Patch(
        "a sheet tickmark.conf of the active workbook named the interpreter",
        "            'Workbook Sheet Config\n",
        "            'Add-in Sheet Config",
        end="            'Add-in Sheet Config",
    ),
    Patch(
        "a file tickmark.conf in the folder of the active workbook named the interpreter",
        "    ' Directory Config\n",
        "    ' User Config\n",
        end="    ' User Config\n",
    ),
    Patch(
        "the folder of the active workbook, for the two above",
        "Function GetDirectoryConfigFilePath() As String\n",
        "",
        end="End Function\n",
    ),
    Patch(
        "sheets of the active workbook named *.py switched RunPython to code embedded there",
        "    ' Check for embedded Python code\n",
        '    AddExcelDir = "false"\n',
        end='        AddExcelDir = GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")\n    End If\n',
    ),
    Patch(
        "the same, where the command is put together",
        "    ' PythonCommand with embedded code\n",
        "    ' Call Python platform-dependent\n",
        end="    ' Call Python platform-dependent\n",
    ),
    Patch(
        "path and name of the active workbook went into a shell's command line (RunPython)",
        '    #If Mac Then\n        If InStr(ActiveWorkbook.FullName, "://") = 0 Then\n',
        '    ActiveFullName = ""\n    ThisFullName = ""\n',
        end="        ThisFullName = ThisWorkbook.FullName\n    #End If\n",
    ),
    Patch(
        "a setting moved the button's work into the server of functions, where it would block it",
        '    OPTIMIZED_CONNECTION = GetConfig("USE UDF SERVER", False)\n',
        "",
    ),
    Patch(
        "the same: the active workbook was handed to that server",
        "        If OPTIMIZED_CONNECTION = True Then\n",
        "        RunPython = ExecuteWindows(False, PythonCommand, interpreter, PYTHONPATH)\n",
        end="            RunPython = ExecuteWindows(False, PythonCommand, interpreter, PYTHONPATH)"
        "\n        End If\n",
    ),
    Patch(
        "the folder of the active workbook came first on the path of modules (functions)",
        '    AddExcelDir = GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")\n',
        '    AddExcelDir = "false"\n',
    ),
    Patch(
        "the active workbook's path went into the command line of the server, which is started "
        "anew for each different one",
        'PYTHONPATH = AddExcelDir & ";" & ActiveWorkbook.FullName & ";" & ThisWorkbook.FullName',
        'PYTHONPATH = AddExcelDir & ";" & ";"',
    ),
    Patch(
        "without settings, a python of the current folder was run (RunPython)",
        '        interpreter = GetConfig("INTERPRETER", "python")\n    End If\n',
        '        interpreter = GetConfig("INTERPRETER", "")\n    End If\n'
        "    If Not IsFullPath(interpreter) Then\n"
        '        MsgBox NO_PYTHON, vbCritical, "Tickmark"\n'
        "        Exit Function\n"
        "    End If\n",
    ),
    Patch(
        "the same for the server of functions and its DLL",
        '        PYTHON_WIN = GetConfig("INTERPRETER", "pythonw")\n    End If\n',
        '        PYTHON_WIN = GetConfig("INTERPRETER", "")\n    End If\n'
        "    If Not IsFullPath(PYTHON_WIN) Then Err.Raise 1000, Description:=NO_PYTHON\n",
        count=2,
    ),
    Patch(
        "Python looked for its modules in the current folder first (RunPython)",
        'PythonInterpreter & " -B -c ""import',
        'PythonInterpreter & " -P -B -c ""import',
    ),
    Patch(
        "the same for the server of functions", '" -B -c ""import sys', '" -P -B -c ""import sys'
    ),
    Patch(
        "the same on macOS",
        'ParameterString = ParameterString + "|" + PythonInterpreter\n',
        'ParameterString = ParameterString + "|" + PythonInterpreter + " -P"\n',
    ),
    Patch(
        "an empty setting PYTHONPATH put the current folder on the path of modules again",
        '& ";" & GetConfig("PYTHONPATH")',
        '& IIf(GetConfig("PYTHONPATH") = "", "", ";" & GetConfig("PYTHONPATH"))',
        count=4,
    ),
    Patch(
        "the same on macOS",
        'ParameterString = PYTHONPATH + ";"\n',
        "ParameterString = PYTHONPATH\n",
    ),
    Patch(
        "Windows looks for cmd.exe in the current folder first (RunPython)",
        'WScript.Run("cmd.exe /C "',
        'WScript.Run(Environ("SystemRoot") & "\\System32\\cmd.exe /C "',
    ),
    Patch(
        "the same for the server of functions",
        'PYTHON_WIN = "cmd.exe "',
        'PYTHON_WIN = Environ("SystemRoot") & "\\System32\\cmd.exe "',
        count=2,
    ),
    Patch(
        "cmd.exe replaced what stands between % in the name of the active workbook, quotes too",
        '" --wb=" & """" & ActiveWorkbook.Name & """ --from_xl=1"',
        '" --wb="""" --from_xl=1"',
    ),
    Patch(
        "the shell of macOS ran what stands after $ in the name of the active workbook",
        'ParameterString = ParameterString + "|" + ActiveWorkbook.Name\n',
        'ParameterString = ParameterString + "|"\n',
    ),
    Patch(
        "an error message could be written over cells of the active workbook",
        '    If GetConfig("SHOW_ERROR_POPUPS", "True") = "False" Then\n',
        "        #If Mac Then\n            MsgBox Content",
        end="    Else\n        #If Mac Then\n            MsgBox Content",
    ),
    Patch(
        "the same, its end",
        '            WScript.Popup Content, AUTO_DISMISS, "Error", OK_BUTTON_ERROR\n'
        "        #End If\n    End If\n",
        '            WScript.Popup Content, AUTO_DISMISS, "Error", OK_BUTTON_ERROR\n'
        "        #End If\n",
    ),
    Patch(
        "any program could be run, and modules are named after the active workbook",
        "Public Function RunFrozenPython(",
        "Public Sub CleanUp()",
        end="Private Sub CleanUp()",
    ),
    Patch(
        "modules named by the active workbook were imported and written into it",
        "Sub ImportPythonUDFsBase(",
        "Private Sub GetDLLVersion()",
        end="Private Sub GetDLLVersion()",
    ),
    Patch(
        "any file could be written",
        "Function SaveConfigToFile(",
        "Function GetConfigFromFile(",
        end="Function GetConfigFromFile(",
    ),
    Patch(
        "the check that a Python is named by its full path",
        "Function IsFullName(sFile As String) As Boolean\n",
        "Private Function IsFullPath(ByVal sFile As String) As Boolean\n"
        "  #If Mac Then\n"
        '    IsFullPath = Left$(sFile, 1) = "/"\n'
        "  #Else\n"
        '    IsFullPath = (sFile Like "[A-Za-z]:\\*") Or (Left$(sFile, 2) = "\\\\")\n'
        "  #End If\n"
        "End Function\n\n"
        "Function IsFullName(sFile As String) As Boolean\n",
    ),
    Patch(
        "a hint at another program's command (macOS)",
        "To enable RunPython, please run 'xlwings runpython install' in a terminal once and try "
        "again.",
        "To start Python, run 'tickmark excel install' in a terminal once and try again.",
    ),
    Patch(
        "a hint that names no remedy",
        'MsgBox "Could not find Interpreter!", vbCritical',
        'MsgBox NO_PYTHON, vbCritical, "Tickmark"',
    ),
)


def upstream_modules() -> tuple[Module, ...]:
    """The patched class `xlwings`, and the Dictionary that it needs on macOS.

    Raises InputError where xlwings is missing or not the version that these patches fit.
    """
    text = patched(_read(_SOURCE))
    return class_module(MODULE, text), class_module("Dictionary", _read(_DICTIONARY))


def xlwings_version() -> str:
    """The version of the installed xlwings. Raises InputError."""
    try:
        return version("xlwings")
    except PackageNotFoundError:
        raise InputError("xlwings is not installed; run `pip install tickmark` again.") from None


def patched(text: str) -> str:
    """The VBA of xlwings with all patches. Raises InputError where one does not fit."""
    text = re.sub(r"\r\n?", "\n", text)
    for patch in PATCHES:
        if text.count(patch.start) != patch.count:
            raise InputError(
                f"The VBA of xlwings {xlwings_version()} is not the one that Tickmark knows: "
                f"{patch.start.strip()!r} occurs {text.count(patch.start)} times, not "
                f"{patch.count}, so this stays open: {patch.closes}. Install the xlwings that "
                "this Tickmark names: `pip install --upgrade --force-reinstall tickmark`."
            )
        text = _cut(text, patch) if patch.end else text.replace(patch.start, patch.instead)
    return text


def _cut(text: str, patch: Patch) -> str:
    before, start, rest = text.partition(patch.start)
    _, end, after = (start + rest).partition(patch.end)
    if not end:
        raise InputError(
            f"The VBA of xlwings {xlwings_version()} is not the one that Tickmark knows: after "
            f"{patch.start.strip()!r} there is no {patch.end.strip()!r}."
        )
    return before + patch.instead + after


def _read(name: str) -> str:
    spec = find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        raise InputError("xlwings is not installed; run `pip install tickmark` again.")
    path = Path(spec.submodule_search_locations[0], *name.split("/"))
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}); install xlwings again: "
            "`pip install --force-reinstall xlwings`."
        ) from error
