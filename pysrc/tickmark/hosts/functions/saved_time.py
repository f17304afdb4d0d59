"""The time of saving in kept answers: `10:42` of one day is told with its date on any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tickmark.analyses.saved import Saved
from tickmark.errors import TickmarkError
from tickmark.hosts.functions.question import Answer


def today() -> str:
    """The local date, such as `2026-11-20`."""
    return dt.datetime.now(dt.UTC).astimezone().date().isoformat()


def dated(
    results: Mapping[int, Answer | TickmarkError], saved: Saved | None, day: str
) -> Mapping[int, Answer | TickmarkError]:
    """The answers with the day on which their time of saving was that of this day."""
    if saved is None or " " in saved.at:
        return results
    return {
        at: one if isinstance(one, TickmarkError) else {**one, "saved_day": [day, saved.at]}
        for at, one in results.items()
    }


def read_on(answer: Answer, day: str) -> Answer:
    """The answer as it is read on a day."""
    match answer.get("saved_day"):
        case [str(saved_day), str(time)] if saved_day != day:
            notes = answer.get("notes")
            texts = notes if isinstance(notes, list) else []
            saved_at = f"{saved_day} {time}"
            return {
                **answer,
                "saved_at": saved_at if answer.get("saved_at") == time else "",
                "notes": [str(one).replace(f"saved {time}", f"saved {saved_at}") for one in texts],
            }
        case _:
            return answer
