"""The few members of Excel's own objects that code behind xlwings' `api` may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.libreoffice.engine_errors import plain_errors

if TYPE_CHECKING:
    from tests.libreoffice.engine import App, Book
    from tests.libreoffice.engine_range import Range
    from tests.libreoffice.engine_sheet import Sheet


@plain_errors
class ComRange:
    """Excel's Range."""

    def __init__(self, impl: Range) -> None:
        self._impl = impl

    def AutoFilter(self) -> bool:
        """Turns the buttons of the sheet's filter on here, or off where they are."""
        self._impl.sheet.book.dispatch(self._impl, ".uno:DataFilterAutoFilter")
        return True

    @property
    def Value2(self) -> Any:
        return self._impl.cells.getDataArray()

    @property
    def IndentLevel(self) -> int:
        return self._impl.indent

    @IndentLevel.setter
    def IndentLevel(self, value: int) -> None:
        self._impl.indent = value

    def Dirty(self) -> None:
        """Marks the cells for the next calculation."""
        self._impl.formula2 = self._impl.formula2

    @property
    def Font(self) -> Any:
        return self._impl.font


class ComSheet:
    """Excel's Worksheet."""

    def __init__(self, impl: Sheet) -> None:
        self._impl = impl

    @property
    def Visible(self) -> int:
        return -1 if self._impl.visible else 0

    @Visible.setter
    def Visible(self, value: int) -> None:
        self._impl.visible = value == -1


@plain_errors
class ComBook:
    """Excel's Workbook."""

    def __init__(self, impl: Book) -> None:
        self._impl = impl

    def SaveCopyAs(self, path: str) -> None:
        self._impl.save_copy(path)

    @property
    def Saved(self) -> bool:
        return not self._impl.document.isModified()

    @Saved.setter
    def Saved(self, value: bool) -> None:
        self._impl.document.setModified(not value)

    @property
    def Path(self) -> str:
        return self._impl.fullname.rpartition("/")[0] if self._impl.document.URL else ""

    @property
    def ReadOnly(self) -> bool:
        return bool(self._impl.document.isReadonly())


class ComApp:
    """Excel's Application."""

    def __init__(self, impl: App) -> None:
        self._impl = impl

    def InputBox(
        self,
        Prompt: str,
        Title: str = "",
        *others: Any,
        **named: Any,
    ) -> str | bool:
        """The user's answer; False is Cancel."""
        del others, named
        self._impl.dialogue.say("question", f"{Title}: {Prompt}" if Title else Prompt)
        return self._impl.dialogue.answer()

    def Goto(self, Reference: Any, Scroll: bool = False) -> None:
        del Scroll
        Reference.sheet.activate()
        Reference.select()
