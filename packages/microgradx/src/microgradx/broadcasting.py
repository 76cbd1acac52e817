"""Broadcasting, undone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["unbroadcast"]


def unbroadcast(g: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Sum a gradient over the axes that broadcasting added or stretched.

    Example:
        >>> unbroadcast(np.ones((3, 4)), (3, 1)).tolist()
        [[4.0], [4.0], [4.0]]
    """
    added = g.ndim - len(shape)
    if added > 0:
        g = np.add.reduce(g, axis=tuple(range(added)))
    if g.ndim == len(shape):
        stretched = tuple(k for k, n in enumerate(shape) if n == 1 != g.shape[k])
        if stretched:
            g = np.add.reduce(g, axis=stretched, keepdims=True)
    return g if g.shape == shape else np.broadcast_to(g, shape)  # a rule may leave g smaller
