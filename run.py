"""Makes the environment where it is missing, then runs Tickmark, its tests or its checks.

::

    python run.py                    what Tickmark can do
    python run.py analyze FOLDER     any command of Tickmark
    python run.py test [ARGUMENTS]   the tests, several at once; with ARGUMENTS pytest as they say
    python run.py check [--fix]      format, lint, types, layers, dependencies, generated docs
    python run.py bench NAME         tests/benchmarks/NAME.py, in an environment of its own
    python run.py lock [--upgrade]   writes the lock files anew; arguments go to uv

Standard library only, for Linux, macOS and Windows. The syntax stays that of Python 3.6, so that
an old Python can still say which one is needed. pip's own settings (index, proxy, certificates)
hold; no other variable of the environment is read. Exit code 2 tells that the set-up failed.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - it is an older Python that has to read this
    print(
        f"Tickmark needs Python 3.11 or newer and this is Python {sys.version_info[0]}."
        f"{sys.version_info[1]}; run it as `python3.11 run.py` (Windows: `py -3.11 run.py`), "
        "or get a newer one from https://www.python.org/downloads/.",
        file=sys.stderr,
    )
    sys.exit(2)

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / ".venv"
BENCHMARKS = ROOT / "tests" / "benchmarks"
BENCHMARK_LOCK = BENCHMARKS / "requirements.lock"

MARK = "tickmark-stamp"
TURN = "tickmark-turn"
UNFINISHED = "unfinished"
TAG = sys.implementation.cache_tag

PIP_INSTALL = (
    *("-I", "-m", "pip", "install", "--no-input", "--no-user", "--no-color"),
    *("--progress-bar", "off", "--disable-pip-version-check", "--no-warn-script-location"),
)
UV_COMPILE = (
    *("pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--quiet", "--python", sys.executable),
)
LOCKS = (
    (LOCK, ("pyproject.toml", "--group", "dev")),
    (BENCHMARK_LOCK, ("pyproject.toml", "tests/benchmarks/requirements.in")),
)
INDEX_OPTIONS = ("-i ", "-f ", "--index-url", "--extra-index-url", "--find-links", "--trusted-host")

# All tests of a file run in one process, so that they share what is costly to make.
AT_ONCE = ("-n", "auto", "--dist", "loadfile")

LAYERS = ("lint-imports", "--no-cache", "--no-logo")
# Title, what checks, what mends.
CHECKS = (
    ("format", ("ruff", "format", "--check", "."), ("ruff", "format", ".")),
    ("lint", ("ruff", "check", "."), ("ruff", "check", "--fix", ".")),
    ("types", ("mypy",), ("mypy",)),
    ("layers", LAYERS, LAYERS),
    ("dependencies", ("deptry", "."), ("deptry", ".")),
    ("docs", ("python", "docs/generate.py", "--check"), ("python", "docs/generate.py")),
)

# What pip, venv or the system say, in lower case, and the sentence for it; the first match counts.
REMEDIES = (
    (
        ("ensurepip is not available", "no module named venv", "no module named ensurepip"),
        (
            "This Python lacks the venv module; install it (Debian, Ubuntu: `sudo apt install "
            "python3-venv`) and run the same command again."
        ),
    ),
    (
        ("do not match the hashes",),
        (
            "A downloaded package differs from its hash in {lock}, so nothing was installed; clear "
            "pip's cache with `python -m pip cache purge`, and if that does not help, do not trust "
            "the package index in use."
        ),
    ),
    (
        ("no space left on device", "not enough space on the disk", "disk quota exceeded"),
        "The disk is full; free about 1 GB and run the same command again.",
    ),
    (
        ("permission denied", "read-only file system", "access is denied"),
        (
            "{folder} cannot be written; close the programs that use it, or put the project where "
            "you may write, and run the same command again."
        ),
    ),
    (
        ("certificate_verify_failed", "certificate verify failed"),
        (
            "The package index shows a certificate that this machine does not trust; name the one "
            "of your organisation with `python -m pip config set global.cert FILE` and run the "
            "same command again."
        ),
    ),
    (
        (
            *("connection refused", "connection reset", "newconnectionerror", "proxyerror"),
            *("getaddrinfo failed", "name or service not known", "name resolution"),
            *("network is unreachable", "cannot connect to proxy", "timed out"),
        ),
        (
            "The package index cannot be reached; connect to the internet, or name an index within "
            "reach with `python -m pip config set global.index-url URL`, and run the same command "
            "again."
        ),
    ),
    (
        ("no matching distribution found",),
        (
            "The package index in use does not offer all that {lock} names; name a complete one "
            "with `python -m pip config set global.index-url URL` and run the same command again."
        ),
    ),
)


class SetUpFailed(Exception):
    """The environment could not be made; the text is one sentence that says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code, where the command did not take over this process."""
    try:
        return dispatch(*(arguments or ["--help"]))
    except SetUpFailed as failure:
        say(str(failure))
        return 2
    except KeyboardInterrupt:
        say("Interrupted; run the same command again to go on.")
        return 130


def dispatch(command: str, *arguments: str) -> int:
    """Run one of the commands named above, or pass it on to Tickmark."""
    if command in {"check", "bench", "lock"} and "--help" in arguments:
        print(__doc__.rstrip())
        return 0
    if command == "bench":
        return bench(*arguments)
    if command == "lock":
        return write_locks(arguments)
    python = set_up(ENVIRONMENT, LOCK)
    if command == "check":
        return check(python, fix="--fix" in arguments)
    if command == "test":
        return hand_over(python, "-m", "pytest", *(arguments or AT_ONCE), folder=ROOT)
    # -P: a file of the user's folder that is named like a library is not imported.
    return hand_over(python, "-P", "-m", "tickmark", command, *arguments)


def check(python: Path, *, fix: bool) -> int:
    """Run every check and say how it ended; 1 if any failed. `fix` mends what a program can."""
    failed = 0
    for title, plain, mending in CHECKS:
        name, *arguments = mending if fix else plain
        done = run(program(python.parent.parent, name), *arguments)
        print(f"{title:<14}{'failed' if done.returncode else 'ok'}", flush=True)
        if done.returncode:
            failed = 1
            print(done.stdout.rstrip() + "\n", flush=True)
    return failed


def bench(name: str = "", *arguments: str) -> int:
    """Run one benchmark beside its peers, in an environment that is made only now."""
    names = sorted(path.stem for path in BENCHMARKS.glob("*.py"))
    if name not in names:
        say(no_benchmark(name, names))
        return 2
    python = set_up(ROOT / ".venv-bench", BENCHMARK_LOCK)
    return hand_over(python, str(BENCHMARKS / f"{name}.py"), *arguments, folder=ROOT)


def write_locks(arguments: Sequence[str]) -> int:
    """Write the lock files anew with uv, which is fetched for the moment where it is missing."""
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv")
        if uv is None:
            say("Fetching uv for the moment…")
            make(Path(folder), LOCK)
            python = program(Path(folder), "python")
            demand(Path(folder), LOCK, run(python, *PIP_INSTALL, "uv"))
            uv = str(program(Path(folder), "uv"))
        for lock, sources in LOCKS:
            done = run(uv, *UV_COMPILE, *sources, *arguments, "-o", str(lock.relative_to(ROOT)))
            if done.stdout or done.returncode:
                say(done.stdout.rstrip())
                return 2
            text = without_indexes(lock.read_text(encoding="utf-8"))
            lock.write_text(text, encoding="utf-8", newline="\n")
            say(f"Wrote {lock.relative_to(ROOT)}.")
    return 0


def hand_over(python: Path, *arguments: str, folder: Path | None = None) -> int:
    """Become the command; on Windows, which knows no such thing, wait for its end.

    Either way Ctrl-C reaches the command itself, which alone decides how it ends.
    """
    if folder is not None:
        os.chdir(folder)
    command = [str(python), *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - a shell has no place here
    with subprocess.Popen(command) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()


def set_up(folder: Path, lock: Path) -> Path:
    """Python of an environment, which is made or brought up to date first where that is needed.

    Called by that very Python, it takes the environment as it is: nobody rebuilds the ground he
    stands on. Raises SetUpFailed.
    """
    python = program(folder, "python")
    if Path(sys.prefix).resolve() == folder.resolve():
        return python
    try:
        contents = (ROOT / "pyproject.toml").read_bytes(), lock.read_bytes()
        wanted = stamp(f"{TAG} {sys.platform}", str(folder), *contents)
        if next_step(wanted, mark(folder), usable=python.is_file()) != "ready":
            with own_turn(folder) as turn:
                step = next_step(wanted, mark(folder), usable=python.is_file())
                if step != "ready":
                    build(folder, lock, turn, anew=step == "rebuild")
                    (folder / MARK).write_text(wanted, encoding="ascii")
    except OSError as error:
        raise SetUpFailed(explain(str(error), folder, lock)) from error
    return python


def next_step(wanted: str, found: str | None, *, usable: bool) -> str:
    """`ready`, `install` (into what is there) or `rebuild` (from nothing).

    `found` is the mark in the environment, None where it has none: made by somebody else, it is
    added to and not thrown away. `usable` tells whether it has a Python at all.
    """
    if not usable or found == UNFINISHED:
        return "rebuild"
    if found == wanted:
        return "ready"
    if found is None or found.split()[:1] == wanted.split()[:1]:
        return "install"
    return "rebuild"


def stamp(kind: str, folder: str, *contents: bytes) -> str:
    """Mark of a finished environment: a word for its Python and place, a word for what is in it."""
    place = hashlib.sha256(f"{kind}\0{folder}".encode("utf-8", "surrogateescape"))
    inside = hashlib.sha256()
    for content in contents:
        inside.update(b"%d:%b" % (len(content), content))
    return f"{place.hexdigest()[:16]} {inside.hexdigest()[:32]}"


def mark(folder: Path) -> str | None:
    """The mark in an environment; None where it has none."""
    try:
        return (folder / MARK).read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def explain(output: str, folder: Path, lock: Path) -> str:
    """One sentence that says what to do about what pip, venv or the system said."""
    said = " ".join(output.lower().split())
    for signs, remedy in REMEDIES:
        if any(sign in said for sign in signs):
            return remedy.format(folder=folder, lock=lock.name)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith("error:")] or lines
    last = telling[-1] if telling else "pip said nothing."
    return f"The environment in {folder} could not be set up: {last}"


def without_indexes(lock: str) -> str:
    """The text of a lock file without the lines that name a package index or a wheel folder."""
    lines = lock.splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip("# \t").startswith(INDEX_OPTIONS))


def no_benchmark(name: str, names: Sequence[str]) -> str:
    """The sentence for a benchmark that does not exist."""
    known = ", ".join(names) if names else "none yet"
    asked = f"There is no benchmark {name!r}" if name else "Name a benchmark: run.py bench NAME"
    return f"{asked}; tests/benchmarks has: {known}."


def build(folder: Path, lock: Path, turn: int, *, anew: bool) -> None:
    """Install what the lock names, and the project; the mark says unfinished while this lasts."""
    say("Setting up the environment (once, about a minute)…")
    python = program(folder, "python")
    (folder / MARK).write_text(UNFINISHED, encoding="ascii")
    same = f"import pip, sys; sys.exit(sys.implementation.cache_tag != {TAG!r})"
    if anew or run(python, "-I", "-c", same).returncode:
        empty(folder)
        make(folder, lock)
    project = ("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    for wish in (("--require-hashes", "-r", str(lock)), project):
        demand(folder, lock, run(python, *PIP_INSTALL, *wish, turn=turn))


def empty(folder: Path) -> None:
    """Remove all of an environment but the two files that guard its making."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in (MARK, TURN):
            entry.unlink()


