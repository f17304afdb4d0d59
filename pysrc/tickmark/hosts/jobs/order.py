"""What a button asks a job to do, handed over in a private file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tickmark.errors import InputError
from tickmark.hosts.open_book import BookPlace
from tickmark.hosts.private_file import read_private, write_private
from tickmark.settings import state_folder

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Order:
    """One press of a button: its tag and the workbook it was pressed in.

    `id` is 16 hex digits; they name the file of the order and stand in the lock.
    """

    id: str
    tag: str
    place: BookPlace


def new_order(tag: str, place: BookPlace) -> Order:
    """An order with an id of its own."""
    return Order(secrets.token_hex(8), tag, place)


def leave_order(order: Order) -> None:
    """Lay an order down for the job. Raises OSError."""
    write_private(_file(order.id), {"tag": order.tag, "place": asdict(order.place)})


def take_order(order_id: str) -> Order:
    """The order with this id, which is gone then. Raises InputError where there is none."""
    if not _ID.fullmatch(order_id):
        raise InputError("The id of a job is 16 hex digits; press the button again.")
    path = _file(order_id)
    record = read_private(path)
    path.unlink(missing_ok=True)
    tag, place = record.get("tag"), record.get("place")
    if not isinstance(tag, str) or not isinstance(place, dict):
        raise InputError("The order of this job is gone; press the button again.")
    return Order(order_id, tag, _place(place))


def _place(record: Mapping[str, object]) -> BookPlace:
    texts = {one.name: str(record.get(one.name, "")) for one in fields(BookPlace)}
    pid = record.get("pid")
    return BookPlace(
        pid=pid if isinstance(pid, int) else 0,
        name=texts["name"],
        fullname=texts["fullname"],
        sheet=texts["sheet"],
        selection=texts["selection"],
    )


def _file(order_id: str) -> Path:
    return state_folder() / "jobs" / f"{order_id}.json"
