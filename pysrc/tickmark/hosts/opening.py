"""Files of ours opened for the user: pages in the browser, texts and folders in their programs."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from pathlib import Path

from tickmark.errors import InputError


def open_page(path: Path) -> None:
    """Show an HTML file of ours in the user's browser. Raises InputError."""
    if not webbrowser.open(path.as_uri()):
        raise InputError(f"No browser can be opened; open {path} yourself.")


def open_text(path: Path) -> None:
    """Show a text file of ours in the user's editor, without a shell. Raises InputError."""
    try:
        if sys.platform == "win32":
            subprocess.Popen(["notepad.exe", str(path)])  # noqa: S603, S607 - part of Windows
        elif sys.platform == "darwin":
            subprocess.run(["/usr/bin/open", "-t", str(path)], check=True)  # noqa: S603 - our own file
        else:
            open_page(path)
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(f"No editor can be opened; open {path} yourself.") from error
