"""One headless LibreOffice with a profile and a pipe of its own, and the way to it over UNO."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ACTIVATION = Path(__file__).parent / "activation"

# Tells a Python process which office to talk to, and through which folder it speaks to the user.
FOLDER = "LIBREOFFICE_TEST_OFFICE"

_START_SECONDS = 60.0
_ATTEMPTS = 2
_DEBIAN = Path("/usr/lib/python3/dist-packages")

# Macros run unasked and no first-start dialogue waits for somebody: nobody is there.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/AutoSave">
<prop oor:name="Enabled" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/RecoveryInfo">
<prop oor:name="Enabled" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True, slots=True)
class Office:
    """A running soffice: its folder (profile, log, words with the user), pipe and process."""

    folder: Path
    pipe: str
    process: subprocess.Popen[bytes]

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a Python child whose xlwings works on this office."""
        paths = (ACTIVATION, *uno_paths(self.folder), ROOT, ROOT / "pysrc")
        return {
            **os.environ,  # noqa: TID251 - a child's environment, no setting
            "PYTHONPATH": os.pathsep.join(str(path) for path in paths),
            FOLDER: str(self.folder),
            **(more or {}),
        }


def home(folder: Path) -> Path:
    """The user's folder of Tickmark as the office and its macros know it."""
    return folder / "tickmark-home"


def program() -> Path | None:
    """The folder of LibreOffice's program files; None without LibreOffice."""
    found = shutil.which("soffice")
    return Path(found).resolve().parent if found else None


def missing() -> str:
    """Why this interpreter cannot work with a LibreOffice; empty when it can."""
    folder = program()
    if folder is None:
        return "LibreOffice (soffice) is not installed"
    if _uno_module(folder) is None or not (folder / "libpyuno.so").is_file():
        return "LibreOffice's Python bridge (python3-uno) is not installed"
    built_for = set(re.findall(rb"libpython3\.(\d+)", (folder / "libpyuno.so").read_bytes()))
    if built_for and str(sys.version_info.minor).encode() not in built_for:
        minors = ", ".join(f"3.{minor.decode()}" for minor in sorted(built_for))
        return f"LibreOffice's Python bridge is for Python {minors}, not for this one"
    return ""


def uno_paths(folder: Path) -> tuple[Path, Path]:
    """What goes on the path for `import uno`: links to two modules, and LibreOffice's programs.

    The links keep all other packages of the system's Python out.
    """
    programs = program()
    module = _uno_module(programs) if programs else None
    if programs is None or module is None:
        raise FileNotFoundError(missing())
    links = folder / "uno"
    links.mkdir(parents=True, exist_ok=True)
    for name in ("uno.py", "unohelper.py"):
        link = links / name
        if not link.is_symlink():
            with contextlib.suppress(FileExistsError):  # another process was quicker
                link.symlink_to(module.parent / name)
    return links, programs


def load_uno(folder: Path) -> Any:
    """The module `uno`, without its replacement of `__import__`."""
    for path in uno_paths(folder):
        if str(path) not in sys.path:
            sys.path.append(str(path))
    kept = builtins.__import__
    try:
        return importlib.import_module("uno")
    finally:
        builtins.__import__ = kept


def connect(folder: Path, pipe: str, seconds: float = _START_SECONDS) -> Any:
    """The component context of the office behind a pipe; raises TimeoutError."""
    uno = load_uno(folder)
    local = uno.getComponentContext()
    name = "com.sun.star.bridge.UnoUrlResolver"
    resolver = local.ServiceManager.createInstanceWithContext(name, local)
    end = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            if time.monotonic() > end:
                message = f"no office answers on the pipe {pipe}"
                raise TimeoutError(message) from None
            time.sleep(0.1)


def start(folder: Path) -> Office:
    """Starts an office in a folder and waits until it answers; raises TimeoutError."""
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in range(_ATTEMPTS):
        office = _launch(folder)
        (folder / "pipe").write_text(f"{office.pipe} {office.process.pid}", encoding="ascii")
        try:
            connect(folder, office.pipe)
        except TimeoutError:
            stop(office)
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return office
    raise AssertionError("unreachable")


def stop(office: Office) -> None:
    """Ends an office with all its processes; one that has ended is fine."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(office.process.pid, end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            office.process.wait(timeout=10.0)
            break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(office.process.pid, signal.SIGKILL)  # the program behind its starting script


def _uno_module(programs: Path) -> Path | None:
    """The module uno.py: beside the programs, or where Debian puts it."""
    places = (programs / "uno.py", _DEBIAN / "uno.py")
    return next((path for path in places if path.is_file()), None)


def _launch(folder: Path) -> Office:
    """An office that has been started and may not answer yet."""
    profile = folder / "profile"
    user = profile / "user"
    user.mkdir(parents=True, exist_ok=True)
    (profile / ".lock").unlink(missing_ok=True)
    (user / ".lock").unlink(missing_ok=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    pipe = f"tickmark{uuid.uuid4().hex[:12]}"
    command = [
        *("soffice", "--headless", "--invisible", "--norestore", "--nodefault", "--nologo"),
        f"-env:UserInstallation={profile.as_uri()}",
        f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
    ]
    with (folder / "office.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - LibreOffice, with arguments of ours
            command,
            env={
                **os.environ,  # noqa: TID251 - a child's
                "TICKMARK_HOME": str(home(folder)),
                # The Python inside LibreOffice takes its library from the first python3 on it.
                "PATH": os.defpath,
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return Office(folder, pipe, process)
