"""Explanations for the findings of an audit: kept ones first, a model for the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Event
from typing import Final, Protocol

from tickmark.analyses.explained_findings import (
    ExplainFindings,
    Subject,
    answer_key,
    conclude,
    documented,
    kept,
    plan,
)
from tickmark.audit.judging.judgement import Disposition, JudgedFinding, JudgedRun, JudgedWorkbook
from tickmark.engine.plan import Done, Failed, Outcome, Plan
from tickmark.errors import ModelUnreachable, SettingError
from tickmark.hosts.audit_run import AuditOutcome
from tickmark.hosts.dry_run import WorkbookEstimate
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.stops import (
    INCOMPLETE,
    INTERRUPTED,
    NO_PROVIDER,
    OVER_BUDGET,
    WRONG,
    stop_of,
)
from tickmark.hosts.watched_runner import watched_runner
from tickmark.llm.model import LanguageModel, Prompt, Reply
from tickmark.model.explanation import Author, Explanation
from tickmark.model.usage import Usage
from tickmark.settings import Settings
from tickmark.wiring import calibrated, identity_of, price_of

MOST_EXPLAINED: Final = 60
"""Findings of one workbook that are explained without being named; the worst come first."""

MOST_NAMED: Final = 40


class AnswerStore(Protocol):
    """What keeps answers by key; `llm.store.ReplyStore` is one."""

    def get(self, key: bytes) -> Reply | None:
        """The kept answer, or None."""
        ...

    def put(self, key: bytes, reply: Reply) -> None:
        """Keep an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Questions:
    """What is to be asked about an audit, and what is known without asking.

    `known` are explanations from the store and from the documentation of rules, by id; `subjects`
    those to be asked about, by the place of their workbook. `twins` are findings with the facts of
    a subject, such as in a copy of its workbook: they share its answer. `notes` are sentences for
    the user.
    """

    request: ExplainFindings
    known: Mapping[str, Explanation]
    subjects: Mapping[int, tuple[Subject, ...]]
    twins: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def plan(self) -> Plan:
        """All that is asked, workbook by workbook."""
        return Plan([task for some in self.subjects.values() for task in plan(some, self.request)])


