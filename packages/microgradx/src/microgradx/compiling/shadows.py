"""What a recording keeps of its arrays: shapes, layouts, and which of them share memory.

The numbers are needed while the step is done. Afterwards the arrays of a recording would only fill
the memory: every one that was on the way, several times that of a step, which frees them as it
goes. So each gives way to a shadow, an array in memory that is never touched and so takes none.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.compiling.tape import Var

__all__ = ["leave_shadows"]

PAGE = mmap.PAGESIZE


def leave_shadows(quantities: Iterable[Var]) -> None:
    """Put a shadow in the place of every array among them; numbers stay."""
    arrays = {var: var.value for var in quantities if type(var.value) is np.ndarray}
    bounds = {var: np.lib.array_utils.byte_bounds(array) for var, array in arrays.items()}
    place, reached = 0, 0  # in real memory: where the last group began, and how far it goes
    starts: dict[Var, int] = {}
    size = 0
    for var in sorted(arrays, key=lambda var: bounds[var]):
        low, high = bounds[var]
        if low >= reached:  # it shares nothing with those before
            size += -(-(reached - place) // PAGE) * PAGE
            place = low
        reached = max(reached, high)
        starts[var] = size + low - place
    size += reached - place
    ground = mmap.mmap(-1, max(size, 1))
    for var, array in arrays.items():
        var.value = shadow(array, ground, starts[var] + offset(array, bounds[var][0]))


def offset(array: NDArray[Any], low: int) -> int:
    """How far behind its lowest byte an array begins: strides may be negative."""
    return int(array.__array_interface__["data"][0]) - low


def shadow(array: NDArray[Any], ground: Any, start: int) -> NDArray[Any]:
    """An array of the same form, `start` bytes into the ground."""
    if not array.size:
        return np.empty_like(array)
    return np.ndarray(array.shape, array.dtype, ground, start, array.strides)
