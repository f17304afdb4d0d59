"""Where files of Tickmark lie, and how it runs, by the environment."""

from __future__ import annotations

import os
from pathlib import Path


def user_file() -> Path:
    """The user's own settings file, whether it exists or not."""
    return _home("config") / "config.toml"


def cache_file() -> Path:
    """Where answers are kept, whether it exists or not."""
    return _home("cache") / "replies.sqlite"


def converted_folder() -> Path:
    """Where workbooks of old formats are kept as .xlsx, whether it exists or not."""
    return _home("cache") / "converted"


def state_folder() -> Path:
    """Where logs, locks and the record of spending are, whether it exists or not."""
    return _home("state")


def label_folders() -> tuple[Path, ...]:
    """Where the VBA of the add-in looks for the small texts that it shows, such as today's cost.

    Excel for Mac reads nothing outside its container.
    """
    if os.environ.get("TICKMARK_HOME"):
        return (state_folder(),)
    container = Path.home() / "Library" / "Containers" / "com.microsoft.Excel" / "Data"
    homes = (Path.home(), container) if container.is_dir() else (Path.home(),)
    return tuple(home / ".tickmark" for home in homes)


def roaming_folder() -> Path:
    """What Windows calls %APPDATA%, where Excel keeps its start-up folder."""
    import platformdirs  # noqa: PLC0415 - not needed for --help

    return platformdirs.user_data_path(roaming=True)


def _home(what: str) -> Path:
    """The user's folder for settings, state or caches; TICKMARK_HOME moves all."""
    home = os.environ.get("TICKMARK_HOME")
    if home:
        return Path(home) / what
    import platformdirs  # noqa: PLC0415 - not needed for --help

    if what == "state":
        return platformdirs.user_state_path("tickmark", appauthor=False)
    if what == "config":
        return platformdirs.user_config_path("tickmark", appauthor=False)
    return platformdirs.user_cache_path("tickmark", appauthor=False)


def debugging() -> bool:
    """Whether an unexpected error is to be shown whole instead of as a sentence."""
    return bool(os.environ.get("TICKMARK_DEBUG"))
