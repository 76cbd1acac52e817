"""Where the arrays live that last from step to step: parameters and what optimisers remember.

Those of one optimiser lie side by side in one long array, so that one call moves them all. A
parameter's `data` is then a part of it that can only be read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.compiling.places import Data, Place

__all__ = ["Homes", "fresh", "parts"]

LINE = 64  # bytes of a cache line, at which every part begins
APART = 16  # so many entries: the same for all dtypes


def fresh(size: int, dtype: Any) -> NDArray[Any]:
    """Zeros that begin at a cache line."""
    dtype = np.dtype(dtype)
    memory = np.zeros(size * dtype.itemsize + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size * dtype.itemsize].view(dtype)


def parts(shapes: Sequence[tuple[int, ...]]) -> tuple[int, list[slice]]:
    """How long a joined array is, and where the part of each shape lies in it."""
    found, start = [], 0
    for shape in shapes:
        found.append(slice(start, start + math.prod(shape)))
        start = -(-found[-1].stop // APART) * APART
    return start, found


class Homes:
    """All places that a compiled step has given a home. Several programs share them."""

    def __init__(self) -> None:
        self.joined: dict[tuple[Any, ...], NDArray[Any]] = {}
        self.seen: dict[Any, NDArray[Any]] = {}  # what stands at a place
        self.written: dict[Any, NDArray[Any]] = {}  # the same memory, to be written into

    def together(self, places: Sequence[Place], shapes: Sequence[Any], dtype: Any) -> NDArray[Any]:
        """One long array for all of them."""
        key = (np.dtype(dtype), *(place.ident for place in places))
        if key not in self.joined:
            size, where = parts(shapes)
            long = self.joined[key] = fresh(size, dtype)
            for place, part, shape in zip(places, where, shapes):
                self.keep(place, long[part].reshape(shape))
        return self.joined[key]

    def keep(self, place: Place, array: NDArray[Any]) -> None:
        """Let a place live in an array."""
        self.written[place.ident] = array
        self.seen[place.ident] = array.view()
        if isinstance(place, Data):
            self.seen[place.ident].setflags(write=False)

    def alone(self, place: Place, like: Any) -> None:
        """A home for a place that moves with no other."""
        if place.ident not in self.seen:
            self.keep(place, np.empty_like(like, subok=False))