def make(folder: Path, lock: Path) -> None:
    """Make an environment that has nothing but pip."""
    bare = run(sys.executable, "-I", "-m", "venv", "--without-pip", str(folder))
    demand(folder, lock, bare)
    # venv could call ensurepip itself, but then hides what went wrong.
    python = program(folder, "python")
    demand(folder, lock, run(python, "-I", "-m", "ensurepip", "--upgrade", "--default-pip"))


def run(program: Path | str, *arguments: str, turn: int = -1) -> "subprocess.CompletedProcess[str]":
    """Run a program in the project's folder and keep what it says.

    `turn` is handed down, so that a child that outlives this process keeps its turn.
    """
    return subprocess.run(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        cwd=ROOT,
        pass_fds=() if turn < 0 or os.name == "nt" else (turn,),
    )


def demand(folder: Path, lock: Path, done: "subprocess.CompletedProcess[str]") -> None:
    """Raise SetUpFailed where a program has failed."""
    if done.returncode:
        raise SetUpFailed(explain(done.stdout, folder, lock))


@contextlib.contextmanager
def own_turn(folder: Path) -> Iterator[int]:
    """Wait until no other call sets up this environment; the lock goes with its process."""
    folder.mkdir(exist_ok=True)
    with (folder / TURN).open("ab") as file:
        told = False
        while not taken(file.fileno()):
            if not told:
                say("Another call is setting up the environment; waiting for it…")
                told = True
            time.sleep(0.2)
        yield file.fileno()


def taken(turn: int) -> bool:
    """Try to lock an open file; False while another process holds it."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(turn, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: nobody else can wait either
    return True


def program(folder: Path, name: str) -> Path:
    """Path of a program in an environment."""
    if os.name == "nt":
        return folder / "Scripts" / f"{name}.exe"
    return folder / "bin" / name


def say(text: str) -> None:
    """Talk goes to stderr; stdout belongs to the command."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
