"""`python -m tickmark` and the `tickmark` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from tickmark.hosts.cli.app import run  # noqa: PLC0415 - worker processes import this module too

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
