"""What the questions of a run went through, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tickmark.engine.bottlenecks import Bottlenecks
from tickmark.engine.trace import Trace
from tickmark.errors import InputError
from tickmark.report.timeline import timeline_html
from tickmark.report.timeline_chrome import chrome_trace
from tickmark.write.atomic_file import replacing

TIMELINE_FILE: Final = "timeline.html"
TRACE_FILE: Final = "trace.json"


def write_timeline(
    path: Path, trace: Trace, *, name: str = "", found: Bottlenecks | None = None
) -> None:
    """Write a trace: as the events that Perfetto reads for `.json`, else as a picture in HTML.

    `found` are its bottlenecks where they are known already. Raises InputError where the file
    cannot be written.
    """
    if path.suffix.lower() == ".json":
        text = "".join(chrome_trace(trace))
    else:
        text = timeline_html(trace, name=name, found=found)
    try:
        with replacing(path) as (_, stream):
            stream.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}); name another file."
        raise InputError(message) from error


def write_timelines(folder: Path, trace: Trace, found: Bottlenecks, *, name: str = "") -> None:
    """Write both files into the folder of a run. Raises InputError."""
    write_timeline(folder / TIMELINE_FILE, trace, name=name, found=found)
    write_timeline(folder / TRACE_FILE, trace, name=name)
