"""Boxes in layers: order, circles, distances."""

from __future__ import annotations

import random
from itertools import pairwise

from tickmark.report.sheet_layers import Layers, layers_of


def test_a_chain_runs_from_left_to_right_at_one_height() -> None:
    assert layers_of([0, 1, 2], {(2, 0): 1, (0, 1): 5}, room=60) == Layers(
        layer={0: 1, 1: 2, 2: 0},
        height={0: 0.0, 1: 0.0, 2: 0.0},
        routes={(2, 0): (), (0, 1): ()},
        circles=(),
        backward=frozenset(),
    )


def test_first_boxes_have_the_leftmost_layer_to_themselves() -> None:
    found = layers_of([0, 1, 2], {(0, 1): 1, (2, 1): 1}, room=60, first=[2])
    assert found.layer == {0: 1, 1: 2, 2: 0}


def test_a_long_link_passes_the_boxes_between() -> None:
    found = layers_of([0, 1, 2], {(0, 1): 1, (1, 2): 1, (0, 2): 1}, room=60)
    (height,) = found.routes[0, 2]
    assert found.layer == {0: 0, 1: 1, 2: 2}
    assert abs(height - found.height[1]) >= 36


def test_of_a_circle_the_lightest_link_runs_backwards() -> None:
    found = layers_of([0, 1, 2], {(0, 1): 9, (1, 2): 9, (2, 0): 1}, room=60)
    assert found.layer == {0: 0, 1: 1, 2: 2}
    assert found.circles == ((0, 1, 2),)
    assert found.backward == {(2, 0)}


def test_two_boxes_that_feed_each_other_have_a_link_each_way() -> None:
    found = layers_of([0, 1], {(0, 1): 1, (1, 0): 8}, room=60)
    assert found.layer == {0: 1, 1: 0}
    assert found.backward == {(0, 1)}
    assert found.routes == {(0, 1): (), (1, 0): ()}


def test_links_that_can_run_side_by_side_do_not_cross() -> None:
    found = layers_of(range(6), {(0, 5): 1, (1, 4): 1, (2, 3): 1}, room=60)
    left = sorted([0, 1, 2], key=found.height.__getitem__)
    right = sorted([3, 4, 5], key=found.height.__getitem__)
    assert right == [5 - box for box in left]


def test_boxes_of_a_layer_keep_their_distance_however_many_links_there_are() -> None:
    chance = random.Random(5)  # noqa: S311 - the same boxes every time
    for _ in range(20):
        boxes = range(chance.randint(1, 30))
        pairs = [(chance.choice(boxes), chance.choice(boxes)) for _ in range(60)]
        links = {(a, b): chance.randint(1, 99) for a, b in pairs if a != b}
        found = layers_of(boxes, links, room=60)
        for layer in range(max(found.layer.values()) + 1):
            heights = sorted(found.height[box] for box in boxes if found.layer[box] == layer)
            assert all(below - above >= 59.8 for above, below in pairwise(heights))
        for a, b in links:
            left, right = (b, a) if (a, b) in found.backward else (a, b)
            assert found.layer[left] < found.layer[right]
            assert len(found.routes[a, b]) == found.layer[right] - found.layer[left] - 1


def test_no_boxes_make_no_layers() -> None:
    assert layers_of([], {}, room=60) == Layers({}, {}, {}, (), frozenset())
