"""run.py: when the environment is made, what is said when that fails, and what is passed on."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[1]
WANTED = "aaaa 1111"

NO_NETWORK = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by \
'NewConnectionError('<HTTPSConnection object>: Failed to establish a new connection: \
[Errno -3] Temporary failure in name resolution')': /simple/numpy/
ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)
ERROR: No matching distribution found for numpy==2.4.6
"""
WRONG_HASH = """\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.
    numpy==2.4.6:
        Expected sha256 0000
             Got        1111
"""
NO_ENSUREPIP = """\
The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder that looks like an environment."""
    python = run.program(tmp_path / "env", "python")
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path / "env"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text("numpy==2.4.6 --hash=sha256:00\n", encoding="utf-8")
    return path


class Programs:
    """Stands in for the programs that run.py starts; `failing` names a word of one that fails."""

    def __init__(self, failing: str = "", output: str = "") -> None:
        self.failing = failing
        self.output = output
        self.started: list[str] = []

    def __call__(
        self, program: Path | str, *arguments: str, turn: int = -1
    ) -> subprocess.CompletedProcess[str]:
        assert turn != 0
        words = next((a for a in arguments if a in ("venv", "ensurepip", "-r", "-e", "-c")), "?")
        self.started.append(words)
        if words == "venv":
            made = run.program(Path(arguments[-1]), "python")
            made.parent.mkdir(parents=True)
            made.touch()
        code = 1 if words == self.failing else 0
        return subprocess.CompletedProcess([str(program)], code, self.output if code else "")


@pytest.mark.parametrize(
    ("found", "usable", "step"),
    [
        pytest.param(WANTED, True, "ready", id="finished and nothing changed"),
        pytest.param("aaaa 2222", True, "install", id="other lock or project"),
        pytest.param(None, True, "install", id="made by somebody else"),
        pytest.param("bbbb 1111", True, "rebuild", id="other Python, or the folder was moved"),
        pytest.param(run.UNFINISHED, True, "rebuild", id="interrupted"),
        pytest.param("", True, "rebuild", id="empty mark"),
        pytest.param(WANTED, False, "rebuild", id="its Python is gone"),
        pytest.param(None, False, "rebuild", id="nothing there"),
    ],
)
def test_the_mark_decides_what_is_done(found: str | None, usable: bool, step: str) -> None:
    assert run.next_step(WANTED, found, usable=usable) == step


def test_the_stamp_is_the_same_for_the_same_facts() -> None:
    assert run.stamp("cpython-311 linux", "/a/.venv", b"p", b"l") == (
        "500789eb1fc4c279 a0b0e773038164806ed9e8457904c183"
    )


@pytest.mark.parametrize(
    ("kind", "folder", "contents", "same_place"),
    [
        ("cpython-312 linux", "/a/.venv", (b"p", b"l"), False),
        ("cpython-311 linux", "/b/.venv", (b"p", b"l"), False),
        ("cpython-311 linux", "/a/.venv", (b"P", b"l"), True),
        ("cpython-311 linux", "/a/.venv", (b"p", b"L"), True),
        ("cpython-311 linux", "/a/.venv", (b"pl", b""), True),
    ],
)
def test_each_fact_changes_its_word_of_the_stamp(
    kind: str,
    folder: str,
    contents: tuple[bytes, ...],
    same_place: bool,
) -> None:
    before = run.stamp("cpython-311 linux", "/a/.venv", b"p", b"l")

    after = run.stamp(kind, folder, *contents)

    assert after != before
    assert (after.split()[0] == before.split()[0]) is same_place


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        pytest.param(NO_NETWORK, "The package index cannot be reached", id="no network"),
        pytest.param(
            "error: [Errno 111] Connection refused", "The package index cannot be", id="refused"
        ),
        pytest.param(
            "pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.",
            "The package index cannot be reached",
            id="slow network",
        ),
        pytest.param(WRONG_HASH, "A downloaded package differs from its hash", id="hash"),
        pytest.param(NO_ENSUREPIP, "This Python lacks the venv module", id="Debian's venv"),
        pytest.param(
            "/usr/bin/python3: No module named venv", "This Python lacks the venv", id="no venv"
        ),
        pytest.param(
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
            "device",
            "The disk is full",
            id="disk full",
        ),
        pytest.param("[Errno 13] Permission denied: 'x'", "env cannot be written", id="rights"),
        pytest.param("[WinError 5] Access is denied: 'x'", "env cannot be written", id="Windows"),
        pytest.param(
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))",
            "The package index shows a certificate",
            id="certificate",
        ),
        pytest.param(
            "ERROR: No matching distribution found for numpy==2.4.6",
            "The package index in use does not offer all that requirements.lock names",
            id="incomplete index",
        ),
    ],
)
def test_a_known_failure_is_explained_by_one_sentence(output: str, sentence: str) -> None:
    said = run.explain(output, Path("env"), Path("requirements.lock"))

    assert said.startswith(sentence)
    assert "\n" not in said
    assert "{" not in said


