"""All settings with their origins.

Precedence: flag > environment > project file > user file > default. The project file is the
nearest `tickmark.toml`, or `pyproject.toml` with a `[tool.tickmark]` table, from the working folder
upwards; it comes along with strangers' files, so it can neither raise the limits of spending and
reading nor name another host.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from tickmark.audit.judging.settings import FAIL_ON, AuditSettings, joined, parse_audit
from tickmark.audit.judging.settings import NAMES as AUDIT_NAMES
from tickmark.errors import SettingError
from tickmark.read.limits import OPTION, Limits, meanings, parse_limits, with_limits
from tickmark.settings.places import user_file

_ENVIRONMENT = {"base_url": ("TICKMARK_BASE_URL", "ANTHROPIC_BASE_URL")}
# A project file comes along with strangers' files; it must neither lead the key to another host
# nor let worksheet functions spend more, nor name a program that is started.
_USER_ONLY = frozenset(
    {
        *("base_url", "provider", "server", "region", "project"),
        *("daily_cost", "consent_calls", "consent_cost", "soffice", "log"),
    }
)
# What the project file can only lower: how the user raises it, and the unit.
_LOWERED = {"max_cost": ("--max-cost", " USD"), "max_file_mb": ("--max-file-mb", " MB")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know beside its paths.

    `max_cost` is USD a run; `jobs` are model calls at once; `rpm`, `itpm` and `otpm` are requests,
    input and output tokens a minute (0: as the provider says with each answer); after
    `max_failures` failed questions a run stops (0: never); a run without progress for `stall`
    seconds is looked into. `provider` is whose door leads to the model (`anthropic`, `bedrock`,
    `vertex`, `foundry`), with its `region` and `project` (Foundry: resource); `server` is what
    answers at `base_url` (`auto`, or a name of llm/providers/profile.py). `log` tells what the
    record of calls holds: `hashes`, `texts`, or `off`; `telemetry` whether spans of OpenTelemetry
    are made (`on`, `off`). `workers` are reading processes (0: one a core); `sheet_tokens` bounds
    the text of one sheet; `timeout` is seconds a model call; `max_file_mb` bounds a workbook file,
    `limits` what it holds; `soffice` is the LibreOffice that converts old formats (empty: the one
    that is found, `off`: none). For worksheet functions: `cell_model` answers them, `daily_cost` is
    their and the ribbon's USD a day, and more than `consent_calls` new calls or `consent_cost` USD
    at once wait for the user's word. `origins` maps each name, also such as `limits.sheet_cells`
    and `audit.tier`, to where its value came from.
    """

    model: str = "claude-sonnet-5-5"
    max_cost: float = 1.0
    jobs: int = 8
    rpm: int = 0
    itpm: int = 0
    otpm: int = 0
    max_failures: int = 0
    stall: float = 180.0
    provider: str = "anthropic"
    region: str = ""
    project: str = ""
    server: str = "auto"
    log: str = "hashes"
    telemetry: str = "off"
    workers: int = 0
    sheet_tokens: int = 8000
    timeout: float = 300.0
    max_file_mb: int = 200
    fail_on: str = "never"
    soffice: str = ""
    base_url: str = ""
    cell_model: str = "claude-haiku-5-5"
    daily_cost: float = 1.0
    consent_calls: int = 25
    consent_cost: float = 0.25
    limits: Limits = field(default_factory=Limits)
    audit: AuditSettings = field(default_factory=AuditSettings)
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs_key(self) -> bool:
        """Whether nobody answers without Anthropic's key.

        A server of one's own may ask for none, and clouds have credentials of their own.
        """
        return not self.base_url and self.provider == "anthropic"


_TABLES = ("limits", "audit")
_NAMES = tuple(f.name for f in fields(Settings) if f.name not in {"origins", *_TABLES})
_TYPES: Mapping[str, type] = {name: type(getattr(Settings(), name)) for name in _NAMES}
_LEAST: Mapping[str, float] = {
    "max_cost": 0.0,
    "jobs": 1,
    "rpm": 0,
    "itpm": 0,
    "otpm": 0,
    "max_failures": 0,
    "stall": 1.0,
    "workers": 0,
    "sheet_tokens": 200,
    "timeout": 1.0,
    "max_file_mb": 1,
    "daily_cost": 0.0,
    "consent_calls": 0,
    "consent_cost": 0.0,
}
_MOST: Mapping[str, float] = {"jobs": 256, "workers": 256}


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "fail_on": FAIL_ON,
    "provider": ("anthropic", "bedrock", "vertex", "foundry"),
    "server": ("auto", "anthropic", "gateway", "ollama", "vllm", "llama.cpp"),
    "log": ("hashes", "texts", "off"),
    "telemetry": ("off", "on"),
}


