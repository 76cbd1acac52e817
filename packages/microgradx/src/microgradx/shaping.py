"""The same numbers in another arrangement. Every gradient is put back into the shape it came from.

These are views: nothing is copied but what NumPy must copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from microgradx.op import ArrayOp, with_settings

__all__ = ["broadcast_to", "expand_dims", "reshape", "squeeze", "swapaxes", "transpose"]


def reshaping(name: str, forward: Callable[[Any], Any], expected: str) -> ArrayOp:
    """An operation that keeps the order of the numbers: the way back is a reshape."""
    return ArrayOp(
        name, forward, lambda g, out, x: g.reshape(x.shape), expected=expected, warns=False
    )


@with_settings
def reshape(shape: tuple[int, ...]) -> ArrayOp:
    """The same numbers in another shape.

    Example:
        >>> reshape((3, -1))(np.zeros((2, 6))).shape
        (3, 4)
    """
    expected = f"as many numbers as {shape} has, with one length -1 at most"
    return reshaping("reshape", lambda x: x.reshape(shape), expected)


@with_settings
def expand_dims(axis: int | tuple[int, ...]) -> ArrayOp:
    """New axes of length 1.

    Example:
        >>> expand_dims(0)(np.zeros(3)).shape
        (1, 3)
    """
    expected = f"axis={axis} to name different places in the new shape"
    return reshaping("expand_dims", lambda x: np.expand_dims(x, axis), expected)


@with_settings
def squeeze(axis: int | tuple[int, ...] | None = None) -> ArrayOp:
    """Without axes of length 1: those that are named, or all.

    Example:
        >>> squeeze()(np.zeros((1, 3, 1))).shape
        (3,)
    """
    expected = f"axis={axis} to name axes of length 1"
    return reshaping("squeeze", lambda x: np.squeeze(x, axis), expected)


@with_settings
def transpose(axes: tuple[int, ...] | None = None) -> ArrayOp:
    """Axes in another order, reversed by default; the gradient goes through the inverse order.

    Example:
        >>> transpose((2, 0, 1))(np.zeros((2, 3, 4))).shape
        (4, 2, 3)
    """
    inverse = None if axes is None else tuple(map(int, np.argsort([k % len(axes) for k in axes])))
    return ArrayOp(
        "transpose",
        lambda x: x.transpose(axes),
        lambda g, out, x: g.transpose(inverse),
        expected=f"{axes} to name all axes of its input, each once",
        warns=False,
    )


@with_settings
def swapaxes(axis1: int, axis2: int) -> ArrayOp:
    """Two axes change places.

    Example:
        >>> swapaxes(0, -1)(np.zeros((2, 3, 4))).shape
        (4, 3, 2)
    """
    return ArrayOp(
        "swapaxes",
        lambda x: x.swapaxes(axis1, axis2),
        lambda g, out, x: g.swapaxes(axis1, axis2),
        expected=f"{axis1} and {axis2} to be axes of its input",
        warns=False,
    )


@with_settings
def broadcast_to(shape: tuple[int, ...]) -> ArrayOp:
    """Repeated along new axes and along axes of length 1.

    Example:
        >>> broadcast_to((2, 3))(np.zeros(3)).shape
        (2, 3)
    """
    return ArrayOp(
        "broadcast_to",
        lambda x: np.broadcast_to(x, shape),
        lambda g, out, x: g,  # summed where every gradient of a broadcast is
        expected=f"a shape that broadcasts to {shape}",
        warns=False,
    )
