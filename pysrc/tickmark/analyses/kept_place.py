"""Where a kept answer was asked, so that its citations can be told where the range is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tickmark.ground.moves import Move, move_of
from tickmark.model.address import RangeRef
from tickmark.model.range_content import RangeContent
from tickmark.structure.fingerprints import fingerprints
from tickmark.structure.range_sheet import place_of


def place_as_json(content: RangeContent) -> dict[str, object]:
    """Sheet, range and content addresses of what was asked about."""
    place = place_of(content)
    asked = {spelling.value: text for spelling, text in fingerprints(content).items()}
    return {"sheet": place.sheet, "range": place.a1, "asked": asked}


def move_to(kept: object, content: RangeContent) -> Move:
    """The way from a kept place to where the same content is now. Raises ValueError."""
    match kept:
        case {"sheet": str(sheet), "range": str(cells), "asked": dict(asked)}:
            origin = RangeRef.parse(cells)
            origin = RangeRef(sheet, origin.top, origin.left, origin.bottom, origin.right)
            now = place_of(content)
            if origin == now:
                return Move(origin, now)
            return move_of(origin, _texts(asked), now, fingerprints(content))
        case _:
            raise ValueError("a kept answer does not say where it was asked")


def notes_of(kept: Mapping[str, object], move: Move, *, words: str = "") -> tuple[str, ...]:
    """Sentences for the user: what was not seen, and what stems from the saved file.

    Where the answer now stands at another place, labels beside the range and addresses in `words`
    may be those of the place where it was asked: then that is said.
    """
    notes = [note for note in _list(kept.get("notes")) if isinstance(note, str)]
    saved_at = kept.get("saved_at")
    where = "" if move.stays else f" beside {move.origin}"
    if isinstance(saved_at, str) and saved_at:
        notes.insert(0, f"labels and precedents as saved {saved_at}{where}")
    if move.names_cells(words):
        notes.append(f"addresses without brackets are those of {move.origin}")
    return tuple(notes)


def sentence(notes: Sequence[str]) -> str:
    """Notes as one sentence in brackets; "" for none."""
    if not notes:
        return ""
    text = "; ".join(notes)
    return f"({text[:1].upper()}{text[1:]}.)"


def _texts(values: Mapping[object, object]) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in values.items()}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
