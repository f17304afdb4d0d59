"""`tickmark log`: what was sent, what it cost, and whether the record is whole."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.books import save
from tests.messages_api import KEY, Fault, MessagesApi
from tickmark.hosts.cli.app import run
from tickmark.llm.call_entry import CallEntry
from tickmark.llm.call_log import CallLog
from tickmark.settings import state_folder

CALLS = (
    CallEntry(
        time="2026-11-20T09:30:00.125Z",
        run="r1",
        task="budget.xlsx/P&L",
        about="folder/budget.xlsx P&L!A1:F20",
        host="https://api.anthropic.com",
        model="claude-sonnet-5-5",
        answered_by="claude-sonnet-5-5",
        prompt="a" * 64,
        data="b" * 64,
        answer="c" * 64,
        prompt_chars=1300,
        data_chars=1000,
        answer_chars=80,
        input_tokens=1200,
        cache_read_tokens=300,
        output_tokens=80,
        usd=0.0048,
        outcome="answered",
        request_id="req_7",
        seconds=1.5,
    ),
    CallEntry(
        time="2026-11-21T23:59:30.000Z",
        run="r2",
        about="model.xlsm Sheet1!A1:Z900",
        host="https://api.anthropic.com",
        model="claude-haiku-5-5",
        outcome="failed",
        reason="rate limit",
        status=429,
    ),
    CallEntry(
        time="2026-11-22T00:00:10.000Z",
        run="r2",
        about="model.xlsm Sheet1!A1:Z900",
        model="qwen",
        input_tokens=10,
        output_tokens=5,
        usd=None,
        outcome="cut",
        reason="limit of tokens",
        perhaps_charged=True,
    ),
)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def path() -> Path:
    return filled(state_folder() / "calls.sqlite", *CALLS)


def filled(path: Path, *calls: CallEntry, texts: bool = False) -> Path:
    log = CallLog(path, texts=texts)
    for call in calls:
        log.append(call, {"user": "Why?\x1b[31m", "answer": "Because."})
    log.close()
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER no_change")
        connection.execute("DROP TRIGGER no_removal")
        connection.execute(statement)
        connection.commit()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["log", *arguments]) == code
    return capsys.readouterr().out


@pytest.mark.usefixtures("path")
def test_calls_are_listed_with_the_newest_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "ls").splitlines() == [
        "No  Sent         Model       Tokens     USD  Ended       About",
        " 2  11-20 09:30  sonnet-5-5   1,580  0.0048  answered    budget.xlsx P&L!A1:F20",
        " 3  11-21 23:59  haiku-5-5        -  0.0000  rate limit  model.x… Sheet1!A1:Z900",
        " 4  11-22 00:00  qwen            15       ?  cut         model.x… Sheet1!A1:Z900",
    ]


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["--run", "r2"], [3, 4]),
        (["--run", "r"], []),
        (["--model", "Sonnet"], [2]),
        (["--failed"], [3, 4]),
        (["--since", "2026-11-21"], [3, 4]),
        (["--since", "2026-11-21T23:59:31"], [4]),
        (["--since", "2026-11-22T00:00:00+00:01"], [3, 4]),
        (["-n", "1"], [4]),
        (["-n", "1", "--failed", "--model", "haiku"], [3]),
        ([], [2, 3, 4]),
    ],
)
@pytest.mark.usefixtures("path")
def test_a_list_can_be_narrowed(
    capsys: pytest.CaptureFixture[str], arguments: list[str], numbers: list[int]
) -> None:
    record = json.loads(said(capsys, "ls", "--json", *arguments))
    assert record["schema_version"] == 1
    assert [one["number"] for one in record["entries"]] == numbers

    lines = said(capsys, "ls", "--jsonl", *arguments).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"schema_version": 1} | one for one in record["entries"]
    ]


@pytest.mark.usefixtures("path")
def test_a_call_as_json_has_all_that_was_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = json.loads(said(capsys, "ls", "--json", "--run", "r1"))["entries"]
    assert len(found.pop("hash")) == 64
    assert found == {"number": 2, "kind": "call"} | CALLS[0].record


def test_only_the_last_twenty_are_listed_unless_more_are_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    filled(state_folder() / "calls.sqlite", *(CALLS * 10))

    assert run(["log", "ls"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 21
    assert out.splitlines()[-1].startswith("31 ")
    assert err == "Those are the last 20; -n 200 shows more.\n"
    assert len(said(capsys, "ls", "-n", "200").splitlines()) == 31
    assert len(json.loads(said(capsys, "ls", "--json"))["entries"]) == 30


def test_a_table_fits_80_columns_whatever_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    long = CallEntry(
        time="2026-11-22T00:00:10.000Z",
        run="r" * 200,
        about="ordner/Kostenübersicht\x1b[2J 予算 of all regions.xlsx Übersicht!A1:ZZ1048576",
        model="claude-" + "m" * 60,
        input_tokens=1_000_000,
        usd=1234.5678,
        outcome="unusable",
    )
    filled(state_folder() / "calls.sqlite", *([long] * 3))
    shown = [said(capsys, *words) for words in (["ls"], ["show", "2"], ["verify"])]
    shown += [said(capsys, "cost", "--by", by) for by in ("day", "model", "run", "workbook")]

    assert max(len(line) for text in shown for line in text.splitlines()) <= 80
    assert not any("\x1b" in text for text in shown)
    assert ":ZZ1048576" in shown[0]


def test_one_entry_is_shown_whole(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        hashes = [one for (one,) in connection.execute("SELECT hash FROM entries")]
    page = said(capsys, "show", "2")
    assert page.splitlines() == [
        "Entry 2",
        "  sent      2026-11-20 09:30:00 UTC (2026-11-20T09:30:00.125Z)",
        "  run       r1",
        "  task      budget.xlsx/P&L",
        "  about     folder/budget.xlsx P&L!A1:F20",
        "  model     claude-sonnet-5-5",
        "  host      https://api.anthropic.com",
        "  ended     answered",
        "  request   req_7",
        "  took      1.5 s",
        "  tokens    1,200 in, 80 out; the provider kept 0 and had kept 300",
        "  cost      0.004800 USD",
        "  size      1,300 characters sent, 1,000 of them data; 80 answered",
        f"  prompt    {'a' * 64}",
        f"  data      {'b' * 64}",
        f"  answer    {'c' * 64}",
        f"  hash      {hashes[1]}",
        f"  previous  {hashes[0]}",
    ]
    assert said(capsys, "show", "req_7") == page
    assert said(capsys, "show", hashes[1]) == page
    assert said(capsys, "show", hashes[1][:12].upper()) == page
    assert "failed: rate limit (HTTP 429)" in said(capsys, "show", "3")
    assert "cut: limit of tokens, perhaps charged" in said(capsys, "show", "4")
    assert "kind      beginning" in said(capsys, "show", "1")


def test_kept_texts_are_shown_without_what_steers_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = filled(state_folder() / "calls.sqlite", CALLS[0], texts=True)

    page = said(capsys, "show", "2")
    assert page.endswith("\nuser\n  Why?·[31m\n\nanswer\n  Because.\n")
    record = json.loads(said(capsys, "show", "2", "--json"))
    assert record["texts"] == {"user": "Why?\x1b[31m", "answer": "Because."}
    assert record["about"] == "folder/budget.xlsx P&L!A1:F20"

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM texts")
        connection.commit()
    assert said(capsys, "show", "2").endswith("\nIts texts have been erased.\n")


@pytest.mark.parametrize("name", ["99", "0", "req_8", "abcdef", "0123456789abcdef", ""])
@pytest.mark.usefixtures("path")
def test_an_unknown_entry_exits_with_2(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["log", "show", name]) == 2
    assert f"There is no entry {name!r} in" in capsys.readouterr().err


@pytest.mark.usefixtures("path")
def test_costs_are_summed_by_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "cost").splitlines() == [
        "Day         Calls  Tokens in  cached  out     USD",
        "2026-11-20      1      1,500     300   80  0.0048",
        "2026-11-21      1          0       0    0  0.0000",
        "2026-11-22      1         10       0    5  0.0000",
        "Together        3      1,510     300   85  0.0048",
        "2 calls without a usable answer among them.",
        "1 call of unknown price, counted as nothing.",
        "1 call without a readable answer, which may have been charged beside that.",
    ]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("day", ["2026-11-20", "2026-11-21", "2026-11-22"]),
        ("model", ["claude-sonnet-5-5", "claude-haiku-5-5", "qwen"]),
        ("run", ["r1", "r2"]),
        ("workbook", ["folder/budget.xlsx", "model.xlsm"]),
    ],
)
@pytest.mark.usefixtures("path")
def test_costs_are_summed_by_what_is_asked_for(
    capsys: pytest.CaptureFixture[str], by: str, names: list[str]
) -> None:
    record = json.loads(said(capsys, "cost", "--by", by, "--json"))

    assert [one[by] for one in record["rows"]] == names
    assert record["total"] == {
        "calls": 3,
        "failed": 2,
        "input_tokens": 1210,
        "cache_read_tokens": 300,
        "cache_write_tokens": 0,
        "output_tokens": 85,
        "usd": 0.0048,
        "unpriced": 1,
        "perhaps_charged": 1,
    }
    assert sum(one["calls"] for one in record["rows"]) == 3
    since = json.loads(said(capsys, "cost", "--since", "2026-11-21", "--json"))
    assert since["total"]["calls"] == 2


def test_the_answer_of_a_batch_counts_for_the_workbook_that_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = CallEntry(
        time="2026-11-20T09:30:00.125Z",
        run="r1",
        about="a b.xlsx S!A1",
        outcome="handed in",
        batch="b1",
        item="i1",
    )
    answered = CallEntry(
        time="2026-11-21T09:30:00.125Z",
        run="r2",
        usd=0.5,
        outcome="answered",
        batch="b1",
        item="i1",
    )
    filled(state_folder() / "calls.sqlite", asked, answered)

    rows = json.loads(said(capsys, "cost", "--by", "workbook", "--json"))["rows"]
    assert [(one["workbook"], one["calls"], one["usd"]) for one in rows] == [("a b.xlsx", 1, 0.5)]


def test_a_whole_chain_is_told_with_its_head(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (head,) = connection.execute("SELECT hash FROM entries WHERE number = 4").fetchone()
    lines = said(capsys, "verify").splitlines()
    assert lines[0].startswith("The chain is unbroken: 4 entries, from 2026-11-20 09:30 to ")
    assert lines[1:3] == ["Calls: 3.", f"Head:  {head}"]
    assert "The noted head is entry 4 of it." in said(capsys, "verify", "--head", head)

    record = json.loads(said(capsys, "verify", "--json", "--head", head[:8]))
    assert (record["whole"], record["entries"], record["calls"]) == (True, 4, 3)
    assert record["noted"] == {"head": head[:8], "entry": 4}
    assert (record["head"], record["first_bad"]) == (head, None)


def test_a_changed_entry_is_named_with_exit_code_1(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(path, "UPDATE entries SET body = replace(body, '0.0048', '0.0001')")

    assert said(capsys, "verify", code=1).splitlines() == [
        "The chain is broken at entry 2: it was changed, or one before it was removed or replaced.",
        "1 entry before it in an unbroken chain" + period(path) + ".",
    ]
    record = json.loads(said(capsys, "verify", "--json", code=1))
    assert (record["whole"], record["first_bad"]["entry"]) == (False, 2)


def period(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        (body,) = connection.execute("SELECT body FROM entries WHERE number = 1").fetchone()
    moment = json.loads(body)["time"]
    return f", {moment[:10]} from {moment[11:16]} to {moment[11:16]}"


def test_a_cut_end_is_found_with_a_head_that_was_noted(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = json.loads(said(capsys, "verify", "--json"))["head"]
    change(path, "DELETE FROM entries WHERE number = 4")

    said(capsys, "verify")
    assert "not part of it" in said(capsys, "verify", "--head", head, code=1)
    record = json.loads(said(capsys, "verify", "--head", head, "--json", code=1))
    assert (record["whole"], record["noted"]) == (False, {"head": head, "entry": None})


@pytest.mark.parametrize("arguments", [["ls"], ["cost"], ["verify"]])
def test_a_missing_record_is_no_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["log", *arguments]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("No calls yet: there is no record at ")
    assert json.loads(said(capsys, *arguments, "--json"))["schema_version"] == 1
    assert not state_folder().exists()


def test_a_noted_head_without_a_record_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert "the noted head is not in it" in said(capsys, "verify", "--head", "ab" * 32, code=1)
    assert (
        json.loads(said(capsys, "verify", "--head", "ab" * 32, "--json", code=1))["whole"] is False
    )


@pytest.mark.parametrize("arguments", [["ls"], ["show", "2"], ["cost"], ["verify"]])
def test_a_damaged_file_exits_with_2_and_one_sentence(
    path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    path.write_bytes(b"not a database, whatever its name may say" * 50)

    assert run(["log", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert f"The record of calls at {path} cannot be read (file is not a database)" in err


def test_a_copy_elsewhere_is_read_with_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = filled(tmp_path / "evidence" / "copy.sqlite", CALLS[0])

    assert "answered" in said(capsys, "ls", "--file", str(copy))
    assert "Calls: 1." in said(capsys, "verify", "--file", str(copy))
    assert run(["log", "verify", "--file", str(tmp_path / "none")]) == 2
    assert "There is no file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ls", "--since", "yesterday"], "--since is 'yesterday'; give a day such as 2026-11-21"),
        (["cost", "--by", "cell"], "--by is 'cell'; it is one of day, model, run, workbook."),
        (["verify", "--head", "nonsense"], "--head is 'nonsense'; it is a hash of 64 digits"),
        (["verify", "--head", "abc"], "--head is 'abc'; it is a hash of 64 digits"),
        (["ls", "-n", "0"], "Invalid value for '-n'"),
    ],
)
def test_wrong_options_exit_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run(["log", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_a_run_leaves_one_entry_for_each_call_and_no_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TICKMARK_WORKERS", "1")
    save(Path("budget.xlsx"), {"P&L": {"A1": "Revenue", "B1": 48151.62}})
    with MessagesApi(faults=[Fault(529)]) as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        assert run(["analyze", "budget.xlsx", "--out", "out", "--quiet"]) == 0
    capsys.readouterr()
    found = json.loads(said(capsys, "ls", "--json"))["entries"]
    record = json.loads(Path("out/run.json").read_text())

    assert len(found) == len(api.calls) > 1
    assert (found[0]["outcome"], found[0]["status"]) == ("failed", 529)
    assert {one["run"] for one in found} == {record["id"]}
    assert {one["host"] for one in found} == {api.url}
    assert found[0]["about"] == "budget.xlsx P&L!A1:B1"
    assert all(one["task"] for one in found)
    total = json.loads(said(capsys, "cost", "--by", "workbook", "--json"))
    assert [one["workbook"] for one in total["rows"]] == ["budget.xlsx"]
    assert total["total"]["usd"] == pytest.approx(record["usage"]["usd"])
    content = b"".join(one.read_bytes() for one in state_folder().glob("calls*"))
    assert b"budget.xlsx" in content
    assert not any(text in content for text in (b"48151", b"Revenue", KEY.encode()))
    assert json.loads(said(capsys, "verify", "--json"))["whole"] is True


def test_with_log_off_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TICKMARK_LOG", "off")
    monkeypatch.setenv("TICKMARK_WORKERS", "1")
    save(Path("budget.xlsx"), {"P&L": {"A1": "Revenue", "B1": 48151.62}})
    with MessagesApi() as api:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", api.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        assert run(["analyze", "budget.xlsx", "--out", "out", "--quiet"]) == 0

    assert api.calls
    assert not list(state_folder().glob("calls*"))


def test_lost_entries_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    path = state_folder() / "calls.sqlite"
    path.parent.mkdir(parents=True)
    note = '[3, "2026-11-19T09:30:00.125Z", "2026-11-19T09:31:00.125Z"]\n'
    path.with_suffix(".missing").write_text(note)
    filled(path, CALLS[0])

    gap = said(capsys, "ls", "--since", "2026-11-01").splitlines()[1]
    assert gap.endswith("gap       3 entries lost")
    assert "gap" not in said(capsys, "ls", "--run", "r1")
    assert "Missing: 3, which could not be written" in said(capsys, "verify")
    assert json.loads(said(capsys, "verify", "--json"))["missing"] == 3
