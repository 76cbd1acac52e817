"""How far numbers lie from their mean: the variance and its square root."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.functions import total
from microgradx.op import ArrayOp, by_float32, with_settings
from microgradx.reductions import Axis, axes, count, kept

__all__ = ["std_over", "var_over"]


@with_settings
def var_over(axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> ArrayOp:
    """The mean square distance from the mean, with n - ddof in place of n.

    Example:
        >>> var_over(ddof=1)([1.0, 2.0, 3.0]).item()
        1.0
    """
    return ArrayOp(
        "var",
        by_float32(lambda x: variance(x, axis, ddof, keepdims)),
        # d var(x)/dx_i = 2 * (x_i - mean) / (n - ddof)
        by_float32(
            lambda g, out, x: kept(2 * g, x, axis) * centred(x, axis) / max(count(x, out) - ddof, 0)
        ),
        expected=axes(axis),
    )


@with_settings
def std_over(axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> ArrayOp:
    """The square root of the variance; where all numbers are equal the gradient is 0.

    Example:
        >>> std_over(axis=1)([[1.0, 3.0], [5.0, 5.0]]).data
        array([1., 0.])
    """

    def rule(g: Any, out: Any, x: Any) -> Any:
        """d std(x)/dx_i = (x_i - mean) / (std * (n - ddof))."""
        scale = np.where(out == 0, 0.0, g / (out * max(count(x, out) - ddof, 0)))
        return kept(scale, x, axis) * centred(x, axis)

    return ArrayOp(
        "std",
        by_float32(lambda x: np.sqrt(variance(x, axis, ddof, keepdims))),
        by_float32(rule),
        expected=axes(axis),
    )


def variance(x: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """The sum of squared distances from the mean, divided by n - ddof."""
    d = centred(x, axis)
    out = total(d * d, axis=axis, keepdims=keepdims)
    return out / max(count(x, out) - ddof, 0)


def centred(x: Any, axis: Axis) -> Any:
    """x minus its mean. Seen from the first entry, so that equal numbers give exactly 0."""
    if not x.ndim:
        axis = None  # the only axis of one number
    chosen = range(x.ndim) if axis is None else {k % x.ndim for k in np.atleast_1d(axis)}
    first = x[tuple(slice(1) if k in chosen else slice(None) for k in range(x.ndim))]
    d = x - first
    mean = total(d, axis=axis, keepdims=True)
    return d - mean / count(d, mean)
