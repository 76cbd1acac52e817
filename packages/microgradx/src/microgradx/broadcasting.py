"""Broadcasting, undone."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["unbroadcast"]


LONG = 4096  # entries from which on a view is cheaper than a copy


def unbroadcast(g: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Sum a gradient over the axes that broadcasting added or stretched.

    Example:
        >>> unbroadcast(np.ones((3, 4)), (3, 1)).tolist()
        [[4.0], [4.0], [4.0]]
    """
    added = g.ndim - len(shape)
    if added == 1 and g.ndim == 2 and g.dtype.kind == "f":
        g = ones(len(g), g.dtype) @ g  # as BLAS adds rows, a third of the time of add.reduce
    elif added > 0:
        g = np.add.reduce(g, axis=tuple(range(added)))
    if g.shape == shape:
        return g
    if g.ndim == len(shape):
        stretched = tuple(k for k, n in enumerate(shape) if n == 1 != g.shape[k])
        if stretched:
            g = np.add.reduce(g, axis=stretched, keepdims=True)
    return g if g.shape == shape else spread(g, shape)


def spread(g: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """A gradient that a rule left smaller than its input, such as that of a sum."""
    if math.prod(shape) > LONG:
        return np.broadcast_to(g, shape)
    if type(g) is not np.ndarray:  # of a step that is recorded: a copy, too, as it rounds otherwise
        return np.positive(np.broadcast_to(g, shape), order="C")
    full = np.empty(shape, g.dtype)  # of few numbers, a tenth of the time of a view
    full[...] = g
    return full


@functools.lru_cache(maxsize=64)
def ones(n: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """As many ones, to be multiplied with."""
    array = np.ones(n, dtype)
    array.setflags(write=False)
    return array
