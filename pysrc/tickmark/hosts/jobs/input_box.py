"""A question to the user that is answered by typing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from xlwings import App

TITLE: Final = "Tickmark"
_TEXT: Final = 2
"""Excel's number for an answer that is a text, whatever it looks like."""

# The words come as arguments, so that none of them is read as AppleScript.
_SCRIPT: Final = (
    "on run argv\n"
    'set answer to display dialog (item 1 of argv) with title (item 2 of argv) default answer ""'
    "\nreturn text returned of answer\nend run"
)


def ask_user(app: App, prompt: str) -> str:
    """What the user typed; "" where nothing was typed or the question was waved away."""
    if sys.platform == "darwin":
        return _ask_on_mac(prompt)
    own = getattr(app.impl, "input_box", None)
    answer: object
    if callable(own):
        answer = own(prompt, TITLE)
    else:  # Windows: no public member of xlwings asks for a text
        answer = app.api.InputBox(Prompt=prompt, Title=TITLE, Type=_TEXT)
    return answer if isinstance(answer, str) else ""


def _ask_on_mac(prompt: str) -> str:
    done = subprocess.run(  # noqa: S603 - a constant script, our own words as its arguments
        ["/usr/bin/osascript", "-e", _SCRIPT, prompt, TITLE],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""
