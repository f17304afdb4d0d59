"""Settings, places and the key: the only reader of environment, settings files and keychain."""

from __future__ import annotations

from tickmark.settings.key import KEYCHAIN_SERVICE, KEYCHAIN_USER, Key, find_key, store_key
from tickmark.settings.load import Settings, load_settings, project_file, setting_names
from tickmark.settings.places import (
    cache_file,
    converted_folder,
    debugging,
    label_folders,
    roaming_folder,
    state_folder,
    user_file,
)

__all__ = [
    "KEYCHAIN_SERVICE",
    "KEYCHAIN_USER",
    "Key",
    "Settings",
    "cache_file",
    "converted_folder",
    "debugging",
    "find_key",
    "label_folders",
    "load_settings",
    "project_file",
    "roaming_folder",
    "setting_names",
    "state_folder",
    "store_key",
    "user_file",
]
