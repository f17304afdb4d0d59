"""What to know of a workbook before its sheets: their sizes, what feeds what, its constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tickmark.encode.preface_hidden import Hidden, hidden_of
from tickmark.encode.preface_links import (
    MOST_BOOKS,
    MOST_NAMES_READ,
    UNNAMED,
    SheetLinks,
    book_words,
    sheet_links,
)
from tickmark.encode.preface_names import Meaning, is_constant
from tickmark.encode.preface_words import listed, phrase, sheet_word
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.structure.contents import book_contents
from tickmark.structure.formulas import Formulas

MOST_SHEETS: Final = 60
MOST_CONSTANTS: Final = 20
MOST_CHAINS: Final = 20
LONGEST_CHAIN: Final = 30
MOST_FEEDING: Final = 200
"""The sheets of a larger workbook are not put into chains."""

Feeds = Mapping[str, Sequence[str]]


def book_preface(
    formulas: Formulas, links: Mapping[str, SheetLinks] | None = None, *, hidden: bool = False
) -> tuple[str, ...]:
    """Lines about a workbook, each beginning with `# book `; nothing of hidden cells is in them.

    `links` are those of all sheets (see sheet_links), read anew where they are not given. With
    `hidden` hidden sheets are named like others. () for a plain workbook of one sheet.
    """
    if links is None:
        links = sheet_links(formulas, hidden=hidden)
    workbook = formulas.workbook
    lines = (
        *_sheets(workbook, hidden=hidden),
        *_chains(workbook, links, hidden=hidden),
        *_constants(workbook),
        *_others(workbook),
        *_settings(workbook),
    )
    return tuple(f"# book {line}" for line in lines)


def _sheets(workbook: Workbook, *, hidden: bool) -> Iterator[str]:
    shown = [one for one in workbook.sheets if _is_shown(one, hidden=hidden)]
    words = [_size(one) for one in shown]
    rest = len(workbook.sheets) - len(shown)
    if rest:
        words.append(f"{rest} hidden {'sheet' if rest == 1 else 'sheets'}")
    if len(words) > 1:
        yield f"sheets {listed(words, MOST_SHEETS, '|')}"
    failed = len(workbook.failures)
    if failed:
        # Without their names: whether they are hidden is not known.
        yield f"incomplete: {failed} {'sheet' if failed == 1 else 'sheets'} could not be read"


def _size(sheet: Sheet) -> str:
    used = sheet.used_range
    mark = "" if sheet.state is SheetState.VISIBLE else " hidden"
    return f"{sheet_word(sheet.name)} {used.a1 if used is not None else 'empty'}{mark}"


def _constants(workbook: Workbook) -> Iterator[str]:
    meaning = Meaning(_hidden_parts(workbook))
    words = [
        word
        for name in workbook.names[:MOST_NAMES_READ]
        if is_constant(name.refers_to.strip().removeprefix("="))
        and (not name.sheet or not meaning.hides(name.sheet))
        and (word := meaning.word(name, ""))
    ]
    if words:
        yield f"names {listed(words, MOST_CONSTANTS, '|')}"


def _hidden_parts(workbook: Workbook) -> dict[str, Hidden]:
    found: dict[str, Hidden] = {}
    for sheet in workbook.sheets:
        found.setdefault(sheet.name.casefold(), hidden_of(workbook, sheet))
    return found


def _others(workbook: Workbook) -> Iterator[str]:
    words = book_words(workbook, tuple(str(link.index) for link in workbook.external_links))
    if words:
        yield f"external {listed(words, MOST_BOOKS, '|')}"


def _settings(workbook: Workbook) -> Iterator[str]:
    words = [phrase(one) for one in book_contents(workbook)]
    if words:
        yield "|".join(words)


def _chains(workbook: Workbook, links: Mapping[str, SheetLinks], *, hidden: bool) -> Iterator[str]:
    """Which sheets feed which, as chains: `Inputs > Calc > Summary`."""
    order = list(
        dict.fromkeys(one.name for one in workbook.sheets if _is_shown(one, hidden=hidden))
    )
    if any(source == UNNAMED for name in order for source, _ in links[name].reads):
        order.append(UNNAMED)
    feeds: dict[str, list[str]] = {name: [] for name in order}
    for name in order:
        for source, _ in links[name].reads if name != UNNAMED else ():
            if source in feeds:
                feeds[source].append(name)
    feeding = [name for name in order if feeds[name]]
    if not feeding:
        return
    if len(order) > MOST_FEEDING:
        yield f"flow between more than {MOST_FEEDING} sheets"
        return
    yield f"flow {listed(list(_ways(chains_of(without_shortcuts(feeds)))), MOST_CHAINS, '|')}"


def _ways(chains: Sequence[Sequence[str]]) -> Iterator[str]:
    """Chains as words; single links from one sheet stand together: `Inputs > Calc, Rates`."""
    single: dict[str, list[str]] = {}
    for chain in chains:
        if len(chain) == 2:  # noqa: PLR2004 - a link has two ends
            single.setdefault(chain[0], []).append(_node(chain[1]))
        else:
            yield listed([_node(one) for one in chain], LONGEST_CHAIN, " > ")
    for start, ends in single.items():
        yield f"{_node(start)} > {listed(ends, LONGEST_CHAIN, ', ')}"


def without_shortcuts(feeds: Feeds) -> Feeds:
    """The same without links that longer ways tell too; a network with circles stays as it is."""
    reach: dict[str, set[str]] = {}
    waiting = {name: set(others) for name, others in feeds.items()}
    while waiting:
        ready = [name for name, others in waiting.items() if not others & waiting.keys()]
        if not ready:
            return feeds
        for name in ready:
            reach[name] = set(feeds[name]).union(*(reach[one] for one in feeds[name]))
            del waiting[name]
    return {
        name: [one for one in others if not any(one in reach[other] for other in others)]
        for name, others in feeds.items()
    }


def chains_of(feeds: Feeds) -> list[list[str]]:
    """Ways along the links that take each link once; they begin where nothing leads to, if so."""
    left = {name: list(others) for name, others in feeds.items()}
    fed = {one for others in feeds.values() for one in others}
    chains = []
    for start in sorted(feeds, key=lambda name: name in fed):
        while left[start]:
            chain = [start]
            while left[chain[-1]]:
                chain.append(left[chain[-1]].pop(0))
            chains.append(chain)
    return chains


def _is_shown(sheet: Sheet, *, hidden: bool) -> bool:
    return hidden or sheet.state is SheetState.VISIBLE


def _node(name: str) -> str:
    return "hidden sheets" if name == UNNAMED else sheet_word(name)
