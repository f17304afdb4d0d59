"""The LibreOffice of this machine: ours, as the reader asks it, and a plain one as the oracle."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tickmark.excel.libreoffice import find_libreoffice
from tickmark.read.office import Office


def real_office(folder: Path) -> Office:
    """The reader's, with its folder of converted files; skips the test where there is none."""
    found = find_libreoffice()
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return Office(found.tool("soffice"), folder / "converted")


def plainly_converted(office: Office, folder: Path, files: Sequence[Path], kind: str) -> list[Path]:
    """What the program makes of files by itself, with a new profile and no setting of ours."""
    inside, outside = folder / "in", folder / "out"
    inside.mkdir(parents=True)
    places = [inside / f"book{at}{path.suffix}" for at, path in enumerate(files)]
    for path, place in zip(files, places, strict=True):
        shutil.copyfile(path, place)
    subprocess.run(  # noqa: S603 - LibreOffice, with arguments of ours
        [
            str(office.program),
            *(
                "--headless",
                "--norestore",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            ),
            *("--convert-to", kind, "--outdir", str(outside), *map(str, places)),
        ],
        env={"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return [outside / f"{place.stem}.{kind}" for place in places]