_DEFAULTS: Mapping[str, float] = {
    **{name: getattr(Settings(), name) for name in _LOWERED},
    **{f"limits.{name}": default for name, default, _ in meanings()},
}
"""What a project file can lower, with the defaults."""
_JOINED = frozenset({"audit.suppress"})
_AUDIT = tuple(f"audit.{name}" for name in AUDIT_NAMES)
_ORIGINS = (*_NAMES, *(name for name in _DEFAULTS if name not in _NAMES), *_AUDIT)


def setting_names() -> tuple[str, ...]:
    """Names of all settings but the limits, in their order."""
    return _NAMES


def load_settings(
    flags: Mapping[str, object] | None = None, *, folder: Path | None = None
) -> Settings:
    """Settings from all sources; a flag that is None was not given.

    Raises SettingError that names every wrong value at once.
    """
    problems: list[str] = []
    values: dict[str, object] = {}
    origins: dict[str, str] = dict.fromkeys(_ORIGINS, "default")
    offered: dict[str, dict[str, float]] = {}
    sources = _sources(flags or {}, folder or Path.cwd(), problems)
    for origin, source, user_owned in sources:
        # The table last: what it says of the audit is more special than a line above it.
        for name, raw in sorted(source.items(), key=lambda item: item[0] == "audit"):
            label = _flag(name) if origin == "flag" else origin
            try:
                checked = _checked(name, raw, origin, user_owned=user_owned)
            except ValueError as error:
                problems.append(f"{label}: {error}")
                continue
            for one, value in checked.items():
                values[one] = joined(values.get(one), value) if one in _JOINED else value
                origins[one] = origin
                if isinstance(value, (int, float)):
                    offered.setdefault(one, {})[origin] = value
    users = {origin: user_owned for origin, _, user_owned in sources}
    for name in _ORIGINS:
        problems += _raised(name, origins[name], offered.get(name, {}), users)
    if problems:
        raise SettingError("; ".join(problems) + ("" if problems[-1].endswith(".") else "."))
    plain = {name: value for name, value in values.items() if name in _NAMES}
    limits = with_limits(
        Limits(),
        {
            name: value
            for name, _, _ in meanings()
            if isinstance(value := values.get(f"limits.{name}"), (int, float))
        },
    )
    audit = {n.partition(".")[2]: value for n, value in values.items() if n.startswith("audit.")}
    return Settings(**plain, limits=limits, audit=AuditSettings(**audit), origins=origins)  # type: ignore[arg-type]


def _flag(name: str) -> str:
    return OPTION if name == "limits" else f"--{name.replace('_', '-')}"


def _sources(
    flags: Mapping[str, object], folder: Path, problems: list[str]
) -> list[tuple[str, Mapping[str, object], bool]]:
    """(origin, values, whether the user owns the source), weakest first."""
    found: list[tuple[str, Mapping[str, object], bool]] = []
    for path, owned in ((user_file(), True), (project_file(folder), False)):
        if path is not None and path.is_file():
            try:
                found.append((str(path), _table(path), owned))
            except SettingError as error:
                problems.append(str(error))
    for name in (*_NAMES, "limits"):
        for variable in _ENVIRONMENT.get(name, (f"TICKMARK_{name.upper()}",)):
            if os.environ.get(variable):
                found.append((variable, {name: os.environ[variable]}, True))
                break
    for name in AUDIT_NAMES:
        variable = f"TICKMARK_AUDIT_{name.upper()}"
        if os.environ.get(variable):
            found.append((variable, {"audit": {name: os.environ[variable]}}, True))
    given = {name: value for name, value in flags.items() if value is not None}
    found.append(("flag", given, True))
    return found


