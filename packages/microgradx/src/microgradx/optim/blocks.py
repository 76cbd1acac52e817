"""Large parameters, moved in blocks that fit the cache, into memory that is used again.

On whole arrays, every `*` and `+` of a formula sends all of its numbers through the memory, and its
result into fresh memory, which the system first has to find and clear.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.tensor import clock, set_data

__all__ = ["Blocks"]

BLOCK = 65536  # entries; half or twice as many make little difference (benchmarks/optimizers.py)


def references(arrays: list[NDArray[Any]]) -> int:
    """How many hold the first of these arrays; where nobody counts them, as many as can be."""
    return sys.getrefcount(arrays[0]) if hasattr(sys, "getrefcount") else sys.maxsize


ALONE = references([np.empty(0)])


class Blocks:
    """The memory in which an optimiser moves large parameters.

    The array that was a parameter's data is filled again two steps later, if by then nobody else
    holds it or a view of it.
    """

    def __init__(self) -> None:
        self.spare: dict[np.dtype[Any], NDArray[Any]] = {}
        self.buffers: dict[Any, list[NDArray[Any]]] = {}

    def move(
        self, in_place: Callable[..., None], p: Any, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        """Move `p` by a formula of `in_place`; arrays in `state` are overwritten."""
        data, g = p.data.reshape(-1), p.grad.reshape(-1)
        if data.dtype not in self.spare:
            self.spare[data.dtype] = np.empty(BLOCK, data.dtype)
        out, spare = self.buffer(p, data), self.spare[data.dtype]
        arrays = {name: x.reshape(-1) for name, x in state.items() if isinstance(x, np.ndarray)}
        for start in range(0, data.size, BLOCK):
            block = slice(start, start + BLOCK)
            memory = {**state, **{name: x[block] for name, x in arrays.items()}}
            part = out[block]
            in_place(data[block], g[block], memory, group, part, spare[: part.size])
        joined = {name: x.reshape(p.data.shape) for name, x in arrays.items()}
        state.update({**memory, **joined})
        out.setflags(write=False)
        set_data(p, out.reshape(p.data.shape))
        p.stamp = clock.tick()

    def buffer(self, p: Any, data: NDArray[Any]) -> NDArray[Any]:
        """Room for the new data of a parameter."""
        mine = self.buffers.setdefault(p, [])  # the last one holds the data of the last step
        if len(mine) == 2 and references(mine) == ALONE and mine[0].dtype == data.dtype:
            mine.reverse()
            mine[-1].setflags(write=True)
        else:
            mine[:] = [*mine[-1:], np.empty(data.size, data.dtype)]
        return mine[-1]
