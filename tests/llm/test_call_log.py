"""The record of calls: one chain for all processes, no change goes unseen, no failure stops."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickmark.errors import InputError
from tickmark.llm import call_log
from tickmark.llm.call_chain import CallRecord, Chain
from tickmark.llm.call_entry import CallEntry, chained
from tickmark.llm.call_log import CallLog

ENTRY = CallEntry(
    time="2026-11-21T09:30:00.125Z",
    run="20261121-093000-9f3c",
    about="budget.xlsx P&L!A1:F20",
    model="claude-sonnet-5-5",
    prompt="0" * 64,
    input_tokens=1200,
    output_tokens=80,
    usd=0.0048,
    outcome="answered",
    seconds=1.5,
)


def entry(number: int) -> CallEntry:
    return CallEntry(time="2026-11-21T09:30:00.125Z", task=f"t{number}", outcome="answered")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "calls.sqlite"


def written(path: Path, number: int, *, texts: bool = False) -> Path:
    log = CallLog(path, texts=texts)
    for one in range(number):
        log.append(entry(one), {"user": f"question {one}"})
    log.close()
    assert log.warning == ""
    return path


def tasks(path: Path) -> list[str]:
    return [row.call.task for row in CallRecord(path).rows() if row.call is not None]


def forced(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Change the file as somebody would who takes the triggers away."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            connection.execute(statement, values)
        connection.commit()


def rows_of(path: Path) -> list[tuple[int, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT number, body, hash FROM entries").fetchall()


def test_each_hash_is_over_the_row_and_the_hash_before_it(path: Path) -> None:
    before = ""
    for number, body, found in rows_of(written(path, 3)):
        text = before + '{"entry":' + body + ',"number":' + str(number) + "}"
        assert found == hashlib.sha256(text.encode()).hexdigest()
        assert body == json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
        before = found
    assert CallRecord(path).walk().head == before


def test_a_chain_tells_its_length_its_times_and_its_calls(path: Path) -> None:
    with closing(CallLog(path)) as log:
        log.append(ENTRY)
        log.append(entry(2))
    chain = CallRecord(path).walk()

    assert (chain.rows, chain.calls, chain.problem) == (3, 2, "")
    assert chain.first == "2026-11-21T09:30:00.125Z"
    assert [row.call for row in CallRecord(path).rows()] == [None, ENTRY, entry(2)]


def test_the_file_is_its_owners_only(path: Path) -> None:
    written(path, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_records_of_the_same_calls_have_no_hash_in_common(tmp_path: Path) -> None:
    one, other = (rows_of(written(tmp_path / name, 3)) for name in ("a.sqlite", "b.sqlite"))
    assert not {row[2] for row in one} & {row[2] for row in other}


def test_an_entry_is_in_the_file_when_append_returns(path: Path) -> None:
    log = CallLog(path)
    log.append(ENTRY)

    assert [row.call for row in CallRecord(path).rows()][1:] == [ENTRY]
    log.close()


def test_a_log_that_is_never_used_makes_no_file(path: Path) -> None:
    CallLog(path).close()
    assert not path.exists()
    assert not CallRecord(path).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = '{}' WHERE number = 2",
        "DELETE FROM entries WHERE number = 4",
        "INSERT INTO entries VALUES (9, '{}', '')",
        "INSERT OR REPLACE INTO entries VALUES (2, '{}', '')",
        "UPDATE texts SET body = '{}' WHERE number = 2",
    ],
)
def test_changes_by_mistake_are_refused(path: Path, statement: str) -> None:
    written(path, 3, texts=True)
    with closing(sqlite3.connect(path)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="of the call log are"):
            connection.execute(statement)
        connection.commit()
    assert CallRecord(path).walk().problem == ""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "calls.sqlite"
    log = CallLog(path, texts=True)
    for number in range(4):
        log.append(ENTRY if number % 2 else entry(number), {"user": f"question {number}"})
    log.close()
    return path


def copied(whole: Path, folder: Path) -> Path:
    path = folder / "copy.sqlite"
    path.write_bytes(whole.read_bytes())
    return path


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.binary(max_size=80),
)


@given(st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_other_value_in_any_field_of_any_row_is_found(
    whole: Path, tmp_path: Path, data: st.DataObject
) -> None:
    rows = rows_of(whole)
    place = data.draw(st.integers(0, len(rows) - 1))
    number, body, found = rows[place]
    column = data.draw(st.sampled_from(["number", "body", "hash"]))
    if column == "number":
        value: object = data.draw(st.integers(-5, 50).filter(lambda n: not 1 <= n <= len(rows)))
    else:
        text = body if column == "body" else found
        at = data.draw(st.integers(0, len(text) - 1))
        letter = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[at]))
        value = data.draw(
            st.one_of(
                VALUES.filter(lambda value: value is not None and str(value) != text),
                st.just(text[:at] + letter + text[at + 1 :]),
                st.just(text[:at] + text[at + 1 :]),
                st.just(text.upper()),
                st.just(text + " "),
            ).filter(lambda value: value != text)
        )
    path = copied(whole, tmp_path)
    forced(path, (f"UPDATE entries SET {column} = ? WHERE number = ?", (value, number)))  # noqa: S608 - the name of a column

    chain = CallRecord(path).walk()

    assert chain.problem
    assert chain.number == number if column != "number" else chain.number <= number
    assert chain.rows < number


@given(st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rows_in_another_order_are_found(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    rows = rows_of(whole)
    order = data.draw(st.permutations(range(len(rows))).filter(lambda o: o != sorted(o)))
    path = copied(whole, tmp_path)
    moved = [
        ("UPDATE entries SET body = ?, hash = ? WHERE number = ?", (*rows[source][1:], number))
        for number, source in enumerate(order, 1)
    ]
    forced(path, *moved)

    first = next(number for number, source in enumerate(order, 1) if source != number - 1)
    assert CallRecord(path).walk().number == first


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_removed_row_is_found_and_named(whole: Path, tmp_path: Path, number: int) -> None:
    path = copied(whole, tmp_path)
    forced(path, ("DELETE FROM entries WHERE number = ?", (number,)))

    chain = CallRecord(path).walk()
    assert (chain.number, chain.problem) == (number, "it is missing")


def test_a_removed_row_is_found_though_those_behind_it_move_up(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    forced(
        path,
        ("DELETE FROM entries WHERE number = 3", ()),
        ("UPDATE entries SET number = 3 WHERE number = 4", ()),
        ("UPDATE entries SET number = 4 WHERE number = 5", ()),
    )
    assert CallRecord(path).walk().number == 3


def test_a_forged_row_with_a_right_hash_breaks_the_next_one(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    rows = rows_of(path)
    body = rows[2][1].replace("0.0048", "0.0001")
    assert body != rows[2][1]
    forged = chained(rows[1][2], 3, body)
    forced(path, ("UPDATE entries SET body = ?, hash = ? WHERE number = 3", (body, forged)))

    assert CallRecord(path).walk().number == 4


def test_an_inserted_row_is_found(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    rows = rows_of(path)
    body = rows[1][1]
    forced(
        path,
        *(
            ("UPDATE entries SET number = ? WHERE number = ?", (number + 1, number))
            for number in (5, 4, 3)
        ),
        ("INSERT INTO entries VALUES (3, ?, ?)", (body, chained(rows[1][2], 3, body))),
    )
    assert CallRecord(path).walk().number == 4


def test_a_cut_end_shows_by_a_head_that_was_noted(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    noted = CallRecord(path).walk().head
    earlier = rows_of(path)[2][2]
    assert CallRecord(path).walk(noted).noted == 5
    forced(path, ("DELETE FROM entries WHERE number > 4", ()))
    forced(path, ("DELETE FROM texts WHERE number > 4", ()))

    assert CallRecord(path).walk().problem == ""
    assert CallRecord(path).walk(noted).noted == 0
    assert CallRecord(path).walk(earlier[:16]).noted == 3


def test_a_chain_forged_as_a_whole_shows_by_a_head_that_was_noted(
    whole: Path, tmp_path: Path
) -> None:
    path = copied(whole, tmp_path)
    noted = CallRecord(path).walk().head
    last, changes = "", []
    for number, body, _ in rows_of(path):
        fresh = body.replace("budget.xlsx", "other.xlsx")
        last = chained(last, number, fresh)
        changes.append(
            ("UPDATE entries SET body = ?, hash = ? WHERE number = ?", (fresh, last, number))
        )
    forced(path, *changes)

    assert CallRecord(path).walk().problem == ""
    assert CallRecord(path).walk(noted).noted == 0


def test_a_row_that_is_chained_but_no_entry_is_named(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    head = CallRecord(path).walk().head
    body = '{"usd":"much"}'
    forced(path, ("INSERT INTO entries VALUES (6, ?, ?)", (body, chained(head, 6, body))))

    chain = CallRecord(path).walk()
    assert (chain.number, chain.problem) == (6, "it is no entry of a call log")
    with pytest.raises(InputError, match="entry 6 is unreadable"):
        list(CallRecord(path).rows())


@pytest.mark.parametrize(
    "change",
    [
        ("UPDATE texts SET body = ? WHERE number = 3", ('{"user":"other"}',)),
        ("UPDATE texts SET body = ? WHERE number = 3", (b"{}",)),
        ("INSERT INTO texts VALUES (99, ?)", ('{"user":"more"}',)),
        ("INSERT INTO texts VALUES (1, ?)", ("",)),
    ],
)
def test_texts_that_are_not_those_of_the_call_are_found(
    whole: Path, tmp_path: Path, change: tuple[str, tuple[object, ...]]
) -> None:
    path = copied(whole, tmp_path)
    forced(path, change)
    assert CallRecord(path).walk().problem == "its texts are not those of the call"


def test_texts_can_be_erased_and_the_chain_tells_how_many(path: Path) -> None:
    written(path, 3, texts=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM texts WHERE number = 3")
        connection.commit()
    chain = CallRecord(path).walk()

    assert (chain.problem, chain.texts, chain.erased) == ("", 2, 1)
    assert CallRecord(path).texts(3) is None
    assert CallRecord(path).texts(4) == {"user": "question 2"}


def test_without_the_wish_for_texts_none_are_kept(path: Path) -> None:
    written(path, 2)
    assert CallRecord(path).walk().texts == 0
    assert b"question" not in path.read_bytes()


def test_many_threads_make_one_chain(path: Path) -> None:
    log = CallLog(path)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda number: log.append(entry(number)), range(400)))
    log.close()

    assert sorted(tasks(path)) == sorted(f"t{number}" for number in range(400))
    assert CallRecord(path).walk().problem == ""


CHILD = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tickmark.llm.call_chain import CallRecord
from tickmark.llm.call_entry import CallEntry
from tickmark.llm.call_log import CallLog

path, name = Path(sys.argv[1]), sys.argv[2]
log = CallLog(path, busy=60.0)
with ThreadPoolExecutor(4) as threads:
    list(threads.map(lambda number: log.append(CallEntry(task=f"{name}-{number}")), range(60)))
own = [row for row in CallRecord(path).rows() if row.call and row.call.task.startswith(name)]
log.close()
sys.exit(f"{len(own)} written, {log.warning}" if len(own) != 60 or log.warning else 0)
"""


