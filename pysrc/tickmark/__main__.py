"""`python -m tickmark` and the `tickmark` command."""

from __future__ import annotations

import io
import os
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    from tickmark.hosts.cli.app import hang_up, run  # noqa: PLC0415 - worker processes import this module too

    for stream in (sys.stdout, sys.stderr):
        # Names of files and sheets hold what a terminal or a pipe may not be able to show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
    if code == INTERRUPTED:
        # The interpreter would wait for the threads of calls under way.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
