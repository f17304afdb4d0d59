"""Colours on a terminal, where it has them and NO_COLOR does not forbid them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

_STYLES: Final = {
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold",
    "info": "dim",
    "title": "bold",
    "rule": "cyan",
    "muted": "dim",
}


def painter(stream: TextIO) -> Callable[[str, str], str]:
    """Paints a text in the look of a name, such as a severity; plain where there are no colours."""
    from rich.color import ColorSystem
    from rich.console import Console
    from rich.style import Style

    console = Console(file=stream)
    if not console.is_terminal or console.color_system is None:
        return lambda _look, text: text
    styles = {name: Style.parse(text) for name, text in _STYLES.items()}
    if console.no_color:
        styles = {name: style.without_color for name, style in styles.items()}
    return lambda look, text: styles[look].render(text, color_system=ColorSystem.STANDARD)
