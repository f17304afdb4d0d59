"""Checks of what Excel's Trust Center and Windows let run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tickmark.excel.check import Check, failed, not_applicable, ok, unknown
from tickmark.excel.facts import Facts, Switch
from tickmark.excel.places import ADDIN

_CENTER: Final = "File > Options > Trust Center > Trust Center Settings"
_POLICY: Final = "A policy of your organisation sets this; ask its administrators."
_WARNINGS: Final = {
    1: "macros run",
    2: "macros run once you allow them",
    3: "only signed macros run",
    4: "no macros run",
}


def _mark_of_the_web(facts: Facts) -> Check:
    if facts.system == "linux":
        return not_applicable("mark of the web", "no Excel on Linux")
    if not facts.addin.exists:
        return not_applicable("mark of the web", "no add-in is there")
    if facts.addin.marked:
        return failed(
            "mark of the web",
            f"the system takes {facts.addin.path} for a download, so its macros are blocked",
            "Close Excel, delete that file and run `tickmark excel install`.",
        )
    return ok("mark of the web", "the add-in is not taken for a download")


def _macros(facts: Facts) -> Check:
    if facts.system != "windows":
        return not_applicable("macros", "kept in the registry of Windows only")
    off = _switch(facts, "VBAOff")
    if off is not None and off.value == 1:
        return failed("macros", "VBA is switched off for all of Office", _POLICY)
    warnings = _switch(facts, "VBAWarnings")
    value = warnings.value if warnings else 2
    found = f"{_WARNINGS.get(value, f'VBAWarnings is {value}')}, elsewhere than in trusted folders"
    if value in {1, 2} or _trusted(facts) is True:
        return ok("macros", found)
    fix = f"{_CENTER} > Macro Settings: Disable VBA macros with notification."
    return failed("macros", found, _fix(warnings, fix))


def _addin_rules(facts: Facts) -> Check:
    if facts.system != "windows":
        return not_applicable("add-in rules", "kept in the registry of Windows only")
    for name, found in (
        ("DisableAllAddins", "all add-ins are switched off"),
        ("RequireAddinSig", "add-ins have to be signed, and this one is not"),
        ("RequireAlwaysOnMacroSig", "add-ins have to be signed, and this one is not"),
    ):
        switch = _switch(facts, name)
        if switch is not None and switch.value == 1:
            fix = f"{_CENTER} > Add-ins: clear the boxes."
            return failed("add-in rules", f"{found} ({name})", _fix(switch, fix))
    return ok("add-in rules", "unsigned add-ins may run")


def _trusted_folder(facts: Facts) -> Check:
    if facts.system != "windows" or not facts.addin.path:
        return not_applicable("trusted folder", "kept in the registry of Windows only")
    trusted = _trusted(facts)
    folder = facts.addin.path.rpartition("\\")[0]
    fix = f"{_CENTER} > Trusted Locations: add {folder}"
    if trusted is None:
        return unknown("trusted folder", "Excel keeps no list of its own; its defaults count", fix)
    if trusted:
        return ok("trusted folder", folder)
    disabled = _switch(facts, "AllLocationsDisabled")
    if disabled is not None and disabled.value == 1:
        found = "trusted folders are switched off, so Excel asks before it runs the add-in"
        return failed(
            "trusted folder",
            found,
            _fix(disabled, f"{_CENTER} > Trusted Locations: clear Disable all."),
            needed=False,
        )
    return failed("trusted folder", f"{folder} is none", fix, needed=False)


def _disabled_items(facts: Facts) -> Check:
    if facts.system != "windows":
        return not_applicable("disabled items", "kept in the registry of Windows only")
    if any(ADDIN.lower() in item.lower() for item in facts.trust.disabled):
        return failed(
            "disabled items",
            f"Excel switched {ADDIN} off after a crash",
            "File > Options > Add-ins > Manage: Disabled Items > Go: enable it, restart Excel.",
        )
    return ok("disabled items", "Excel has not switched the add-in off")


def _switch(facts: Facts, name: str) -> Switch | None:
    """The setting that counts: that of a policy before the user's."""
    found = [one for one in facts.trust.switches if one.name == name]
    found.sort(key=lambda one: not one.policy)
    return found[0] if found else None


def _fix(switch: Switch | None, own: str) -> str:
    return _POLICY if switch is not None and switch.policy else own


def _trusted(facts: Facts) -> bool | None:
    """Whether the add-in's folder is a trusted one; None where that cannot be told."""
    disabled = _switch(facts, "AllLocationsDisabled")
    if disabled is not None and disabled.value == 1:
        return False
    if facts.trust.locations is None:
        return None
    folder = _folded(facts.addin.path.rpartition("\\")[0])
    for location in facts.trust.locations:
        trusted = _folded(location.path)
        if folder == trusted or (location.below and folder.startswith(f"{trusted}\\")):
            return True
    return False


def _folded(path: str) -> str:
    return path.rstrip("\\").lower()


TRUST_CHECKS: Final[tuple[Callable[[Facts], Check], ...]] = (
    _mark_of_the_web,
    _macros,
    _addin_rules,
    _trusted_folder,
    _disabled_items,
)
