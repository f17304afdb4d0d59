"""The extension for LibreOffice Calc, built from text: the same bytes each time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tickmark.excel.functions import FUNCTIONS, Argument, Function

IDENTIFIER: Final = "tickmark.calc"
FILE_NAME: Final = "tickmark.oxt"
SERVICE: Final = "tickmark.Calc"
"""Functions stand in files as this name, a dot and the name of their method."""

COMMAND_FILE: Final = "backend.json"
"""Names the program and arguments of the backend process."""

TYPE_LIBRARY: Final = "XTickmark.rdb"
_COMPONENT: Final = "tickmark_calc.py"
_MODULES: Final = (
    "pythonpath/tickmark_backend.py",
    "pythonpath/tickmark_packing.py",
    "pythonpath/tickmark_repair.py",
)
_MENU: Final = "Addons.xcu"
_DESCRIPTION: Final = "description.xml"
_FUNCTION_NAMES: Final = "CalcAddIns.xcu"

# The type library comes first: the component asks for its types when it is registered.
_MEDIA_TYPES: Final = {
    TYPE_LIBRARY: "application/vnd.sun.star.uno-typelibrary;type=RDB",
    _COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
    _FUNCTION_NAMES: "application/vnd.sun.star.configuration-data",
    _MENU: "application/vnd.sun.star.configuration-data",
}
_BYTES_PER_LINE: Final = 32


def sources() -> dict[str, str]:
    """The texts of the add-in's folder for Calc, by name."""
    folder = files("xlwings_addin") / "calc"
    names = (_COMPONENT, *_MODULES, _MENU, _DESCRIPTION, f"{TYPE_LIBRARY}.txt")
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


def extension(texts: Mapping[str, str], command: Sequence[str], version: str) -> bytes:
    """The .oxt file; `texts` are those of sources(), `command` starts the backend process."""
    parts = {
        "META-INF/manifest.xml": _manifest().encode(),
        _DESCRIPTION: texts[_DESCRIPTION].replace("VERSION", escape(version)).encode(),
        TYPE_LIBRARY: bytes.fromhex(texts[f"{TYPE_LIBRARY}.txt"]),
        _FUNCTION_NAMES: function_names(FUNCTIONS).encode(),
        COMMAND_FILE: json.dumps({"command": list(command)}).encode(),
        **{name: texts[name].encode() for name in (_COMPONENT, *_MODULES, _MENU)},
    }
    buffer = io.BytesIO()
    # Not compressed: what a compressor writes depends on its version.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def library_text(library: bytes) -> str:
    """A type library as lines of hexadecimal digits, as it rests in the repository."""
    starts = range(0, len(library), _BYTES_PER_LINE)
    return "".join(library[start : start + _BYTES_PER_LINE].hex() + "\n" for start in starts)


def method(function: Function) -> str:
    """The name of a function's method: `llmAnalyze` for `LLM_ANALYZE`."""
    first, *rest = function.name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def function_names(functions: Sequence[Function]) -> str:
    """CalcAddIns.xcu: what Calc's function wizard shows of each function."""
    nodes = "\n".join(_function(function) for function in functions)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"
 oor:name="CalcAddIns" oor:package="org.openoffice.Office">
<node oor:name="AddInInfo">
<node oor:name={quoteattr(SERVICE)} oor:op="replace">
<node oor:name="AddInFunctions">
{nodes}
</node>
</node>
</node>
</oor:component-data>
"""


def _function(function: Function) -> str:
    arguments = "\n".join(_argument(argument) for argument in function.arguments)
    return f"""<node oor:name="{method(function)}" oor:op="replace">
{_text("DisplayName", function.name)}
{_text("Description", function.help)}
<prop oor:name="Category"><value>Add-In</value></prop>
{_text("CompatibilityName", function.name)}
<node oor:name="Parameters">
{arguments}
</node>
</node>"""


def _argument(argument: Argument) -> str:
    # Calc finds the texts of a parameter by its name in the type library.
    return f"""<node oor:name="{argument.name}" oor:op="replace">
{_text("DisplayName", argument.name)}
{_text("Description", argument.help)}
</node>"""


def _text(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(text)}</value></prop>'


def _manifest() -> str:
    entries = "\n".join(
        f' <manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{name}"/>'
        for name, kind in _MEDIA_TYPES.items()
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
{entries}
</manifest:manifest>
"""
