"""The help page of the add-in, made on this computer: buttons and worksheet functions."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

from tickmark import __version__
from tickmark.excel.functions import FUNCTIONS, Function
from tickmark.hosts.private_file import write_private_text
from tickmark.settings import state_folder, user_file

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b2733;background:#fff}h1,h2{line-height:1.2}dt{font-weight:600;margin-top:1rem}"
    "code{background:#eef1f4;padding:.1rem .3rem;border-radius:3px}dd{margin-left:0}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#14191e}"
    "code{background:#26303a}}"
)
_BUTTONS: Final = (
    ("Analyze sheet, Analyze workbook",
     ("A new sheet with findings of fixed rules and, with a key, what a model makes of the visible "
     "cells, each citation checked by code. Without a key rules only.")),
    ("Explain selection, Ask…",
     "An answer about the selected cells on a new sheet, with links to the cells it cites."),
    ("Audit sheet, Audit workbook",
     "A new sheet with the findings of fixed rules. Sends nothing."),
    ("Previous finding, Next finding", "Selects the cells of one finding after another."),
    ("Run queued, Pause or resume, Refresh",
     ("Let worksheet functions that wait for consent ask, hold all of them, or show anew what has "
     "come in.")),
    ("Freeze to values",
     "Turns LLM formulas into values; pressed on the same cells again it brings them back."),
    ("Cost today, Estimate", "What was spent, and what an analysis would cost. Send nothing."),
    ("Report, Log, Settings, Doctor",
     "The page of the last run, what happened, your settings, and the checks of the installation."),
    ("Remove results", "Deletes every sheet that Tickmark wrote, after asking once."),
)  # fmt: skip


def help_page() -> Path:
    """Write the page and give back where it is. Raises OSError."""
    path = state_folder() / "help.html"
    write_private_text(path, help_html())
    return path


def help_html() -> str:
    """The page: no script, nothing from the network."""
    buttons = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in _BUTTONS)
    functions = "".join(map(_function, FUNCTIONS))
    settings = escape(str(user_file()))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Tickmark help</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style><h1>Tickmark {escape(__version__)}</h1>"
        "<p>Rules find, a language model explains, code checks what it cites. Your cells are never "
        "changed, except by Freeze to values.</p>"
        f"<h2>Buttons</h2><dl>{buttons}</dl><h2>Worksheet functions</h2><dl>{functions}</dl>"
        "<h2>Key and settings</h2><p>Run <code>tickmark key set</code> once in a terminal; the key "
        "rests in the keychain of the system. Settings are in "
        f"<code>{settings}</code>.</p></html>\n"
    )


def _function(one: Function) -> str:
    arguments = "".join(
        f"<li><code>{escape(a.name)}</code>: {escape(a.help)}</li>" for a in one.arguments
    )
    return (
        f"<dt><code>={escape(one.signature)}</code></dt><dd>{escape(one.help)}<ul>{arguments}</ul>"
        f"Asks the model: {escape(one.asks.value)}. Gives: {escape(one.returns)}. "
        f"Example: <code>{escape(one.example)}</code></dd>"
    )
