"""Strongly connected components of a graph in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from tickmark.structure.lattices import Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """The strongly connected components of nodes: each can be reached from each other one.

    `of_node` (int64, one a node) numbers them so that an arc between two components leads from a
    lower to a higher number; `count` is their number.
    """

    of_node: Numbers
    count: int

    @classmethod
    def of(cls, nodes: int, tail: Numbers, head: Numbers) -> Self:
        """The components of a graph with arcs from `tail` to `head`; arcs may come twice."""
        order = np.argsort(head, kind="stable")
        starts = np.searchsorted(head[order], np.arange(nodes + 1)).tolist()
        found = _searched(nodes, starts, tail[order].tolist())
        return cls(np.array(found, np.int64), max(found, default=-1) + 1)

    def sizes(self) -> Numbers:
        """Number of nodes of each."""
        return np.bincount(self.of_node, minlength=self.count)

    def members(self) -> list[list[int]]:
        """The nodes of each, sorted."""
        order = np.argsort(self.of_node, kind="stable")
        ends = np.cumsum(self.sizes())
        return [part.tolist() for part in np.split(order, ends[:-1])] if self.count else []


def _searched(nodes: int, starts: list[int], tails: list[int]) -> list[int]:
    """Component of each node, by Tarjan's search along the arcs backwards.

    So a component is complete before any that needs it, and gets the lower number.
    """
    visited = [0] * nodes
    low = [0] * nodes
    component = [-1] * nodes
    at = starts[:nodes]
    path: list[int] = []
    stack: list[int] = []
    clock = count = 0
    for start in range(nodes):
        if not visited[start]:
            path.append(start)
        while path:
            node = path[-1]
            if not visited[node]:
                clock += 1
                visited[node] = low[node] = clock
                stack.append(node)
            step, end, lowest = at[node], starts[node + 1], low[node]
            # The one last gone to is looked at again now that all it needs is known.
            while step < end and visited[other := tails[step]]:
                if component[other] < 0 and low[other] < lowest:
                    lowest = low[other]
                step += 1
            low[node], at[node] = lowest, step
            if step < end:
                path.append(tails[step])
                continue
            path.pop()
            if lowest == visited[node]:
                _close(stack, node, component, count)
                count += 1
    return component


def _close(stack: list[int], node: int, component: list[int], number: int) -> None:
    """Take the nodes of a component, the first visited last, from the stack."""
    other = -1
    while other != node:
        other = stack.pop()
        component[other] = number
