"""All rules: every module in `audit/rules` is found and loaded."""

from __future__ import annotations

import pkgutil
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from tickmark.audit import rules as package
from tickmark.audit.rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, sorted by code."""
    modules = [
        import_module(f"{package.__name__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    ]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Rule)]
    return tuple(sorted(found, key=lambda one: one.code))


def rule_named(code: str) -> Rule | None:
    """The rule with a code, or None."""
    return next((one for one in rules() if one.code == code), None)


def unknown_rule(code: str) -> str:
    """The sentence for a code that no rule has, with those that are like it."""
    codes = [one.code for one in rules()]
    near = get_close_matches(code, codes, n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(near)}?" if near else "see `tickmark rules list`."
    return f"There is no rule {code!r}; {meant}"
