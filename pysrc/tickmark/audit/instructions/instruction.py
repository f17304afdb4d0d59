"""Text that reads like an instruction to a language model, told by several independent cues."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

from tickmark.audit.instructions import instruction_phrases as phrases
from tickmark.audit.instructions.setting_aside import SET_ASIDE

LONGEST: Final = 40_000
"""Characters of a text that are looked at; a cell holds at most 32,767."""

ENOUGH: Final = 3
"""Weight of cues from which on a text is an instruction."""

_SHORTEST: Final = 8
_FEWEST_TAGS: Final = 4
_RUN_OF_UNSEEN: Final = 16
_PRINTABLE_SHARE: Final = 0.95


class Cue(StrEnum):
    """One sign that a text speaks to a machine, in words that follow `it`."""

    SETS_ASIDE = "sets other instructions aside"
    ADDRESSES = "speaks to a language model"
    GIVES_ROLE = "gives the reader a role"
    NAMES_PROMPT = "is about a system prompt"
    KEEPS_BACK = "asks to keep something back"
    DICTATES = "dictates the answer"
    KEEPS_SECRET = "asks to hide it from the user"  # noqa: S105 - no password
    SENDS = "asks to send data away"
    CALLS_TOOL = "calls a tool"
    WANTS_FORMULA = "asks for a formula that reaches the network"
    LOADS_PICTURE = "holds a picture that would be loaded from the network"
    CARRIES_TAGS = "carries the control tags of language models"
    UNSEEN_LETTERS = "is written in letters that nobody sees"
    ENCODED = "is encoded"
    DISGUISED = "is spelled so that a search misses it"


@dataclass(frozen=True, slots=True)
class Instruction:
    """The cues of a text, heaviest first, their weight, and the text as it was meant."""

    cues: tuple[Cue, ...]
    weight: int
    meant: str

    @property
    def words(self) -> str:
        """What the text does, such as `sets other instructions aside and dictates the answer`."""
        *first, last = self.cues[:3]
        return f"{', '.join(first)} and {last}" if first else str(last)


def instructions(
    texts: Sequence[str], *, concealed: Callable[[int], bool] = lambda _: False
) -> Iterator[tuple[int, Instruction]]:
    """The texts that are instructions, by their place; `concealed` tells which nobody sees.

    A text that nobody sees may also be one without a word that only machines are spoken to with.
    Takes time linear in the length of the texts, and little for those without a word of the
    phrases.
    """
    shortened = [text[:LONGEST] for text in texts]
    for at in _candidates(shortened, concealed):
        found = instruction(shortened[at], concealed=concealed(at))
        if found is not None:
            yield at, found


def instruction(text: str, *, concealed: bool = False) -> Instruction | None:
    """The cues of one text; None where they do not make an instruction."""
    text = text[:LONGEST]
    if len(text) < _SHORTEST:
        return None
    found = _weighed(text)
    inner = _decoded(text)
    if inner:
        hidden = _weighed(inner)
        if hidden.weight:
            cues = (Cue.ENCODED, *hidden.cues)
            found = max(found, Instruction(cues, hidden.weight + 2, inner), key=_weight)
    machine = any(cue not in _HUMAN for cue in found.cues)
    if found.weight < ENOUGH or not (machine or concealed):
        return None
    if not concealed and Cue.CARRIES_TAGS not in found.cues and Cue.DISGUISED not in found.cues:
        quoting = phrases.QUOTING.search(folded(found.meant))
        if quoting is not None and found.weight - 2 < ENOUGH:
            return None
    return found


def folded(text: str) -> str:
    """A text as the phrases want it: NFKC, lower case, no accents, nothing that is not seen."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return _BLANKS.sub(" ", text.lower().replace("\u2019", "'"))


def unseen_text(text: str) -> str:
    """What a text says in Unicode tag characters, which no program shows; "" where nothing."""
    if text.isascii():
        return ""
    plain = _FLAG.sub("", text)
    letters = [chr(ord(one) - 0xE0000) for one in plain if "\U000e0020" <= one <= "\U000e007e"]
    return "".join(letters)


