"""From the facts of a machine to checks, each with its one-line fix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tickmark.excel.check import REINSTALL, Check, failed, not_applicable, ok, unknown
from tickmark.excel.facts import Facts, Ran
from tickmark.excel.places import script_name
from tickmark.excel.trust import TRUST_CHECKS


def examine(facts: Facts) -> tuple[Check, ...]:
    """All checks, in the order in which they matter."""
    return tuple(check(facts) for check in (*_PARTS, *TRUST_CHECKS, *_SURROUNDINGS))


def _system(facts: Facts) -> Check:
    if facts.system == "linux" and facts.extension:
        return ok("system", "Linux: no Excel, the functions are in LibreOffice")
    if facts.system == "linux":
        return failed(
            "system",
            "Excel does not run on Linux",
            "Use the command line, or `tickmark excel install --libreoffice` for LibreOffice.",
        )
    if facts.system == "macos":
        return ok("system", "macOS: the ribbon works, worksheet functions need Windows")
    return ok("system", "Windows")


def _office(facts: Facts) -> Check:
    office = facts.office
    if facts.system == "linux":
        return not_applicable("excel", "no Excel on Linux")
    if not (office.version or office.edition):
        return unknown("excel", "no Excel was found", "Install Excel, if there is none.")
    bits = f"{office.bits}-bit" if office.bits else "bits not known"
    found = f"{office.version}, {bits}, {office.edition}"
    if office.edition == "Microsoft Store":
        return failed(
            "excel",
            found,
            "It cannot start the server of worksheet functions; install Office from office.com.",
        )
    return ok("excel", found)


def _addin(facts: Facts) -> Check:
    addin = facts.addin
    if facts.system == "linux" and not addin.path:
        return not_applicable("add-in", "no Excel on Linux")
    if not addin.exists:
        return failed("add-in", f"{addin.path} is not there", REINSTALL)
    if addin.fresh is None:
        return failed(
            "add-in",
            f"{addin.path}; a new one cannot be built: {addin.problem}",
            "Install Tickmark again with the xlwings that it names.",
        )
    if not addin.fresh:
        return failed("add-in", f"{addin.path} is not what this Tickmark builds", REINSTALL)
    return ok("add-in", f"{addin.path}, as built by this Tickmark")


def _versions(facts: Facts) -> Check:
    addin = facts.addin
    if not addin.exists:
        return not_applicable("versions", "no add-in is there")
    if not addin.tickmark:
        return failed("versions", f"{addin.path} does not say what made it", REINSTALL)
    if (addin.tickmark, addin.xlwings) != (facts.tickmark, facts.xlwings):
        return failed(
            "versions",
            f"installed are Tickmark {facts.tickmark} and xlwings {facts.xlwings}, the add-in is "
            f"for {addin.tickmark} and {addin.xlwings}",
            REINSTALL,
        )
    return ok("versions", f"Tickmark {addin.tickmark}, xlwings {addin.xlwings}")


def _dll(facts: Facts) -> Check:
    if facts.system != "windows":
        return not_applicable("xlwings dll", "Windows only")
    wanted = {
        f"xlwings{bits}-{facts.xlwings}.dll"
        for bits in ((facts.office.bits,) if facts.office.bits else (64, 32))
    }
    if wanted & set(facts.dlls):
        return ok("xlwings dll", ", ".join(sorted(wanted & set(facts.dlls))))
    there = f"; there is {', '.join(facts.dlls)}" if facts.dlls else ""
    return failed(
        "xlwings dll",
        f"{' or '.join(sorted(wanted))} is not beside Python{there}",
        "Install Tickmark in a virtual environment of a Python from python.org, not with --user "
        "and not from the Microsoft Store; then `tickmark excel install`.",
    )


def _conf(facts: Facts) -> Check:
    conf = facts.conf
    if not conf.path:
        return not_applicable("settings file", "no Excel on Linux")
    if not conf.exists:
        return failed("settings file", f"{conf.path} is not there", REINSTALL)
    if conf.problem:
        return failed(
            "settings file",
            f"{conf.path}: {conf.problem}",
            f"Remove it and run `tickmark excel install`: {conf.path}",
        )
    if not conf.interpreter:
        return failed("settings file", f"{conf.path} names no Python", REINSTALL)
    return ok("settings file", conf.path)


def _interpreter(facts: Facts) -> Check:
    conf = facts.conf
    if not conf.path or not conf.interpreter:
        return not_applicable("python", "no settings file names one")
    if not conf.interpreter_exists:
        return failed("python", f"{conf.interpreter} is not there", REINSTALL)
    if "\\microsoft\\windowsapps\\" in conf.interpreter.lower():
        return failed(
            "python",
            f"{conf.interpreter} is from the Microsoft Store, which hides its files from Excel",
            "Install Python from python.org, Tickmark in it, and run `tickmark excel install`.",
        )
    return ok("python", conf.interpreter)


def _functions(facts: Facts) -> Check:
    if facts.system != "windows":
        return not_applicable("function server", "worksheet functions need Windows")
    return _ran("function server", facts.functions, facts)


def _ribbon(facts: Facts) -> Check:
    return _ran("ribbon command", facts.ribbon, facts)


def _ran(name: str, ran: Ran | None, facts: Facts) -> Check:
    if ran is None:
        return not_applicable(name, "the named Python is not there")
    if ran.problem:
        if "com_server" in ran.problem or "pywin32" in ran.problem:
            fix = "Install pywin32 in that Python: `pip install pywin32`."
        else:
            fix = "Mend what the message names, in the Python that Excel starts."
        return failed(name, ran.problem, fix)
    if (ran.tickmark, ran.xlwings) != (facts.tickmark, facts.xlwings):
        return failed(
            name,
            f"it starts Tickmark {ran.tickmark} with xlwings {ran.xlwings}, not {facts.tickmark} "
            f"with {facts.xlwings}",
            REINSTALL,
        )
    return ok(name, f"starts Tickmark {ran.tickmark} with xlwings {ran.xlwings}")


def _twins(facts: Facts) -> Check:
    if facts.system == "linux":
        return not_applicable("same name", "no Excel on Linux")
    if facts.addin.twins:
        return failed(
            "same name",
            f"Excel may load another one: {', '.join(facts.addin.twins)}",
            "Untick it in Excel's Add-ins dialog and remove the file.",
        )
    return ok("same name", "no second Tickmark.xlam")


def _cloud(facts: Facts) -> Check:
    if facts.cloud_folders:
        return failed(
            "cloud folder",
            f"{', '.join(facts.cloud_folders)} may be kept elsewhere and come late",
            "Install Tickmark in a folder of this machine that is not synchronised.",
            needed=False,
        )
    return ok("cloud folder", "neither Python nor add-in lies in one")


def _processes(facts: Facts) -> Check:
    if facts.system == "linux":
        return not_applicable("running excel", "no Excel on Linux")
    left = [str(one.pid) for one in facts.processes if one.automated]
    if left:
        return failed(
            "running excel",
            f"started by a program, without a window perhaps: process {', '.join(left)}",
            "If no Excel window is open, end EXCEL.EXE in the Task Manager.",
            needed=False,
        )
    if any(one.earlier for one in facts.processes):
        return failed(
            "running excel",
            "Excel has run since before the add-in was placed",
            "Close all Excel windows and start Excel again.",
            needed=False,
        )
    return ok("running excel", f"{len(facts.processes)} running" if facts.processes else "none")


def _script(facts: Facts) -> Check:
    if facts.system != "macos":
        return not_applicable("applescript", "macOS only")
    if not facts.script.exists:
        return failed("applescript", f"{facts.script.path} is not there", REINSTALL)
    if not facts.script.same:
        name = script_name(facts.xlwings)
        return failed("applescript", f"{name} is not the one of this xlwings", REINSTALL)
    return ok("applescript", facts.script.path)


def _automation(facts: Facts) -> Check:
    if facts.system != "macos":
        return not_applicable("automation", "macOS only")
    return unknown(
        "automation",
        "only macOS knows whether Python may steer Excel; it asks at the first button",
        "If a button ends with error -1743: System Settings > Privacy & Security > Automation, "
        "allow Microsoft Excel there.",
    )


def _daily_cost(facts: Facts) -> Check:
    if facts.daily_cost is None:
        return unknown("daily limit", "the settings cannot be read", "Run `tickmark doctor`.")
    if facts.daily_cost <= 0:
        return failed(
            "daily limit",
            "0 USD: functions and buttons ask no model",
            "Raise daily_cost, in `tickmark config show`'s user file or TICKMARK_DAILY_COST.",
            needed=False,
        )
    return ok("daily limit", f"{facts.daily_cost:g} USD for functions and buttons")


_PARTS: Final[tuple[Callable[[Facts], Check], ...]] = (
    _system,
    _office,
    _addin,
    _versions,
    _conf,
    _interpreter,
    _dll,
    _functions,
    _ribbon,
)
_SURROUNDINGS: Final[tuple[Callable[[Facts], Check], ...]] = (
    _twins,
    _cloud,
    _processes,
    _script,
    _automation,
    _daily_cost,
)
