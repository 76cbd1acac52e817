"""In which array each lane of a move is computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.compiling.lanes import Lane, Lanes

__all__ = ["Seats"]

BLOCK = 16384  # entries of a joined array that are moved at a time: what a formula needs is cached


class Seats:
    """Results are computed where they will stay, if what was there is not needed any more.

    Args:
        lanes: of the move.
        joined: where the lanes lie that were there before, or are made by others.

    Attributes:
        arrays: for each lane the array in which it is computed.
        copies: lanes that come to where they stay only at the end, and the arrays there.
        temporary: the lanes in buffers, which serve again and again.
        size: how many entries the lanes have.
        block: how many of them are computed at a time, and fit into a buffer.
    """

    def __init__(self, lanes: Lanes, joined: dict[Lane, Any]) -> None:
        self.lanes = lanes
        self.arrays = {lane: joined[lane] for lane in (*lanes.slots, *lanes.leaves)}
        self.copies: list[tuple[Lane, Any]] = []
        self.temporary: set[Lane] = set()
        self.last: dict[Lane, int] = {}  # who reads a lane last
        for k, lane in enumerate(lanes.order):
            self.last |= {x: k for x in lane.inputs if isinstance(x, Lane)}
        self.seat_results(joined)
        self.size = max(array.size for array in self.arrays.values())
        self.block = self.size if self.size <= 2 * BLOCK else BLOCK
        self.seat_others()

    @property
    def is_long(self) -> bool:
        """Whether it takes several blocks."""
        return self.size > self.block

    def seat_results(self, joined: dict[Lane, Any]) -> None:
        """Compute results at home, or copy them there."""
        slots = {slot.role: slot for slot in self.lanes.slots}
        order = self.lanes.order
        for role, lane in self.lanes.results.items():
            home = joined[slots[role]] if role in slots else joined.get(lane)
            if home is None or self.arrays.get(lane) is home:
                continue
            made = order.index(lane) if lane in order else -1
            old = self.last.get(slots[role], -1) if role in slots else -1
            if lane in self.arrays or made < 0 or old > made:
                self.copies.append((lane, home))
            else:
                self.arrays[lane] = home

    def seat_others(self) -> None:
        """Give buffers to what is left, and take them back from whom nobody reads any more."""
        free: list[Any] = []
        copied = {lane for lane, _ in self.copies}
        for k, lane in enumerate(self.lanes.order):
            for x in {x for x in lane.inputs if isinstance(x, Lane)}:
                if self.last[x] == k and x in self.temporary and x not in copied:
                    free.append(self.arrays[x])
            if lane not in self.arrays:
                fitting = [m for m in free if m.dtype == lane.dtype]
                if fitting:
                    free = [m for m in free if m is not fitting[-1]]
                else:
                    fitting = [np.zeros(self.block, lane.dtype)]
                self.arrays[lane] = fitting[-1]
                self.temporary.add(lane)
