"""The worksheet functions in LibreOffice Calc: a UNO component that answers at once.

It packs the arguments, asks Tickmark's backend process and shows what that says; cells whose
answers come later are updated by Calc itself. Standard library only, for Python 3.8 and later:
this runs in LibreOffice's own Python.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any, Iterator

import uno
import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.sheet import ResultEvent, XVolatileResult
from com.sun.star.task import XJobExecutor
from tickmark_backend import Backend
from tickmark_packing import pack
from tickmark_repair import repair

WAIT = "#LLM wait"
LOST = "#LLM backend: "
MOST_RESULTS = 20_000
MENU_SECONDS = 10.0
# What costs money is asked first: a link in a document can press an entry of the menu too.
QUESTIONS = {
    "run": "Send what waits for your consent? It is paid.",
    "refresh": "Ask the model anew for all formulas? Their answers are sent and paid again.",
}
ABOUT_CELLS = ("LLM_COST", "LLM_STATUS")
SCOPES = ("sheet", "book", "today", "left")
NO_TICKET = 1_048_576
# Calc calculates a cell again when its value changes. Soon after a loss that is no wish to go on.
AFTERMATH = 1.5

_FOLDER = Path(uno.fileUrlToSystemPath(__file__) if "://" in __file__ else __file__).parent
_FUNCTIONS_NAME = "tickmark.calc.Functions"
_MENU_NAME = "tickmark.calc.Menu"


class Result(unohelper.Base, XVolatileResult):
    """What a cell shows; Calc listens to it and shows what comes later."""

    def __init__(self, ticket: int, owner: tuple[str, str]) -> None:
        self.ticket = ticket
        self.owner = owner  # function and path of the document
        self.rows: list[list[Any]] = [[WAIT]]
        self.lost_at = float("-inf")
        self._lock = threading.Lock()
        self._listeners: list[Any] = []

    def addResultListener(self, listener: Any) -> None:
        with self._lock:
            self._listeners.append(listener)
        listener.modified(self._event())

    def removeResultListener(self, listener: Any) -> None:
        with self._lock:
            self._listeners = [one for one in self._listeners if one != listener]

    def start(self, rows: list[list[Any]]) -> None:
        """Take a first value, before anybody listens."""
        self._keep(rows)

    def change(self, rows: list[list[Any]]) -> None:
        """Take a value and have the cells calculated again; not to be called by a formula."""
        if not self._keep(rows):
            return
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            self._tell(listener)

    def _tell(self, listener: Any) -> None:
        try:
            listener.modified(self._event())
        except Exception:  # noqa: BLE001 - a document that has just been closed
            self.removeResultListener(listener)

    def _keep(self, rows: list[list[Any]]) -> bool:
        with self._lock:
            changed = rows != self.rows
            self.rows = rows
            if isinstance(rows[0][0], str) and rows[0][0].startswith(LOST):
                self.lost_at = time.monotonic()
            return changed

    def _event(self) -> Any:
        event = ResultEvent()
        event.Source = self
        event.Value = _calc_value(self.rows)
        return event


class Results:
    """The results of all formulas so far: equal formulas share one. The oldest are let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: OrderedDict[str, Result] = OrderedDict()
        self._by_ticket: dict[int, Result] = {}
        self._tickets = 0

    def of(self, key: str, owner: tuple[str, str]) -> Any:
        """The result of a key, and whether it is new."""
        with self._lock:
            result = self._by_key.get(key)
            if result is not None:
                self._by_key.move_to_end(key)
                return result, False
            self._tickets += 1
            result = self._by_key[key] = Result(self._tickets, owner)
            self._by_ticket[result.ticket] = result
            if len(self._by_key) > MOST_RESULTS:
                _, oldest = self._by_key.popitem(last=False)
                del self._by_ticket[oldest.ticket]
            return result, True

    def showing(self, value: Any, book: str) -> list[int]:
        """Tickets of the results of a document that show a value in their first cell."""
        with self._lock:
            results = list(self._by_key.values())
        return [
            one.ticket
            for one in results
            if one.owner[1] == book and one.owner[0] not in ABOUT_CELLS and one.rows[0][0] == value
        ]

    def settle(self, ticket: int, rows: list[list[Any]]) -> None:
        """Show what the backend says of a ticket."""
        with self._lock:
            result = self._by_ticket.get(ticket)
        if result is not None:
            result.change(rows)


# No import: a package of this name may stand in LibreOffice's Python.
XTickmark: Any = uno.getClass("tickmark.calc.XTickmark")
RESULTS = Results()
_OPENING = threading.Lock()
_BACKEND: Backend | None = None


def backend() -> Backend:
    """The backend of this office; its command was written when the extension was installed."""
    global _BACKEND  # noqa: PLW0603 - one process for all documents
    with _OPENING:
        if _BACKEND is None:
            text = (_FOLDER / "backend.json").read_text(encoding="utf-8")
            command = json.loads(text)["command"]
            _BACKEND = Backend(command, RESULTS.settle)
        return _BACKEND


