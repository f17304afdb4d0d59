"""Gives a Python process that starts with this folder on its path the engine over LibreOffice.

Python imports this module at every start, so a process that never imports xlwings must pay nothing.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class AfterXlwings:
    """Finds xlwings as it is and activates the engine once it has been loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of xlwings with one more step; nothing for all other modules."""
        del path, target
        if name != "xlwings":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_activate(module: ModuleType) -> None:
            load(module)
            from tests.libreoffice.engine import activate  # noqa: PLC0415 - needs xlwings

            activate()

        spec.loader.exec_module = load_and_activate  # type: ignore[method-assign]
        return spec


sys.meta_path.insert(0, AfterXlwings())
