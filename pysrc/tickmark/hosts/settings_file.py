"""The user's settings file, made with every setting as a comment where it is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tickmark.audit.judging.settings import NAMES as AUDIT_NAMES
from tickmark.audit.judging.settings import AuditSettings
from tickmark.hosts.private_file import write_private_text
from tickmark.read.limits import meanings
from tickmark.settings import Settings, setting_names, user_file

_MEANINGS: Final = {
    "model": "the model that is asked about sheets and workbooks",
    "max_cost": "most USD of one run",
    "jobs": "model calls at once",
    "rpm": "most requests a minute, 0 for what the provider says",
    "itpm": "most input tokens a minute, 0 for what the provider says",
    "otpm": "most output tokens a minute, 0 for what the provider says",
    "max_failures": "a run stops after so many failed questions, 0 for never",
    "stall": "a run without progress for so many seconds is looked into",
    "provider": "whose door leads to the model: anthropic, bedrock, vertex or foundry",
    "region": "the region of Bedrock or Vertex",
    "project": "the project of Vertex, or the resource of Foundry",
    "server": "what answers at base_url: auto, anthropic, gateway, ollama, vllm or llama.cpp",
    "log": "what the record of calls holds: hashes, texts, or off for no record",
    "telemetry": "spans of OpenTelemetry for what is configured in the environment: on or off",
    "workers": "reading processes, 0 for one a core",
    "sheet_tokens": "most tokens of the text of one sheet",
    "timeout": "seconds that a model call may take",
    "max_file_mb": "larger workbooks are refused",
    "fail_on": "exit with 1 for findings: high, medium, low or never (command line)",
    "soffice": "the LibreOffice that gives the formulas of .xls, .xlsb and .ods: a path, or off",
    "base_url": "another server for the model, https only",
    "cell_model": "the model that worksheet functions ask",
    "daily_cost": "most USD a day of worksheet functions and ribbon",
    "consent_calls": "more new calls at once wait for your word",
    "consent_cost": "more USD at once wait for your word",
}
_OF_AUDIT: Final = {
    "fail_on": "exit with 1 for findings: high, medium, low or never",
    "tier": "which findings are shown: default, or more of them",
    "rules": "only these rules, all where none is named",
    "exclude_rules": "all rules but these",
    "exclude": "patterns of paths that are left out",
}


def ensure_settings_file() -> Path:
    """The user's settings file; an existing one is left as it is. Raises OSError."""
    path = user_file()
    if not path.exists():
        write_private_text(path, settings_text())
    return path


def settings_text() -> str:
    """A settings file in which nothing is set yet, each default as a comment."""
    default = Settings()
    lines = [
        "# Settings of Tickmark, as TOML. Take the # away and change the value.",
        "# The API key does not belong here: run `tickmark key set` once.",
    ]
    for name in setting_names():
        value = getattr(default, name)
        shown = f'"{value}"' if isinstance(value, str) else str(value)
        meaning = _MEANINGS.get(name, "")
        lines += ["", *([f"# {name}: {meaning}"] if meaning else []), f"# {name} = {shown}"]
    lines += ["", "# What a workbook may hold before reading stops.", "# [limits]"]
    for name, bound, bounds in meanings():
        lines += ["", f"# {name}: {bounds}", f"# {name} = {bound:.0f}"]
    lines += ["", "# What `tickmark audit` shows and fails on.", "# [audit]"]
    for name in AUDIT_NAMES:
        value = getattr(AuditSettings(), name)
        shown = f'"{value}"' if isinstance(value, str) else str(list(value))
        lines += ["", f"# {name}: {_OF_AUDIT[name]}", f"# {name} = {shown}"]
    lines += ["", "# Findings that are accepted; docs/audit.md tells more.", "# [[audit.suppress]]"]
    lines += ['# rule = "hard-coded-number"', '# path = "budgets/*.xlsx"', '# sheet = "Inputs"']
    lines += ['# reason = "the rate of the contract"', "# expires = 2027-12-31"]
    return "\n".join(lines) + "\n"
