"""An engine of xlwings whose Excel is a LibreOffice: code for xlwings runs on it unchanged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import xlwings

from tests.libreoffice import engine_values
from tests.libreoffice.dialogue import Dialogue
from tests.libreoffice.engine_com import ComApp, ComBook
from tests.libreoffice.engine_errors import plain_errors
from tests.libreoffice.engine_names import Names
from tests.libreoffice.engine_range import Range
from tests.libreoffice.engine_sheet import Sheet, Sheets
from tests.libreoffice.office import FOLDER, connect, load_uno

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xlam": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
}
_WINDOW = (1400, 900)
_POSITION_AND_SIZE = 15  # com.sun.star.awt.PosSize.POSSIZE
_SCRIPT = "vnd.sun.star.script"
_RUN_MACROS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN


class Engine:
    """Connects to its office when the first app is asked for."""

    name, type = "libreoffice", "desktop"
    prepare_xl_data_element = staticmethod(engine_values.prepare)
    clean_value_data = staticmethod(engine_values.clean)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._context: Any = None
        # Sheets with the buttons of a filter, which Calc does not tell: identity of book, sheet.
        self.filtered: set[tuple[str, str]] = set()

    @property
    def apps(self) -> Apps:
        return Apps(self)

    @property
    def process_id(self) -> int:
        """The process of the office."""
        return int((self.folder / "pipe").read_text(encoding="ascii").split()[1])

    @property
    def desktop(self) -> Any:
        """The UNO desktop with all documents."""
        return self.service("com.sun.star.frame.Desktop")

    def service(self, name: str) -> Any:
        """A service of the office."""
        if self._context is None:
            pipe = (self.folder / "pipe").read_text(encoding="ascii").split()[0]
            self._context = connect(self.folder, pipe)
        return self._context.ServiceManager.createInstanceWithContext(name, self._context)

    def properties(self, **values: Any) -> tuple[Any, ...]:
        """Named values for loading and storing."""
        uno = load_uno(self.folder)
        made = []
        for name, value in values.items():
            one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            one.Name, one.Value = name, value
            made.append(one)
        return tuple(made)


@plain_errors
class Apps:
    """The one app."""

    def __init__(self, engine: Engine) -> None:
        self._app = App(engine)

    def keys(self) -> list[int]:
        return [self._app.pid]

    def __iter__(self) -> Iterator[App]:
        return iter((self._app,))

    def __len__(self) -> int:
        return 1

    def __getitem__(self, process: int) -> App:
        if process != self._app.pid:
            raise KeyError(process)
        return self._app

    def add(self, **options: Any) -> App:
        del options  # there is one office in a test run
        return self._app

    @staticmethod
    def cleanup() -> None:
        """Leaves nothing behind, having started nothing."""


@plain_errors
class App:
    """LibreOffice in the place of Excel; what it would show goes into the dialogue."""

    version = "16.0"
    hwnd = None
    visible = display_alerts = enable_events = interactive = True
    calculation = "automatic"
    cut_copy_mode = None

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.dialogue = Dialogue(engine.folder)
        self._status: str | bool = False
        self._updating = True

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def api(self) -> ComApp:
        return ComApp(self)

    @property
    def pid(self) -> int:
        return self._engine.process_id

    @property
    def path(self) -> str:
        return str(self._engine.folder)

    @property
    def startup_path(self) -> str:
        return str(self._engine.folder / "startup")

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Range | None:
        document = self.books.active.document
        chosen = document.CurrentController.Selection
        if chosen is None or not hasattr(chosen, "RangeAddress"):
            return None
        return self.books.active.range_of(chosen)

    @property
    def status_bar(self) -> str | bool:
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self._status = value
        self.dialogue.say("status", "" if isinstance(value, bool) else value)

    @property
    def screen_updating(self) -> bool:
        return self._updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self._updating = value
        self.dialogue.say("screen updating", str(value))

    def activate(self, steal_focus: bool = False) -> None:
        """Has no window to bring to the front."""

    def calculate(self) -> None:
        for book in self.books:
            book.document.calculateAll()

    def alert(
        self,
        prompt: str,
        title: str | None,
        buttons: str | None,
        mode: str | None,
        callback: str | None,
    ) -> str:
        """Says the text and takes the first answer of the buttons, or the one given before."""
        del mode, callback
        self.dialogue.say("alert", f"{title}: {prompt}" if title else prompt)
        if buttons in {None, "ok"}:
            return "ok"
        answer = self.dialogue.answer()
        return answer if isinstance(answer, str) else "cancel"

    def input_box(self, prompt: str, title: str = "") -> str | None:
        """The user's answer to a question; None is Cancel."""
        answer = self.api.InputBox(prompt, title)
        return answer if isinstance(answer, str) else None

    def run(self, macro: str, args: tuple[Any, ...]) -> Any:
        """Calls a VBA procedure of an open book, `'book.xlsm'!Module.Procedure`."""
        book, _, procedure = macro.rpartition("!")
        open_book = self.books(book.strip("'")) if book else self.books.active
        return open_book.run(procedure, args)


