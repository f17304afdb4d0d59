"""The settings of the LibreOffice that converts: no macros, no links, no network, no recalculation.

They are written into a profile that lives as long as one conversion, so that the user's own
settings neither matter nor change. What they cannot switch off is caught by a proxy that is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FILE: Final = "registrymodifications.xcu"

_LINKS_NEVER: Final = 1  # ScLkUpdMode: 0 always, 1 never, 2 asks
_RECALCULATE_NEVER: Final = 1
_PROXY_BY_HAND: Final = 2
_NOBODY: Final = "127.0.0.1"
_DISCARD: Final = 9  # the port of a service that no machine runs any more

_OFFICE = "/org.openoffice.Office."
_PROXY = "/org.openoffice.Inet/Settings"

_SETTINGS: Final[Mapping[tuple[str, str], bool | int | str]] = {
    (_OFFICE + "Common/Security/Scripting", "DisableMacrosExecution"): True,
    (_OFFICE + "Common/Security/Scripting", "MacroSecurityLevel"): 3,
    (_OFFICE + "Common/Security/Scripting", "BlockUntrustedRefererLinks"): True,
    (_OFFICE + "Common/Security/Scripting", "DisableActiveContent"): True,
    (_OFFICE + "Common/Save/URL", "FileSystem"): False,
    (_OFFICE + "Common/Save/URL", "Internet"): False,
    (_OFFICE + "Common/Misc", "FirstRun"): False,
    (_OFFICE + "Common/Misc", "UseOpenCL"): False,
    (_OFFICE + "Common/Misc", "CollectUsageInformation"): False,
    (_OFFICE + "Common/Misc", "CrashReport"): False,
    (_OFFICE + "Recovery/AutoSave", "Enabled"): False,
    (_OFFICE + "Recovery/RecoveryInfo", "Enabled"): False,
    (_OFFICE + "Calc/Content/Update", "Link"): _LINKS_NEVER,
    (_OFFICE + "Calc/Formula/Load", "OOXMLRecalcMode"): _RECALCULATE_NEVER,
    (_OFFICE + "Calc/Formula/Load", "ODFRecalcMode"): _RECALCULATE_NEVER,
    (_OFFICE + "Calc/Filter/Import/VBA", "Load"): False,
    (_OFFICE + "Calc/Filter/Import/VBA", "Executable"): False,
    (_OFFICE + "Java/VirtualMachine", "Enable"): False,
    (
        _OFFICE + "Jobs/Jobs/org.openoffice.Office.Jobs:Job['UpdateCheck']/Arguments",
        "AutoCheckEnabled",
    ): False,
    (_PROXY, "ooInetProxyType"): _PROXY_BY_HAND,
    (_PROXY, "ooInetNoProxy"): "",
    (_PROXY, "ooInetHTTPProxyName"): _NOBODY,
    (_PROXY, "ooInetHTTPProxyPort"): _DISCARD,
    (_PROXY, "ooInetHTTPSProxyName"): _NOBODY,
    (_PROXY, "ooInetHTTPSProxyPort"): _DISCARD,
    (_PROXY, "ooInetFTPProxyName"): _NOBODY,
    (_PROXY, "ooInetFTPProxyPort"): _DISCARD,
    # Number formats and names of functions are told in one language, whatever the user's is.
    ("/org.openoffice.Setup/L10N", "ooSetupSystemLocale"): "en-US",
    ("/org.openoffice.Setup/L10N", "ooLocale"): "en-US",
}

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)


def write_profile(folder: Path) -> None:
    """Make a profile in a folder that is not there yet. Raises OSError."""
    user = folder / "user"
    user.mkdir(parents=True)
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{_value(value)}</value></prop></item>\n"
        for (path, name), value in _SETTINGS.items()
    )
    (user / FILE).write_text(f"{_HEAD}{items}</oor:items>\n", encoding="utf-8")


def _value(value: bool | int | str) -> str:  # noqa: FBT001 - a setting may be one
    return str(value).lower() if isinstance(value, bool) else str(value)
