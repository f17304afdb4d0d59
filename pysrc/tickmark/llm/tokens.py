"""How many tokens a text costs, estimated offline from its characters.

No tokenizer of the current models is published. The weights are a fit to encoded sheets, cell
lists, prose and formulas in 16 languages, counted with the last published one (of sheets that had
no part in the fit, half within 4 %, nine of ten within 12 %), raised for the families whose
tokenizer cuts Latin words and marks finer. Where languages with one script differ, they lean to
the dearer ones: a budget suffers less from room left over.

The estimate is a pure function of text and model, so that a sheet is encoded alike in every run.
What the replies teach about it (llm/calibration.py) goes into prices and reservations only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from tickmark.llm.model import Prompt

ESTIMATOR = 2
"""Raised whenever the weights change, since what was learnt about others holds no more."""

NEWER_SINCE = (4, 7)
BOUND_FACTOR = 1.5
BOUND_EXTRA = 16

# The tags of the fence around the data of a prompt.
FENCE_TOKENS = 50
# The most that one picture costs a current model; larger ones are made smaller by the provider.
IMAGE_TOKENS = 4784

# How many tokens a text costs with a model.
TokenCounter = Callable[[str, str], int]

_VERSION = re.compile(r"(\d+)(?:[-.](\d{1,2})(?!\d))?")


@dataclass(frozen=True, slots=True)
class Weights:
    """Tokens per word, character, run or line break of each class.

    Classes beyond ASCII are told by the first byte in UTF-8. `latin` are accented letters, which
    cut their word in two; `vietnamese` those with two accents; `indic` has the scripts of India,
    Thai and Lao; `rare` Armenian, Georgian, Ethiopic, Khmer and the like; `wide` full-width forms.
    """

    words: float = 0.594
    letters: float = 0.094
    capitals: float = 0.075
    numbers: float = 0.4
    digits: float = 0.347
    mark_runs: float = 0.715
    marks: float = 0.442
    line_breaks: float = 1.079
    latin: float = 2.9
    greek: float = 1.31
    cyrillic: float = 0.56
    two_byte: float = 1.0
    vietnamese: float = 0.74
    indic: float = 1.7
    rare: float = 2.0
    symbols: float = 1.9
    kana: float = 0.95
    cjk: float = 1.3
    hangul: float = 1.55
    wide: float = 1.3
    private: float = 3.0
    four_byte: float = 2.5


OLDER = Weights()
NEWER = Weights(
    words=OLDER.words * 1.45,
    letters=OLDER.letters * 1.45,
    capitals=OLDER.capitals * 1.45,
    numbers=OLDER.numbers * 1.15,
    digits=OLDER.digits * 1.15,
    mark_runs=OLDER.mark_runs * 1.2,
    marks=OLDER.marks * 1.2,
)

# Every byte of UTF-8 becomes the sign of its class; continuation bytes count for nothing.
_SIGNS: dict[bytes, Iterable[int]] = {
    b"A": range(0x41, 0x5B),
    b"a": range(0x61, 0x7B),
    b"0": range(0x30, 0x3A),
    b"\n": (0x0A,),
    b"L": range(0xC2, 0xCC),
    b"G": range(0xCC, 0xD0),
    b"K": range(0xD0, 0xD4),
    b"R": (0xD4, 0xD5, 0xE1),
    b"T": range(0xD6, 0xE0),
    b"I": (0xE0,),
    b"S": (0xE2,),
    b"J": (0xE3,),
    b"C": range(0xE4, 0xEA),
    b"H": range(0xEA, 0xEE),
    b"P": (0xEE,),
    b"W": (0xEF,),
    b"F": range(0xF0, 0xF8),
    b".": range(0x21, 0x7F),
}
_VIETNAMESE = (b"\xe1\xba", b"\xe1\xbb")


def _table(kept: dict[bytes, Iterable[int]], *, other: int = 0x20) -> bytes:
    table = bytearray([other]) * 256
    for sign, members in reversed(kept.items()):
        for byte in members:
            table[byte] = sign[0]
    return bytes(table)


_CLASSES = _table(_SIGNS)

# Every byte of ASCII becomes the bits of the classes that it is in, so that the bits of a block of
# text, taken as one number, are counted for a class at a time.
_CAPITAL, _SMALL, _LETTER, _DIGIT, _MARK, _LINE_BREAK = range(6)
_BITS = _table(
    {
        bytes([1 << _CAPITAL | 1 << _LETTER]): _SIGNS[b"A"],
        bytes([1 << _SMALL | 1 << _LETTER]): _SIGNS[b"a"],
        bytes([1 << _DIGIT]): _SIGNS[b"0"],
        bytes([1 << _LINE_BREAK]): _SIGNS[b"\n"],
        bytes([1 << _MARK]): _SIGNS[b"."],
    },
    other=0,
)
_BLOCK = 8192
_MASKS = tuple(int.from_bytes(bytes([1 << bit]) * _BLOCK, "little") for bit in range(6))

# The signs beyond ASCII in the order of their counts, behind Vietnamese.
_OTHERS = (b"L", b"G", b"K", b"T", b"R", b"I", b"S", b"J", b"C", b"H", b"P", b"W", b"F")
_RARE = _OTHERS.index(b"R")
_NO_OTHERS = (0,) * (1 + len(_OTHERS))
# Where two of the counts stand.
_MARK_RUNS = 5
_LINE_BREAKS = 7

MOST_KNOWN = 1000
_KNOWN: dict[tuple[int, int], Sequence[int]] = {}


def estimate_tokens(text: str, model: str = "") -> int:
    """About how many tokens a text costs with a model; at least 1 unless the text is empty."""
    return _weighed(_counts(text), weights_of(model)) if text else 0


def token_bound(text: str, model: str = "", factor: float = BOUND_FACTOR) -> int:
    """More tokens than a text can be expected to cost, for what must not be underestimated.

    `factor` times the estimate and a little more, but never more than its bytes, which no
    tokenizer exceeds.
    """
    if not text:
        return 0
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    estimate = _weighed(_known_counts(text), weights_of(model))
    return min(size, ceil(factor * estimate) + BOUND_EXTRA)


def prompt_tokens(prompt: Prompt, tokens: TokenCounter = estimate_tokens) -> int:
    """About how many input tokens a prompt costs: its texts, their fences, schema and pictures."""
    texts = prompt.texts
    schema = "" if prompt.schema is None else json.dumps(prompt.schema)
    if tokens is estimate_tokens:
        total = _joined(texts, schema, prompt.model)
    else:
        total = tokens("\n".join(texts) + schema, prompt.model)
    fences = bool(prompt.data) + bool(prompt.answers)
    return total + FENCE_TOKENS * fences + IMAGE_TOKENS * len(prompt.images)


def _joined(texts: Sequence[str], schema: str, model: str) -> int:
    """The estimate of texts in lines of their own with a schema right behind them."""
    parts = [_known_counts(text) for text in texts]
    if schema:
        parts.append(_known_counts(schema))
    if not parts:
        return 0
    counts = list(map(sum, zip(*parts, strict=True)))
    counts[_LINE_BREAKS] += max(0, len(texts) - 1)
    if schema and texts:
        # A schema begins with a brace, which goes on with the marks before it.
        counts[_MARK_RUNS] -= _counts(texts[-1][-1])[_MARK_RUNS]
    return _weighed(counts, weights_of(model))


def _known_counts(text: str) -> Sequence[int]:
    """The counts of a text, remembered: several wrappers of a model ask for those of one prompt.

    The texts themselves are not kept, only their hashes, which are random for each process.
    """
    key = (hash(text), len(text))
    found = _KNOWN.get(key)
    if found is None:
        found = _counts(text)
        if len(_KNOWN) >= MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = found
    return found


def _counts(text: str) -> Sequence[int]:
    """How often each class occurs, in the order of the weights; small letters behind capitals."""
    encoded = text.encode("utf-8", "surrogatepass")
    counts = _counts_of_ascii(encoded.translate(_BITS))
    if text.isascii():
        return (*counts, *_NO_OTHERS)
    signs = encoded.translate(_CLASSES)
    vietnamese = sum(map(encoded.count, _VIETNAMESE))
    others = list(map(signs.count, _OTHERS))
    others[_RARE] -= vietnamese
    return (*counts, vietnamese, *others)


def _counts_of_ascii(bits: bytes) -> Sequence[int]:
    """Words, capitals, small letters, numbers, digits, runs of marks, marks and line breaks."""
    words = capitals = small = numbers = digits = mark_runs = marks = line_breaks = 0
    before = 0
    for start in range(0, len(bits), _BLOCK):
        block = bits[start : start + _BLOCK]
        every = int.from_bytes(block, "little")
        # What the byte before is not: the beginnings of runs.
        first = every ^ (every & (every << 8 | before))
        before = block[-1]
        words += (first & _MASKS[_LETTER]).bit_count()
        capitals += (every & _MASKS[_CAPITAL]).bit_count()
        small += (every & _MASKS[_SMALL]).bit_count()
        numbers += (first & _MASKS[_DIGIT]).bit_count()
        digits += (every & _MASKS[_DIGIT]).bit_count()
        mark_runs += (first & _MASKS[_MARK]).bit_count()
        marks += (every & _MASKS[_MARK]).bit_count()
        line_breaks += (every & _MASKS[_LINE_BREAK]).bit_count()
    return words, capitals, small, numbers, digits, mark_runs, marks, line_breaks


def _weighed(counts: Sequence[int], weights: Weights) -> int:
    words, capitals, small, numbers, digits, mark_runs, marks, line_breaks, *others = counts
    total = (
        weights.words * words
        + weights.letters * (capitals + small)
        + weights.capitals * capitals
        + weights.numbers * numbers
        + weights.digits * digits
        + weights.mark_runs * mark_runs
        + weights.marks * marks
        + weights.line_breaks * line_breaks
    )
    if any(others):
        vietnamese, latin, greek, cyrillic, two_byte, rare, indic, symbols, *rest = others
        kana, cjk, hangul, private, wide, four_byte = rest
        total += (
            weights.latin * latin
            + weights.greek * greek
            + weights.cyrillic * cyrillic
            + weights.two_byte * two_byte
            + weights.vietnamese * vietnamese
            + weights.rare * rare
            + weights.indic * indic
            + weights.symbols * symbols
            + weights.kana * kana
            + weights.cjk * cjk
            + weights.hangul * hangul
            + weights.private * private
            + weights.wide * wide
            + weights.four_byte * four_byte
        )
    return max(1, ceil(total))


@lru_cache(maxsize=64)
def weights_of(model: str) -> Weights:
    """The weights of a model's family; an unnamed model counts as a current one."""
    name = model.lower()
    if name and "claude" not in name:
        return OLDER
    version = _VERSION.search(name)
    if version is None:
        return NEWER
    number = (int(version[1]), int(version[2] or 0))
    return NEWER if number >= NEWER_SINCE else OLDER
