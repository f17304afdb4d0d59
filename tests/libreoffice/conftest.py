"""One LibreOffice for a test run, and xlwings on top of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.libreoffice import office as offices
from tests.libreoffice.dialogue import Dialogue
from tests.libreoffice.office import Office

if TYPE_CHECKING:
    import xlwings


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A headless office of this test run; skips where none can be had, but never in CI."""
    reason = offices.missing()
    if reason and os.environ.get("CI") == "true":  # noqa: TID251 - says where the tests run
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    running = offices.start(tmp_path_factory.mktemp("office"))
    try:
        yield running
    finally:
        offices.stop(running)


@pytest.fixture
def calc(office: Office) -> Iterator[xlwings.App]:
    """The app of xlwings over the office, without open books before and after."""
    import xlwings  # noqa: PLC0415 - other tests must not pay for it

    from tests.libreoffice.engine import activate_on  # noqa: PLC0415 - likewise

    engines, kept = xlwings.engines, xlwings.engines.active
    engine = activate_on(office.folder)
    app = engine.apps.active
    assert app is not None
    try:
        yield app
    finally:
        for book in list(app.books):
            book.close()
        engines.engines.remove(engine)
        engines.engines_by_name.pop(engine.name)
        engines.active = kept


@pytest.fixture
def dialogue(office: Office) -> Dialogue:
    """What the office says to its user, with a fresh start for every test."""
    words = Dialogue(office.folder)
    words.forget()
    return words


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Where a test saves its workbook."""
    return tmp_path / "saved.xlsx"
