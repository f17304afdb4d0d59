"""`tickmark decode`: the cells that an encoded text tells of, as JSON lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tickmark.errors import EncodingError, InputError
from tickmark.hosts.cli.output import hang_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tickmark.encode.claim import DecodedSheet

STDIN = "-"
MOST_BYTES = 200 * 1_000_000
BATCH = 1_000


def decode(
    file: str = typer.Argument(
        metavar="FILE", help="The encoded text, or the JSON of `encode --json`; - is stdin."
    ),
) -> int:
    """List the cells that an encoded text tells of.

    Prints a JSON line for each cell with its value and its formula. Cells that the text only
    sums up come as one line for each rectangle, with `"exact": false` and what is known of them,
    such as `min` and `max`; hidden cells as ranges of the kind `hidden`. Nothing but the text is
    read. Exits with 2 where it is no encoding, and names the line.

    \b
    Example:
      tickmark encode model.xlsx > model.txt
      tickmark decode model.txt
      tickmark encode model.xlsx --json | tickmark decode -
    """
    text = _text(file)
    sheets = list(_sheets(text, file))
    from tickmark.report.decoded_records import decoded_records

    records = (record for sheet in sheets for record in decoded_records(sheet))
    try:
        for lines in _batches(json.dumps(record) for record in records):
            sys.stdout.write(lines)
        sys.stdout.flush()
    except BrokenPipeError:
        hang_up()
    return 0


def _batches(lines: Iterable[str]) -> Iterator[str]:
    """Lines in bundles, which are written faster than one by one."""
    bundle: list[str] = []
    for line in lines:
        bundle.append(line)
        if len(bundle) == BATCH:
            yield "\n".join([*bundle, ""])
            bundle = []
    yield "\n".join([*bundle, ""]) if bundle else ""


def _text(file: str) -> str:
    """What a file or stdin holds; raises InputError."""
    if not file:
        raise InputError("decode needs a FILE; - is stdin.")
    try:
        if file == STDIN:
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(f"{file} cannot be read ({reason}); name another file.") from error
    if len(content) > MOST_BYTES:
        raise InputError(f"{_named(file)} is larger than {MOST_BYTES // 1_000_000} MB.")
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # what PowerShell's > writes
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{_named(file)} is no text in UTF-8.") from error


def _sheets(text: str, file: str) -> Iterator[DecodedSheet]:
    """The sheets of a text or of JSON that holds texts; raises InputError."""
    from tickmark.encode.decode import decode as decoded

    if not text.lstrip().startswith(("{", "[")):
        yield from decoded(text)
        return
    for name, part in _texts(text, file):
        try:
            yield from decoded(part)
        except EncodingError as error:
            raise InputError(f"The text of the sheet {name!r} in {file}: {error}") from error


def _texts(text: str, file: str) -> list[tuple[str, str]]:
    """Names and texts of the sheets in what `encode --json` prints; raises InputError."""
    try:
        whole = json.loads(text)
        return [(str(one["sheet"]), _of_sheet(one)) for one in whole["sheets"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            f"{_named(file)} is neither an encoded text nor the JSON of `tickmark encode --json`."
        ) from error


def _of_sheet(sheet: dict[str, object]) -> str:
    text = sheet["text"]
    if not isinstance(text, str):
        raise TypeError
    return text


def _named(file: str) -> str:
    return "stdin" if file == STDIN else file
