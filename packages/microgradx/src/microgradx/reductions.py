"""Many numbers become one: over all of an array, or along some of its axes.

In every rule `kept(g, ...)` is the gradient with the lost axes put back as axes of length 1, so it
broadcasts against the input. Where several entries are the largest, they share the gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.functions import largest, smallest, total
from microgradx.op import ArrayOp, by_float32, with_settings

__all__ = [
    "Axis",
    "axes",
    "count",
    "kept",
    "max_over",
    "mean_over",
    "min_over",
    "norm_over",
    "sum_over",
]

Axis = int | tuple[int, ...] | None


@with_settings
def sum_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The sum; of nothing, 0.

    Example:
        >>> sum_over(axis=0)([[1.0, 2.0], [3.0, 4.0]]).data
        array([4., 6.])
    """
    return ArrayOp(
        "sum",
        lambda x: total(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: kept(g, x, axis),  # d sum(x)/dx_i = 1
        expected=axes(axis),
    )


@with_settings
def mean_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The mean; of nothing, nan.

    Example:
        >>> mean_over(axis=1)([[1.0, 2.0], [3.0, 4.0]]).data
        array([1.5, 3.5])
    """

    def forward(x: Any) -> Any:
        out = total(x, axis=axis, keepdims=keepdims)
        return out / count(x, out)

    return ArrayOp(
        "mean",
        by_float32(forward),
        # d mean(x)/dx_i = 1/n
        by_float32(lambda g, out, x: kept(g, x, axis) / count(x, out)),
        expected=axes(axis),
    )


@with_settings
def max_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The largest entry, nan if there is one; equals share the gradient.

    Example:
        >>> max_over(axis=0)([[1.0, 4.0], [3.0, 2.0]]).data
        array([3., 4.])
    """
    return ArrayOp(
        "max",
        lambda x: largest(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: shared(g, out, x, axis),  # 1/k for each of the k largest, else 0
        expected=f"at least one number, and {axes(axis)}",
    )


@with_settings
def min_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The smallest entry, nan if there is one; equals share the gradient.

    Example:
        >>> min_over(axis=0)([[1.0, 4.0], [3.0, 2.0]]).data
        array([1., 2.])
    """
    return ArrayOp(
        "min",
        lambda x: smallest(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: shared(g, out, x, axis),  # 1/k for each of the k smallest, else 0
        expected=f"at least one number, and {axes(axis)}",
    )


@with_settings
def norm_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The square root of the sum of squares; at 0 the gradient is 0.

    Example:
        >>> norm_over()([3.0, 4.0]).item()
        5.0
    """
    return ArrayOp(
        "norm",
        by_float32(lambda x: np.sqrt(total(x * x, axis=axis, keepdims=keepdims))),
        # d norm(x)/dx_i = x_i / norm
        by_float32(lambda g, out, x: kept(np.where(out == 0, 0.0, g / out), x, axis) * x),
        expected=axes(axis),
    )


def kept(g: Any, x: Any, axis: Axis) -> Any:
    """What came out of a reduction of x, with the axes that it lost as axes of length 1."""
    if axis is None or not x.ndim:
        return g  # one number, or already of as many axes as x
    shape = list(x.shape)
    for k in axis if isinstance(axis, tuple) else (axis,):
        shape[k] = 1
    return g.reshape(shape)


def count(x: Any, out: Any) -> float:
    """How many entries of x went into each entry of out."""
    return x.size / max(out.size, 1)


def shared(g: Any, out: Any, x: Any, axis: Axis) -> Any:
    """Equal shares of the gradient for the entries that are the result, be it nan."""
    chosen = (x == kept(out, x, axis)) | (x != x)
    share = g / total(chosen, axis=axis, keepdims=True).reshape(g.shape)
    return np.where(chosen, kept(share, x, axis), 0.0)


def axes(axis: Axis) -> str:
    """What an error says where an axis does not fit."""
    return f"axis={axis} to name axes of its input, each once"
