from __future__ import annotations

import os
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlwings

from tests.books import book as in_memory
from tests.books import save, sheet
from tests.fake_excel import FakeApp, fake_excel
from tickmark.analyses.prepared import Prepared, prepare
from tickmark.errors import BudgetExceeded, InputError, ModelDenied
from tickmark.hosts import job_log
from tickmark.hosts.help_page import help_html
from tickmark.hosts.job_log import log, log_file
from tickmark.hosts.jobs import memory
from tickmark.hosts.jobs.analysis import Scope, concluded, tasks_of
from tickmark.hosts.jobs.answer_sheet import Told, answer_sheet, cited_ranges
from tickmark.hosts.jobs.asking import consent, ribbon_settings
from tickmark.hosts.jobs.cost_label import label
from tickmark.hosts.jobs.detached import job_command, launch
from tickmark.hosts.jobs.examination import Checked, doctor_sheet
from tickmark.hosts.jobs.job import Job
from tickmark.hosts.jobs.live_workbook import only
from tickmark.hosts.jobs.llm_cells import functions_in
from tickmark.hosts.jobs.lock import job_lock
from tickmark.hosts.jobs.order import Order, leave_order, new_order
from tickmark.hosts.jobs.selection import parse_area, selected_content
from tickmark.hosts.jobs.work import carry_out, main
from tickmark.hosts.open_book import BookPlace, place_of
from tickmark.hosts.settings_file import ensure_settings_file, settings_text
from tickmark.model.analysis import Analysis, Status
from tickmark.model.edit import CellStyle
from tickmark.model.range_content import ErrorValue
from tickmark.model.usage import Usage
from tickmark.read.limits import meanings
from tickmark.settings import Settings, setting_names, state_folder

PLACE = BookPlace(4242, "plan.xlsx", "/books/plan.xlsx", "P&L", "$A$1")
SECRET = "sk-ant-a-key-of-this-test"  # noqa: S105 - no key of anybody


@pytest.fixture
def app() -> Iterator[FakeApp]:
    with fake_excel() as running:
        running.open("/books/plan.xlsx", "P&L", "Inputs")
        yield running


