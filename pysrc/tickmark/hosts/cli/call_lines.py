"""The record of calls as lines on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tickmark.hosts.cli.call_costs import Cost, local_time, total
from tickmark.hosts.cli.output import printable, terminal_width
from tickmark.hosts.cli.painting import painter
from tickmark.hosts.cli.summary import short_names
from tickmark.llm.call_chain import Chain, Row
from tickmark.llm.call_entry import CallEntry
from tickmark.report.terminal_text import fitted, in_columns, shown_width, wrapped

_LABEL: Final = 10
_MAKER: Final = "claude-"
_NAME_WIDTH: Final = 34
_HEAD: Final = ("No", "Sent", "Model", "Tokens", "USD", "Ended", "About")
_MOST: Final = (9, 11, 14, 9, 10, 12)
"""Columns of a table of calls, the last of which takes the rest."""

_PARTS: Final = ("system", "data", "user", "answers", "turns", "schema", "answer", "said")


def table(rows: Sequence[Row]) -> list[str]:
    """One line a call: number, local time, model, tokens, USD, how it ended, about what."""
    cells = [_HEAD, *map(_cells, rows)]
    columns = zip(*(row[:-1] for row in cells), strict=True)
    widths = (
        min(most, max(map(shown_width, one))) for one, most in zip(columns, _MOST, strict=True)
    )
    room = terminal_width() - sum(wide + 2 for wide in widths)
    shown = [(*row[:-1], _middle(printable(row[-1].rpartition("/")[2]), room)) for row in cells]
    return _headed(shown, right=(0, 3, 4), most=_MOST)


def page(row: Row, previous: str, texts: Mapping[str, object] | None) -> Iterator[str]:
    """One entry whole."""
    paint = painter(sys.stdout)
    yield paint("title", f"Entry {row.number:,}")
    facts = _facts(row.call) if row.call is not None else _own_facts(row)
    for label, value in (*facts, ("hash", row.hash), ("previous", previous or "none")):
        first, *rest = wrapped(printable(value), terminal_width() - _LABEL - 2) or [""]
        yield f"  {label:<{_LABEL}}{first}".rstrip()
        yield from (f"  {'':<{_LABEL}}{line}" for line in rest)
    if row.call is not None and row.call.texts and texts is None:
        yield ""
        yield "Its texts have been erased."
    for name, text in sorted((texts or {}).items(), key=_in_order):
        yield ""
        yield paint("title", name)
        yield from (f"  {printable(line)}" for line in _plain(text).split("\n"))


def cost_table(by: str, sums: Mapping[str, Cost]) -> Iterator[str]:
    """One line a sum, the total below, and what it leaves out."""
    whole = total(sums)
    head = (by.capitalize(), "Calls", "Tokens in", "cached", "out", "USD", "")
    names = short_names(list(sums)) if by == "workbook" else list(sums)
    rows = [
        _sum(_middle(name, _NAME_WIDTH) or "(none)", one)
        for name, one in zip(names, sums.values(), strict=True)
    ]
    if len(rows) > 1:
        rows.append(_sum("Together", whole))
    yield from _headed([head, *rows], right=(1, 2, 3, 4, 5), most=(_NAME_WIDTH,))
    if whole.failed:
        yield f"{_counted(whole.failed, 'call')} without a usable answer among them."
    if whole.unpriced:
        yield f"{_counted(whole.unpriced, 'call')} of unknown price, counted as nothing."
    if whole.perhaps_charged:
        lost = _counted(whole.perhaps_charged, "call")
        yield f"{lost} without a readable answer, which may have been charged beside that."


def verdict(chain: Chain | None, path: Path, head: str) -> Iterator[str]:
    """Whether the chain is whole, how long it is, and its head."""
    paint = painter(sys.stdout)
    if chain is None:
        yield f"There is no record at {printable(str(path))}, so the noted head is not in it."
        return
    if chain.problem:
        yield paint("high", f"The chain is broken at entry {chain.number:,}: {chain.problem}.")
        yield f"{_counted(chain.rows, 'entry')} before it in an unbroken chain{_period(chain)}."
        if head and chain.noted:
            yield f"The noted head is entry {chain.noted:,}: up to there nothing was changed."
        return
    yield f"The chain is unbroken: {_counted(chain.rows, 'entry')}{_period(chain)}."
    yield f"Calls: {chain.calls:,}."
    if chain.lost:
        yield f"Missing: {chain.lost:,}, which could not be written; the gaps are entries."
    if chain.texts or chain.erased:
        erased = f"; {chain.erased:,} erased since" if chain.erased else ""
        yield f"Texts kept: {chain.texts:,}{erased}."
    if head and chain.noted:
        yield f"The noted head is entry {chain.noted:,} of it."
    if head and not chain.noted:
        sentence = "The noted head is not part of it: the record was cut off or made anew."
        yield paint("high", sentence)
    yield f"Head:  {chain.head}"
    if not head:
        yield "Note it down elsewhere: `tickmark log verify --head HASH` proves later that"
        yield "nothing up to here was changed or cut off."


def _headed(
    rows: Sequence[Sequence[str]], *, right: tuple[int, ...], most: tuple[int, ...]
) -> list[str]:
    paint = painter(sys.stdout)
    shown = [[printable(text) for text in row] for row in rows]
    first, *rest = in_columns(shown, right=right, most=most, width=terminal_width(), indent="")
    return [paint("title", first), *rest]


def _cells(row: Row) -> tuple[str, ...]:
    local = local_time(row.time)
    sent = f"{local:%m-%d %H:%M}" if local is not None else "?"
    call = row.call
    if call is None:
        lost = f"{_counted(row.lost, 'entry')} lost"
        return (str(row.number), sent, "", "", "", "gap", lost)
    tokens = call.input_tokens + call.cache_read_tokens + call.cache_write_tokens
    tokens += call.output_tokens
    ended = call.reason if call.outcome == "failed" else call.outcome
    return (
        str(row.number),
        sent,
        call.model.removeprefix(_MAKER),
        f"{tokens:,}" if tokens else "-",
        _usd(call.usd),
        ended,
        call.about or call.task or call.item,
    )


def _facts(call: CallEntry) -> Iterator[tuple[str, str]]:
    local = local_time(call.time)
    yield "sent", f"{local:%Y-%m-%d %H:%M:%S %Z} ({call.time})" if local else call.time
    for label, value in (("run", call.run), ("task", call.task), ("about", call.about)):
        if value:
            yield label, value
    if call.batch:
        yield "batch", f"{call.batch}, {call.item}"
    other = call.answered_by not in {"", call.model}
    yield "model", call.model + (f", answered by {call.answered_by}" if other else "")
    yield "host", call.host or "unknown"
    yield "ended", _ending(call)
    if call.request_id:
        yield "request", call.request_id
    yield "took", f"{call.seconds:g} s"
    yield (
        "tokens",
        (
            f"{call.input_tokens:,} in, {call.output_tokens:,} out; the provider kept "
            f"{call.cache_write_tokens:,} and had kept {call.cache_read_tokens:,}"
        ),
    )
    yield "cost", "unknown" if call.usd is None else f"{call.usd:.6f} USD"
    size = f"{call.prompt_chars:,} characters sent, {call.data_chars:,} of them data"
    size += f", and {_counted(call.images, 'image')}" if call.images else ""
    yield "size", f"{size}; {call.answer_chars:,} answered"
    for label, value in (("prompt", call.prompt), ("data", call.data), ("answer", call.answer)):
        if value:
            yield label, value


def _own_facts(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in row.record.items():
        yield name, str(value)


def _ending(call: CallEntry) -> str:
    text = call.outcome + (f": {call.reason}" if call.reason else "")
    text += f" (HTTP {call.status})" if call.status else ""
    return text + (", perhaps charged" if call.perhaps_charged else "")


def _in_order(part: tuple[str, object]) -> int:
    return _PARTS.index(part[0]) if part[0] in _PARTS else len(_PARTS)


def _middle(text: str, room: int) -> str:
    """A place, cut in the middle: its address stands at the end."""
    if shown_width(text) <= room:
        return text
    kept = room * 2 // 3
    end = text[-kept:]
    while shown_width(end) > kept:
        end = end[1:]
    return fitted(text, room - shown_width(end)) + end


def _plain(text: object) -> str:
    import json

    return text if isinstance(text, str) else json.dumps(text, indent=1, ensure_ascii=False)


def _sum(name: str, cost: Cost) -> tuple[str, ...]:
    entered = cost.input_tokens + cost.cache_read_tokens + cost.cache_write_tokens
    return (
        name,
        f"{cost.calls:,}",
        f"{entered:,}",
        f"{cost.cache_read_tokens:,}",
        f"{cost.output_tokens:,}",
        f"{cost.usd:,.4f}",
        "",
    )


def _usd(amount: float | None) -> str:
    return "?" if amount is None else f"{amount:.4f}"


def _counted(number: int, noun: str) -> str:
    many = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else many}"


def _period(chain: Chain) -> str:
    first, last = local_time(chain.first), local_time(chain.last)
    if first is None or last is None:
        return ""
    if first.date() == last.date():
        return f", {first:%Y-%m-%d} from {first:%H:%M} to {last:%H:%M}"
    return f", from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
