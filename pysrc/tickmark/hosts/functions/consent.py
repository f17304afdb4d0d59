"""Many new calls at once wait for the user's word."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence

from tickmark.hosts.functions.group import Group
from tickmark.hosts.functions.waiting import Parcel
from tickmark.settings import Settings


class Consent:
    """Holds what was not allowed yet; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[Group] = []
        self._sum = (0, 0.0)

    @property
    def held(self) -> tuple[int, float]:
        """Calls and likely USD of all that is held."""
        return self._sum

    @property
    def parcels(self) -> list[Parcel]:
        """All that is held."""
        with self._lock:
            return [parcel for group in self._held for parcel in group.parcels]

    def admits(
        self, groups: Sequence[Group], settings: Settings, under_way: tuple[int, float]
    ) -> bool:
        """Whether groups may be sent, counting what is under way and held; else they are held."""
        with self._lock:
            new_calls, new_usd = _sum(groups)
            calls, usd = self._sum[0] + new_calls, self._sum[1] + new_usd
            if (
                calls + under_way[0] <= settings.consent_calls
                and usd + under_way[1] <= settings.consent_cost
            ):
                return True
            self._held += groups
            self._sum = (calls, usd)
            return False

    def drop_unwanted(self, wanted: Callable[[Sequence[Parcel]], list[Parcel]]) -> None:
        """Hold no longer what no cell waits for; `wanted` tells what is left of some parcels."""
        with self._lock:
            for group in self._held:
                left = wanted(group.parcels)
                # Its plan is made anew before it is sent.
                group.calls_left = math.ceil(group.calls_left * len(left) / len(group.parcels))
                group.parcels = left
            self._held = [group for group in self._held if group.parcels]
            self._sum = _sum(self._held)

    def release(self) -> list[Parcel]:
        """Let all go that is held."""
        with self._lock:
            released, self._held = self._held, []
            self._sum = (0, 0.0)
        return [parcel for group in released for parcel in group.parcels]


def _sum(groups: Sequence[Group]) -> tuple[int, float]:
    calls = sum(group.calls_left for group in groups)
    return calls, sum(group.usd_left for group in groups)
