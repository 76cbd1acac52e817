"""Large parameters, moved where they lie, in blocks that fit the cache.

On whole arrays, every `*` and `+` of a formula sends all of its numbers through the memory, and its
result into fresh memory, which the system first has to find and clear.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.optim.holders import is_alone
from microgradx.optim.memory import aligned, whole
from microgradx.tensor import clock, set_data

__all__ = ["Blocks"]

BLOCK = 32768  # entries: those of six arrays fit the cache of a core (benchmarks/optimizers.py)


class Blocks:
    """The room in which an optimiser computes the movement of large parameters."""

    def __init__(self) -> None:
        self.spare: dict[np.dtype[Any], NDArray[Any]] = {}

    def move(
        self, in_place: Callable[..., None], p: Any, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        """Move `p` by a formula of `in_place`; arrays in `state` are overwritten."""
        shape, dtype = p.shape, p.dtype
        if dtype not in self.spare:
            self.spare[dtype] = aligned((2, BLOCK), dtype)
        ours = p.data.base if is_alone(p) else aligned(shape, dtype).base
        assert ours is not None
        data, g, spare = p.data.reshape(-1), p.grad.reshape(-1), self.spare[dtype]
        arrays = {name: x.reshape(-1) for name, x in state.items() if isinstance(x, np.ndarray)}
        try:
            ours.setflags(write=True)
            new = whole(ours, shape, dtype)
            out = new.reshape(-1)
            for start in range(0, data.size, BLOCK):
                block = slice(start, start + BLOCK)
                memory = {**state, **{name: x[block] for name, x in arrays.items()}}
                part = out[block]
                in_place(data[block], g[block], memory, group, part, spare[:, : part.size])
        finally:
            ours.setflags(write=False)
            p.stamp = clock.tick()  # even if interrupted: graphs made before are out of date
        state.update({**memory, **{name: x.reshape(shape) for name, x in arrays.items()}})
        new.setflags(write=False)  # nor can that be undone: the memory is read-only, too
        set_data(p, new)
        p.stamp = clock.tick()  # another thread may have computed with the old numbers till now
