"""The extension in the user's LibreOffice: found, installed, removed, checked."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from tickmark.errors import InputError, WriteRefused
from tickmark.excel.check import Check, failed, not_applicable, ok, unknown
from tickmark.excel.oxt import FILE_NAME, IDENTIFIER

REINSTALL: Final = "Close LibreOffice and run `tickmark excel install --libreoffice`."
BACKEND_MODULE: Final = "tickmark.hosts.functions.pipe"

_SECONDS: Final = 180.0
_PLACES: Final = {
    "win32": (
        Path("C:/Program Files/LibreOffice/program"),
        Path("C:/Program Files (x86)/LibreOffice/program"),
    ),
    "darwin": (
        Path("/Applications/LibreOffice.app/Contents/MacOS"),
        Path.home() / "Applications/LibreOffice.app/Contents/MacOS",
    ),
    "linux": (
        Path("/usr/lib/libreoffice/program"),
        Path("/usr/lib64/libreoffice/program"),
        *sorted(Path("/opt").glob("libreoffice*/program"), reverse=True),
    ),
}


@dataclass(frozen=True, slots=True)
class LibreOffice:
    """An installation; `profile` is the folder of a user's profile, None for the usual one."""

    program: Path
    profile: Path | None = None

    def tool(self, name: str) -> Path:
        """A program of it; on Windows the one that speaks to its caller."""
        return self.program / (f"{name}.com" if sys.platform == "win32" else name)

    @property
    def profile_option(self) -> tuple[str, ...]:
        """What tells its programs the profile."""
        if self.profile is None:
            return ()
        return (f"-env:UserInstallation={self.profile.resolve().as_uri()}",)


def backend_command(interpreter: str = sys.executable) -> tuple[str, ...]:
    """What starts the backend process.

    Nothing of LibreOffice's environment or of its working folder, which may be a stranger's, has a
    say in what Python loads.
    """
    return (interpreter, "-E", "-P", "-m", BACKEND_MODULE)


def find_libreoffice(which: Callable[[str], str | None] = shutil.which) -> LibreOffice | None:
    """The installation of this machine: the one on the path, else at the usual places."""
    found = which("soffice") or which("libreoffice")
    usual = next((places for name, places in _PLACES.items() if sys.platform == name), ())
    folders = ((Path(found).resolve().parent,) if found else ()) + usual
    for folder in folders:
        office = LibreOffice(folder)
        if office.tool("unopkg").exists():
            return office
    return None


def needed_libreoffice(which: Callable[[str], str | None] = shutil.which) -> LibreOffice:
    """The installation of this machine. Raises InputError where there is none."""
    office = find_libreoffice(which)
    if office is None:
        raise InputError(
            "LibreOffice was not found; install it, or put the folder of its soffice on the PATH."
        )
    return office


def install(office: LibreOffice, extension: bytes) -> None:
    """Install the extension, in place of an earlier one. Raises WriteRefused."""
    with tempfile.TemporaryDirectory(prefix="tickmark-") as folder:
        path = Path(folder) / FILE_NAME
        path.write_bytes(extension)
        if _unopkg_refuses():
            _deploy(office, "add", path)
            return
        ran = _unopkg(office, "add", "--force", "--suppress-license", str(path))
        if ran.returncode:
            message = (
                f"LibreOffice did not take the extension ({_reason(ran)}); close LibreOffice and "
                "try again."
            )
            raise WriteRefused(message)


def uninstall(office: LibreOffice) -> bool:
    """Remove the extension; whether there was one. Raises WriteRefused."""
    if _unopkg_refuses():
        return "no such extension" not in _deploy(office, "remove", Path(FILE_NAME))
    ran = _unopkg(office, "remove", IDENTIFIER)
    if ran.returncode and "no such extension" not in _text(ran):
        message = (
            f"LibreOffice did not remove the extension ({_reason(ran)}); close LibreOffice and "
            "try again."
        )
        raise WriteRefused(message)
    return ran.returncode == 0