@plain_errors
class Books:
    """The open books, the one that was opened last in front."""

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def app(self) -> App:
        return self._app

    @property
    def api(self) -> Any:
        return self._app.engine.desktop.Components

    def __iter__(self) -> Iterator[Book]:
        components = self.api.createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if hasattr(document, "Sheets"):
                yield Book(self._app, document)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: int | str) -> Book:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        for book in self:
            if name_or_index.lower() in {book.name.lower(), book.fullname.lower()}:
                return book
        raise KeyError(name_or_index)

    @property
    def active(self) -> Book:
        """The book that was activated last."""
        current = self._app.engine.desktop.getCurrentComponent()
        if current is not None and hasattr(current, "Sheets"):
            return Book(self._app, current)
        for book in self:
            return book
        message = "no workbook is open"
        raise LookupError(message)

    def add(self) -> Book:
        return self._load("private:factory/scalc")

    def open(self, fullname: str, *others: Any, **named: Any) -> Book:
        del others, named
        path = Path(fullname).absolute()
        if not path.is_file():
            raise FileNotFoundError(fullname)
        for lock in path.parent.glob(f".~lock.{path.name}#"):
            lock.unlink()  # of an office that was killed
        options = {"FilterName": _FILTERS[".xlam"]} if path.suffix == ".xlam" else {}
        return self._load(path.as_uri(), **options)

    def _load(self, url: str, **options: str) -> Book:
        engine = self._app.engine
        properties = engine.properties(Hidden=True, MacroExecutionMode=_RUN_MACROS, **options)
        document = engine.desktop.loadComponentFromURL(url, "_blank", 0, properties)
        if document is None:
            message = f"LibreOffice cannot open {url}"
            raise OSError(message)
        book = Book(self._app, document)
        book.activate()
        return book


@plain_errors
class Book:
    """An open document."""

    def __init__(self, app: App, document: Any) -> None:
        self._app, self.document = app, document

    @property
    def app(self) -> App:
        return self._app

    @property
    def api(self) -> ComBook:
        return ComBook(self)

    @property
    def fullname(self) -> str:
        url = self.document.URL
        uno = load_uno(self._app.engine.folder)
        return str(uno.fileUrlToSystemPath(url) if url else self.document.Title)

    @property
    def name(self) -> str:
        return os.path.basename(self.fullname)  # noqa: PTH119 - the name of a new book is no path

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(list(self.sheets), book=True)

    def activate(self) -> None:
        self.document.CurrentController.Frame.activate()

    def close(self) -> None:
        self.document.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Saves; with a path the book moves there, as with Excel's SaveAs."""
        if path is None:
            self._written(self.document.store)
            return
        more = {"Password": password} if password else {}
        self._write(path, self.document.storeAsURL, **more)

    def save_copy(self, path: str | os.PathLike[str]) -> None:
        """Writes a copy; the book keeps its place and still counts as changed, if it is."""
        self._write(path, self.document.storeToURL)

    def _write(self, path: str | os.PathLike[str], store: Callable[..., None], **more: str) -> None:
        target = Path(path).absolute()
        properties = self._app.engine.properties(FilterName=_FILTERS[target.suffix], **more)
        self._written(store, target.as_uri(), properties)

    def _written(self, store: Callable[..., None], *arguments: Any) -> None:
        """Stores with the book in front, as that is where its views are known."""
        self._come_to_front()
        store(*arguments)

    def show_window(self) -> None:
        """Gives the book a window of some size: without one, nothing can be frozen in it.

        It is shown after loading, as loading into a window needs more of LibreOffice installed.
        """
        frame = self.document.CurrentController.Frame
        frame.ContainerWindow.setVisible(True)
        frame.ComponentWindow.setPosSize(0, 0, *_WINDOW, _POSITION_AND_SIZE)

    def _come_to_front(self) -> None:
        """What a view shows is only saved with the book in front."""
        if self.document.CurrentController.Frame.ContainerWindow.isVisible():
            self.activate()

    def range_of(self, cells: Any) -> Range:
        """Cells of UNO as a range of this book."""
        return Range(Sheet(self, cells.Spreadsheet), cells)

    def dispatch(self, chosen: Range, command: str) -> None:
        """Does what a menu command does on cells, without a trace in the selection."""
        controller = self.document.CurrentController
        sheet, kept = controller.ActiveSheet, controller.Selection
        controller.select(chosen.cells)
        dispatcher = self._app.engine.service("com.sun.star.frame.DispatchHelper")
        dispatcher.executeDispatch(controller.Frame, command, "", 0, ())
        controller.setActiveSheet(sheet)
        controller.select(kept)

    def run(self, procedure: str, args: tuple[Any, ...]) -> Any:
        """Calls a VBA procedure of this document, `Module.Procedure`."""
        module = procedure.partition(".")[0]
        libraries = self.document.BasicLibraries
        for name in libraries.ElementNames:
            if libraries.getByName(name).hasByName(module):
                where = f"{name}.{procedure}?language=Basic&location=document"
                script = self.document.getScriptProvider().getScript(f"{_SCRIPT}:{where}")
                return script.invoke(tuple(args), (), ())[0]
        message = f"{self.name} has no macro {procedure}"
        raise LookupError(message)


def activate() -> xlwings.Engine:
    """Makes xlwings work on the office that the environment names."""
    folder = Path(os.environ[FOLDER])  # noqa: TID251 - names the office of the test run
    return activate_on(folder)


def activate_on(folder: Path) -> xlwings.Engine:
    """Makes xlwings work on the office of a folder."""
    engine = xlwings.Engine(impl=Engine(folder))
    xlwings.engines.add(engine)
    engine.activate()
    return engine
