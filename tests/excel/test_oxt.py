"""The extension for Calc: the same bytes each time, in agreement with the functions' specs."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tickmark.excel.functions import FUNCTIONS
from tickmark.excel.oxt import extension, function_names, library_text, method, sources

CALC = Path(__file__).parents[2] / "xlwings_addin" / "calc"
COMMAND = ("/usr/bin/python3", "-m", "backend")
UNOIDL_WRITE = Path("/usr/lib/libreoffice/sdk/bin/unoidl-write")
TYPES = Path("/usr/lib/libreoffice/program")
OOR = "{http://openoffice.org/2001/registry}"


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def idl_methods() -> dict[str, list[tuple[str, str]]]:
    """Names and types of parameters by method, as the IDL tells them."""
    text = (CALC / "XTickmark.idl").read_text(encoding="ascii")
    parameter = re.compile(r"\[in\] (?:[\w:]*::)?(\w+) (\w+)")
    return {
        name: [(found[2], found[1]) for found in parameter.finditer(parameters)]
        for name, parameters in re.findall(r"(llm\w+)\(([^)]*)\)", text)
    }


def test_a_second_build_is_the_same_to_the_byte() -> None:
    assert extension(sources(), COMMAND, "1.2.3") == extension(sources(), COMMAND, "1.2.3")


def test_the_extension_holds_what_its_manifest_names_and_no_more_code() -> None:
    with opened(extension(sources(), COMMAND, "1.2.3")) as archive:
        names = set(archive.namelist())
        manifest = archive.read("META-INF/manifest.xml").decode()
        listed = set(re.findall(r'full-path="([^"]+)"', manifest))

        assert listed <= names
        assert names - listed == {
            "META-INF/manifest.xml",
            "description.xml",
            "backend.json",
            "pythonpath/tickmark_backend.py",
            "pythonpath/tickmark_packing.py",
            "pythonpath/tickmark_repair.py",
        }
        assert archive.read("backend.json") == (
            b'{"command": ["/usr/bin/python3", "-m", "backend"]}'
        )
        assert b'<version value="1.2.3"/>' in archive.read("description.xml")
        for name in names:
            if name.endswith((".xml", ".xcu")):
                ET.fromstring(archive.read(name))  # noqa: S314 - our own text


def test_a_command_in_any_script_stays_ascii() -> None:
    with opened(extension(sources(), ("/home/Jürgen/python",), "1")) as archive:
        assert archive.read("backend.json") == b'{"command": ["/home/J\\u00fcrgen/python"]}'


def test_the_type_library_knows_each_function_with_its_arguments() -> None:
    methods = idl_methods()

    assert list(methods) == [method(function) for function in FUNCTIONS]
    for function in FUNCTIONS:
        document, *arguments = methods[method(function)]
        assert document == ("document", "XPropertySet")
        assert [name for name, _ in arguments] == [one.name for one in function.arguments]
        for (_, kind), argument in zip(arguments, function.arguments, strict=True):
            # Calc lets only arguments of the type any be left out.
            assert kind == "any" or (kind == "XCellRange" and not argument.optional)


def test_the_component_has_a_method_for_each_function() -> None:
    tree = ast.parse((CALC / "tickmark_calc.py").read_text(encoding="utf-8"))
    calls = {
        node.name: ast.unparse(node.body[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("llm")
    }

    assert calls == {
        method(function): f"return call('{function.name}', document, list(arguments))"
        for function in FUNCTIONS
    }


def test_calc_is_told_each_function_as_the_specs_say() -> None:
    root = ET.fromstring(function_names(FUNCTIONS))  # noqa: S314 - our own text
    functions = root.findall("./node/node/node/node")

    assert [node.get(f"{OOR}name") for node in functions] == [method(one) for one in FUNCTIONS]
    for node, function in zip(functions, FUNCTIONS, strict=True):
        texts = {prop.get(f"{OOR}name"): prop.findtext("value") for prop in node.findall("prop")}
        assert texts == {
            "DisplayName": function.name,
            "Description": function.help,
            "Category": "Add-In",
            "CompatibilityName": function.name,
        }
        parameters = node.findall("./node/node")
        assert [one.get(f"{OOR}name") for one in parameters] == [
            argument.name for argument in function.arguments
        ]


def test_what_runs_in_libreoffice_is_python_3_8_and_the_standard_library() -> None:
    allowed = {
        "__future__",
        "collections",
        "contextlib",
        "hashlib",
        "json",
        "pathlib",
        "queue",
        "re",
    }
    allowed |= {"subprocess", "sys", "threading", "time", "typing", "uno", "unohelper", "com"}
    files = {path.stem: path for path in CALC.rglob("*.py")}
    for path in files.values():
        tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed | files.keys(), path.name


def test_the_type_library_is_what_its_idl_makes(tmp_path: Path) -> None:
    if not UNOIDL_WRITE.exists():
        reason = "unoidl-write (libreoffice-dev) is not installed"
        if os.environ.get("CI") == "true":  # noqa: TID251 - says where the tests run
            pytest.fail(reason)
        pytest.skip(reason)
    source, made = tmp_path / "XTickmark.idl", tmp_path / "XTickmark.rdb"
    shutil.copy(CALC / "XTickmark.idl", source)
    registries = (TYPES / "types.rdb", TYPES / "types" / "offapi.rdb")
    subprocess.run(  # noqa: S603 - a tool of LibreOffice
        [UNOIDL_WRITE, *registries, source, made], check=True, capture_output=True
    )

    assert library_text(made.read_bytes()) == sources()["XTickmark.rdb.txt"]
