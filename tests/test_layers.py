"""Each contract between the packages is broken once on purpose, in a copy, and caught."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ARROWS = "Arrows point down"
CORE = "The core knows no Excel, files, network or environment"
EXCEL = "Only the rooms that talk to Excel import xlwings"
PROVIDERS = "Only wiring picks a provider"
RULES = "Rules do not know each other"
CYCLES = "No import cycles"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with its contracts, free to be spoilt."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "pysrc", tmp_path / "pysrc", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def broken(folder: Path, offences: Mapping[str, str]) -> set[str]:
    """Names of the contracts that are broken once these modules are added."""
    for name, text in offences.items():
        path = folder / "pysrc" / "tickmark" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", lint, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "pysrc"), "COLUMNS": "200"},  # noqa: TID251 - a child's environment, no setting
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    found = set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))
    assert done.returncode == bool(found)
    return found


def test_the_package_keeps_every_contract(copy: Path) -> None:
    assert broken(copy, {}) == set()


@pytest.mark.parametrize(
    ("offences", "contracts"),
    [
        pytest.param(
            {"structure/spoilt.py": "from tickmark import audit\n"},
            {ARROWS, CYCLES},
            id="upward import",
        ),
        pytest.param(
            {"analyses/spoilt.py": "from tickmark import write\n"}, {ARROWS}, id="sibling import"
        ),
        pytest.param({"utils/__init__.py": ""}, {ARROWS}, id="package without a place"),
        pytest.param({"encode/spoilt.py": "import openpyxl\n"}, {CORE}, id="core opens workbooks"),
        pytest.param({"audit/spoilt.py": "import os\n"}, {CORE}, id="core reads the environment"),
        pytest.param({"engine/plan.py": "import sqlite3\n"}, {CORE}, id="plan keeps a database"),
        pytest.param({"report/spoilt.py": "import xlwings\n"}, {EXCEL}, id="report talks to Excel"),
        pytest.param(
            {
                "llm/providers/spoilt.py": "",
                "hosts/spoilt.py": "from tickmark.llm.providers import spoilt\n",
            },
            {PROVIDERS},
            id="host picks a provider",
        ),
        pytest.param(
            {
                "audit/rules/spoilt_one.py": "",
                "audit/rules/spoilt_two.py": "from tickmark.audit.rules import spoilt_one\n",
            },
            {RULES},
            id="rule knows a rule",
        ),
        pytest.param(
            {
                "model/spoilt_one.py": "from tickmark.model import spoilt_two\n",
                "model/spoilt_two.py": "from tickmark.model import spoilt_one\n",
            },
            {CYCLES},
            id="import cycle",
        ),
    ],
)
def test_a_breach_is_caught_by_its_contract(
    copy: Path, offences: Mapping[str, str], contracts: set[str]
) -> None:
    assert broken(copy, offences) == contracts