@dataclass(slots=True)
class _Answers:
    """What came back from the model."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    code: int = 0


def questions(
    outcome: AuditOutcome,
    settings: Settings,
    store: AnswerStore,
    *,
    only: Sequence[str] = (),
    language: str = "",
) -> Questions:
    """What to ask about the open findings of an audit, or about those with some ids.

    Raises SettingError for an id that no open finding has.
    """
    request = ExplainFindings(settings.model, language)
    books = outcome.run.workbooks
    _check(only, books)
    known: dict[str, Explanation] = {}
    subjects: dict[int, tuple[Subject, ...]] = {}
    firsts: dict[bytes, str] = {}
    twins: dict[str, str] = {}
    notes: list[str] = []
    for place, book in enumerate(books):
        chosen = [one for one in book.of(Disposition.OPEN) if not only or one.id in only]
        late = chosen[MOST_EXPLAINED:] if not only else []
        if late:
            names = _listed([one.id for one in late])
            notes.append(
                f"{book.audited.path}: {_unexplained(len(late))} after the first "
                f"{MOST_EXPLAINED:,}; name them with --explain-only: {names}."
            )
        asked = []
        for one in chosen[: len(chosen) - len(late)]:
            explanation = _known(one, outcome, request, settings, store)
            if explanation is not None:
                known[one.id] = explanation
            elif one.id in outcome.told:
                subject = Subject(one.id, outcome.told[one.id])
                first = firsts.setdefault(_key(subject, request, settings), one.id)
                if first == one.id:
                    asked.append(subject)
                else:
                    twins[one.id] = first
        if asked:
            subjects[place] = tuple(asked)
    return Questions(request, known, subjects, twins, tuple(notes))


def priced(
    outcome: AuditOutcome, asked: Questions, settings: Settings
) -> tuple[WorkbookEstimate, ...]:
    """What the questions will cost, workbook by workbook; a failed one has its error."""
    learnt, price = calibrated(), price_of(settings)
    return tuple(
        WorkbookEstimate(
            book.audited.path,
            estimate(plan(asked.subjects[place], asked.request), settings.model, price, learnt)
            if place in asked.subjects
            else Estimate(),
            book.audited.error,
        )
        for place, book in enumerate(outcome.run.workbooks)
    )


def prompts(asked: Questions) -> Iterator[Prompt]:
    """Every prompt that would be sent."""
    return (task.prompt_after({}) for task in asked.plan)


def explained(
    outcome: AuditOutcome,
    asked: Questions,
    settings: Settings,
    store: AnswerStore,
    model: LanguageModel,
    *,
    stop: Event | None = None,
    say: Callable[[str], None] = lambda _sentence: None,
    run_id: str = "",
) -> tuple[AuditOutcome, str]:
    """The audit with its explanations, and a sentence on what they cost.

    `say` gets sentences for the user, from any thread; `run_id` names the run in telemetry.

    Answers are kept by the facts that they are about. What could not be explained is named in the
    notes of the run, and the exit code is then 130, 2, 5, 4 or 3, the first that applies.
    """
    answers = _asked(asked.plan, model, settings, stop=stop or Event(), say=say, run=run_id)
    made: dict[str, Explanation] = dict(asked.known)
    missing: dict[str, str] = {}
    for some in asked.subjects.values():
        found = conclude(some, answers.outcomes)
        made |= found.explanations
        missing |= found.missing
        for one in some:
            if one.id in found.answers:
                reply = Reply(found.answers[one.id], model=settings.model)
                store.put(_key(one, asked.request, settings), reply)
    made |= {twin: made[first] for twin, first in asked.twins.items() if first in made}
    missing |= {twin: missing[first] for twin, first in asked.twins.items() if first in missing}
    run = _with(outcome.run, made)
    notes = (*run.notes, *asked.notes, *_missing(missing))
    codes = {outcome.exit_code, answers.code, INCOMPLETE if missing else 0}
    order = (INTERRUPTED, WRONG, NO_PROVIDER, OVER_BUDGET, INCOMPLETE)
    code = next((one for one in order if one in codes), outcome.exit_code)
    usage = sum((_usage(one) for one in answers.outcomes.values()), Usage())
    told = _sentence(made, settings.model, usage)
    return replace(outcome, run=replace(run, notes=notes), exit_code=code), told


def _check(only: Sequence[str], books: Sequence[JudgedWorkbook]) -> None:
    ids = {one.id for book in books for one in book.of(Disposition.OPEN)}
    unknown = [name for name in only if name not in ids]
    if unknown:
        raise SettingError(
            f"--explain-only names {', '.join(unknown)}, which no open finding has; "
            "the ids stand beside the findings."
        )


def _known(
    one: JudgedFinding,
    outcome: AuditOutcome,
    request: ExplainFindings,
    settings: Settings,
    store: AnswerStore,
) -> Explanation | None:
    """What is known of a finding without asking; None where a model is to be asked."""
    told = outcome.told.get(one.id)
    if told is None:
        return documented(one.finding.rule)
    reply = store.get(_key(Subject(one.id, told), request, settings))
    return kept(reply.text, told) if reply is not None else None


def _key(one: Subject, request: ExplainFindings, settings: Settings) -> bytes:
    """Two servers never share answers."""
    return sha256(f"{identity_of(settings)}\n{answer_key(one.told, request)}".encode()).digest()


def _asked(
    asked: Plan,
    model: LanguageModel,
    settings: Settings,
    *,
    stop: Event,
    say: Callable[[str], None],
    run: str,
) -> _Answers:
    if not len(asked):
        return _Answers()
    with watched_runner(model, settings, stop=stop, say=say, run=run) as runner:
        outcomes = runner.run(asked)
        stopped_by = runner.stopped_by
    if stopped_by is not None:
        return _Answers(outcomes, stop_of(stopped_by).code)
    if stop.is_set():
        return _Answers(outcomes, INTERRUPTED)
    ends = outcomes.values()
    lost = any(isinstance(e, Failed) and isinstance(e.error, ModelUnreachable) for e in ends)
    answered = any(isinstance(e, Done) for e in ends)
    return _Answers(outcomes, NO_PROVIDER if lost and not answered else 0)


def _with(run: JudgedRun, found: Mapping[str, Explanation]) -> JudgedRun:
    def explained_one(one: JudgedFinding) -> JudgedFinding:
        explanation = found.get(one.id)
        return one if explanation is None else replace(one, explanation=explanation)

    books = (
        replace(book, findings=tuple(map(explained_one, book.findings))) for book in run.workbooks
    )
    return replace(run, workbooks=tuple(books))


def _missing(missing: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each reason."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in missing.items():
        by_reason.setdefault(reason.rstrip("."), []).append(name)
    for reason, names in by_reason.items():
        yield f"{_unexplained(len(names))} ({_listed(names)}): {reason}."


def _unexplained(count: int) -> str:
    return f"{count:,} {'finding was' if count == 1 else 'findings were'} not explained"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _usage(outcome: Outcome) -> Usage:
    return outcome.usage if isinstance(outcome, (Done, Failed)) else Usage()


def _sentence(made: Mapping[str, Explanation], model: str, usage: Usage) -> str:
    findings = "1 finding" if len(made) == 1 else f"{len(made):,} findings"
    by_rule = sum(one.author is Author.RULE for one in made.values())
    apart = f" ({by_rule:,} from the documentation of their rules)" if by_rule else ""
    calls = "1 call" if usage.calls == 1 else f"{usage.calls:,} calls"
    return f"Explained {findings}{apart}: {calls} to {model}, {usage.usd:.4f} USD."
