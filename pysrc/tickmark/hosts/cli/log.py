"""`tickmark log`: the record of all calls to a model."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from tickmark.errors import InputError
from tickmark.hosts.cli.options import AS_JSON
from tickmark.hosts.cli.output import emit, printable
from tickmark.settings import state_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tickmark.llm.call_chain import CallRecord, Chain, Row

SHOWN: Final = 20
SHORTEST_HASH: Final = 8

app = typer.Typer(
    help="The record of all calls to a model: hashes and addresses, in a chain that shows changes."
)

_FILE: Final[Any] = typer.Option(
    None, "--file", metavar="FILE", help="A copy of the record [default: your own]."
)
_SINCE: Final[Any] = typer.Option(
    "", "--since", metavar="DATE", help="From this day or time on, such as 2026-11-21."
)
_RUN: Final[Any] = typer.Option("", "--run", metavar="ID", help="Only those of a run.")
_MODEL: Final[Any] = typer.Option(
    "", "--model", metavar="NAME", help="Only models with this in their name."
)


@app.command("ls")
def list_calls(
    run: str = _RUN,
    since: str = _SINCE,
    model: str = _MODEL,
    failed: bool = typer.Option(False, "--failed", help="Only calls without a usable answer."),
    number: int | None = typer.Option(
        None, "-n", metavar="N", min=1, help="Only the last N [default: 20; all for JSON]."
    ),
    file: Path | None = _FILE,
    as_json: bool = AS_JSON,
    as_jsonl: bool = typer.Option(False, "--jsonl", help="One JSON object a call on stdout."),
) -> None:
    """The calls that were sent, the newest last.

    \b
    Example:
      tickmark log ls --since 2026-11-21 --failed
    """
    from tickmark.hosts.cli.call_lines import table

    wanted = _filter(run=run, since=since, model=model, failed=failed)
    record, path = _record(file)
    most = number if number is not None else None if as_json or as_jsonl else SHOWN
    found: list[Row] = []
    more = False
    if record is not None:
        matching = filter(wanted, record.rows(newest_first=True))
        found = list(islice(matching, most))[::-1]
        more = next(matching, None) is not None
    if as_jsonl:
        for row in found:
            emit(json.dumps({"schema_version": 1} | _row_record(row)))
    elif as_json:
        rows = [_row_record(row) for row in found]
        emit(json.dumps({"schema_version": 1, "path": str(path), "entries": rows}))
    elif found:
        emit("\n".join(table(found)))
        if more:
            _aside(f"Those are the last {len(found)}; -n {10 * len(found)} shows more.")
    elif record is None:
        _none(path)
    else:
        _aside("No such calls.")


@app.command("show")
def show_call(
    entry: str = typer.Argument(
        metavar="N|ID", help="The number of an entry, its hash or its beginning, or a request id."
    ),
    file: Path | None = _FILE,
    as_json: bool = AS_JSON,
) -> None:
    """One entry whole, with its texts where they were kept.

    \b
    Example:
      tickmark log show 17
    """
    from tickmark.hosts.cli.call_lines import page

    record, path = _record(file)
    row = _found(record, entry.strip()) if record is not None else None
    if record is None or row is None:
        raise InputError(
            f"There is no entry {printable(entry)!r} in {path}; `tickmark log ls` lists them."
        )
    texts = record.texts(row.number)
    before = record.row(row.number - 1)
    if as_json:
        whole = {"schema_version": 1} | _row_record(row)
        whole |= {"previous": before.hash if before is not None else "", "texts": texts}
        emit(json.dumps(whole))
        return
    emit("\n".join(page(row, before.hash if before is not None else "", texts)))


@app.command("cost")
def show_cost(
    by: str = typer.Option("day", "--by", metavar="WHAT", help="day, model, run or workbook."),
    run: str = _RUN,
    since: str = _SINCE,
    model: str = _MODEL,
    file: Path | None = _FILE,
    as_json: bool = AS_JSON,
) -> None:
    """Tokens and money of the recorded calls, summed up.

    \b
    Example:
      tickmark log cost --by workbook --since 2026-11-01
    """
    from dataclasses import asdict

    from tickmark.hosts.cli.call_costs import GROUPS, costs, total
    from tickmark.hosts.cli.call_lines import cost_table

    if by not in GROUPS:
        raise InputError(f"--by is {by!r}; it is one of {', '.join(GROUPS)}.")
    wanted = _filter(run=run, since=since, model=model, failed=False)
    record, path = _record(file)
    sums = costs(record.rows(), wanted, by) if record is not None else {}
    if as_json:
        rows = [{by: name} | asdict(one) for name, one in sums.items()]
        whole = {"schema_version": 1, "path": str(path), "by": by, "rows": rows}
        emit(json.dumps(whole | {"total": asdict(total(sums))}))
    elif sums:
        emit("\n".join(cost_table(by, sums)))
    elif record is None:
        _none(path)
    else:
        _aside("No such calls.")


@app.command("verify")
def verify(
    head: str = typer.Option(
        "", "--head", metavar="HASH", help="A head noted earlier, to be found in the chain."
    ),
    file: Path | None = _FILE,
    as_json: bool = AS_JSON,
) -> int:
    """Walk the chain: exit code 1 names the first entry that was changed, removed or inserted.

    The head is the hash of the last entry. Noted down elsewhere, it proves later that nothing
    before it was changed and the end was not cut off.

    \b
    Example:
      tickmark log verify --head 5be9c1f7a7d4a6c2
    """
    from tickmark.hosts.cli.call_lines import verdict

    wanted = head.strip().lower()
    if wanted and not (
        SHORTEST_HASH <= len(wanted) <= 64 and set(wanted) <= set("0123456789abcdef")  # noqa: PLR2004 - SHA-256 in hex
    ):
        raise InputError(
            f"--head is {printable(head)!r}; it is a hash of 64 digits from 0 to f, or at least "
            f"the first {SHORTEST_HASH} of them."
        )
    record, path = _record(file)
    chain = record.walk(wanted) if record is not None else None
    whole = chain is None or not chain.problem
    whole = whole and (not wanted or (chain is not None and chain.noted > 0))
    if as_json:
        emit(json.dumps(_chain_record(chain, path, wanted, whole=whole)))
    elif chain is None and not wanted:
        _none(path)
    else:
        emit("\n".join(verdict(chain, path, wanted)))
    return 0 if whole else 1


def _record(file: Path | None) -> tuple[CallRecord | None, Path]:
    """The record and where it is; None where there is none yet."""
    from tickmark.llm.call_chain import CallRecord
    from tickmark.llm.call_log import FILE_NAME

    path = file or state_folder() / FILE_NAME
    record = CallRecord(path)
    if record.exists():
        return record, path
    if file is not None:
        raise InputError(f"There is no file {file}; name a copy of the record of calls.")
    return None, path


def _filter(*, run: str, since: str, model: str, failed: bool) -> Callable[[Row], bool]:
    """Whether a row is asked for; gaps only where nothing narrows the question but the time."""
    start = _moment(since) if since else ""
    name = model.lower()

    def wanted(row: Row) -> bool:
        if row.time < start:
            return False
        call = row.call
        if call is None:
            return row.lost > 0 and not (run or name or failed)
        return (
            (not run or call.run == run)
            and (not name or name in call.model.lower())
            and (not failed or call.outcome not in {"answered", "handed in"})
        )

    return wanted


def _moment(text: str) -> str:
    """A day or time in local time as the record writes it."""
    import datetime as dt

    from tickmark.llm.call_entry import utc_text

    try:
        return utc_text(dt.datetime.fromisoformat(text.strip()).timestamp())
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"--since is {printable(text)!r}; give a day such as 2026-11-21, or a time such as "
            "2026-11-21T09:30."
        ) from None


def _found(record: CallRecord, name: str) -> Row | None:
    if name.isdecimal() and len(name) < SHORTEST_HASH + 4:
        return record.row(int(name))
    low = name.lower()
    long = len(low) >= SHORTEST_HASH
    for row in record.rows(newest_first=True):
        requested = row.call is not None and name and row.call.request_id == name
        if requested or (long and row.hash.startswith(low)):
            return row
    return None


def _row_record(row: Row) -> dict[str, object]:
    kind = {} if "kind" in row.record else {"kind": "call"}
    return {"number": row.number, "hash": row.hash} | kind | dict(row.record)


def _chain_record(chain: Chain | None, path: Path, head: str, *, whole: bool) -> dict[str, object]:
    from tickmark.llm.call_chain import Chain

    found = chain or Chain()
    bad = {"entry": found.number, "problem": found.problem} if found.problem else None
    return {
        "schema_version": 1,
        "path": str(path),
        "whole": whole,
        "entries": found.rows,
        "calls": found.calls,
        "missing": found.lost,
        "texts": found.texts,
        "erased_texts": found.erased,
        "first": found.first or None,
        "last": found.last or None,
        "head": found.head or None,
        "noted": {"head": head, "entry": found.noted or None} if head else None,
        "first_bad": bad,
    }


def _none(path: Path) -> None:
    _aside(f"No calls yet: there is no record at {path}.")


def _aside(sentence: str) -> None:
    import sys

    print(sentence, file=sys.stderr)
