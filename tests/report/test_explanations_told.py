"""Explanations in every format: told beside the finding, harmless whatever a model wrote."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from tests.report.judged import DEVIATION, book, judged
from tests.report.test_sarif import log
from tickmark.audit.judging.judgement import JudgedRun
from tickmark.model.explanation import Author, Explanation
from tickmark.report.audit_github import audit_github
from tickmark.report.audit_markdown import audit_markdown
from tickmark.report.audit_record import audit_record, judged_record
from tickmark.report.audit_text import audit_text
from tickmark.write.findings_csv import findings_csv

PLAIN = Explanation("D7 was mended by hand.", "37 cells are wrong.", "Copy C7.", struck=1)
HOSTILE = Explanation(
    "=HYPERLINK(1)\r\n::error::x \x1b[2J\u202e |[a](javascript:1) {0} <b>@all www.x.y",
    "",
    "##[add-mask]x",
    struck=2,
)


def explained(explanation: Explanation) -> JudgedRun:
    run = judged(book(DEVIATION))
    (one,) = run.workbooks
    (finding,) = one.findings
    made = replace(finding, explanation=explanation)
    return replace(run, workbooks=(replace(one, findings=(made,)),))


def test_json_has_it_beside_the_finding_and_only_where_it_was_asked_for() -> None:
    (one,) = explained(PLAIN).workbooks[0].findings

    assert judged_record(one)["explanation"] == {
        "cause": "D7 was mended by hand.",
        "effect": "37 cells are wrong.",
        "fix": "Copy C7.",
        "struck": 1,
        "author": "model",
    }
    (plain,) = judged(book(DEVIATION)).workbooks[0].findings
    assert "explanation" not in judged_record(plain)
    assert (
        audit_record(explained(PLAIN))["counts"] == audit_record(judged(book(DEVIATION)))["counts"]
    )


def test_the_table_has_it_below_the_finding() -> None:
    lines = audit_text(explained(PLAIN)).split("\n")

    at = next(n for n, line in enumerate(lines) if "Cause:" in line)
    assert [line.strip() for line in lines[at : at + 3]] == [
        "Cause: D7 was mended by hand.",
        "Effect: 37 cells are wrong.",
        "What to do: Copy C7.",
    ]
    assert "Source:" not in "\n".join(lines)


def test_words_of_the_documentation_say_so() -> None:
    told = " ".join(audit_text(explained(replace(PLAIN, author=Author.RULE))).split())

    assert "Source: the documentation of the rule; no model was told of the finding." in told


def test_markdown_and_github_have_it_behind_the_message() -> None:
    told = "**Cause:** D7 was mended by hand. **Effect:** 37 cells are wrong."

    assert f"{told} **What to do:** Copy C7. |" in audit_markdown(explained(PLAIN))
    assert "Cause: D7 was mended by hand. Effect: 37 cells are wrong." in audit_github(
        explained(PLAIN), lambda path: path
    )


def test_sarif_has_it_in_properties_and_in_the_message_as_markdown() -> None:
    (result,) = log(explained(PLAIN))["results"]

    assert result["properties"]["explanation"]["struck"] == 1
    assert result["message"]["markdown"].endswith(
        "**Cause:** D7 was mended by hand. **Effect:** 37 cells are wrong. **What to do:** Copy C7."
    )
    (plain,) = log(judged(book(DEVIATION)))["results"]
    assert result["message"]["text"] == plain["message"]["text"]
    assert "markdown" not in plain["message"]


def test_csv_has_it_in_columns_of_its_own() -> None:
    (row,) = csv.DictReader(io.StringIO(findings_csv(explained(PLAIN)), newline=""))

    assert [row[name] for name in ("explained_cause", "explained_effect", "explained_fix")] == [
        "D7 was mended by hand.",
        "37 cells are wrong.",
        "Copy C7.",
    ]
    assert (row["struck"], row["explained_by"]) == ("1", "model")


def test_no_format_is_broken_by_what_a_model_writes() -> None:
    run = explained(HOSTILE)
    texts = [audit_text(run), audit_markdown(run), audit_github(run, lambda path: path)]

    for text in texts:
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "##[add-mask]" not in text
        assert not [line for line in text.split("\n") if line.strip().startswith("::error::x")]
    assert "[a](javascript" not in texts[1]
    assert "@all" not in texts[1]
    (result,) = log(run)["results"]
    assert "[a](" not in result["message"]["markdown"]
    assert "{0}" not in result["message"]["markdown"]
    (row,) = csv.DictReader(io.StringIO(findings_csv(run), newline=""))
    assert row["explained_cause"].startswith("'=")
