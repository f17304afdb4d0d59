"""What the recorded calls cost, summed up by day, model, run or workbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tickmark.llm.call_chain import Row
from tickmark.llm.call_entry import CallEntry

_WORKBOOK: Final = re.compile(r"(.+?\.(?:xls[xmb]?|xlt[xm]|ods|csv|tsv))(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens and USD of some calls; addable.

    `failed` of the calls gave no usable answer; `unpriced` have no known price and
    `perhaps_charged` no readable answer, so that they may cost more than `usd` tells.
    """

    calls: int = 0
    failed: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    unpriced: int = 0
    perhaps_charged: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.calls + other.calls,
            self.failed + other.failed,
            self.input_tokens + other.input_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.output_tokens + other.output_tokens,
            self.usd + other.usd,
            self.unpriced + other.unpriced,
            self.perhaps_charged + other.perhaps_charged,
        )


def costs(rows: Iterable[Row], wanted: Callable[[Row], bool], by: str) -> dict[str, Cost]:
    """The sums of the wanted calls; days in their order, all else the dearest first.

    An answer of a batch counts for the workbook and the run that handed its prompt in.
    """
    name_of = GROUPS[by]
    handed: dict[tuple[str, str], str] = {}
    sums: dict[str, Cost] = {}
    for row in rows:
        call = row.call
        if call is None:
            continue
        asked = (call.batch, call.item)
        if call.outcome == "handed in":
            handed[asked] = name_of(call)
        elif wanted(row):
            own = name_of(call)
            name = handed.get(asked, own) if by in _OF_PROMPT and call.batch else own
            sums[name] = sums.get(name, Cost()) + _cost(call)
    if by == "day":
        return dict(sorted(sums.items()))
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1].usd, -pair[1].calls, pair[0])))


def total(sums: Mapping[str, Cost]) -> Cost:
    """All sums together."""
    return sum(sums.values(), Cost())


def local_time(text: str) -> dt.datetime | None:
    """A time of the record in local time; None for what is no time."""
    try:
        return dt.datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _cost(call: CallEntry) -> Cost:
    return Cost(
        calls=1,
        failed=int(call.outcome != "answered"),
        input_tokens=call.input_tokens,
        cache_read_tokens=call.cache_read_tokens,
        cache_write_tokens=call.cache_write_tokens,
        output_tokens=call.output_tokens,
        usd=call.usd or 0.0,
        unpriced=int(call.usd is None),
        perhaps_charged=int(call.perhaps_charged),
    )


def _day(call: CallEntry) -> str:
    local = local_time(call.time)
    return local.date().isoformat() if local is not None else ""


def _workbook(call: CallEntry) -> str:
    found = _WORKBOOK.match(call.about)
    return found.group(1) if found is not None else call.about


GROUPS: Final[Mapping[str, Callable[[CallEntry], str]]] = {
    "day": _day,
    "model": lambda call: call.model,
    "run": lambda call: call.run,
    "workbook": _workbook,
}
_OF_PROMPT: Final = frozenset({"run", "workbook"})
