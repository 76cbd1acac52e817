"""Where the numbers of a program lie: buffers that serve again when they have been read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.compiling.homes import fresh
from microgradx.compiling.tape import Var

__all__ = ["Pool", "like"]


class Pool:
    """Memory that is lent to arrays and taken back."""

    def __init__(self) -> None:
        self.free: list[NDArray[np.uint8]] = []
        self.lent: dict[Var, NDArray[np.uint8]] = {}
        self.size = 0

    def lend(self, var: Var) -> NDArray[Any]:
        """An array in the shape, dtype and layout of what `var` was when it was recorded."""
        value = np.asarray(var.value)
        fitting = [m for m in self.free if value.nbytes <= m.size <= 2 * value.nbytes + 4096]
        if fitting:
            memory = min(reversed(fitting), key=len)  # the smallest; of equals the latest, cached
            self.free = [m for m in self.free if m is not memory]
        else:
            memory = fresh(value.nbytes, np.uint8)
            self.size += value.nbytes
        self.lent[var] = memory
        return like(value, memory)

    def take_back(self, names: Iterable[Var]) -> None:
        """These have been read for the last time."""
        for var in names:
            if var in self.lent:
                self.free.append(self.lent.pop(var))


def like(value: NDArray[Any], memory: NDArray[np.uint8]) -> NDArray[Any]:
    """An array in `memory` with the axes in the order in which those of `value` lie."""
    flat = memory[: value.nbytes].view(value.dtype)
    order = np.argsort([-abs(s) for s in value.strides], kind="stable")
    return flat.reshape([value.shape[k] for k in order]).transpose(np.argsort(order))
