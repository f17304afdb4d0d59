"""What no linter looks at: sizes, names, top level, lock, machine paths, wheel, light start."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = (ROOT / "requirements.lock", ROOT / "tests" / "benchmarks" / "requirements.lock")
MODULES = sorted((*(ROOT / "pysrc").rglob("*.py"), *(ROOT / "xlwings_addin").rglob("*.py")))

TOP_LEVEL = {
    *(
        ".ci",
        ".gitattributes",
        ".gitignore",
        ".pre-commit-hooks.yaml",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
    ),
    *("docs", "pyproject.toml", "pysrc", "requirements.lock", "run.py", "sample_workbooks"),
    *("templates", "tests", "xlwings_addin"),
}
SAYS_NOTHING = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
HEAVY = {
    *("anthropic", "genai_prices", "httpx2", "jinja2", "keyring", "msoffcrypto", "networkx"),
    *("numpy", "openpyxl", "pandas", "pydantic", "python_calamine", "rich", "xlwings"),
}


@cache
def files() -> tuple[str, ...]:
    """Files that are or could be committed; relative, with `/`."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git repository here")
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - git itself
    return tuple(name for name in done.stdout.splitlines() if (ROOT / name).is_file())


def requirements(text: str) -> list[str]:
    """The requirements of a lock file, continuation lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def loaded_by(code: str) -> set[str]:
    """Top-level names of the modules that are loaded after running a piece of Python."""
    show = "import json, sys; print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"
    command = [sys.executable, "-c", f"{code}\n{show}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own Python
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_and_its_names_say_something(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = [
        word.lower()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        for word in re.findall(r"[A-Z][a-z0-9]*", node.name)
    ]

    assert text.count("\n") <= 400
    assert path.stem not in SAYS_NOTHING
    assert path.parent.name not in SAYS_NOTHING
    assert not SAYS_NOTHING & set(words)


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    assert {name.partition("/")[0] for name in files()} == TOP_LEVEL


def test_no_file_names_a_folder_of_the_machine_it_was_made_on() -> None:
    here = "|".join(re.escape(str(place)) for place in (ROOT, Path.home()))
    places = re.compile(rf"(?<![\w.~/])(?:/(?:work|root|farm)|{here})/".encode())

    found = [name for name in files() if places.search((ROOT / name).read_bytes())]

    assert found == []


def test_no_spreadsheet_or_picture_is_larger_than_a_clone_can_bear() -> None:
    large = [name for name in files() if (ROOT / name).stat().st_size > 500_000]

    assert large == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_each_locked_requirement_is_pinned_with_hashes(lock: Path) -> None:
    locked = requirements(lock.read_text(encoding="utf-8"))

    assert len(locked) > 30
    for requirement in locked:
        assert re.match(
            r"[A-Za-z0-9._-]+==[^ ]+( ; [^\\]+?)?\s+--hash=sha256:[0-9a-f]{64}", requirement
        )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_no_lock_names_an_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")

    assert not re.search(
        r"://|--(?:extra-)?index-url|--find-links|--trusted-host|^-[if] ", text, re.MULTILINE
    )


def test_the_lock_covers_every_dependency_of_the_project() -> None:
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    names = {re.split(r"[^A-Za-z0-9_-]", text)[0].replace("_", "-").lower() for text in wanted}
    locked = {
        line.partition("==")[0] for line in requirements(LOCKS[0].read_text(encoding="utf-8"))
    }

    assert names <= locked


def test_every_dependency_and_every_ignored_lint_rule_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(
        r"^(?:dependencies|dev|ignore|\"[^\"]+\") = \[\n(.+?)^\]", text, re.MULTILINE | re.DOTALL
    )

    bare = [
        line for block in lists for line in block.splitlines() if not re.search(r"\",? +# \S", line)
    ]

    assert len(lists) >= 3
    assert bare == []


def test_a_wheel_holds_the_package_its_templates_and_the_add_in(tmp_path: Path) -> None:
    subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("tickmark-*-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {"tickmark/py.typed", "tickmark/__main__.py", "xlwings_addin/__init__.py"} <= names
    templates = {
        f"tickmark/_templates/{path.relative_to(ROOT / 'templates').as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert templates
    assert templates <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"tickmark", "xlwings_addin", wheel.name.rpartition("-py3")[0] + ".dist-info"}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_by("import tickmark") & HEAVY


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["analyze", "--help"], {"pydantic"}),  # typer checks a command's arguments with it
    ],
)
def test_help_and_version_load_nothing_heavy(arguments: list[str], allowed: set[str]) -> None:
    code = (
        "import contextlib, io, sys\n"
        "from tickmark.__main__ import main\n"
        f"sys.argv = ['tickmark', *{arguments!r}]\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main()\n"
    )

    assert loaded_by(code) & HEAVY <= allowed


def test_the_hook_for_pre_commit_audits_workbooks_by_rules_alone() -> None:
    hook = dict(
        re.findall(
            r"^[- ] ([a-z_]+): (.+)$", (ROOT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE
        )
    )

    assert hook.pop("description").endswith(".")
    assert hook == {
        "id": "tickmark-audit",
        "name": "tickmark audit",
        "entry": "tickmark audit --quiet",
        "language": "python",
        "files": r"(?i)\.(xlsx|xlsm|xltx|xltm|xlsb|xls|ods|csv|tsv)$",
        "require_serial": "true",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no executable bit")
def test_the_run_of_a_fresh_clone_is_executable_and_calls_the_three_commands() -> None:
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    assert re.findall(
        r"^python3 run\.py (.+)$", script.read_text(encoding="utf-8"), re.MULTILINE
    ) == [
        "analyze sample_workbooks",
        "test || python3 run.py test --last-failed --last-failed-no-failures none",
        "check",
    ]