# What business texts ask of people too; on its own it speaks to no machine.
_HUMAN: Final = frozenset({Cue.KEEPS_BACK, Cue.DICTATES, Cue.SENDS})

_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_BLANKS = re.compile(r"[^\S\n]+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
_UNSEEN_RUN = re.compile(
    f"[\u200b-\u200d\u2060-\u2064\ufeff\U000e0100-\U000e01ef]{{{_RUN_OF_UNSEEN},}}"
)
_REVERSED = "\u202e"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
# The flags of England, Scotland and Wales are spelled in tags.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f")
_SPACED = re.compile(r"(?<![^\W_])(?:[a-z][ .*_-]{1,3}){7,}[a-z](?![^\W_])")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")

_ALIKE = str.maketrans(
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u043a"
    "\u0432\u043c\u043d\u0442\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131",
    "aceopxyijsdhqwkbmhtaeikvoptuxi",
)
"""Small Cyrillic and Greek letters that look like Latin ones, and the Latin ones."""

_MIXED = re.compile(r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]")

_SIGNS: Final = (
    (Cue.SETS_ASIDE, 3, SET_ASIDE),
    (Cue.CARRIES_TAGS, 3, phrases.TAGS),
    (Cue.LOADS_PICTURE, 3, phrases.PICTURE),
    (Cue.WANTS_FORMULA, 3, phrases.FORMULA_WANTED),
    (Cue.SETS_ASIDE, 2, phrases.LOOSELY_SET_ASIDE),
    (Cue.CARRIES_TAGS, 2, phrases.ROLE_TAGS),
    (Cue.ADDRESSES, 2, phrases.ADDRESSED),
    (Cue.KEEPS_SECRET, 2, phrases.SECRECY),
    (Cue.GIVES_ROLE, 2, phrases.ROLE),
    (Cue.NAMES_PROMPT, 2, phrases.PROMPT),
    (Cue.KEEPS_BACK, 2, phrases.SILENCE),
    (Cue.DICTATES, 2, phrases.VERDICT),
    (Cue.SENDS, 1, phrases.SENDING),
    (Cue.CALLS_TOOL, 1, phrases.TOOL),
)


def _weight(one: Instruction) -> int:
    return one.weight


def _weighed(text: str) -> Instruction:
    """The cues of a text, however it is spelled."""
    plain = _BLANKS.sub(" ", text.lower())
    whole = folded(text)
    found = _said(whole)
    meanings = [(meant, _said(meant)) for meant in _respelled(whole)]
    meant, best = max(meanings, key=lambda one: sum(one[1].values()), default=("", {}))
    weights = dict(found)
    if sum(best.values()) > sum(found.values()):
        weights, whole = {Cue.DISGUISED: 2, **best}, meant
    elif found and sum(found.values()) > sum(_said(plain).values()) and _INVISIBLE.search(text):
        weights[Cue.DISGUISED] = 2
    tags = unseen_text(text)
    if len(tags) >= _FEWEST_TAGS:
        weights = {Cue.UNSEEN_LETTERS: ENOUGH, **_said(folded(tags)), **weights}
        whole = tags
    elif not text.isascii() and (_UNSEEN_RUN.search(text) or _is_reversed(text)):
        weights[Cue.UNSEEN_LETTERS] = ENOUGH
    cues = tuple(sorted(weights, key=lambda cue: -weights[cue]))
    return Instruction(cues, sum(weights.values()), text if whole == folded(text) else whole)


def _is_reversed(text: str) -> bool:
    """Whether a text in one direction is turned into the other."""
    return _REVERSED in text and _RIGHT_TO_LEFT.search(text) is None


def _said(text: str) -> dict[Cue, int]:
    """The cues that a folded text shows, each word counted for one of them at most."""
    weights: dict[Cue, int] = {}
    taken: list[tuple[int, int]] = []
    for cue, weight, known in _SIGNS:
        for stems, pattern in () if cue in weights else known:
            span = None
            if any(stem in text for stem in stems):
                span = next(_free(pattern, text, taken), None)
            if span is not None:
                weights[cue] = weight
                taken.append(span)
                break
    return weights


def _free(
    pattern: re.Pattern[str], text: str, taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        first, last = match.span()
        if all(last <= low or first >= high for low, high in taken):
            yield first, last


def _respelled(text: str) -> Iterator[str]:
    """A folded text with spaced-out words closed and letters of other scripts that look alike."""
    spaced = _SPACED.sub(_closed, text)
    if spaced != text:
        yield spaced
    if not text.isascii() and _MIXED.search(text):
        yield text.translate(_ALIKE)


def _closed(match: re.Match[str]) -> str:
    """`i g n o r e  a l l` as `ignore all`; where words are not told apart, known ones are."""
    words = re.split(r"(?<=[a-z])[ .*_-]{2,3}(?=[a-z])", match[0])
    closed = " ".join(re.sub(r"[ .*_-]", "", one) for one in words)
    return _KNOWN_WORDS.sub(r"\1 ", closed) if " " not in closed else closed


_KNOWN_WORDS = re.compile(
    r"(ignore|disregard|forget|all|any|previous|prior|above|your|the|instructions|system|you|are|now)"
)


def _decoded(text: str) -> str:
    """What the base64 in a text says, "" where it is no text."""
    said = []
    for match in _BASE64.finditer(text):
        raw = match[0].rstrip("=")
        try:
            plain = base64.b64decode(raw + "=" * (-len(raw) % 4), validate=True).decode()
        except (binascii.Error, ValueError):
            continue
        if sum(map(str.isprintable, plain)) >= _PRINTABLE_SHARE * len(plain):
            said.append(plain)
    return " ".join(said)


def _candidates(texts: Sequence[str], concealed: Callable[[int], bool]) -> Iterable[int]:
    """The places of texts worth a closer look: those with a word of the phrases, or disguised."""
    plain = [text.lower() if text.isascii() else folded(text) for text in texts]
    joined = "\n".join(plain)
    starts = _starts(plain)
    found = set(_with_stems(_MACHINE_STEMS, joined, starts))
    found |= {at for at in _with_stems(_HUMAN_STEMS, joined, starts) if concealed(at)}
    for pattern in (phrases.MODEL_WORD, _SPACED):
        found |= {_place(starts, match.start()) for match in pattern.finditer(joined)}
    starts = _starts(texts)
    found |= {_place(starts, match.start()) for match in _BASE64.finditer("\n".join(texts))}
    odd = (at for at, text in enumerate(texts) if not text.isascii())
    found |= {at for at in odd if _is_odd(texts[at], plain[at])}
    return sorted(found)


def _with_stems(stems: Iterable[str], joined: str, starts: Sequence[int]) -> Iterator[int]:
    """The places of the texts that hold a stem; each occurrence steps on to the next text."""
    for stem in stems:
        at = joined.find(stem)
        while at >= 0:
            place = _place(starts, at)
            yield place
            at = joined.find(stem, starts[place + 1])


def _is_odd(text: str, plain: str) -> bool:
    return _INVISIBLE.search(text) is not None or _MIXED.search(plain) is not None


def _starts(texts: Sequence[str]) -> list[int]:
    """Where each text begins when all are joined by one character, and where another would."""
    return list(accumulate((len(text) + 1 for text in texts), initial=0))


def _place(starts: Sequence[int], at: int) -> int:
    return bisect_right(starts, at) - 1


def _stems_of(*, human: bool) -> tuple[str, ...]:
    """The stems of the phrases that people are spoken to with too, or those of the others."""
    found = (
        stem
        for cue, _, known in _SIGNS
        if (cue in _HUMAN) == human and cue is not Cue.CALLS_TOOL
        for one in known
        for stem in one.stems
        if stem not in phrases.SHORT_WORDS
    )
    return tuple(dict.fromkeys(found))


_MACHINE_STEMS: Final = _stems_of(human=False)
_HUMAN_STEMS: Final = _stems_of(human=True)