def installed_version(office: LibreOffice) -> str | None:
    """The version of the installed extension; "" for none, None where nobody tells."""
    if _unopkg_refuses():
        return None
    ran = _unopkg(office, "list", IDENTIFIER)
    lines = [line.strip() for line in _text(ran).splitlines()]
    return next((line[8:].strip() for line in lines if line.startswith("Version:")), "")


def examine(
    office: LibreOffice | None,
    version: str,
    *,
    installed: Callable[[LibreOffice], str | None] = installed_version,
    answers: Callable[[], str] | None = None,
) -> tuple[Check, ...]:
    """Whether the extension is there and what it starts answers; nothing where it was not wanted.

    `answers` gives back why the backend process does not start, "" if it does.
    """
    if office is None:
        return (not_applicable("libreoffice", "no LibreOffice was found"),)
    found = installed(office)
    if found is None:
        text = "its tool says nothing to root"
        return (unknown("libreoffice", text, "Run the doctor as LibreOffice's user."),)
    if not found:
        return (not_applicable("libreoffice", "the extension is not installed"),)
    if found != version:
        text = f"the extension is of Tickmark {found}, this is {version}"
        return (failed("libreoffice", text, REINSTALL),)
    problem = (answers or _backend_problem)()
    if problem:
        return (failed("libreoffice", f"the backend does not start: {problem}", REINSTALL),)
    return (ok("libreoffice", f"the extension of Tickmark {version}; its backend answers"),)


def _backend_problem() -> str:
    """Why the backend process does not come to reading requests; "" if it does."""
    try:
        ran = subprocess.run(  # noqa: S603 - this Python, with our module
            backend_command(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return "" if b'"ready"' in ran.stdout else _reason(ran)


def _unopkg(office: LibreOffice, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [str(office.tool("unopkg")), *arguments, *office.profile_option]
    return _run(command)


def _unopkg_refuses() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _deploy(office: LibreOffice, action: str, path: Path) -> str:
    """The same for root, whom unopkg refuses: a LibreOffice without windows does it itself."""
    pipe = f"tickmark{secrets.token_hex(8)}"
    running = subprocess.Popen(  # noqa: S603 - LibreOffice, with arguments of ours
        [
            # The Python inside LibreOffice takes its library from the first python3 on the path.
            *("/usr/bin/env", "-u", "PYTHONHOME", "-u", "PYTHONPATH", f"PATH={os.defpath}"),
            str(office.tool("soffice")),
            *("--headless", "--invisible", "--norestore", "--nodefault", "--nologo"),
            f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
            *office.profile_option,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with as_file(files("xlwings_addin") / "calc" / "deploy.py") as script:
            ran = _run([_python(office), str(script), pipe, action, str(path), IDENTIFIER])
        if ran.returncode:
            message = f"LibreOffice did not {action} the extension ({_reason(ran)})."
            raise WriteRefused(message)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(_SECONDS)
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait()
    return _text(ran)


def _python(office: LibreOffice) -> str:
    """The Python that can speak to it: its own, or on Linux that of the system."""
    own = office.program / "python"
    return str(own) if own.exists() else "/usr/bin/python3"


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Raises WriteRefused where the program cannot be run or does not end."""
    try:
        return subprocess.run(  # noqa: S603 - a program of LibreOffice
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        message = f"{command[0]} cannot be run: {error.strerror}."
        raise WriteRefused(message) from error
    except subprocess.TimeoutExpired as error:
        message = f"{command[0]} did not end within {_SECONDS:.0f} seconds; close LibreOffice."
        raise WriteRefused(message) from error


def _text(ran: subprocess.CompletedProcess[bytes]) -> str:
    return (ran.stdout + ran.stderr).decode("utf-8", "replace")


def _reason(ran: subprocess.CompletedProcess[bytes]) -> str:
    """The last line that a program said, else its exit code."""
    lines = [line.strip() for line in _text(ran).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    said = (errors or lines or [""])[0 if errors else -1].removeprefix("ERROR: ")
    return said.rstrip(".")[:200] or f"exit code {ran.returncode}"
