"""A LibreOffice that is a script of ours: what it writes, and what it was asked."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from tickmark.read.office import Office

_HEAD = """#!{python} -EsS
import json, os, pathlib, sys, time
told = pathlib.Path({log!r})
source = pathlib.Path(sys.argv[-1])
target = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1]) / "book.xlsx"
asked = {{"argv": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd(),
          "data": source.read_bytes().hex(), "profile": [str(one) for one in
          pathlib.Path(os.environ["HOME"]).rglob("*.xcu")]}}
with told.open("a") as out:
    out.write(json.dumps(asked) + "\\n")
made = pathlib.Path({made!r})
"""
COPY = "target.write_bytes(made.read_bytes())\n"


def fake_office(folder: Path, made: bytes = b"", *, body: str = COPY) -> Office:
    """An office in a folder whose program writes `made`, or does what the lines of `body` say."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (folder / "made").write_bytes(made)
    program = programs / "soffice"
    head = _HEAD.format(python=sys.executable, log=str(folder / "log"), made=str(folder / "made"))
    program.write_text(head + body, encoding="utf-8")
    program.chmod(0o755)
    (programs / "bootstraprc").write_text("[Bootstrap]\nProductKey=LibreOffice 9.1\n", "utf-8")
    return Office(program, folder / "converted")


def asked(folder: Path) -> list[dict[str, Any]]:
    """What the program was asked, each time that it ran."""
    log = folder / "log"
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def unzipped(data: bytes) -> dict[str, bytes | str]:
    """The parts of a package, to be changed before they are zipped again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
