"""The arcs inside of components, each from one formula block to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tickmark.structure.arcs import NO_EDGE, Arcs
from tickmark.structure.components import Components
from tickmark.structure.lattices import Numbers

MOST_ARCS: Final = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class InnerArcs:
    """n arcs between formula blocks of one component: numbers of two blocks and of the edge."""

    tail: Numbers
    head: Numbers
    edge: Numbers


def inner_arcs(arcs: Arcs, components: Components) -> InnerArcs | None:
    """The arcs inside of components, nodes that stand for several blocks followed to these.

    None where there are more than MOST_ARCS.
    """
    numbers = components.of_node
    inner = np.flatnonzero(numbers[arcs.tail] == numbers[arcs.head])
    order = inner[arcs.edge[inner] == NO_EDGE]
    order = order[np.argsort(arcs.head[order], kind="stable")]
    heads = arcs.head[order]
    own = inner[arcs.edge[inner] != NO_EDGE]
    at, node = own, arcs.tail[own]
    found: list[tuple[Numbers, Numbers]] = []
    total = 0
    while len(at):
        plain = node < arcs.blocks
        found.append((at[plain], node[plain]))
        at, node = at[~plain], node[~plain]
        starts = np.searchsorted(heads, node, side="left")
        counts = np.searchsorted(heads, node, side="right") - starts
        total += int(counts.sum())
        if total > MOST_ARCS:
            return None
        ahead = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        node = arcs.tail[order[np.repeat(starts, counts) + ahead]]
        at = np.repeat(at, counts)
    if not found:
        none = np.empty(0, np.int64)
        return InnerArcs(none, none, none)
    chosen = np.concatenate([one[0] for one in found])
    tails = np.concatenate([one[1] for one in found])
    return InnerArcs(tails, arcs.head[chosen], arcs.edge[chosen])
