"""Document properties: core, extended and custom ones."""

from __future__ import annotations

from collections.abc import Mapping

from tickmark.read.package import Package


def read_properties(
    _package: Package,
) -> tuple[Mapping[str, str], Mapping[str, str], tuple[str, ...]]:
    """The document's properties, those its users added, and sentences about unread ones."""
    return {}, {}, ()
