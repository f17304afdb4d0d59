"""The fields of a JSON object, each read as the type that is promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, TypeVar

from tickmark.errors import InputError

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object; every reader raises InputError where a field is missing or of another type.

    `what` begins the sentence of the error, such as `A result`.
    """

    content: Mapping[str, object]
    what: str

    @property
    def names(self) -> Iterable[str]:
        """Names of all fields, in order."""
        return self.content.keys()

    def has(self, name: str) -> bool:
        """Whether a field is there and not null; for those that older versions did not write."""
        return self.content.get(name) is not None

    def text(self, name: str) -> str:
        """A text."""
        value = self._value(name)
        return value if isinstance(value, str) else self._refuse(name, "a text")

    def text_or_null(self, name: str) -> str:
        """A text; null is the empty one."""
        return "" if self._value(name) is None else self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse(name, "a list of texts")
        return tuple(value)

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self._value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            self._refuse(name, "a whole number")
        return value

    def real(self, name: str, *, null: float | None = None) -> float:
        """A number; null stands for the value given here, if one is."""
        value = self._value(name)
        if value is None and null is not None:
            return null
        if not isinstance(value, int | float) or isinstance(value, bool):
            self._refuse(name, "a number")
        try:
            return float(value)
        except OverflowError:
            self._refuse(name, "a number")

    def truth(self, name: str) -> bool:
        """A truth value."""
        value = self._value(name)
        return value if isinstance(value, bool) else self._refuse(name, "true or false")

    def one_of(self, name: str, words: Iterable[str]) -> str:
        """One of a few words."""
        value, known = self._value(name), list(words)
        if not isinstance(value, str) or value not in known:
            self._refuse(name, "one of " + ", ".join(known))
        return value

    def word(self, name: str, words: type[_Word]) -> _Word:
        """A member of an enumeration of words."""
        return words(self.one_of(name, [one.value for one in words]))

    def record(self, name: str) -> Fields:
        """An object within this one."""
        return self._inner(name, self._value(name))

    def records(self, name: str) -> list[Fields]:
        """A list of objects within this one."""
        value = self._value(name)
        if not isinstance(value, list):
            self._refuse(name, "a list of objects")
        return [self._inner(name, one) for one in value]

    def _inner(self, name: str, value: object) -> Fields:
        if not isinstance(value, Mapping):
            self._refuse(name, "an object")
        return Fields(value, self.what)

    def _value(self, name: str) -> object:
        if not isinstance(self.content, Mapping) or name not in self.content:
            message = f"{self.what} lacks {name!r}; give a file that Tickmark wrote."
            raise InputError(message)
        return self.content[name]

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        message = f"{name!r} of {self.what.lower()} is not {wanted}; give a file Tickmark wrote."
        raise InputError(message)
