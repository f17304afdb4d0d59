"""Targets of external links as LibreOffice exports them, told as the file told them.

LibreOffice makes every path an absolute one, from the place where it met the file; that place is
a folder of ours, which tells nothing.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from typing import Final

from tickmark.model.workbook import ExternalLink
from tickmark.read.conversion import INSIDE, PREFIX

_OURS: Final = re.compile(rf"(?:file:)?/.*/{re.escape(PREFIX)}[^/]*/(?P<inside>.*)", re.DOTALL)


def told_link(link: ExternalLink) -> ExternalLink:
    """A link with the target that the file gives it."""
    if link.kind != "workbook":
        return link
    # A # of a name is escaped twice.
    target = link.target.replace("%2523", "%23")
    found = _OURS.fullmatch(target)
    if found is not None:
        target = posixpath.relpath(found["inside"] or ".", INSIDE)
    return replace(link, target=target)
