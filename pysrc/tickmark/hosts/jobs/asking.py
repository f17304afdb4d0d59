"""Questions of a job to the model: within the limits, agreed to, with progress to be seen."""

from __future__ import annotations

from contextlib import closing
from threading import Event as Stop

from tickmark.analyses.analyze import WORKBOOK_TASK
from tickmark.engine.plan import Done, Failed, Outcome, Plan
from tickmark.engine.run import Event, EventKind
from tickmark.errors import BudgetExceeded
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.run_folder import call_run_id
from tickmark.hosts.watched_runner import watched_runner
from tickmark.model.usage import Usage
from tickmark.report.wording import counted
from tickmark.settings import Key, Settings, find_key, load_settings, state_folder
from tickmark.wiring import calibrated, language_model, price_of, spending


def ribbon_settings() -> Settings:
    """The user's settings: no project file of a folder that came from strangers is read."""
    return load_settings(folder=state_folder())


def may_ask(settings: Settings) -> bool:
    """Whether there is a key, or a server of one's own that may need none."""
    return not settings.needs_key or find_key() is not None


def consent(job: Job, tasks: Plan, settings: Settings) -> bool:
    """Whether the questions may be sent: without asking where they are few and cheap.

    Raises BudgetExceeded where not even what is likely is within the limits of run and day.
    """
    priced = estimate(tasks, settings.model, price_of(settings), calibrated())
    likely = priced.likely or 0.0
    if likely > settings.max_cost:
        raise BudgetExceeded(
            f"{words(priced, settings.model)} The limit of one run is {settings.max_cost:.2f} USD; "
            "raise max_cost with the button Settings, or analyze one sheet."
        )
    with closing(spending()) as ledger:
        left = ledger.spent().left_of(settings.daily_cost)
    if likely > left:
        raise BudgetExceeded(
            f"{words(priced, settings.model)} Of today's {settings.daily_cost:.2f} USD, {left:.2f} "
            "are left; raise daily_cost with the button Settings, or wait for tomorrow."
        )
    if priced.calls <= settings.consent_calls and likely <= settings.consent_cost:
        return True
    return job.agrees(f"{words(priced, settings.model)} Send it?")


def asked(
    job: Job, tasks: Plan, settings: Settings, key: Key | None, *, noun: str = "sheet"
) -> dict[str, Outcome]:
    """Put the questions, and show after each answer how far it is and what it cost."""
    total = counted(sum(task.id != WORKBOOK_TASK for task in tasks), noun)
    done = 0
    spent = Usage()

    def progress(event: Event) -> None:
        nonlocal done, spent
        if event.kind is not EventKind.FINISHED:
            return
        done += event.task != WORKBOOK_TASK
        if isinstance(event.outcome, (Done, Failed)):
            spent += event.outcome.usage
        job.show(f"{done} of {total}, {spent.usd:.2f} USD")

    job.show(f"0 of {total}, 0.00 USD")
    stop = Stop()
    run = call_run_id("ribbon")
    with (
        closing(spending()) as ledger,
        language_model(settings, key, stop=stop, say=job.say, ledger=ledger, run=run) as model,
        watched_runner(model, settings, stop=stop, say=job.say, run=run) as runner,
    ):
        return runner.run(tasks, progress)


def words(priced: Estimate, model: str) -> str:
    """An estimate as a sentence."""
    if not priced.calls:
        return "Nothing to send."
    calls = f"{counted(priced.calls, 'call')} to {model}"
    tokens = f"about {priced.input_tokens:,} tokens in"
    if priced.likely is None or priced.most is None:
        return f"{calls}, {tokens}; the price is not known."
    return f"{calls}, {tokens}, likely {priced.likely:.2f} USD and at most {priced.most:.2f} USD."
