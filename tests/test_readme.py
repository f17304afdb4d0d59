"""The README tells the truth: every command and every Python block in it is executed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", README, flags=re.MULTILINE)
PYTHON_BLOCKS = re.findall(r"```python\n(.+?)```", README, flags=re.DOTALL)
LINKS = re.findall(r"\]\(([^)#]+)\)", README)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with the samples, as a user has it; commands run in it one after another."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "sample_workbooks", folder / "sample_workbooks")
    return folder


def arguments(command: str) -> list[str]:
    """The words of a command as this very machine runs them.

    The suite and the checks cannot run inside themselves: of those two only the way there is run.
    """
    first, *rest = shlex.split(command)
    if first == "tickmark":
        return [sys.executable, "-m", "tickmark", *rest]
    assert (first, rest[0]) == ("python", "run.py")
    if rest[1] == "test":
        rest += ["--collect-only", "-q", "tests/model"]
    elif rest[1] == "check":
        rest += ["--help"]
    return [sys.executable, str(ROOT / rest[0]), *rest[1:]]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_runs(command: str, place: Path) -> None:
    environment = dict(os.environ) | {  # noqa: TID251 - a child's environment, no setting
        "TICKMARK_HOME": str(place / "home"),
        "TICKMARK_TEST_KEYRING": str(place / "key"),
        "PYTHON_KEYRING_BACKEND": "tests.file_keyring.FileKeyring",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    (place / "key").unlink(missing_ok=True)

    done = subprocess.run(  # noqa: S603 - our own commands
        arguments(command),
        cwd=place,
        env=environment,
        input="sk-not-a-key\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    fails = "--fail-on" in command or command.startswith("tickmark audit")
    wanted = int(fails and "--fail-on never" not in command)
    assert done.returncode == wanted, done.stderr
    assert "Traceback" not in done.stderr
    assert "sk-not-a-key" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("block", "told"),
    [*zip(PYTHON_BLOCKS, ("Budget", "187 'Income statement'", "A12:H21"), strict=True)],
)
def test_every_python_block_of_the_readme_runs(
    block: str,
    told: str,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place)

    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - the README's own code

    assert told in capsys.readouterr().out


@pytest.mark.parametrize("target", LINKS)
def test_every_file_the_readme_points_to_is_there(target: str) -> None:
    assert (ROOT / target).is_file()


def test_the_readme_shows_commands_and_code() -> None:
    assert len(COMMANDS) >= 10
    assert len(PYTHON_BLOCKS) == 3
