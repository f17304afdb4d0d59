"""What the ribbon calls through RunPython: one entry for all buttons."""

from __future__ import annotations

from tickmark.hosts.buttons import BUTTONS


def pressed(tag: str) -> None:
    """Do what the button with this tag is for; raises ValueError for a tag of no button."""
    if tag not in BUTTONS:
        message = f"{tag!r} is no button of Tickmark."
        raise ValueError(message)
    from tickmark.hosts.ribbon import press  # noqa: PLC0415 - only for a known button

    press(tag)
