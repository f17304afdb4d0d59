"""What some cells reach in a number of steps, and the shortest way to a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tickmark.structure.boxes import Box, Hits
from tickmark.structure.ways import Ways

Layer = dict[int, list[Box]]
"""The boxes of each node that are reached in one number of steps and not in fewer."""


@dataclass(eq=False)
class Steps:
    """The search step by step in one direction, without the index over whole nodes."""

    ways: Ways

    def layers(self, starts: Iterable[tuple[int, Box]]) -> Iterator[Layer]:
        """What is reached first in one step, in two steps and so on, until there is no more."""
        heights, widths = self.ways.shapes
        places = len(self.ways.strands.lattices)
        hits: dict[int, Hits] = {}
        layer: Layer = {}
        for node, box in starts:
            layer.setdefault(node, []).append(box)
        while layer:
            found: Layer = {}
            waiting = list(layer.items())
            while waiting:
                node, boxes = waiting.pop()
                for head, image in self.ways.of(node):
                    if head not in hits:
                        hits[head] = Hits(heights[head], widths[head])
                    new = [
                        part for box in boxes for one in image(*box) for part in hits[head].add(one)
                    ]
                    if not new:
                        continue
                    if head < places:
                        found.setdefault(head, []).extend(new)
                    else:  # a node without cells is no step
                        waiting.append((head, new))
            layer = found
            if layer:
                yield layer
