from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from tests.fake_excel import FakeApp, fake_excel
from tickmark.hosts.functions import local_desk
from tickmark.hosts.jobs import walk
from tickmark.hosts.jobs.lock import job_lock
from tickmark.hosts.jobs.memory import FoundPlace, Memory, keep
from tickmark.hosts.jobs.order import take_order
from tickmark.hosts.open_book import BookPlace, calling_book, place_of
from tickmark.hosts.ribbon import press
from tickmark.settings import state_folder

HOSTILE = [
    "a & b.xlsx",
    "%PATH%.xlsx",
    "$(touch x).xlsx",
    '"quoted" `id`.xlsx',
    "'); import os; ('.xlsx",
    "two\nlines.xlsx",
    "--wb=other.xlsx",
    "a=b.xlsx",
]


@pytest.fixture
def app() -> Iterator[FakeApp]:
    with fake_excel() as running:
        yield running


class Started:
    """Stands for the start of a process: writes the commands down; all of them seem to live."""

    def __init__(self, pid: int = os.getpid()) -> None:
        self.commands: list[Sequence[str]] = []
        self.pid = pid

    def __call__(self, command: Sequence[str], folder: Path) -> int:
        assert folder == state_folder()
        self.commands.append(command)
        return self.pid


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_book_or_sheet_reaches_a_command_line(app: FakeApp, name: str) -> None:
    book = app.open(f"/books/{name}", "'); import os", "P&L %TEMP%")
    book.sheets[0].range("$A$1:$B$2").select()
    started = Started()

    press("audit-sheet", [f"--wb={name}", "--from_xl=1", "--hwnd=77"], start=started)

    (command,) = started.commands
    assert command[:-1] == [sys.executable, "-P", "-m", "tickmark.hosts.jobs", "audit-sheet"]
    assert set(command[-1]) <= set("0123456789abcdef")
    assert app.alerts == []
    order = take_order(command[-1])
    assert order.place == BookPlace(
        4242, name.rpartition("/")[2], f"/books/{name}", "'); import os", "$A$1:$B$2"
    )