def raising(error: BaseException) -> Callable[[Job], str]:
    def body(job: Job) -> str:
        job.show("at work")
        raise error

    return body


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModelDenied("The key is refused; set another."), "The key is refused; set another."),
        (
            RuntimeError(f"text of a cell, {SECRET}"),
            (
                "Audit sheet stopped: Excel or Tickmark met an unexpected RuntimeError; the button "
                "Log has the details."
            ),
        ),
    ],
)
def test_a_job_that_fails_leaves_one_sentence_a_log_and_the_status_bar_as_it_was(
    app: FakeApp, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    app.status.append("of another add-in")

    done = carry_out(Order("0" * 16, "audit-sheet", PLACE), raising(error))

    assert not done
    assert app.alerts == [told]
    assert app.status == ["of another add-in", "Tickmark: at work", "of another add-in"]
    text = log_file().read_text(encoding="utf-8")
    assert told in text
    assert SECRET not in text
    assert "text of a cell" not in text
    assert ("in carry_out\n" in text) is isinstance(error, RuntimeError)


def test_while_debugging_the_log_has_the_errors_own_text_without_the_key(
    app: FakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKMARK_DEBUG", "1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)

    carry_out(Order("0" * 16, "ask", PLACE), raising(RuntimeError(f"Excel says no to {SECRET}")))

    assert len(app.alerts) == 1
    text = log_file().read_text(encoding="utf-8")
    assert "RuntimeError: Excel says no to (key)" in text


@pytest.mark.usefixtures("app")
def test_the_lock_goes_with_the_job_however_it_ends() -> None:
    order = new_order("audit-sheet", replace(PLACE, name="closed.xlsx"))
    lock = job_lock("audit-sheet", order.place.key, order.id)
    assert lock.acquire()
    leave_order(order)

    assert main([order.tag, order.id]) == 1

    assert not lock.path.exists()
    assert "closed.xlsx is not open any more" in log_file().read_text(encoding="utf-8")


def test_an_excel_that_is_gone_costs_the_message_and_nothing_else(app: FakeApp) -> None:
    def gone(_job: Job) -> str:
        def refuse() -> None:
            message = "the server is gone"
            raise ConnectionError(message)

        app.broken = refuse
        message = "A sentence."
        raise InputError(message)

    assert not carry_out(Order("0" * 16, "audit-sheet", PLACE), gone)
    assert app.alerts == []


@pytest.mark.parametrize(
    "arguments",
    [[], ["audit-sheet"], ["audit-sheet", "../../x"], ["audit-sheet", "0" * 16], ["x", "0" * 16]],
)
def test_a_job_without_an_order_does_nothing(app: FakeApp, arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert app.alerts == []


def test_a_launched_process_outlives_its_starter_in_a_session_of_its_own(tmp_path: Path) -> None:
    code = "import os, pathlib; pathlib.Path('sid').write_text(str(os.getsid(0)))"

    pid = launch([sys.executable, "-c", code], tmp_path)

    file = tmp_path / "sid"
    end = time.monotonic() + 30
    while not (file.exists() and file.read_text(encoding="ascii")):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert int(file.read_text(encoding="ascii")) == pid != os.getsid(0)


def test_a_job_imports_nothing_from_the_folder_it_runs_in() -> None:
    assert job_command("ask", "0" * 16) == [
        sys.executable, "-P", "-m", "tickmark.hosts.jobs", "ask", "0" * 16,
    ]  # fmt: skip


def test_a_long_log_is_put_aside_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_log, "LARGEST", 200)

    for number in range(9):
        log("ask", f"sentence {number}\nwith a second line {'x' * 40}")

    texts = sorted(path.name for path in log_file().parent.iterdir())
    assert texts == ["tickmark.1.log", "tickmark.log"]
    lines = log_file().read_text(encoding="utf-8").splitlines()
    assert lines[-1].endswith(f"ask: sentence 8 with a second line {'x' * 40}")


# One sheet of a workbook


def prepared() -> Prepared:
    workbook = in_memory(
        {"P&L": {"A1": ("=1/0", "#DIV/0!")}, "Inputs": {"A1": ("=1/0", "#DIV/0!"), "A2": 1}}
    )
    return prepare(workbook, budget=1000, tokens=len)


def test_one_sheet_has_its_own_findings_and_one_question() -> None:
    part = only(prepared(), "Inputs")

    assert [one.facts.name for one in part.sheets] == ["Inputs"]
    assert {one.sheet for one in part.findings} == {"Inputs"}
    assert [task.id for task in tasks_of(part, Settings(), "Inputs")] == ["sheet 1"]
    assert len(tasks_of(prepared(), Settings(), "")) == 3


def test_a_sheet_that_is_none_of_the_users_is_refused() -> None:
    with pytest.raises(InputError, match="Chart1 is no worksheet of yours"):
        only(prepared(), "Chart1")


def test_one_sheet_by_rules_only_says_so() -> None:
    analysis = concluded(only(prepared(), "P&L"), {}, "", Scope("Tickmark audit", "P&L"))

    assert (analysis.model, analysis.status) == ("", Status.OK)
    assert [one.name for one in analysis.sheets] == ["P&L"]


# Money


def job(app: FakeApp) -> Job:
    return Job("analyze-sheet", PLACE, xlwings.Book(impl=app.books[0]))


@pytest.mark.parametrize(("answer", "agreed"), [("yes", True), ("no", False)])
def test_many_calls_wait_for_the_users_word(app: FakeApp, answer: str, *, agreed: bool) -> None:
    app.answer = answer
    tasks = tasks_of(prepared(), Settings(), "")

    assert consent(job(app), tasks, Settings(consent_calls=2)) is agreed
    assert re.fullmatch(
        r"3 calls to claude-sonnet-5-5, about [\d,]+ tokens in, likely \d\.\d\d USD and at most "
        r"\d\.\d\d USD\. Send it\?",
        app.alerts[0],
    )


def test_few_and_cheap_calls_are_sent_without_asking(app: FakeApp) -> None:
    assert consent(job(app), tasks_of(prepared(), Settings(), "P&L"), Settings())
    assert app.alerts == []


@pytest.mark.parametrize("limits", [{"max_cost": 0.0001}, {"daily_cost": 0.0001}])
def test_what_exceeds_a_limit_of_run_or_day_is_refused_before_it_is_sent(
    app: FakeApp, limits: dict[str, float]
) -> None:
    settings = Settings(**limits)  # type: ignore[arg-type]

    with pytest.raises(BudgetExceeded, match="with the button Settings"):
        consent(job(app), tasks_of(prepared(), settings, ""), settings)


def test_a_settings_file_beside_the_workbook_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "tickmark.toml").write_text('model = "other"', encoding="utf-8")
    monkeypatch.chdir(tmp_path / "strange")

    assert ribbon_settings().model == "claude-sonnet-5-5"


