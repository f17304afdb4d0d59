"""Worksheet functions: what a recalculation costs, and what packing rows into calls saves.

`python run.py bench functions [QUESTIONS]` asks that many different questions of a server on
loopback, then calculates them again. Floor of a kept answer: its row of the same SQLite file read
and parsed, nothing else. Peer of packing: the same texts asked one a call; tokens and USD of both
are estimates by the same estimator and prices, answers counted whole.
"""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.messages_api import KEY, MessagesApi
from tickmark.analyses.classify import Category, task_of
from tickmark.analyses.packing import plan
from tickmark.hosts.estimate import Estimate, estimate
from tickmark.hosts.functions.call import Call, Caller
from tickmark.hosts.functions.local_desk import open_desk
from tickmark.llm.prices import price
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.settings import cache_file

ROUNDS = 5
ROWS, COLUMNS = 20, 6
MODEL = "claude-haiku-5-5"
TEXTS = 500
WORDS = ("Taxi", "Lunch with client", "Office rent", "Train ticket", "Printer paper", "Hotel")
CATEGORIES = ("Travel", "Food", "Rent", "Office", "Other")


def questions(count: int) -> list[Call]:
    """Calls of LLM_ASK that differ in their question, over one range of numbers and formulas."""
    values = tuple(tuple(float(r * 31 % 97 + c) for c in range(COLUMNS)) for r in range(ROWS))
    formulas = tuple(
        tuple(f"=E{r + 2}*2" if c == COLUMNS - 1 else "" for c in range(COLUMNS))
        for r in range(ROWS)
    )
    formats = (("#,##0.00",) * COLUMNS,) * ROWS
    area = RangeRef("Data", 2, 1, ROWS + 1, COLUMNS)
    content = RangeContent(values, area, "", formulas, formats)
    return [
        Call("LLM_ASK", (content, f"What is odd, take {n}?"), Caller("Book1", "Data", n + 1, 9))
        for n in range(count)
    ]


def once(calls: Sequence[Call], answer: Callable[[Call], object]) -> float:
    """Median microseconds of a call."""
    taken = []
    for call in calls:
        start = time.perf_counter()
        answer(call)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e6


def floor(count: int) -> float:
    """Median microseconds of reading and parsing one kept answer, by its key."""
    with sqlite3.connect(cache_file()) as store:
        keys = store.execute("SELECT key FROM replies LIMIT ?", (count,)).fetchall()
        taken = []
        for key in keys:
            start = time.perf_counter()
            (body,) = store.execute("SELECT body FROM replies WHERE key = ?", key).fetchone()
            json.loads(zlib.decompress(body))
            taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e6


def recalculation(count: int) -> None:
    """Ask, then calculate again: from memory, and as a process that was just started."""
    calls = questions(count)
    with MessagesApi() as api:
        environment = {
            "TICKMARK_BASE_URL": api.url,
            "TICKMARK_API_KEY": KEY,
            "TICKMARK_CONSENT_CALLS": "1000000",
            "TICKMARK_CONSENT_COST": "1000",
            "TICKMARK_DAILY_COST": "1000",
        }
        os.environ.update(environment)  # noqa: TID251 - as a user's environment would be
        desk = open_desk(lambda _: None)
        waiting = once(calls, desk.answer)
        if not desk.idle(300):
            sys.exit("Not all questions were answered.")
        memory = min(once(calls, desk.answer) for _ in range(ROUNDS))
        desk.close()
        stored, least = [], []
        for _ in range(ROUNDS):
            again = open_desk(lambda _: None)
            time.sleep(0.5)
            stored.append(once(calls, again.answer))
            if any("#LLM" in str(again.answer(call)) for call in calls):
                sys.exit("A kept answer was not found again.")
            again.close()
            least.append(floor(count))
        asked = len(api.calls)
    if asked != count:
        sys.exit(f"{asked} requests for {count} questions.")
    lowest = min(least)
    rounds = 2 * ROUNDS + 1
    print(f"{count} questions over {ROWS} x {COLUMNS} cells, calculated {rounds} times")
    print(f"requests                {asked:8}   one a question")
    print(f"first call: wait        {waiting:8.0f} us")
    print(f"kept, in memory         {memory:8.0f} us {memory / lowest:6.1f} x floor")
    print(f"kept, after a restart   {min(stored):8.0f} us {min(stored) / lowest:6.1f} x floor")
    print(f"floor: one row of SQLite{lowest:8.0f} us")


def packing() -> None:
    """Texts of one column in packs, beside one call a text."""
    texts = [f"{WORDS[n % len(WORDS)]} {n:04d} ref {n * 7919 % 99991}" for n in range(TEXTS)]
    task = task_of([Category(name) for name in CATEGORIES], model=MODEL)
    packed = estimate(plan(task, texts), MODEL, price)
    single = sum((estimate(plan(task, [one]), MODEL, price) for one in texts), Estimate())
    if packed.most is None or single.most is None:
        sys.exit(f"The price of {MODEL} is not known.")
    print(f"\n{TEXTS} texts of LLM_CLASSIFY with {MODEL}: calls, tokens in, USD")
    print(f"packed    {packed.calls:6}{packed.input_tokens:10,}{packed.most:9.4f}")
    print(f"one a call{single.calls:6}{single.input_tokens:10,}{single.most:9.4f}")
    print(f"one a call costs {single.most / packed.most:.1f} times as much")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["TICKMARK_HOME"] = home  # noqa: TID251 - nothing of the user is touched
        recalculation(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
        packing()
