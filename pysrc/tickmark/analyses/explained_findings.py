"""Findings explained by a model: cause, effect and fix, each sentence checked by code.

A finding that no model may be told is explained from the documentation of its rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tickmark.analyses.forms import ExplanationForm, ExplanationsForm
from tickmark.analyses.range_task import prompt_version
from tickmark.analyses.told_findings import ToldFinding
from tickmark.audit.catalogue import rule_named
from tickmark.encode.values import text_value
from tickmark.engine.plan import Done, Failed, Outcome, Plan, Skipped, Task
from tickmark.ground.evidence import checked
from tickmark.llm.answers import schema_of
from tickmark.llm.model import Prompt
from tickmark.model.explanation import Author, Explanation
from tickmark.templates import constant_text, render_text

MOST_TOGETHER: Final = 6
"""Findings of one sheet that share a prompt."""

MOST_LETTERS: Final = 16_000
"""Letters of the findings that share a prompt; a longer finding stands alone."""

TOKENS_EACH: Final = 500
TOKENS_BESIDE: Final = 500
SENTENCES_OF_A_RULE: Final = 2
LONGEST_NAME: Final = 80

NOT_ANSWERED: Final = "the model did not explain it"


@dataclass(frozen=True, slots=True)
class ExplainFindings:
    """How findings are to be explained."""

    model: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A finding to be explained; `id` names it in the answer, and nothing else does."""

    id: str
    told: ToldFinding


@dataclass(frozen=True, slots=True)
class Explained:
    """Explanations by id, the answers behind them as JSON, and why the others have none."""

    explanations: Mapping[str, Explanation]
    answers: Mapping[str, str]
    missing: Mapping[str, str]


def plan(subjects: Sequence[Subject], request: ExplainFindings) -> Plan:
    """One task for each few findings of a sheet, which share the words on their rules.

    A subject's id stands in one task only. Raises PlanError for two subjects with one id.
    """
    return Plan([_task(group, request) for group in _groups(subjects)])


def conclude(subjects: Sequence[Subject], outcomes: Mapping[str, Outcome]) -> Explained:
    """What the model said of each finding, as far as it is borne out by that finding's facts.

    Answers about other ids are left out; of two about one id the first counts.
    """
    made: dict[str, Explanation] = {}
    answers: dict[str, str] = {}
    missing: dict[str, str] = {}
    for group in _groups(subjects):
        forms, reason = _forms(outcomes.get(_id(group)))
        for one in group:
            form = forms.get(one.id)
            explanation = _explanation(form, one.told) if form is not None else None
            if form is None or explanation is None:
                missing[one.id] = reason
                continue
            made[one.id] = explanation
            answers[one.id] = json.dumps([form.cause, form.effect, form.fix])
    return Explained(made, answers, missing)


def answer_key(told: ToldFinding, request: ExplainFindings) -> str:
    """What an answer is kept under: it changes with the facts, the rule's words and the prompt."""
    fields = [
        prompt_version("explanations", ExplanationsForm),
        request.model,
        request.language,
        _documented(told.rule),
        told.sheet,
        told.text,
    ]
    text = json.dumps(["explained finding", *fields])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def kept(answer: str, told: ToldFinding) -> Explanation | None:
    """The explanation behind a kept answer, checked anew; None for one of another form."""
    try:
        texts = json.loads(answer)
    except ValueError:
        return None
    match texts:
        case [str(cause), str(effect), str(fix)]:
            form = ExplanationForm(id="", cause=cause, effect=effect, fix=fix)
            return _explanation(form, told)
        case _:
            return None


def documented(code: str) -> Explanation | None:
    """What the documentation of a rule says of its findings; None for a rule that is not there."""
    rule = rule_named(code)
    if rule is None:
        return None
    effect, fix = (_beginning(rule.sections[name]) for name in ("Why it matters", "Fix"))
    return Explanation(rule.summary, effect, fix, author=Author.RULE)


def _groups(subjects: Sequence[Subject]) -> list[tuple[Subject, ...]]:
    by_sheet: dict[str, list[Subject]] = {}
    for one in subjects:
        by_sheet.setdefault(one.told.sheet, []).append(one)
    return [tuple(group) for members in by_sheet.values() for group in _packed(members)]


def _packed(members: Sequence[Subject]) -> Iterator[list[Subject]]:
    group: list[Subject] = []
    letters = 0
    for one in members:
        more = len(one.told.text)
        if group and (len(group) == MOST_TOGETHER or letters + more > MOST_LETTERS):
            yield group
            group, letters = [], 0
        group.append(one)
        letters += more
    if group:
        yield group


def _id(group: Sequence[Subject]) -> str:
    return f"findings {' '.join(one.id for one in group)}"


def _task(group: Sequence[Subject], request: ExplainFindings) -> Task:
    prompt = Prompt(
        model=request.model,
        system=constant_text("prompts/explanations-system.md.j2"),
        data="\n".join(_lines(group)),
        user=render_text(
            "prompts/explanations-user.md.j2", language=" ".join(request.language.split())
        ).strip(),
        schema=schema_of(ExplanationsForm),
        max_tokens=TOKENS_BESIDE + TOKENS_EACH * len(group),
        about=f"findings on {group[0].told.sheet}" if group[0].told.sheet else "findings",
    )
    return Task(id=_id(group), prompt=lambda _parents: prompt, form=ExplanationsForm)


def _lines(group: Sequence[Subject]) -> Iterator[str]:
    sheet = group[0].told.sheet
    yield f"Sheet: {text_value(sheet, LONGEST_NAME)}" if sheet else "The workbook as a whole"
    yield "Rules:"
    for code in dict.fromkeys(one.told.rule for one in group):
        yield f"- {_documented(code)}"
    for one in group:
        yield ""
        yield f"Finding {one.id}"
        yield one.told.text


def _documented(code: str) -> str:
    """The words on a rule that its findings share."""
    rule = rule_named(code)
    if rule is None:
        return code
    parts = [
        f"{name}: {' '.join(rule.sections[name].split())}" for name in ("Why it matters", "Fix")
    ]
    return " ".join([f"{code}: {rule.summary}", *parts])


def _forms(outcome: Outcome | None) -> tuple[Mapping[str, ExplanationForm], str]:
    """The answers by id, and why one that is missing is missing."""
    match outcome:
        case Done(value=ExplanationsForm() as value):
            found: dict[str, ExplanationForm] = {}
            for form in value.findings:
                found.setdefault(form.id.strip().removeprefix("Finding ").strip(), form)
            return found, NOT_ANSWERED
        case Failed(error=error):
            return {}, str(error)
        case Skipped(reason=reason):
            return {}, reason
        case _:
            return {}, NOT_ANSWERED


def _explanation(form: ExplanationForm, told: ToldFinding) -> Explanation | None:
    """The checked words of a form; None where it says nothing."""
    texts = [checked(text, told.evidence) for text in (form.cause, form.effect, form.fix)]
    if not any(one.text for one in texts):
        return None
    cause, effect, fix = (one.text for one in texts)
    return Explanation(cause, effect, fix, struck=sum(one.struck for one in texts))


def _beginning(text: str) -> str:
    """The first sentences of a part of a rule's documentation."""
    sentences = re.split(r"(?<=\.)\s+(?=[A-Z])", " ".join(text.split()))
    return " ".join(sentences[:SENTENCES_OF_A_RULE])
