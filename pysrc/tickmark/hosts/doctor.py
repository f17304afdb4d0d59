"""Checks of the installation."""

from __future__ import annotations

import platform
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tickmark import __version__
from tickmark.errors import SettingError
from tickmark.read.office import office_name
from tickmark.report.wording import counted
from tickmark.settings import Settings, cache_file, find_key, load_settings
from tickmark.templates import template_folder
from tickmark.wiring import calibration, office

_CONVERTER = "libreoffice"
_COUNTS = "token counts"
_MODELS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One look: what was found, whether it is right, whether it has to be, and the fix."""

    name: str
    ok: bool
    found: str
    fix: str = ""
    needed: bool = True


def examine() -> tuple[Check, ...]:
    """All checks, in the order in which they matter; opens no connection."""
    return (
        _python(sys.version_info[:3], platform.python_version(), sys.executable),
        Check("tickmark", ok=True, found=__version__),
        _templates(template_folder()),
        _settings(),
        _cache(cache_file()),
        _token_counts(),
        _key(),
        _libreoffice(),
    )


def _python(version: tuple[int, ...], text: str, executable: str) -> Check:
    return Check(
        "python", version >= (3, 11), f"{text} ({executable})", "Install Python 3.11 or later."
    )


def _templates(folder: Path) -> Check:
    whole = (folder / "prompts").is_dir() and (folder / "reports").is_dir()
    return Check("templates", whole, str(folder), "Install Tickmark again; its templates are gone.")


def _settings() -> Check:
    try:
        settings = load_settings()
    except SettingError as error:
        return Check("settings", ok=False, found=str(error), fix="Mend the named values.")
    return Check(
        "settings",
        ok=True,
        found=f"model {settings.model}{_server(settings)}, limit {settings.max_cost:g} USD",
    )


def _server(settings: Settings) -> str:
    """Where questions go, if not straight to Anthropic."""
    through = f" through {settings.provider}" if settings.provider != "anthropic" else ""
    return f"{through} at {settings.base_url}" if settings.base_url else through


def _cache(path: Path) -> Check:
    fix = f"Make {path.parent} writable, or set TICKMARK_HOME to a folder that is."
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        probe = path.parent / ".probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Check("cache", ok=False, found=f"{path}: {error.strerror}", fix=fix)
    return Check("cache", ok=True, found=str(path))


def _token_counts() -> Check:
    """How far the estimate of tokens is from what providers count, for the models most asked."""
    with closing(calibration()) as record:
        ratios = record.learnt().ratios
    fix = "Delete the file; a new one is begun with the next call."
    if record.warning:
        return Check(_COUNTS, ok=False, found=record.warning, fix=fix, needed=False)
    most_asked = sorted(ratios.items(), key=lambda one: (-one[1].calls, one[0]))[:_MODELS_TOLD]
    told = (
        f"{model} {one.factor:.2f} times the estimate after {counted(one.calls, 'call')}"
        for model, one in most_asked
    )
    return Check(_COUNTS, ok=True, found="; ".join(told) or "as estimated, no calls so far")


def _key() -> Check:
    key = find_key()
    return Check(
        "api key",
        key is not None,
        str(key) if key else "not set: rules only",
        "Run `tickmark key set`, or set ANTHROPIC_API_KEY, to have a model explain.",
        needed=False,
    )


def _libreoffice() -> Check:
    """Whether the formulas of old formats can be read."""
    fix = "Install LibreOffice to have the formulas of .xls, .xlsb and .ods read."
    try:
        settings = load_settings()
    except SettingError:
        return Check(_CONVERTER, ok=False, found="not known, see settings", fix=fix, needed=False)
    try:
        found = office(settings)
    except SettingError as error:  # with which no run starts
        return Check(_CONVERTER, ok=False, found=str(error), fix="Mend the setting.")
    if found is not None:
        return Check(_CONVERTER, ok=True, found=f"{office_name(found.program)}, {found.program}")
    if settings.soffice:
        fix = "Take the setting soffice away to have the formulas of .xls, .xlsb and .ods read."
        return Check(_CONVERTER, ok=False, found="switched off", fix=fix, needed=False)
    return Check(_CONVERTER, ok=False, found="not found", fix=fix, needed=False)
