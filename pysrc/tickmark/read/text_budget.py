"""How long the texts of a sheet's details may be, one by one and together."""

from __future__ import annotations

from dataclasses import dataclass

from tickmark.read.texts import unescape


@dataclass(slots=True, eq=False)
class TextBudget:
    """Takes texts until `left` characters are spent; what is cut or left out is counted."""

    longest: int
    longest_formula: int
    left: int
    cut: int = 0
    lost_formulas: int = 0

    def text(self, text: str | None) -> str:
        """A text with its escapes decoded, cut where it is too long."""
        if not text:
            return ""
        room = min(self.longest, self.left)
        self.cut += len(text) > room
        text = unescape(text[:room])
        self.left -= len(text)
        return text

    def formula(self, text: str | None) -> str:
        """A formula without `=`; empty where it is too long, since half of one misleads."""
        text = (text or "").strip().removeprefix("=")
        if len(text) > min(self.longest_formula, self.left):
            self.lost_formulas += 1
            return ""
        self.left -= len(text)
        return text

    def problems(self) -> tuple[str, ...]:
        """Sentences about texts and formulas that were not read in full."""
        told: list[str] = []
        if self.cut:
            told.append(f"Texts of details that were too long and were cut: {self.cut:,}.")
        if self.lost_formulas:
            told.append(
                f"Formulas of details left out because they are too long: {self.lost_formulas:,}."
            )
        return tuple(told)