def _raised(
    name: str, origin: str, offered: Mapping[str, float], users: Mapping[str, bool]
) -> list[str]:
    """What is wrong with a value that only the user may raise, where a project file raises it."""
    if name not in _DEFAULTS or origin not in offered or users[origin]:
        return []
    own = [value for source, value in offered.items() if users[source]]
    trusted = own[-1] if own else _DEFAULTS[name]
    if offered[origin] <= trusted:
        return []
    flag, unit = _LOWERED.get(name, (OPTION, ""))
    variable = f"TICKMARK_{name.partition('.')[0].upper()}"
    problem = (
        f"{origin}: {name} is {offered[origin]:.10g}, which a project file can only lower from "
        f"{trusted:.10g}{unit}; raise it with {flag}, {variable} or in {user_file()}"
    )
    return [problem]


def _table(path: Path) -> Mapping[str, object]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path} cannot be read as TOML: {error}; mend or remove it.") from error
    if path.name == "pyproject.toml":
        tool = content.get("tool")
        content = tool.get("tickmark", {}) if isinstance(tool, dict) else {}
    if not isinstance(content, dict):
        raise SettingError(f"{path}: tool.tickmark has to be a table; mend or remove it.")
    return content


def _checked(name: str, raw: object, origin: str, *, user_owned: bool) -> dict[str, object]:
    """The values that a setting stands for: one of its name, or each one of a table."""
    if name == "limits":
        return {f"limits.{key}": value for key, value in parse_limits(raw).items()}
    if name == "audit":
        return {f"audit.{key}": value for key, value in parse_audit(raw, origin).items()}
    if name not in _TYPES:
        known = ", ".join((*_NAMES, *_TABLES))
        raise ValueError(f"{name!r} is no setting; known are {known}")
    if name in _USER_ONLY and not user_owned:
        raise ValueError(f"{name} may stand only in {user_file()} or the environment")
    wanted = _TYPES[name]
    try:
        value = _within(name, _typed(raw, wanted))
    except TypeError:
        raise ValueError(f"{name} is {raw!r}; a {_word(wanted)} is needed") from None
    return {name: value, "audit.fail_on": value} if name == "fail_on" else {name: value}


def _typed(raw: object, wanted: type) -> object:
    """The value as the wanted type; raises TypeError where it is not one."""
    if isinstance(raw, str) and wanted is str:
        return raw.strip()
    if isinstance(raw, (str, int, float)) and not isinstance(raw, bool) and wanted is not str:
        try:
            number = float(raw)
            return number if wanted is float else _whole(number)
        except ValueError as error:
            raise TypeError from error
    raise TypeError


def _whole(number: float) -> int:
    if not number.is_integer():
        raise ValueError
    return int(number)


def _within(name: str, value: object) -> object:
    if isinstance(value, (int, float)) and not value >= _LEAST[name]:
        raise ValueError(f"{name} is {value}; at least {_LEAST[name]:g} is needed")
    if isinstance(value, (int, float)) and not value <= _MOST.get(name, value):
        raise ValueError(f"{name} is {value}; at most {_MOST[name]:g} is possible")
    if isinstance(value, float) and value == float("inf"):
        raise ValueError(f"{name} has to be finite")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{name} is {value!r}; it is one of {', '.join(_CHOICES[name])}")
    if name == "base_url" and value and not _safe_url(str(value)):
        shown = re.sub(r"//[^/]*@", "//…@", repr(value))
        raise ValueError(
            f"base_url is {shown}; https without a password is needed, or http on this machine only"
        )
    if name in {"model", "cell_model"} and not value:
        raise ValueError(f"{name} is empty; name one such as claude-sonnet-5-5")
    return value


def _safe_url(text: str) -> bool:
    """Whether a key may travel there: encrypted, or without leaving the machine."""
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    if url.username or url.password or not url.hostname:
        return False
    return url.scheme == "https" or (
        url.scheme == "http" and url.hostname in {"localhost", "127.0.0.1", "::1"}
    )


def _word(wanted: type) -> str:
    return {int: "whole number", float: "number"}.get(wanted, "text")


def project_file(folder: Path) -> Path | None:
    """The nearest `tickmark.toml` or `pyproject.toml` with `[tool.tickmark]`, upwards."""
    for place in (folder.resolve(), *folder.resolve().parents):
        own = place / "tickmark.toml"
        if own.is_file():
            return own
        shared = place / "pyproject.toml"
        if shared.is_file() and _names_us(shared):
            return shared
    return None


def _names_us(path: Path) -> bool:
    try:
        return b"[tool.tickmark]" in path.read_bytes()
    except OSError:
        return False