def call(function: str, document: Any, arguments: list[Any]) -> Result:
    """The result of a formula, filled as far as it is known now."""
    try:
        book = _book(document)
        packed = [pack(document, argument, book) for argument in arguments]
    except Exception as error:  # noqa: BLE001 - a formula shows a text, never an error of UNO
        reason = f"an argument cannot be read ({type(error).__name__})"
        book, packed = "", [["problem", reason]]
    while packed and packed[-1] == ["missing"]:
        packed.pop()
    if function in ABOUT_CELLS and packed and packed[0][0] == "value":
        packed[0] = _cell(function, packed[0][1], book)
    text = json.dumps([function, book, packed], sort_keys=True)
    key = hashlib.sha256(text.encode("ascii")).hexdigest()
    result, new = RESULTS.of(key, (function, book))
    if not new and time.monotonic() - result.lost_at < AFTERMATH:
        return result
    # Calc tells no calling cell: the ticket stands in place of a row.
    context = [book, "", result.ticket, 1, 1, 1, False]
    try:
        rows = backend().ask(function, packed, context, result.ticket)
    except (OSError, ValueError, KeyError):
        rows = [[LOST + "its settings are missing, install Tickmark again; recalculate"]]
    if new and rows:
        result.start(rows)
    return result


def _cell(function: str, value: Any, book: str) -> list[Any]:
    """A cell that a formula names, by its ticket: Calc hands over no more than its value."""
    if isinstance(value, str) and value.strip().lower() in SCOPES:
        return ["value", value]
    tickets = RESULTS.showing(value, book)
    if function == "LLM_COST" and len(tickets) > 1:
        return ["problem", "several cells show the same, and Calc does not tell which is meant"]
    return ["range", book, "", tickets[0] if tickets else NO_TICKET, 1, [[value]], [], []]


class Functions(unohelper.Base, XTickmark, XServiceInfo):
    """The functions as Calc finds them; arguments come as XTickmark.idl says."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def llmAnalyze(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_ANALYZE", document, list(arguments))

    def llmAsk(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_ASK", document, list(arguments))

    def llmExplain(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_EXPLAIN", document, list(arguments))

    def llmAudit(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_AUDIT", document, list(arguments))

    def llmExtract(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_EXTRACT", document, list(arguments))

    def llmClassify(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_CLASSIFY", document, list(arguments))

    def llmTransform(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_TRANSFORM", document, list(arguments))

    def llmCost(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_COST", document, list(arguments))

    def llmStatus(self, document: Any, *arguments: Any) -> Result:
        return call("LLM_STATUS", document, list(arguments))

    def getImplementationName(self) -> str:
        return _FUNCTIONS_NAME

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> Any:
        return ("tickmark.Calc", "com.sun.star.sheet.AddIn")


class Menu(unohelper.Base, XJobExecutor, XServiceInfo):
    """The entries of the Tickmark menu."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def trigger(self, name: str) -> None:
        desktop = self._context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", self._context
        )
        if name in QUESTIONS and not _asked(desktop, QUESTIONS[name]):
            return
        if name == "repair":
            count = sum(repair(document) for document in _spreadsheets(desktop))
            text = f"{count} formulas were entered again."
        else:
            text = backend().command(name, MENU_SECONDS)
        _show(desktop, text)

    def getImplementationName(self) -> str:
        return _MENU_NAME

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> Any:
        return (_MENU_NAME,)


def _spreadsheets(desktop: Any) -> Iterator[Any]:
    components = desktop.getComponents().createEnumeration()
    while components.hasMoreElements():
        one = components.nextElement()
        if hasattr(one, "getSheets"):
            yield one


def _asked(desktop: Any, question: str) -> bool:
    """Whether the user says yes; without a window nobody can."""
    buttons, yes = 3, 2  # of com.sun.star.awt: MessageBoxButtons, MessageBoxResults
    return _box(desktop, "QUERYBOX", buttons, question) == yes


def _show(desktop: Any, text: str) -> None:
    _box(desktop, "INFOBOX", 1, text)


def _box(desktop: Any, kind: str, buttons: int, text: str) -> int:
    """What the user presses; 0 without a window."""
    frame = desktop.getCurrentFrame()
    if frame is None or not frame.getContainerWindow().isVisible():
        return 0
    window = frame.getContainerWindow()
    look = uno.Enum("com.sun.star.awt.MessageBoxType", kind)
    box = window.getToolkit().createMessageBox(window, look, buttons, "Tickmark", text)
    return int(box.execute())


def _book(document: Any) -> str:
    """The path of a document's file; "" where it was never saved or lies elsewhere."""
    url = document.getURL()
    return str(uno.fileUrlToSystemPath(url)) if url.startswith("file:") else ""


def _calc_value(rows: list[list[Any]]) -> Any:
    """A value as Calc takes it: a lone one plain, a table as a matrix of its own type."""
    if len(rows) == 1 and len(rows[0]) == 1:
        value = rows[0][0]
        # Calc knows no truth value here.
        return "" if value is None else float(value) if isinstance(value, bool) else value
    return uno.Any("[][]any", tuple(tuple(row) for row in rows))


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - LibreOffice looks for it
g_ImplementationHelper.addImplementation(
    Functions, _FUNCTIONS_NAME, ("tickmark.Calc", "com.sun.star.sheet.AddIn")
)
g_ImplementationHelper.addImplementation(Menu, _MENU_NAME, (_MENU_NAME,))