@pytest.mark.parametrize(
    ("usd", "limit", "text"),
    [
        (0, 1, "0.00 of 1.00 USD"),
        (12.345, 100, "12.35 of 100.00 USD"),
        (1234.5, 10000, "1234 of 10000 USD"),
    ],
)
def test_the_label_of_the_cost_fits_the_ribbon(usd: float, limit: float, text: str) -> None:
    assert label(usd, limit) == text
    assert len(text) <= 20


# What is kept


def test_only_the_newest_runs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "RUNS_KEPT", 2)
    analysis = Analysis("/books/plan.xlsx", Status.OK)

    for number in range(4):
        memory.remember(
            PLACE, analysis, run_id=f"run-{number}", started="2026-11-20T10:00:00", max_cost=1.0
        )

    assert sorted(path.name for path in memory.runs_folder().iterdir()) == ["run-2", "run-3"]
    assert memory.run_report("run-3").is_file()
    kept = memory.recall(PLACE.key)
    assert kept is not None
    assert kept.run_id == "run-3"


@pytest.mark.parametrize("text", ["", "[]", '{"run": 1}', '{"run": "r", "places": [1], "at": 9}'])
def test_a_damaged_memory_is_none_or_empty(text: str) -> None:
    path = state_folder() / "books" / "k.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")

    kept = memory.recall("k")

    assert kept is None or (kept.places, kept.at) == ((), -1)


# Settings and help


def test_a_new_settings_file_holds_every_setting_with_its_default_as_a_comment() -> None:
    path = ensure_settings_file()

    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    lines = [
        line[2:] for line in text.splitlines() if re.match(r"# (?:\w+ = |\[+[\w.]+\]+$)", line)
    ]
    default = Settings()
    found = tomllib.loads("\n".join(lines))
    assert found["audit"].pop("suppress")
    assert found == {
        **{name: getattr(default, name) for name in setting_names()},
        "limits": {name: bound for name, bound, _ in meanings()},
        "audit": {
            "fail_on": "high",
            "tier": "default",
            "rules": [],
            "exclude_rules": [],
            "exclude": [],
        },
    }
    assert all(f"# {name}: " in text for name in setting_names())


def test_a_settings_file_of_the_user_is_left_as_it_is() -> None:
    path = ensure_settings_file()
    path.write_text("model = 'claude-opus-5-5'\n", encoding="utf-8")

    assert ensure_settings_file().read_text(encoding="utf-8") == "model = 'claude-opus-5-5'\n"
    assert settings_text().startswith("# Settings of Tickmark")


def test_the_help_page_needs_no_network_and_names_every_function() -> None:
    page = help_html()

    assert "://" not in page
    assert "<script" not in page
    assert "=LLM_ANALYZE(range, [question], [options])" in page
    assert "&quot;Why does margin fall?&quot;" in page


# Answers


def test_an_answers_citations_become_links_each_once() -> None:
    answer = (
        "Sales rise [Data!C2, Data!C3]. Rent ['P&L'!B4] and [C9]; see [the note] and [Data!C2]."
    )

    assert list(cited_ranges(answer, "P&L")) == [
        "Data!C2", "Data!C3", "'P&L'!B4", "'P&L'!C9",
    ]  # fmt: skip


def test_an_answer_is_a_sheet_of_text_with_cost_model_and_run() -> None:
    told = Told(
        question="=HYPERLINK(1) why?",
        answer="=1+1 is two [A1].",
        cells="'P&L'!A1:B2",
        model="claude-haiku-5-5",
        usage=Usage(calls=1, usd=0.0123),
        run_id="run-1",
    )

    page = answer_sheet(told, PLACE)

    rows = [[cell.value for cell in row] for row in page.rows]
    assert rows[:7] == [
        ["Tickmark answer"],
        ["Question", "=HYPERLINK(1) why?"],
        [],
        [None, "=1+1 is two [A1]."],
        [],
        ["Cited cells"],
        [None, "'P&L'!A1"],
    ]
    assert ["Model", "claude-haiku-5-5"] in rows
    assert ["Cost", "$0.0123 for 1 call"] in rows
    assert ["Run", "run-1"] in rows
    assert page.rows[6][1].link == "'P&L'!A1"
    assert page.frozen_rows == 2


