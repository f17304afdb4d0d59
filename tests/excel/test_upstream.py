"""What each patch of xlwings' VBA closes, and that a text of another version is refused."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from tickmark.errors import InputError
from tickmark.excel.ovba import Kind
from tickmark.excel.upstream import PATCHES, Patch, patched, upstream_modules, xlwings_version


def original() -> str:
    spec = find_spec("xlwings")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = Path(spec.submodule_search_locations[0], "xlwings_custom_addin.bas")
    return path.read_bytes().decode("utf-8").replace("\r\n", "\n")


def code(text: str) -> str:
    """Without comments."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("'"))


def body(name: str) -> str:
    """The body of a procedure of the patched text."""
    found = re.search(rf"(?:Function|Sub) {name}\(.*?\nEnd (?:Function|Sub)", TEXT, re.DOTALL)
    assert found, name
    return found[0]


TEXT = code(patched(original()))


def test_no_formula_can_call_it_for_it_is_a_class() -> None:
    """Those of a standard module of an add-in can be called from cells of every open workbook."""
    module, dictionary = upstream_modules()

    assert (module.name, module.kind) == ("xlwings", Kind.CLASS)
    assert (dictionary.name, dictionary.kind) == ("Dictionary", Kind.CLASS)
    assert "Attribute VB_PredeclaredId = True\r\n" in module.code
    assert "Attribute VB_Exposed = False\r\n" in module.code


def test_a_class_holds_no_public_constants_and_declarations() -> None:
    """VBA would not compile them; and a public declaration is callable from cells."""
    assert re.findall(r"^(?:Public )?Const .*|^Public Const .*", TEXT, re.MULTILINE) == []
    declared = re.findall(r"^\s*(\w+) Declare|^\s*(Declare)", TEXT, re.MULTILINE)
    assert declared == [("Private", "")] * 13


def test_the_active_workbook_is_never_asked_for_anything() -> None:
    """Neither its conf sheet, nor its folder, nor sheets named *.py, nor its name as a module."""
    assert "ActiveWorkbook" in original()
    assert "ActiveWorkbook" not in TEXT
    assert '".py"' not in TEXT


def test_settings_come_from_the_add_in_or_the_users_file_only() -> None:
    layers = re.findall(
        r"SheetExists\((\w+),|GetConfigFromSheet\((\w+)\)|GetConfigFromFile\((\w+)",
        body("GetConfig"),
    )

    assert ["".join(layer) for layer in layers] == [
        *["ThisWorkbook"] * 3,
        "GetConfigFilePath",
    ]
    assert "directory" not in body("GetConfig")
    assert 'PROJECT_NAME As String = "tickmark"' in TEXT
    assert "GetDirectoryConfigFilePath" not in TEXT


@pytest.mark.parametrize("name", ["RunPython", "XLPyCommand"])
def test_no_folder_of_a_workbook_is_a_place_for_modules(name: str) -> None:
    assert re.findall(r"AddExcelDir = (.+)", body(name)) == ['"false"']
    assert "ADD_WORKBOOK_TO_PYTHONPATH" not in TEXT


def test_the_server_of_functions_is_started_by_the_same_command_for_all_workbooks() -> None:
    """xlwings keeps one server for each different command; ours names no workbook."""
    assert "Workbook.FullName" not in body("XLPyCommand")
    assert 'AddExcelDir & ";" & ";" & ";" & GetConfig("ONEDRIVE_CONSUMER_WIN")' in TEXT


def test_no_name_of_a_workbook_is_in_a_command_line() -> None:
    """cmd.exe replaces %...% and the shell of macOS $(...), between quotes too."""
    assert '" --wb="""" --from_xl=1"' in body("ExecuteWindows")
    assert 'ParameterString + "|"\n' in body("ExecuteMac")
    assert re.findall(r"(\w+FullName) = (.+)", body("RunPython")) == [
        ("ActiveFullName", '""'),
        ("ThisFullName", '""'),
    ]


def test_only_a_python_named_by_its_full_path_is_started() -> None:
    """A bare `python` is looked for in the current folder first, which can be the workbook's."""
    assert re.findall(r'GetConfig\("INTERPRETER", (.+?)\)', TEXT) == ['""', '""', '""']
    for name in ("RunPython", "XLPyCommand", "XLPyLoadDLL"):
        assert "If Not IsFullPath(" in body(name)
    assert '(sFile Like "[A-Za-z]:\\*") Or (Left$(sFile, 2) = "\\\\")' in body("IsFullPath")
    assert "tickmark excel install" in TEXT


def test_python_does_not_look_for_modules_in_the_current_folder() -> None:
    """-P: without it a json.py beside a workbook would be run as soon as Python starts."""
    assert TEXT.count(" -B -c ") == 2
    assert TEXT.count(" -P -B -c ") == 2
    assert '"|" + PythonInterpreter + " -P"\n' in body("ExecuteMac")


