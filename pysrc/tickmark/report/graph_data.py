"""What the script of the page of a formula graph works on, in short form and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.report.graph_facts import STILL, SURE, BlockFacts, GraphFacts, Reach, TemplateFacts

MOST_BYTES: Final = 4_300_000
MOST_SHEETS: Final = 4_000
MOST_LINKS: Final = 4_000

_UNSAFE: Final = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}

Plain = str | int | list["Plain"] | dict[str, "Plain"] | None


@dataclass(frozen=True, slots=True)
class PageData:
    """Everything by number, as plain values for JSON.

    `blocks` are the numbers of the facts' blocks that are in it: its block 0 is the facts' block
    `blocks[0]`. `values` has the keys

    - `sheets`: `name`, `state`, `formulas`, `unique`, `blocks`, `area`, `outline` of each
    - `books`: names of other workbooks
    - `templates`: pieces, then `a` (the anchor of an array), `t` (a data table), `u` (unknown)
    - `blocks`: sheet, top, left, height, width, template, level, reaches, then perhaps `s` (steps
      of rows and columns), `l` (labels), `c` (circular), `m` (reaches left out)
    - a reach: sheet and four sides, then perhaps how they move by row and by column, then perhaps
      the six numbers of its cells
    - `links`: precedent, dependent and references of sheets, the heaviest first
    - `names`: name, sheet and four sides of each.
    """

    values: dict[str, Plain]
    blocks: tuple[int, ...]


def page_data(facts: GraphFacts, most_bytes: int = MOST_BYTES) -> PageData:
    """The data of the page; of what is too much the largest blocks stay."""
    sheets = facts.sheets[:MOST_SHEETS]
    values: dict[str, Plain] = {
        "sheets": [
            {
                "name": one.name,
                "state": one.state,
                "formulas": one.formulas,
                "unique": one.unique,
                "blocks": one.blocks,
                "area": None if one.area is None else list(one.area),
                "outline": list(one.outline),
            }
            for one in sheets
        ],
        "books": list(facts.books[:MOST_SHEETS]),
        "links": [
            [*link, facts.links[link]]
            for link in sorted(facts.links, key=facts.links.__getitem__, reverse=True)[:MOST_LINKS]
            if link[0] != link[1]
        ],
        "names": [[one.name, one.sheet, *one.area] for one in facts.names],
    }
    left = most_bytes - len(script_json(values).encode())
    chosen = _chosen(facts, left, len(sheets))
    templates: dict[int, int] = {}
    values["blocks"] = [
        _block(one, templates.setdefault(one.template, len(templates)))
        for one in (facts.blocks[at] for at in chosen)
    ]
    values["templates"] = [_template(facts.templates[one]) for one in templates]
    return PageData(values, tuple(chosen))


def script_json(values: object) -> str:
    """JSON for a script element: no text in it can end the element or open a comment."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_UNSAFE)


def by_size(blocks: Sequence[BlockFacts]) -> list[int]:
    """Numbers of blocks: the first hundred of each sheet, then the others, the largest first."""
    order = sorted(range(len(blocks)), key=lambda at: -blocks[at].size)
    seen: dict[int, int] = {}
    late: list[int] = []
    sure: list[int] = []
    for at in order:
        rank = seen[blocks[at].sheet] = seen.get(blocks[at].sheet, 0) + 1
        (sure if rank <= SURE else late).append(at)
    return sure + late


def _chosen(facts: GraphFacts, left: int, sheets: int) -> list[int]:
    """The numbers of the blocks for which there is room, in order."""
    taken: list[int] = []
    known: set[int] = set()
    for at in by_size(facts.blocks):
        block = facts.blocks[at]
        size = len(script_json(_block(block, block.template)).encode()) + 1
        if block.template not in known:
            size += len(script_json(_template(facts.templates[block.template])).encode()) + 1
        if size <= left and block.sheet < sheets:
            left -= size
            taken.append(at)
            known.add(block.template)
    return sorted(taken)


def _template(one: TemplateFacts) -> Plain:
    more: dict[str, Plain] = {}
    if one.anchor is not None:
        more["a"] = list(one.anchor)
    if one.is_table:
        more["t"] = 1
    if one.unknown:
        more["u"] = 1
    pieces: list[Plain] = [
        piece if isinstance(piece, str) else list[Plain](piece) for piece in one.pieces
    ]
    return [pieces, more] if more else [pieces]


def _block(one: BlockFacts, template: int) -> Plain:
    top, left, height, width, row_step, column_step = one.cells
    more: dict[str, Plain] = {}
    if (row_step, column_step) != (1, 1):
        more["s"] = [row_step, column_step]
    if any(one.labels):
        more["l"] = list(one.labels)
    if one.circular:
        more["c"] = 1
    if one.more:
        more["m"] = one.more
    reaches: list[Plain] = [list[Plain](_reach(reach)) for reach in one.reaches]
    row: list[Plain] = [one.sheet, top, left, height, width, template, one.level, reaches]
    return [*row, more] if more else row


def _reach(one: Reach) -> Iterable[int]:
    yield from (one.sheet, *one.first)
    if one.cells is not None or (one.by_row, one.by_column) != (STILL, STILL):
        yield from (*one.by_row, *one.by_column)
    if one.cells is not None:
        yield from one.cells
