"""pywin32 and Windows as far as xlwings needs them to load its part for Windows, without an Excel.

For a process of its own: `load()` leaves stubs in sys.modules, and sys.platform is only "win32"
while xlwings is loaded. What runs afterwards is xlwings' own code: the decorators, the generator
of VBA, the COM server with its conversions and the engine for Excel.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - loaded before the platform is called win32
import ctypes
import io
import json
import os
import subprocess
import sys
import tempfile  # noqa: F401 - as asyncio
import types
import urllib.request  # noqa: F401 - as asyncio
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401 - as asyncio

__all__ = ("MISSING", "ComBook", "ComRange", "call", "load", "vba")

ROOT = Path(__file__).parents[2]

RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
MISSING = -2147352572
"""What COM sends for an argument that was left out."""

_MODULES = (
    *("pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui"),
    *("win32process", "win32timezone", "win32com", "win32com.client", "win32com.server"),
    *("win32com.server.dispatcher", "win32com.server.exception", "win32com.server.policy"),
    "win32com.server.util",
)


class ComError(Exception):
    """pywintypes.com_error."""


class TypeInfo:
    """The type of a COM object, as far as it tells a range from others."""

    def GetTypeInfo(self) -> TypeInfo:  # noqa: N802 - the name in COM
        """The same object: one answers for both."""
        return self

    def GetTypeAttr(self) -> types.SimpleNamespace:  # noqa: N802 - the name in COM
        """Excel's identifier of Range."""
        return types.SimpleNamespace(iid=RANGE_IID)


class ComRange:
    """A range as Excel hands it over: an object whose values are asked for."""

    _oleobj_ = TypeInfo()

    def __init__(self, values: Sequence[Sequence[Any]]) -> None:
        self._values = values
        self.Row = self.Column = 1
        self.Rows = types.SimpleNamespace(Count=len(values))
        self.Columns = types.SimpleNamespace(Count=len(values[0]))
        self.Count = len(values) * len(values[0])

    @property
    def Worksheet(self) -> Any:  # noqa: N802 - Excel's, of which nothing is asked
        """Its sheet."""
        app = types.SimpleNamespace(Hwnd=7, Version="16.0")
        return types.SimpleNamespace(
            Parent=types.SimpleNamespace(Name="book.xlsx", Application=app)
        )

    @property
    def Address(self) -> str:  # noqa: N802 - the name in Excel
        """Its address."""
        return "$A$1"

    @property
    def Value(self) -> Any:  # noqa: N802 - as Excel: a scalar for one cell
        """Rows of values, or the value of the only cell."""
        rows = tuple(map(tuple, self._values))
        return rows[0][0] if self.Count == 1 else rows


class ComBook:
    """A workbook as Excel hands it over, with the names of its sheets."""

    def __init__(self, name: str, sheets: Sequence[str]) -> None:
        self.Name = name
        self.Worksheets = [types.SimpleNamespace(Name=sheet) for sheet in sheets]


def load() -> types.ModuleType:
    """The module xlwings as on Windows with pywin32, over stubs."""
    made = {name: _module(name) for name in _MODULES}
    _fill(made)
    sys.modules.update(made)
    kept, platform = ctypes.__dict__.copy(), sys.platform
    ctypes.oledll = ctypes.windll = _Anything()  # type: ignore[attr-defined]
    ctypes.PyDLL = lambda _path: _Anything()  # type: ignore[assignment,misc]
    sys.platform = "win32"
    try:
        return import_module("xlwings")
    finally:
        sys.platform = platform
        ctypes.PyDLL = kept["PyDLL"]  # type: ignore[misc]


def call(
    module: str,
    function: str,
    arguments: tuple[Any, ...],
    book: ComBook | None = None,
    caller: ComRange | None = None,
) -> Any:
    """What Excel gets from a call through xlwings' COM server."""
    server = import_module("xlwings.com_server")
    return server.XLPython().CallUDF(module, function, arguments, book, caller)


def vba(module: types.ModuleType, book: str = "book.xlsm") -> str:
    """The VBA that xlwings writes for the functions of a module."""
    text = io.StringIO()
    udfs = import_module("xlwings.udfs")
    udfs.generate_vba_wrapper(module.__name__, module, text, types.SimpleNamespace(Name=book))
    return text.getvalue()


def in_windows(code: str, environment: Mapping[str, str] | None = None) -> Any:
    """Runs code in a process with these stubs loaded; gives back its variable `answer`."""
    lines = (
        "import json",
        "from tests.xlwings_addin.pywin32_stub import *",
        "load()",
        code,
        "print(json.dumps(answer))",
    )
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-B", "-W", "error", "-c", "\n".join(lines)],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},  # noqa: TID251 - a child's environment
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class _Anything:
    """A library of which any function may be called; each says that all went well."""

    def __getattr__(self, name: str) -> Any:
        return _Anything()

    def __call__(self, *_arguments: object) -> int:
        return 0


def _module(name: str) -> types.ModuleType:
    made = types.ModuleType(name)
    made.__file__ = f"{name}.pyd"
    return made


def _fill(made: dict[str, types.ModuleType]) -> None:
    """What xlwings takes from the modules when it is loaded."""
    idispatch = object()
    _set(
        made["pythoncom"],
        CoInitialize=lambda: None,
        IID_IDispatch=idispatch,
        IID_IEnumVARIANT=object(),
        TypeIIDs={idispatch: type("PyIDispatch", (), {})},
        com_error=ComError,
    )
    _set(
        made["pywintypes"],
        com_error=ComError,
        error=OSError,
        TypeIIDs={},
        TimeType=type("TimeType", (), {}),
        IID=str,
    )
    client = made["win32com.client"]
    _set(client, Dispatch=_same, DispatchEx=_same, CDispatch=ComRange, CoClassBaseClass=object)
    _set(client, DispatchBaseClass=type("DispatchBaseClass", (), {}))
    _set(made["win32process"], GetWindowThreadProcessId=lambda window: (1, 1000 + window))
    _set(made["win32com.server.util"], unwrap=_not_ours, wrap=_same)
    for name in _MODULES:
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(made[parent], last, made[name])


def _set(module: types.ModuleType, **names: object) -> None:
    for name, value in names.items():
        setattr(module, name, value)


def _same(item: Any, *others: object, **named: object) -> Any:
    del others, named
    return item


def _not_ours(item: object) -> Callable[[], None]:
    """What pywin32 does with an object that no Python server made."""
    raise ComError(item)
