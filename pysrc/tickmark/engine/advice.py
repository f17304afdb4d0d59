"""One plain sentence on what would make a run quicker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tickmark.engine.stretches import Cause

# Of the time up to the end of a run.
_MUCH: Final = 0.1

_LONGEST: Final = 40

_NO_CALLS: Final = (Cause.KEPT, Cause.OWN)

_NOT_TIMED: Final = "The calls were not timed: what bounds this run is not known."
_ALL_KEPT: Final = "No call was made: the answers were kept ones."

_SENTENCES: Final[Mapping[Cause, str]] = {
    Cause.DOWN: "The provider did not answer for a while ({share}): run it again later.",
    Cause.SLOT: (
        "The provider takes fewer calls at once than there are threads ({share}): "
        "more threads will not help."
    ),
    Cause.MEMORY: (
        "Memory bounds this run ({share}): large prompts wait for room; "
        "close other programs or lower --jobs."
    ),
    Cause.BUDGET: (
        "The budget bounds this run ({share}): calls wait until others have told their cost; "
        "raise --max-cost."
    ),
    Cause.SHARED: (
        "The provider's latency bounds this run ({share}): the same question was asked by "
        "several at once, and all waited for one answer."
    ),
    Cause.KEPT: (
        "Looking for kept answers bounds this run ({share}): put the cache on a quicker disk."
    ),
    Cause.OWN: (
        "Tickmark's own work bounds this run ({share}): more threads will not help, "
        "a quicker processor would."
    ),
    Cause.THREAD: "Threads bound this run ({share}): raise --jobs{jobs}.",
    Cause.PARENTS: (
        "Tasks that wait for others bound this run ({share}): more threads will not help, "
        "fewer steps would."
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sentence is made from.

    `shares` is what the end of the run waited for, from 0 to 1 each; `gain` is the share that more
    threads could save. `sends` are the sends that were timed, `calls` those that were answered,
    `cached` the tasks that made none. `path` is the number of tasks on the critical path. `limit`
    names the limit that was waited for most, `refusal` the commonest failure of a send; "" where
    none is known.
    """

    shares: Mapping[Cause, float]
    jobs: int = 0
    gain: float = 0.0
    sends: int = 0
    calls: int = 0
    cached: int = 0
    path: int = 0
    limit: str = ""
    refusal: str = ""


def advice(facts: Facts) -> str:
    """The sentence; it names the largest share of the time up to the end of the run."""
    if not facts.shares:
        return "Nothing was asked."
    cause = max(facts.shares, key=facts.shares.__getitem__)
    share = f"{facts.shares[cause]:.0%} of the time"
    if not facts.sends and cause in _NO_CALLS and (facts.calls or facts.cached):
        return _NOT_TIMED if facts.calls else _ALL_KEPT
    match cause:
        case Cause.PROVIDER:
            return _of_provider(facts, share)
        case Cause.RATE:
            named = (
                f"The rate limit of {facts.limit[:_LONGEST]}" if facts.limit else "The rate limit"
            )
            return (
                f"{named} bounds this run ({share}): more threads will not help, "
                "a higher limit or --batch would."
            )
        case Cause.RETRY:
            why = f", most often {facts.refusal[:_LONGEST]}" if facts.refusal else ""
            return (
                f"Failed sends and the waits after them bound this run ({share}{why}): "
                "run it when the provider is less busy, or lower --jobs."
            )
        case _:
            return _SENTENCES[cause].format(share=share, jobs=_from(facts))


def _of_provider(facts: Facts, share: str) -> str:
    if facts.gain >= _MUCH:
        return (
            f"The provider's latency bounds this run ({share}): all threads were taken, "
            f"raise --jobs{_from(facts)}."
        )
    if facts.path > 1:
        return (
            f"The provider's latency bounds this run ({share}) through tasks that build on each "
            "other: more threads will not help, quicker answers or fewer steps would."
        )
    return (
        f"The provider's latency bounds this run ({share}): more threads will not help, "
        "a quicker model or shorter answers would."
    )


def _from(facts: Facts) -> str:
    return f" from {facts.jobs}" if facts.jobs else ""
