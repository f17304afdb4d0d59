"""`python -m tickmark.hosts.jobs TAG ID`: carry out one order, then end."""

from __future__ import annotations

import sys

from tickmark.hosts.jobs.work import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
