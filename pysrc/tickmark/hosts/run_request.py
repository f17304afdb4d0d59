"""What a run was asked, kept in its folder so that it can be resumed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from hmac import compare_digest
from math import inf
from pathlib import Path, PurePath, PurePosixPath
from typing import Final

from tickmark.audit.judging.settings import FAIL_ON
from tickmark.errors import InputError
from tickmark.hosts.own_seal import seal_of
from tickmark.hosts.run_folder import REQUEST_FILE, refuse_links
from tickmark.hosts.sources import Source
from tickmark.read.limits import parse_limits, with_limits
from tickmark.report.fields import Fields
from tickmark.settings import Settings
from tickmark.write.atomic_file import replacing

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class RunRequest:
    """All that shapes the questions of a run, and the limits that it began with.

    `sources` are the workbooks that were found when it began; `model` is "" for a run by rules.
    `limits` and `max_file_mb` bound the reading. A password is never kept.
    """

    id: str
    started: str
    paths: tuple[str, ...]
    sources: tuple[Source, ...]
    question: str = ""
    model: str = ""
    max_cost: float = 0.0
    sheet_tokens: int = 0
    fail_on: str = "never"
    max_file_mb: int = 0
    batch: bool = False
    limits: dict[str, float] = field(default_factory=dict)

    def settings(self, now: Settings, *, max_cost: float | None) -> Settings:
        """The settings of today with what shapes the questions as it was.

        `max_cost` is what was asked for now, None for the limit that the run began with.
        """
        return replace(
            now,
            model=self.model or now.model,
            sheet_tokens=self.sheet_tokens,
            fail_on=self.fail_on,
            max_file_mb=self.max_file_mb,
            max_cost=self.max_cost if max_cost is None else max_cost,
            limits=with_limits(now.limits, self.limits),
        )


def write_request(folder: Path, request: RunRequest) -> None:
    """Keep the request of a run in its folder. Raises InputError where it cannot be written."""
    record = {
        "schema_version": SCHEMA_VERSION,
        **asdict(request),
        "paths": list(request.paths),
        "sources": [[str(one.path), one.shown, one.place.as_posix()] for one in request.sources],
    }
    text = json.dumps(record | {"seal": seal_of(record)}, indent=1) + "\n"
    try:
        with replacing(folder / REQUEST_FILE) as (_, stream):
            stream.write(text.encode("ascii"))
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}; choose another --out."
        raise InputError(message) from error


def read_request(folder: Path) -> RunRequest:
    """The request of a run; raises InputError where the folder holds none that can be resumed.

    A run folder may come from strangers: it has to be one that Tickmark could have written, with
    no links in it and no place outside of it, and that it did write for this user on this machine,
    since it names the files that are read and sent.
    """
    refuse_links(folder)
    refused = InputError(
        f"{folder} holds no run that can be resumed; name the folder of a run, such as "
        "./tickmark-out/20261121-021530-9f3c."
    )
    try:
        record = json.loads((folder / REQUEST_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError, RecursionError):
        raise refused from None
    if not isinstance(record, dict) or record.get("schema_version") != SCHEMA_VERSION:
        raise refused
    fields = Fields(record, f"{folder / REQUEST_FILE}")
    try:
        limits = parse_limits(record.get("limits"))
    except ValueError:
        raise refused from None
    request = RunRequest(
        id=fields.text("id"),
        started=fields.text("started"),
        paths=fields.texts("paths"),
        sources=tuple(map(_source, _rows(record.get("sources"), refused))),
        question=fields.text("question"),
        model=fields.text("model"),
        max_cost=_amount(fields, "max_cost"),
        sheet_tokens=fields.integer("sheet_tokens"),
        fail_on=fields.one_of("fail_on", FAIL_ON),
        max_file_mb=fields.integer("max_file_mb"),
        batch=fields.truth("batch"),
        limits=limits,
    )
    sealed = {name: value for name, value in record.items() if name != "seal"}
    if not compare_digest(str(record.get("seal")).encode(), seal_of(sealed).encode()):
        raise InputError(
            f"The run in {folder} was not begun by you on this machine, so it is not resumed; "
            "analyze its workbooks anew."
        )
    return request


def _amount(fields: Fields, name: str) -> float:
    value = fields.real(name)
    if not 0 <= value < inf:
        raise InputError(f"{name!r} of {fields.what} is no amount; give a file Tickmark wrote.")
    return value


def _rows(value: object, refused: InputError) -> list[list[str]]:
    rows: list[object] = value if isinstance(value, list) else [None]
    found = []
    for row in rows:
        if not isinstance(row, list) or [type(part) for part in row] != [str, str, str]:
            raise refused
        if "\0" in "".join(row) or not _stays_inside(PurePath(row[2])):
            raise refused
        found.append(row)
    return found


def _stays_inside(place: PurePath) -> bool:
    """Whether a place is one in the folder that it is relative to."""
    return bool(place.name) and not place.anchor and ".." not in place.parts


def _source(row: list[str]) -> Source:
    path, shown, place = row
    return Source(Path(path), shown, PurePosixPath(place))
