"""The VBA of the worksheet functions follows from their specs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tickmark.errors import InputError
from tickmark.excel.functions import FUNCTIONS, Argument, Asks, Function
from tickmark.excel.vba import functions_module, parameter

FOLDER = Path(__file__).parents[2] / "xlwings_addin" / "vba"
OWN = sorted(FOLDER.iterdir())
SPEC = Function(
    "LLM_TEST",
    'Says "this".',
    (Argument("cells", "The cells."), Argument("options", "Rare things.", optional=True)),
    "text",
    Asks.NEVER,
    "=LLM_TEST(A1)",
)


def test_the_kept_module_is_what_the_specs_give() -> None:
    """`python -m tickmark.excel.vba` writes it anew."""
    kept = (FOLDER / "TickmarkFunctions.bas").read_bytes()

    assert kept == functions_module().encode("ascii")


def test_a_function_packs_each_argument_and_tells_what_is_missing() -> None:
    text = functions_module([SPEC]).replace("\r\n", "\n")

    assert (
        "Public Function LLM_TEST(cells As Variant, Optional options As Variant) As Variant\n"
        '    LLM_TEST = TickmarkCall("LLM_TEST", Array(TickmarkPacked(cells), _\n'
        "        TickmarkPacked(options)))\n"
        "End Function\n"
    ) in text
    assert (
        '    Describe "LLM_TEST", _\n'
        '        "Says ""this"".", _\n'
        '        "The cells.", _\n'
        '        "Rare things."\n'
    ) in text


def test_each_spec_has_one_function_with_its_arguments_in_order() -> None:
    heads = re.findall(
        r"^Public Function (\w+)\((.*)\) As Variant\r$", functions_module(), re.MULTILINE
    )

    assert {name: re.sub(r" As Variant", "", arguments) for name, arguments in heads} == {
        function.name: ", ".join(
            f"Optional {argument.name}" if argument.optional else argument.name
            for argument in function.arguments
        )
        for function in FUNCTIONS
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("range", "range"),
        ("text", "text_"),
        ("Date", "Date_"),
        ("options", "options"),
        ("to", "to_"),
    ],
)
def test_a_word_of_vba_is_no_parameter(name: str, expected: str) -> None:
    assert parameter(Argument(name, "Help.")) == expected


def test_help_that_excel_cuts_is_refused() -> None:
    functions_module([replace(SPEC, help="h" * 255)])
    with pytest.raises(InputError, match="LLM_TEST: Excel shows 255 characters of help"):
        functions_module([replace(SPEC, help="h" * 256)])
    long = Argument("cells", "h" * 256)
    with pytest.raises(InputError, match="LLM_TEST: Excel shows 255 characters of help"):
        functions_module([replace(SPEC, arguments=(long,))])


def test_a_line_that_vba_does_not_take_is_refused() -> None:
    many = tuple(Argument(f"argument_{number:02}", "Help.") for number in range(60))

    with pytest.raises(InputError, match="VBA takes no line as long as"):
        functions_module([replace(SPEC, arguments=many)])


def test_no_function_is_volatile() -> None:
    assert all(b"Volatile" not in path.read_bytes() for path in OWN)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_our_vba_is_ascii_with_crlf_and_compiles_without_a_preprocessor(path: Path) -> None:
    """LibreOffice knows neither #If nor Declare as VBA has them."""
    content = path.read_bytes()
    text = content.decode("ascii")

    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r") > 5
    assert not re.search(r"^\s*#", text, re.MULTILINE)
    assert not re.search(r"\bDeclare\b", text)
    assert "Option Explicit\r\n" in text
    assert f'Attribute VB_Name = "{path.stem}"\r\n' in text
    assert all(len(line) <= 1023 for line in text.splitlines())


def test_there_is_nothing_beside_our_modules() -> None:
    assert [path.name for path in OWN] == [
        "ThisWorkbook.cls",
        "TickmarkCells.bas",
        "TickmarkFunctions.bas",
        "TickmarkPython.bas",
        "TickmarkRibbon.bas",
    ]


def test_cells_can_call_the_worksheet_functions_and_nothing_that_starts_python_otherwise() -> None:
    """What is public and a function is open to formulas; two of them only carry a call on."""
    public = {
        name
        for path in OWN
        for name in re.findall(
            r"^(?:Public )?Function (\w+)", path.read_text("ascii"), re.MULTILINE
        )
    }

    assert public == {function.name for function in FUNCTIONS} | {"TickmarkCall", "TickmarkPacked"}
    cells = (FOLDER / "TickmarkCells.bas").read_text("ascii")
    assert "Option Private Module\n" in cells
    assert re.findall(r"CallUDF\((\".*?\", \".*?\")", cells) == ['"xlwings_addin.udfs", "call"']