def test_an_order_is_for_its_owner_only_and_is_taken_once(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")
    started = Started()

    press("ask", ["--wb=plan.xlsx"], start=started)

    order_id = started.commands[0][-1]
    file = state_folder() / "jobs" / f"{order_id}.json"
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert take_order(order_id).tag == "ask"
    assert not file.exists()


def test_a_second_press_says_that_the_job_runs_already(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")
    started = Started()

    press("audit-sheet", ["--wb=plan.xlsx"], start=started)
    press("audit-sheet", ["--wb=plan.xlsx"], start=started)

    assert len(started.commands) == 1
    assert app.alerts == ["Audit sheet is already running for plan.xlsx."]


def test_another_button_and_another_book_are_not_held_up(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")
    app.open("/other/plan 2.xlsx")
    started = Started()

    press("audit-sheet", ["--wb=plan.xlsx"], start=started)
    press("audit-workbook", ["--wb=plan.xlsx"], start=started)
    press("audit-sheet", ["--wb=plan 2.xlsx"], start=started)

    assert len(started.commands) == 3
    assert app.alerts == []


def test_a_lock_whose_process_is_gone_is_taken_over(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive = Started(gone.pid), Started()

    press("audit-sheet", ["--wb=plan.xlsx"], start=dead)
    press("audit-sheet", ["--wb=plan.xlsx"], start=alive)

    assert len(alive.commands) == 1
    assert app.alerts == []


def test_a_lock_of_a_process_that_only_got_the_same_number_is_stale() -> None:
    lock = job_lock("audit-sheet", "0" * 16, "mine")
    lock.path.parent.mkdir(parents=True)
    started = psutil.Process().create_time() - 3600
    text = json.dumps({"token": "other", "pid": os.getpid(), "started": started})
    lock.path.write_text(text, encoding="utf-8")

    assert lock.acquire()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"token": 1, "pid": "x"}', "\x00"])
def test_a_damaged_lock_holds_nobody_up(text: str) -> None:
    lock = job_lock("audit-sheet", "0" * 16, "mine")
    lock.path.parent.mkdir(parents=True)
    lock.path.write_text(text, encoding="utf-8")

    assert lock.acquire()


def test_only_the_owner_of_a_lock_lets_it_go() -> None:
    first = job_lock("audit-sheet", "0" * 16, "first")
    assert first.acquire()

    job_lock("audit-sheet", "0" * 16, "second").release()
    assert first.path.exists()

    first.release()
    assert not first.path.exists()


def test_a_job_that_cannot_be_started_leaves_a_sentence_and_no_lock(app: FakeApp) -> None:
    book = app.open("/books/plan.xlsx")

    def refused(_command: Sequence[str], _folder: Path) -> int:
        raise OSError(12, "Cannot allocate memory")

    press("audit-sheet", ["--wb=plan.xlsx"], start=refused)

    assert app.alerts == [
        f"Audit sheet could not be started: Cannot allocate memory ({state_folder()})."
    ]
    assert not job_lock("audit-sheet", place_of(book).key, "").path.exists()


def test_a_fault_is_told_in_a_sentence_and_its_trace_goes_to_the_log(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")

    def broken(_command: Sequence[str], _folder: Path) -> int:
        message = "secret of the machine"
        raise RuntimeError(message)

    press("audit-sheet", ["--wb=plan.xlsx"], start=broken)

    assert app.alerts == [
        "Audit sheet could not start (unexpected RuntimeError); the button Log has the details."
    ]
    log = (state_folder() / "log" / "tickmark.log").read_text(encoding="utf-8")
    assert "in begin\n" in log
    assert "RuntimeError" in log
    assert "secret of the machine" not in log


def test_the_active_book_is_meant_where_the_name_was_garbled_on_its_way(app: FakeApp) -> None:
    app.open("/books/%PATH%.xlsx")
    app.open("/books/other.xlsx")

    book = calling_book(["--wb=/usr/bin:/bin.xlsx", "--from_xl=1", "--hwnd=77"])

    assert book.name == "%PATH%.xlsx"


def test_a_book_never_saved_is_another_one_in_every_excel() -> None:
    first, second = BookPlace(1, "Book1", "Book1"), BookPlace(2, "Book1", "Book1")
    saved, again = BookPlace(1, "a.xlsx", "/x/a.xlsx"), BookPlace(2, "A.xlsx", "/x/A.xlsx")

    assert first.key != second.key
    assert saved.key == again.key


def found(*places: tuple[str, str]) -> Memory:
    return Memory("run-1", tuple(FoundPlace(s, r, f"high rule, {s}!{r}: text") for s, r in places))


def test_next_and_previous_walk_through_the_findings_and_meet_at_the_ends(app: FakeApp) -> None:
    book = app.open("/books/plan.xlsx", "P&L", "Inputs")
    keep(place_of(book).key, found(("P&L", "C6"), ("Inputs", "B2:B9")))
    visited = []
    for tag in ("next", "next", "next", "previous"):
        press(tag, ["--wb=plan.xlsx"])
        assert app.selection is not None
        visited.append((app.selection.sheet.name, app.selection.address))

    assert visited == [("P&L", "C6"), ("Inputs", "B2:B9"), ("P&L", "C6"), ("Inputs", "B2:B9")]
    assert app.status[0] == "Tickmark: Finding 1 of 2: high rule, P&L!C6: text"
    assert app.alerts == []


def test_a_finding_on_a_hidden_or_deleted_sheet_is_told_and_not_shown(app: FakeApp) -> None:
    book = app.open("/books/plan.xlsx", "P&L", "Secret")
    book.sheets["Secret"].impl.visible = False
    keep(place_of(book).key, found(("Secret", "A1"), ("Gone", "A1")))

    press("next", ["--wb=plan.xlsx"])
    press("next", ["--wb=plan.xlsx"])

    assert app.selection is None
    assert [str(line)[-23:] for line in app.status] == [
        "t (its sheet is hidden)", "ext (its sheet is gone)",
    ]  # fmt: skip


def test_without_a_run_before_the_user_is_told_what_to_press(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")

    press("next", ["--wb=plan.xlsx"])

    assert app.alerts == [
        "No findings are known for plan.xlsx; press Audit sheet or Audit workbook first."
    ]


def test_findings_on_the_workbook_alone_are_no_places() -> None:
    with fake_excel() as app:
        book = app.open("/books/plan.xlsx")
        keep("k", Memory("run-1"))

        with pytest.raises(Exception, match="found nothing in its cells"):
            walk.walk(book, "k", 1)


def test_run_and_pause_are_left_for_the_worksheet_functions(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")
    control = local_desk.control()

    press("pause", ["--wb=plan.xlsx"])
    assert control.read().paused
    press("pause", ["--wb=plan.xlsx"])
    assert not control.read().paused
    press("run", ["--wb=plan.xlsx"])

    assert control.read().run
    assert not control.read().refresh


def test_cost_tells_the_day_and_leaves_the_label(app: FakeApp) -> None:
    app.open("/books/plan.xlsx")

    press("cost", ["--wb=plan.xlsx"])

    (told,) = app.alerts
    assert told == (
        "Today 0.0000 USD were spent with 0 calls, by worksheet functions and ribbon together.\n\n"
        "The limit of a day is 1.00 USD, that of one run 1.00 USD; the button Settings changes "
        "them."
    )
    label = (state_folder() / "cost.txt").read_text(encoding="ascii")
    assert label == "0.00 of 1.00 USD\n"