def test_windows_finds_its_own_shell_not_one_of_the_current_folder() -> None:
    shells = re.findall(r".{34}cmd\.exe", TEXT)

    assert shells == [r'Environ("SystemRoot") & "\System32\cmd.exe'[-41:]] * 3


def test_errors_are_told_and_written_over_no_cells() -> None:
    assert "Sheets.Add" not in TEXT
    assert "Range(" not in body("ShowError")
    assert "MsgBox Content, vbCritical" in body("ShowError")


@pytest.mark.parametrize(
    "name",
    [
        "RunFrozenPython",
        "GetUdfModules",
        "ImportPythonUDFsBase",
        "ImportPythonUDFs",
        "ImportXlwingsUdfsModule",
        "SaveConfigToFile",
    ],
)
def test_what_runs_imports_or_writes_anything_is_gone(name: str) -> None:
    assert f" {name}(" in original()
    assert name not in TEXT


def test_the_buttons_work_is_a_process_of_its_own() -> None:
    assert "XLPy" not in body("RunPython")
    assert "xlwings.pro" not in TEXT
    assert "USE UDF SERVER" not in TEXT


def test_every_block_of_vba_is_still_closed() -> None:
    """Patches take whole blocks: what opens and what closes is in balance."""

    def balance(pattern: str, end: str) -> int:
        opened = re.findall(pattern, TEXT, re.MULTILINE)
        return len(opened) - len(re.findall(end, TEXT, re.MULTILINE))

    assert balance(r"^\s*If .* Then\s*(?:'.*)?$", r"^\s*End If$") == 0
    assert balance(r"^\s*#If .* Then$", r"^\s*#End If$") == 0
    procedure = r"^(?:Public |Private )?(Function|Sub) "
    heads_of_one = 2  # GetDirectoryPath has a head for Excel and one for other programs
    assert balance(procedure, r"^End (Function|Sub)$") == heads_of_one - 1
    assert balance(r"^\s*For ", r"^\s*Next\b") == 0


def test_nothing_is_called_that_was_cut_out() -> None:
    names = set(re.findall(r"^(?:Public |Private )?(?:Function|Sub) (\w+)\(", TEXT, re.MULTILINE))
    before = set(
        re.findall(r"^(?:Public |Private )?(?:Function|Sub) (\w+)\(", original(), re.MULTILINE)
    )

    assert before - names == {
        "GetDirectoryConfigFilePath",
        "GetUdfModules",
        "ImportPythonUDFs",
        "ImportPythonUDFsBase",
        "ImportPythonUDFsToAddin",
        "ImportXlwingsUdfsModule",
        "RunFrozenPython",
        "SaveConfigToFile",
    }
    for name in before - names:
        assert name not in TEXT
    assert {"RunPython", "XLPy", "KillPy", "CleanUp", "IsFullPath"} <= names
    assert "Public Sub CleanUp()" in TEXT


def test_the_notices_of_the_licence_stay() -> None:
    module, dictionary = upstream_modules()

    assert "xlwings is distributed under a BSD 3-clause license." in module.code
    assert "Copyright (C) 2014-present, Zoomer Analytics LLC." in module.code
    assert "'Changed by Tickmark:" in module.code
    assert "@license: MIT" in dictionary.code


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.closes[:40])
def test_a_text_that_a_patch_does_not_fit_is_refused(patch: Patch) -> None:
    """One more or one fewer of what it looks for: nothing is built."""
    text = original()

    with pytest.raises(InputError, match=f"The VBA of xlwings {re.escape(version('xlwings'))} is"):
        patched(text.replace(patch.start, patch.start + patch.start))
    with pytest.raises(InputError, match=r"so this stays open|there is no"):
        patched(text.replace(patch.start.strip(), "Changed upstream"))


def test_the_refusal_names_version_place_and_danger() -> None:
    text = original().replace('"pythonw"', '"pythonx"')

    with pytest.raises(InputError) as caught:
        patched(text)

    assert str(caught.value) == (
        "The VBA of xlwings 0.37.8 is not the one that Tickmark knows: "
        '\'PYTHON_WIN = GetConfig("INTERPRETER", "pythonw")\\n    End If\' occurs 0 times, not 2, '
        "so this stays open: the same for the server of functions and its DLL. Install the xlwings "
        "that this Tickmark names: `pip install --upgrade --force-reinstall tickmark`."
    )


def test_a_cut_without_its_end_is_refused() -> None:
    text = original().replace("    ' User Config\n", "")

    with pytest.raises(InputError, match='after "\' Directory Config" there is no'):
        patched(text)


def test_the_version_is_the_installed_one() -> None:
    assert xlwings_version() == version("xlwings")