def test_several_processes_keep_one_chain(path: Path) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, str(path), f"p{number}"])  # noqa: S603 - ours
        for number in range(4)
    ]
    assert [child.wait() for child in children] == [0, 0, 0, 0]

    chain = CallRecord(path).walk()
    assert (chain.problem, chain.rows, chain.lost) == ("", 241, 0)
    assert sorted(tasks(path)) == sorted(f"p{p}-{n}" for p in range(4) for n in range(60))


@pytest.fixture
def holder(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that can hold the file for itself."""
    written(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_what_meets_a_locked_file_is_appended_when_it_is_free(
    path: Path, holder: sqlite3.Connection
) -> None:
    clock = [0.0]
    log = CallLog(path, busy=0.01, clock=lambda: clock[0])
    holder.execute("BEGIN IMMEDIATE")
    log.append(entry(1))
    log.append(entry(2))
    holder.execute("ROLLBACK")
    clock[0] = 14.0
    log.append(entry(3))
    assert tasks(path) == ["t0"]
    clock[0] = 15.0
    log.append(entry(4))
    assert tasks(path) == ["t0", "t1", "t2", "t3", "t4"]
    log.close()

    assert log.warning == ""
    assert CallRecord(path).walk().problem == ""


def test_what_waits_at_the_end_is_written_though_the_pause_is_not_over(
    path: Path, holder: sqlite3.Connection
) -> None:
    log = CallLog(path, busy=0.01, clock=lambda: 0.0)
    holder.execute("BEGIN IMMEDIATE")
    log.append(entry(1))
    holder.execute("ROLLBACK")
    log.close()

    assert (tasks(path), log.warning) == (["t0", "t1"], "")


def test_a_file_that_stays_locked_is_told_and_leaves_a_gap_in_the_chain(
    path: Path, holder: sqlite3.Connection
) -> None:
    log = CallLog(path, busy=0.01)
    holder.execute("BEGIN IMMEDIATE")
    log.append(entry(1))
    log.append(entry(2))
    log.close()
    holder.execute("ROLLBACK")

    assert log.warning == (
        f"The record of calls at {path} could not be written (database is locked): 2 entries are "
        "missing from it; see that the disk has room and that no other program holds the file."
    )
    assert tasks(path) == ["t0"]

    written(path, 1)
    written(path, 1)
    rows = list(CallRecord(path).rows())
    assert [row.lost for row in rows] == [0, 0, 2, 0, 0]
    assert (rows[2].record["since"], rows[2].record["until"]) == (entry(1).time, entry(2).time)
    chain = CallRecord(path).walk()
    assert (chain.problem, chain.lost) == ("", 2)
    assert not list(path.parent.glob("*.missing"))


def test_memory_for_what_waits_is_bounded_and_the_rest_becomes_a_gap(
    path: Path, holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_log, "MOST_HELD", 3)
    log = CallLog(path, busy=0.01)
    holder.execute("BEGIN IMMEDIATE")
    for number in range(1, 9):
        log.append(entry(number))
    holder.execute("ROLLBACK")
    log.close()

    assert tasks(path) == ["t0", "t1", "t2", "t3"]
    assert CallRecord(path).walk().lost == 5
    assert "5 entries are missing from it" in log.warning


def test_after_a_passing_failure_many_entries_at_once_are_all_kept(
    path: Path, holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_log, "MOST_HELD", 3)
    clock = [0.0]
    log = CallLog(path, busy=0.01, clock=lambda: clock[0])
    holder.execute("BEGIN IMMEDIATE")
    log.append(entry(1))
    holder.execute("ROLLBACK")
    clock[0] = 20.0
    log.append(entry(2))
    log.append_all([(entry(number), None) for number in range(3, 13)])
    log.close()

    assert tasks(path) == [f"t{number}" for number in range(13)]
    assert log.warning == ""


FULL = """
import resource, sys
from pathlib import Path
from tickmark.llm.call_entry import CallEntry
from tickmark.llm.call_log import CallLog

path = Path(sys.argv[1])
now = [0.0]
log = CallLog(path, clock=lambda: now[0])
log.append(CallEntry(task="t0"))
size = path.with_name(path.name + "-wal").stat().st_size
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
log.append(CallEntry(task="t1"))
log.append(CallEntry(task="t2"))
print(len(list(path.parent.glob("*.sqlite"))), flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
if sys.argv[2] == "freed":
    now[0] = 60.0
    log.append(CallEntry(task="t3"))
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
log.close()
print(log.warning)
"""


def filled(path: Path, how: str) -> str:
    command = [sys.executable, "-c", FULL, str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are of POSIX")
def test_a_full_disk_stops_nothing_and_its_entries_are_appended_later(path: Path) -> None:
    assert filled(path, "freed") == "1\n\n"
    assert tasks(path) == ["t0", "t1", "t2", "t3"]
    assert CallRecord(path).walk().problem == ""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are of POSIX")
def test_a_disk_that_stays_full_is_told(path: Path) -> None:
    assert "2 entries are missing from it" in filled(path, "full")
    assert tasks(path) == ["t0"]


def test_a_file_that_is_no_record_stops_nothing_and_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all, but long enough to look like a file of one")
    log = CallLog(path)
    log.append(ENTRY)
    log.close()

    assert "(file is not a database): 1 entry is missing from it" in log.warning
    assert path.read_bytes().startswith(b"no database")


def test_a_damaged_note_of_a_gap_is_passed_over(path: Path) -> None:
    path.parent.mkdir()
    path.with_suffix(".missing").write_bytes(b"\xff\n[3]\n[-1, 2, 3]\n" + b"[" * 5000)

    assert CallRecord(written(path, 1)).walk().rows == 2


def test_threads_that_meet_a_locked_file_are_all_let_go(
    path: Path, holder: sqlite3.Connection
) -> None:
    log = CallLog(path, busy=0.01)
    holder.execute("BEGIN IMMEDIATE")
    threads = [threading.Thread(target=log.append, args=(entry(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    holder.execute("ROLLBACK")
    log.close()

    assert len(tasks(path)) == 9


@pytest.mark.parametrize("content", [b"", b"no database at all, but as long as one may be" * 99])
def test_a_file_that_is_no_record_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calls.sqlite"
    path.write_bytes(content)
    for ask in (CallRecord(path).walk, lambda: list(CallRecord(path).rows())):
        with pytest.raises(InputError, match=r"calls\.sqlite cannot be read \(.*\); it is damaged"):
            ask()
    assert path.read_bytes() == content


def test_a_damaged_page_is_told_or_found(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    content = bytearray(path.read_bytes())
    at = content.index(b"t2")
    content[at - 200 : at + 200] = bytes(400)
    path.write_bytes(content)

    try:
        chain = CallRecord(path).walk()
    except InputError as error:
        assert "cannot be read" in str(error)  # noqa: PT017 - either is right
    else:
        assert chain.problem


def test_a_record_that_is_read_is_not_altered(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    before = path.read_bytes()
    assert CallRecord(path).walk() != Chain()
    assert CallRecord(path).row(2) is not None
    assert CallRecord(path).row(77) is None
    assert path.read_bytes() == before
