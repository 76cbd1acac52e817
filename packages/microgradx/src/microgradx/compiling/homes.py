"""Where the arrays live that last from step to step: parameters and what optimisers remember.

Those of one optimiser lie side by side in one long array, so that one call moves them all. A
parameter's `data` is then a part of it that can only be read.

Whoever keeps such an array, or a copy of a model that shares it, relies on its numbers: the engine
never changes an array. Python counts how many hold one, so that a home that somebody else looks at
is left to them, and nothing is written there any more.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.compiling.places import Data, Place

__all__ = ["FREE", "Homes", "fresh", "parts", "views"]

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


def views(joined: NDArray[Any], shapes: Sequence[tuple[int, ...]]) -> list[NDArray[Any]]:
    """The parts of a joined array, each in its shape."""
    _, where = parts(shapes)
    return [joined[part].reshape(shape) for part, shape in zip(where, shapes)]


Home = tuple[list[NDArray[Any]], NDArray[Any]]  # as in `shown` and `written` below


class Homes:
    """All places that a compiled step has given a home. Several programs share them.

    A place gets another home when other parameters move with it than before, because some were
    frozen in between. The program of before still has the old one: what a program needs of these
    tables it copies when it is made.
    """

    def __init__(self) -> None:
        self.joined: dict[tuple[Any, ...], tuple[NDArray[Any], list[Home]]] = {}
        self.places: dict[Any, Place] = {}
        self.shown: dict[Any, list[NDArray[Any]]] = {}  # what stands at a place, in a list of one
        self.written: dict[Any, NDArray[Any]] = {}  # the same memory, to be written into

    def together(self, places: Sequence[Place], shapes: Sequence[Any], dtype: Any) -> NDArray[Any]:
        """One long array for all of them."""
        key = (np.dtype(dtype), *(place.ident for place in places))
        if key not in self.joined:
            size, _ = parts(shapes)
            long = fresh(size, dtype)
            homes = [self.made(place, x) for place, x in zip(places, views(long, shapes))]
            self.joined[key] = long, homes
        long, homes = self.joined[key]
        for place, home in zip(places, homes):
            self.move_in(place, home)
        return long

    def alone(self, place: Place, like: Any) -> None:
        """A home for a place that moves with no other."""
        if place.ident not in self.shown:
            self.move_in(place, self.made(place, np.empty_like(like, subok=False)))

    def move_in(self, place: Place, home: Home) -> None:
        """Let the next program find a place there."""
        self.places[place.ident] = place
        self.shown[place.ident], self.written[place.ident] = home

    def made(self, place: Place, array: NDArray[Any]) -> Home:
        """A home for a place in an array."""
        shown = np.asarray(Shown(array))
        if isinstance(place, Data):
            shown.setflags(write=False)
        return [shown], array

    def held(self) -> bool:
        """Whether somebody else holds one of these arrays, or a view of it."""
        return any(
            sys.getrefcount(shown[0]) != FREE + (self.stands(ident) is shown[0])
            for ident, shown in self.shown.items()
        )

    def stands(self, ident: Any) -> Any:
        """What stands at a place now; None if it is not there any more."""
        try:
            return self.places[ident].get()
        except LookupError:
            return None


class Shown:
    """An array's memory under another owner: NumPy then counts its views apart."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        self.__array_interface__ = array.__array_interface__


alone = [object()]
FREE = sys.getrefcount(alone[0])  # of what only one list holds
