"""Sentences about what could not be read."""

from __future__ import annotations

from tickmark.read.losses import losses


def test_many_losses_are_told_in_few_short_sentences() -> None:
    clauses = ["its part " + "x" * 1_000, *(f"number {number}" for number in range(30))]
    told = losses("A table could not be read", clauses)
    assert told[0] == "A table could not be read: its part " + "x" * 391 + "…."
    assert told[1] == "A table could not be read: number 0."
    assert told[20:] == ("A table could not be read: 11 more.",)