def test_the_selection_is_read_as_worksheet_functions_see_it() -> None:
    workbook = in_memory(
        {
            "P&L": sheet(
                {"A1": "Sales", "B1": ("=A9*2", 5), "B2": ("=1/0", "#DIV/0!"), "C3": True},
                formats={"B1": "0.00"},
            )
        }
    )

    content = selected_content(workbook, "P&L", "$A:$B")

    assert content.values == (("Sales", 5.0), (None, ErrorValue("#DIV/0!")), (None, None))
    assert content.formulas == (("", "=A9*2"), ("", "=1/0"), ("", ""))
    assert content.formats[0] == ("General", "0.00")
    assert str(content.area) == "'P&L'!A1:B3"


def test_hidden_cells_of_a_selection_are_blank() -> None:
    workbook = in_memory(
        {"P&L": sheet({"A1": 1, "A2": "salary", "B1": "=A2", "C1": 3}, hidden_rows=((2, 2),),
                      hidden_columns=((2, 2),))}
    )  # fmt: skip

    content = selected_content(workbook, "P&L", "$A$1:$C$2")

    assert content.values == ((1.0, None, 3.0), (None, None, None))
    assert not any(map(any, content.formulas))


def test_texts_of_a_selection_that_cannot_be_seen_are_blank() -> None:
    page = sheet({"A1": "Sales", "B1": "secret", "C1": 3}, formats={"B1": ";;;", "C1": ";;;"})
    workbook = in_memory({"P&L": page})

    content = selected_content(workbook, "P&L", "$A$1:$C$1")

    assert content.values == (("Sales", None, 3.0),)
    assert content.formats == (("General", "General", ";;;"),)


@pytest.mark.parametrize(
    ("address", "a1"),
    [("$A$1", "A1"), ("$A$1:$C$9", "A1:C9"), ("$B:$C", "B1:C1048576"), ("$3:$7", "A3:XFD7")],
)
def test_addresses_of_excel_are_understood(address: str, a1: str) -> None:
    assert parse_area(address, "P&L").a1 == a1


def test_several_areas_and_too_many_cells_are_refused() -> None:
    workbook = in_memory({"P&L": {"A1": 1, "ALM400": 2}})

    with pytest.raises(InputError, match="Select one area"):
        selected_content(workbook, "P&L", "$A$1,$B$2")
    with pytest.raises(InputError, match=r"A1:ALM400 has 400,400 cells; select at most 100,000"):
        selected_content(workbook, "P&L", "$A:$ZZZ".replace("ZZZ", "XFD"))


@pytest.mark.parametrize(
    ("formula", "functions"),
    [
        ('=LLM_ASK(A1,"why")', ("LLM_ASK",)),
        ("='Tickmark.xlam'!LLM_Ask(A1,1)&LLM_COST()", ("LLM_ASK", "LLM_COST")),
        ('=IF(A1,"LLM_ASK(B1)",1)', ()),
        ("LLM_ASK(A1)", ()),
        ("=MYLLM_ASK(A1)", ()),
        ("=LLM_ASK+1", ()),
    ],
)  # fmt: skip
def test_llm_functions_are_seen_in_formulas_and_not_in_texts(
    formula: str, functions: tuple[str, ...]
) -> None:
    assert functions_in(formula) == functions


def test_the_doctors_sheet_has_a_word_for_every_result_and_the_fix_of_what_failed() -> None:
    checks = [
        Checked("python", ok=True, needed=True, found="3.11", fix="Install it."),
        Checked("key", ok=False, needed=False, found="not set", fix="Set it."),
        Checked("excel", ok=False, needed=True, found="=1+1", fix="Install it."),
        Checked("dll", ok=True, needed=True, found="", fix="", state="not applicable"),
    ]

    page = doctor_sheet(checks)

    assert [cell.value for cell in page.rows[1]] == [
        "1 check of 4 failed; the fix stands beside each."
    ]
    assert [[cell.value for cell in row] for row in page.rows[3:7]] == [
        ["✓ ok", "python", "3.11", ""],
        ["• note", "key", "not set", "Set it."],
        ["✗ fail", "excel", "=1+1", "Install it."],
        ["○ not here", "dll", "", ""],
    ]
    assert page.rows[5][0].style is CellStyle.HIGH
    assert page.filter_range == "A3:D7"


def test_the_place_of_a_book_names_its_active_sheet_where_no_cells_are_selected(
    app: FakeApp, tmp_path: Path
) -> None:
    opened = app.open("/books/second.xlsx", "One", content=save(tmp_path / "x.xlsx", {"A1": 1}))

    assert place_of(opened) == BookPlace(4242, "second.xlsx", "/books/second.xlsx", "One", "")
