"""Nodes that need each other in turn: what a hit on some of their cells reaches, exactly."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from typing import Final

from tickmark.structure.boxes import Box, Hits, merged
from tickmark.structure.clock import Clock, clock_of
from tickmark.structure.images import Image
from tickmark.structure.ways import Ways

Boxes = list[Box]
Onward = dict[int, list[tuple[int, Image]]]

MOST_SWEEPS: Final = 16
MOST_GUESSES: Final = 40
"""How often on average a node's guess may grow before the guess is given up."""


@dataclass(eq=False)
class Chain:
    """One strongly connected component of the ways.

    A long chain is not followed step by step. Let F(X) be the start together with all that one
    step from X reaches. What is reached in the end is a set with X = F(X), the smallest one. Where
    a clock can be given to the cells, by which every way inside of the chain leads on in time, no
    cell leads back to itself, and then there is only one such set: take the earliest cell in which
    two of them differ; it is in one of them because of an earlier cell, and that is in both. So it
    does not matter how a set is found. First it is guessed that whatever is reached goes on being
    reached until the end of its node; then the guess is put through F until nothing changes.

    Some ways of a true circle take no time. The nodes that they join in turn are a group, and F
    gives a group all that such ways reach, in any number of steps, from what comes to it in time
    or from groups before. There is again only one set with X = F(X): a cell in which two of them
    differ first, by time and group, is reached inside of its group from a cell that came to it
    from earlier ones, so from one that is in both sets; and so is all that this one reaches.
    """

    ways: Ways
    nodes: list[int]

    @cached_property
    def inner(self) -> Onward:
        """For each node, where it leads inside of the chain."""
        own = set(self.nodes)
        return {
            node: [(head, image) for head, image in self.ways.of(node) if head in own]
            for node in self.nodes
        }

    @cached_property
    def _sorted(self) -> tuple[Onward, Onward]:
        """For each node what leads to it in time, and where it leads at the same time."""
        before: Onward = {node: [] for node in self.nodes}
        still: Onward = {node: [] for node in self.nodes}
        none: frozenset[int] = frozenset()
        standing = none if self.clock is None else self.clock.still
        for node in self.nodes:
            positions = self.ways.strands_of(node).tolist()
            for position, (head, image) in zip(positions, self.ways.of(node), strict=True):
                if position in standing:
                    still[node].append((head, image))
                elif head in before:
                    before[head].append((node, image))
        return before, still

    @cached_property
    def clock(self) -> Clock | None:
        """The time of the cells, if there is one."""
        return clock_of(self.ways, self.nodes)

    def closed(self, start: Mapping[int, Boxes], done: bytearray) -> dict[int, Boxes]:
        """The cells that some cells reach, they included; the nodes with a 1 in `done` left out.

        What `done` nodes lead to is expected among the start.
        """
        if self.clock is not None:
            guess = self._guess(start, done, self.clock)
            found = None if guess is None else self._settled(start, guess, self.clock)
            if found is not None:
                return found
        return self._searched(start, done)

    def _guess(
        self, start: Mapping[int, Boxes], done: bytearray, clock: Clock
    ) -> dict[int, Boxes] | None:
        """What would be reached if all went on to the end; None if that is not found soon."""
        heap: list[tuple[int, int, Box]] = []
        for node, boxes in start.items():
            for box in boxes:
                longer = clock.extended(node, box)
                heappush(heap, (clock.time(node, longer), node, longer))
        found: dict[int, Boxes] = {}
        left = MOST_GUESSES * (len(self.nodes) + len(heap))
        inner = self.inner
        while heap:
            _, node, box = heappop(heap)
            own = found.setdefault(node, [])
            if any(_holds(other, box) for other in own):
                continue
            left -= 1 + len(own)
            if left < 0:
                return None
            own.append(box)
            for head, image in inner[node]:
                if done[head]:
                    continue
                for part in image(*box):
                    longer = clock.extended(head, part)
                    if not any(_holds(other, longer) for other in found.get(head, ())):
                        heappush(heap, (clock.time(head, longer), head, longer))
        return found

    def _settled(
        self, start: Mapping[int, Boxes], guess: dict[int, Boxes], clock: Clock
    ) -> dict[int, Boxes] | None:
        """The guess put through F until it holds; None if that takes too many rounds."""
        found = {node: merged(boxes) for node, boxes in guess.items()}
        groups: dict[int, list[int]] = {}
        for node in found:
            groups.setdefault(clock.group[node], []).append(node)
        order = [groups[group] for group in sorted(groups)]
        stale = set(found)
        for _ in range(MOST_SWEEPS):
            for group in order:
                if stale.isdisjoint(group):
                    continue
                stale.difference_update(group)
                for node, now in self._once(start, found, group).items():
                    if now != found[node]:
                        found[node] = now
                        stale.update(head for head, _ in self.inner[node] if head in found)
            if not stale:
                return {node: boxes for node, boxes in found.items() if boxes}
        return None

    def _once(
        self, start: Mapping[int, Boxes], found: dict[int, Boxes], group: list[int]
    ) -> dict[int, Boxes]:
        """F(X) for the nodes of a group."""
        before, still = self._sorted
        now = {}
        for node in group:
            boxes = list(start.get(node, ()))
            for tail, image in before[node]:
                for box in found.get(tail, ()):
                    boxes.extend(image(*box))
            now[node] = merged(boxes)
        waiting = [node for node in group if still[node] and now[node]]
        while waiting:
            node = waiting.pop()
            for head, image in still[node]:
                boxes = [part for box in now[node] for part in image(*box)]
                if head not in now or all(
                    any(_holds(one, box) for one in now[head]) for box in boxes
                ):
                    continue
                more = merged([*now[head], *boxes])
                if more != now[head]:
                    now[head] = more
                    waiting.append(head)
        return now

    def _searched(self, start: Mapping[int, Boxes], done: bytearray) -> dict[int, Boxes]:
        """The same, step by step: every cell is reached once, so this ends for circles too."""
        heights, widths = self.ways.shapes
        hits: dict[int, Hits] = {}
        waiting: deque[tuple[int, Box]] = deque()

        def reach(node: int, boxes: Iterable[Box]) -> None:
            if node not in hits:
                hits[node] = Hits(heights[node], widths[node])
            for box in boxes:
                waiting.extend((node, new) for new in hits[node].add(box))

        for node, boxes in start.items():
            reach(node, boxes)
        while waiting:
            node, box = waiting.popleft()
            for head, image in self.inner[node]:
                if not done[head]:
                    reach(head, image(*box))
        return {node: merged(own.boxes()) for node, own in hits.items() if own.lines}


def _holds(one: Box, other: Box) -> bool:
    return one[0] <= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] >= other[3]