@pytest.mark.parametrize(
    ("output", "last"),
    [
        ("one\nERROR: two went wrong\nthree\n", "ERROR: two went wrong"),
        ("one\ntwo\n\n", "two"),
        ("", "pip said nothing."),
    ],
)
def test_an_unknown_failure_shows_its_telling_line(output: str, last: str) -> None:
    assert run.explain(output, Path("env"), Path("requirements.lock")) == (
        f"The environment in env could not be set up: {last}"
    )


def test_every_sentence_about_a_failure_says_what_to_do() -> None:
    for signs, sentence in run.REMEDIES:
        assert all(sign == sign.lower() for sign in signs)
        assert sentence.endswith(".")
        assert any(word in sentence for word in ("run the same command again", "do not trust"))


def test_a_new_environment_is_marked_only_when_all_is_installed(
    tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programs = Programs()
    monkeypatch.setattr(run, "run", programs)

    python = run.set_up(tmp_path / "env", lock)

    assert python == run.program(tmp_path / "env", "python")
    assert programs.started == ["venv", "ensurepip", "-r", "-e"]
    assert (run.mark(tmp_path / "env") or "").count(" ") == 1
    assert capsys.readouterr() == ("", "Setting up the environment (once, about a minute)…\n")


def test_a_second_call_does_nothing(
    tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "run", Programs())
    run.set_up(tmp_path / "env", lock)
    capsys.readouterr()
    programs = Programs()
    monkeypatch.setattr(run, "run", programs)

    run.set_up(tmp_path / "env", lock)

    assert programs.started == []
    assert capsys.readouterr() == ("", "")


def test_another_lock_is_installed_into_the_same_environment(
    tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run", Programs())
    run.set_up(tmp_path / "env", lock)
    before = run.mark(tmp_path / "env")
    lock.write_text("numpy==2.5.0 --hash=sha256:00\n", encoding="utf-8")
    programs = Programs()
    monkeypatch.setattr(run, "run", programs)

    run.set_up(tmp_path / "env", lock)

    assert programs.started == ["-c", "-r", "-e"]
    assert run.mark(tmp_path / "env") != before


def test_a_failed_install_is_done_again_from_nothing(
    environment: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "run", Programs(failing="-e", output=NO_NETWORK))
    (environment / "left-over.txt").touch()

    with pytest.raises(run.SetUpFailed, match="cannot be reached"):
        run.set_up(environment, lock)

    assert run.mark(environment) == run.UNFINISHED
    programs = Programs()
    monkeypatch.setattr(run, "run", programs)
    run.set_up(environment, lock)
    assert programs.started == ["venv", "ensurepip", "-r", "-e"]
    assert not (environment / "left-over.txt").exists()


def test_an_environment_of_another_python_is_rebuilt(
    environment: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs(failing="-c")
    monkeypatch.setattr(run, "run", programs)

    run.set_up(environment, lock)

    assert programs.started == ["-c", "venv", "ensurepip", "-r", "-e"]


def test_a_folder_that_cannot_be_used_is_one_sentence_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(run, "ENVIRONMENT", tmp_path / "file")

    assert run.main(["analyze"]) == 2

    said = capsys.readouterr().err
    assert said.startswith(f"The environment in {tmp_path / 'file'} could not be set up: ")
    assert said.count("\n") == 1


def test_only_one_call_at_a_time_sets_up_an_environment(tmp_path: Path) -> None:
    with run.own_turn(tmp_path / "env"), (tmp_path / "env" / run.TURN).open("ab") as other:
        assert not run.taken(other.fileno())

    with (tmp_path / "env" / run.TURN).open("ab") as other:
        assert run.taken(other.fileno())


def test_index_lines_are_taken_out_of_a_lock() -> None:
    lock = (
        "--index-url https://user:secret@mirror.example/simple\n"
        "--find-links /wheels\n"
        "-f /wheels\n"
        "numpy==2.4.6 \\\n"
        "    --hash=sha256:00\n"
        "    # via\n"
        "    #   pandas\n"
        "    # --extra-index-url https://mirror.example/simple\n"
    )

    assert run.without_indexes(lock) == (
        "numpy==2.4.6 \\\n    --hash=sha256:00\n    # via\n    #   pandas\n"
    )


@pytest.mark.parametrize(
    ("name", "names", "sentence"),
    [
        ("x", ["graph", "read"], "There is no benchmark 'x'; tests/benchmarks has: graph, read."),
        ("", ["read"], "Name a benchmark: run.py bench NAME; tests/benchmarks has: read."),
        ("x", [], "There is no benchmark 'x'; tests/benchmarks has: none yet."),
    ],
)
def test_an_unknown_benchmark_lists_those_there_are(
    name: str, names: list[str], sentence: str
) -> None:
    assert run.no_benchmark(name, names) == sentence


def test_an_unknown_benchmark_makes_no_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["bench", "no-such-benchmark"]) == 2
    assert "There is no benchmark 'no-such-benchmark'" in capsys.readouterr().err


def test_check_runs_every_check_and_shows_what_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ("python", "-c", "print('the reason'); raise SystemExit(3)")
    good = ("python", "-c", "print('not shown')")
    monkeypatch.setattr(run, "CHECKS", (("first", bad, good), ("second", good, good)))
    python = run.program(Path(sys.prefix), "python")

    assert run.check(python, fix=False) == 1
    assert capsys.readouterr().out == ("first         failed\nthe reason\n\nsecond        ok\n")
    assert run.check(python, fix=True) == 0
    assert capsys.readouterr().out == "first         ok\nsecond        ok\n"


def test_an_old_python_can_read_the_file_and_reaches_the_version_first() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))

    body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[1], ast.If)
    assert ast.unparse(body[1].test) == "sys.version_info < (3, 11)"
    assert ast.unparse(body[1].body[-1]) == "sys.exit(2)"


def test_the_file_imports_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))

    names = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert names <= sys.stdlib_module_names


@pytest.mark.skipif(
    Path(sys.prefix).resolve() != run.ENVIRONMENT.resolve(),
    reason="another environment than run.py's own runs the tests",
)
@pytest.mark.parametrize(("argument", "code"), [("--version", 0), ("no-such-command", 2)])
def test_anything_else_is_passed_on_with_its_exit_code(
    argument: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "typing.py").write_text("raise SystemExit(99)\n", encoding="utf-8")

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "run.py"), argument],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),  # noqa: TID251 - a child's environment, no setting
    )

    assert done.returncode == code, done.stderr
    if code == 0:
        assert done.stdout.startswith("tickmark ")
