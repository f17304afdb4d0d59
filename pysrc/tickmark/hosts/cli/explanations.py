"""`tickmark audit --explain`: its options, the model, and what is said about the cost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tickmark.errors import SettingError

if TYPE_CHECKING:
    from tickmark.hosts.audit_run import AuditOutcome
    from tickmark.hosts.cli.terminal import Terminal
    from tickmark.hosts.explaining import AnswerStore, Questions
    from tickmark.settings import Key, Settings


@dataclass(frozen=True, slots=True)
class Explaining:
    """How findings are to be explained; `only` are ids, none for all open findings.

    `key` is None for a dry run and for a local server that asks for none.
    """

    only: tuple[str, ...] = ()
    language: str = ""
    dry_run: bool = False
    show_prompt: bool = False
    key: Key | None = None


def explaining(
    settings: Settings,
    *,
    asked: bool,
    only: list[str],
    language: str,
    dry_run: bool,
    show_prompt: bool,
    others: Mapping[str, object],
) -> Explaining | None:
    """What is asked for; None where nothing is to be explained.

    `others` are further options that make sense with --explain alone, by name. Raises SettingError
    for one without it and for a missing key.
    """
    from tickmark.settings import find_key

    ids = tuple(dict.fromkeys(one.strip() for part in only for one in part.split(",")))
    ids = tuple(filter(None, ids))
    flags = {"--language": language, "--dry-run": dry_run, "--show-prompt": show_prompt}
    if not asked and not only:
        without = [
            name
            for name, value in {**others, **flags}.items()
            if not (value is None or value is False or value == "")
        ]
        if without:
            raise SettingError(f"{' and '.join(without)} can only be given with --explain.")
        return None
    if only and not ids:
        raise SettingError("--explain-only needs the ids of findings, with commas between them.")
    key = None if dry_run else find_key()
    if key is None and not dry_run and settings.needs_key:
        raise SettingError(
            "Explaining needs a model: set ANTHROPIC_API_KEY or run `tickmark key set`, or leave "
            "out --explain."
        )
    return Explaining(ids, language.strip(), dry_run, show_prompt, key)


def explain(
    outcome: AuditOutcome, wanted: Explaining, settings: Settings, terminal: Terminal
) -> AuditOutcome | None:
    """The audit with its explanations; None after a dry run, which sends nothing."""
    from tickmark.hosts.estimate import Estimate
    from tickmark.hosts.explaining import priced, questions
    from tickmark.wiring import reply_store

    with closing(reply_store()) as store:
        asked = questions(outcome, settings, store, only=wanted.only, language=wanted.language)
        estimates = priced(outcome, asked, settings)
        if wanted.dry_run:
            _show(asked, wanted, terminal)
            terminal.priced(estimates, settings)
            return None
        total = sum((one.estimate for one in estimates), Estimate())
        terminal.say(total.sentence(settings.model, settings.max_cost))
        return _explained(outcome, asked, wanted, settings, store, terminal)


def _show(asked: Questions, wanted: Explaining, terminal: Terminal) -> None:
    import secrets

    from tickmark.hosts.explaining import prompts
    from tickmark.llm.fenced import fenced

    if wanted.show_prompt:
        secret = secrets.token_bytes(32)
        for prompt in prompts(asked):
            terminal.prompt(fenced(prompt, secret))


def _explained(
    outcome: AuditOutcome,
    asked: Questions,
    wanted: Explaining,
    settings: Settings,
    store: AnswerStore,
    terminal: Terminal,
) -> AuditOutcome:
    from threading import Event

    from tickmark.hosts.explaining import explained
    from tickmark.hosts.run_folder import call_run_id
    from tickmark.wiring import language_model

    stop = Event()
    show = terminal.prompt if wanted.show_prompt else None
    run = call_run_id("audit")
    opened = language_model(settings, wanted.key, stop=stop, say=terminal.say, show=show, run=run)
    with opened as model:
        done, sentence = explained(
            outcome, asked, settings, store, model, stop=stop, say=terminal.say, run_id=run
        )
    terminal.say(sentence)
    return done
