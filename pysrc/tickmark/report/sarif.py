"""An audit as SARIF 2.1.0 (OASIS), which code scanning services show.

A workbook has no lines: the file is the physical location, the cell a logical one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import quote

from tickmark.audit.judging.judgement import (
    HIDDEN,
    Disposition,
    JudgedFinding,
    JudgedRun,
    JudgedWorkbook,
)
from tickmark.audit.rule import Rule
from tickmark.model.address import quote_sheet_name
from tickmark.model.analysis import Status
from tickmark.model.finding import Finding, Severity
from tickmark.report.audit_markdown import escaped, explained
from tickmark.report.audit_record import explanation_record
from tickmark.report.audit_summary import one_line
from tickmark.report.records import finding_record

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT: Final = "%SRCROOT%"

_LEVELS: Final = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_LISTED: Final = (
    Disposition.OPEN,
    Disposition.BASELINE,
    Disposition.SUPPRESSED,
    Disposition.DISMISSED,
)
_KINDS: Final = {
    Disposition.BASELINE: "external",
    Disposition.SUPPRESSED: "external",
    Disposition.DISMISSED: "inSource",
}
_PLACEHOLDER: Final = re.compile(r"\{(\d+)\}")
_MOST_RANGES: Final = 100

Record = dict[str, object]


def sarif_log(
    run: JudgedRun, rules: Iterable[Rule], locate: Callable[[str], str], *, version: str
) -> Record:
    """One run with the rules, the results and what could not be audited.

    Findings that the baseline knows, that are suppressed or dismissed are there, marked as such;
    those of the tier more and of rules that are left out only where they were asked for.
    `locate` tells a workbook's path in the repository, with `/`; absolute for one outside.
    """
    known = tuple(rules)
    places = {rule.code: at for at, rule in enumerate(known)}
    results = [
        one
        for at, book in enumerate(run.workbooks)
        for one in _results(run, book, at, places, locate)
    ]
    made: Record = {
        "tool": {"driver": _driver(known, version)},
        "automationDetails": {"id": "tickmark-audit/"},
        "invocations": [_invocation(run, locate)],
        "artifacts": [_artifact(one, locate) for one in run.workbooks],
        "results": results,
        "properties": _properties(run),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [made]}


def _driver(rules: tuple[Rule, ...], version: str) -> Record:
    return {
        "name": "Tickmark",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(one) for one in rules],
    }


def _rule(rule: Rule) -> Record:
    sections = {name: " ".join(text.split()) for name, text in rule.sections.items()}
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.code.split("-")),
        "shortDescription": _message(rule.summary),
        "fullDescription": _message(sections["What it finds"]),
        "help": {
            "text": _escaped("\n\n".join(f"{name}: {text}" for name, text in sections.items())),
            "markdown": _escaped(
                "\n\n".join(f"**{name}.** {text}" for name, text in sections.items())
            ),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["spreadsheet"]},
    }


def _results(
    run: JudgedRun,
    book: JudgedWorkbook,
    place: int,
    places: Mapping[str, int],
    locate: Callable[[str], str],
) -> Iterable[Record]:
    seen: Counter[str] = Counter()
    artifact = {**_uri(locate(book.audited.path)), "index": place}
    for judged in book.of(*_LISTED):
        finding = judged.finding
        seen[finding.fingerprint] += 1
        physical: Record = {"artifactLocation": artifact, "region": {"startLine": 1}}
        made: Record = {
            "ruleId": finding.rule,
            "level": _LEVELS[finding.severity],
            "rank": _rank(finding),
            "message": _told(judged),
            "locations": [{"physicalLocation": physical, "logicalLocations": _logical(finding)}],
            "partialFingerprints": {
                "tickmark/v1": finding.fingerprint,
                # What GitHub compares; it would otherwise hash the first line of a ZIP file.
                "primaryLocationLineHash": f"{finding.fingerprint}:{seen[finding.fingerprint]}",
            },
            "suppressions": _suppressions(judged),
            "properties": {"id": judged.id} | _details(finding) | _explanation(judged),
        }
        if finding.rule in places:
            made["ruleIndex"] = places[finding.rule]
        if finding.siblings:
            made["relatedLocations"] = [
                _sibling(finding, at) for at in range(len(finding.siblings))
            ]
        if run.baseline:
            was_known = judged.disposition is Disposition.BASELINE
            made["baselineState"] = "unchanged" if was_known else "new"
        yield made


def _told(judged: JudgedFinding) -> Record:
    """The message of a result, in Markdown with its explanation where there is one."""
    text = one_line(judged.finding.message)
    made = _message(text)
    if judged.explanation is not None:
        made["markdown"] = _escaped(f"{escaped(text)} {explained(judged)}")
    return made


def _explanation(judged: JudgedFinding) -> Record:
    made = judged.explanation
    return {} if made is None else {"explanation": explanation_record(made)}


def _rank(finding: Finding) -> float:
    """0 to 100: severity first, then confidence."""
    return round(25 * int(finding.severity) + 25 * min(max(finding.confidence, 0.0), 1.0), 1)


def _logical(finding: Finding) -> list[Record]:
    """Each accused range as `Sheet!C5`; the sheet alone where no range is named."""
    sheet = one_line(finding.sheet, 200)
    if not finding.ranges:
        return [{"fullyQualifiedName": sheet, "kind": "module"}] if sheet else []
    return [_cell(sheet, one_line(area, 40), finding) for area in finding.ranges[:_MOST_RANGES]]


def _cell(sheet: str, area: str, finding: Finding) -> Record:
    name = f"{quote_sheet_name(sheet)}!{area}" if sheet else area
    made: Record = {"name": area, "fullyQualifiedName": name, "kind": "member"}
    if finding.label:
        made["decoratedName"] = one_line(finding.label, 200)
    return made


def _sibling(finding: Finding, at: int) -> Record:
    sheet, area = one_line(finding.sheet, 200), one_line(finding.siblings[at], 40)
    name = f"{quote_sheet_name(sheet)}!{area}"
    return {
        "id": at + 1,
        "message": {"text": "Shows what was expected."},
        "logicalLocations": [{"name": area, "fullyQualifiedName": name, "kind": "member"}],
    }


def _suppressions(judged: JudgedFinding) -> list[Record]:
    """Why a result is not open; the standard wants a list in each result once one has it."""
    kind = _KINDS.get(judged.disposition)
    if kind is None:
        return []
    where = f" ({one_line(judged.origin, 200)})" if judged.origin else ""
    reason = f"{one_line(judged.reason, 400)}{where}"
    return [{"kind": kind, "status": "accepted", "justification": reason}]


def _details(finding: Finding) -> Record:
    wanted = ("severity", "tier", "confidence", "evidence", "fix", "label", "effect", "siblings")
    record = finding_record(finding)
    return {name: record[name] for name in wanted if record[name]}


def _invocation(run: JudgedRun, locate: Callable[[str], str]) -> Record:
    notifications: list[Record] = []
    for at, book in enumerate(run.workbooks):
        audited = book.audited
        failed = audited.status is Status.FAILED
        location = {**_uri(locate(audited.path)), "index": at}
        notifications += [
            {
                "level": "error" if failed else "warning",
                "message": _message(one_line(sentence)),
                "locations": [{"physicalLocation": {"artifactLocation": location}}],
            }
            for sentence in ((audited.error,) if failed else audited.problems)
        ]
    notifications += [{"level": "note", "message": _message(one_line(one))} for one in run.notes]
    made: Record = {"executionSuccessful": run.complete}
    if notifications:
        made["toolExecutionNotifications"] = notifications
    return made


def _artifact(book: JudgedWorkbook, locate: Callable[[str], str]) -> Record:
    audited = book.audited
    made: Record = {
        "location": _uri(locate(audited.path)),
        "roles": ["analysisTarget"],
        "properties": {
            "status": audited.status.value,
            "sheets": audited.sheets,
            "cells": audited.cells,
            "formulas": audited.formulas,
            "fixed": sum(entry.count for entry in book.fixed),
        },
    }
    if audited.sha256:
        made["hashes"] = {"sha-256": audited.sha256}
    return made


def _properties(run: JudgedRun) -> Record:
    hidden = {
        one.value: {severity.word: n for severity, n in run.counts(one).items()} for one in HIDDEN
    }
    return {"complete": run.complete, "hidden": hidden, "fixed": run.fixed}


def _uri(path: str) -> Record:
    """A relative path as a reference below the root of the repository, another one as a URI."""
    text = quote(path, safe="/:" if _is_absolute(path) else "/", errors="surrogateescape")
    if _is_absolute(path):
        return {"uri": "file://" + (text if text.startswith("/") else f"/{text}")}
    return {"uri": text, "uriBaseId": ROOT}


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"


def _message(text: str) -> Record:
    return {"text": _escaped(text)}


def _escaped(text: str) -> str:
    """A text in which nothing is a placeholder or a link (3.11.5 and 3.11.6 of the standard)."""
    return _PLACEHOLDER.sub(r"{{\1}}", text).replace("](", "] (")
