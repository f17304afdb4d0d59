"""VBA projects as oletools reads them, which knows nothing of how they are written."""

from __future__ import annotations

import io
import warnings
import zipfile
from importlib.util import find_spec
from pathlib import Path

import olefile

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of the parser that oletools uses
    from oletools.olevba import VBA_Parser, decompress_stream


def sources(project: bytes) -> dict[str, str]:
    """Code of each module as olevba extracts it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parser = VBA_Parser("vbaProject.bin", data=project)
        try:
            return {path.rpartition("/")[2]: code for _, path, _, code in parser.extract_macros()}
        finally:
            parser.close()


def decompressed(content: bytes) -> bytes:
    """A compressed stream as oletools reads it."""
    return bytes(decompress_stream(bytearray(content)))


def stream(project: bytes, *path: str) -> bytes:
    """One stream of a project."""
    with olefile.OleFileIO(io.BytesIO(project)) as file:
        return bytes(file.openstream(list(path)).read())


def project_of(addin: bytes) -> bytes:
    """The VBA project of an add-in."""
    with zipfile.ZipFile(io.BytesIO(addin)) as archive:
        return archive.read("xl/vbaProject.bin")


def shipped(name: str) -> bytes:
    """The VBA project of an add-in that xlwings brings."""
    spec = find_spec("xlwings")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return project_of(Path(spec.submodule_search_locations[0], name).read_bytes())
