"""`python -m tickmark` and the `tickmark` command."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    from tickmark.hosts.cli import output  # noqa: PLC0415 - worker processes import this module too
    from tickmark.hosts.cli.app import run  # noqa: PLC0415 - as above

    output.show_all()
    code = run(sys.argv[1:])
    output.flush()
    if code == INTERRUPTED:
        # The interpreter would wait for the threads of calls under way.
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
