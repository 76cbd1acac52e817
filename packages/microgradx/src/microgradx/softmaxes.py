"""Shares that add up to 1, their logarithms, and the logarithm of a sum of exponentials.

The largest number is taken off first: it changes nothing but keeps exp finite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from microgradx import functions
from microgradx.op import ArrayOp, by_float32, with_settings
from microgradx.reductions import Axis, axes, kept

__all__ = ["log_softmax", "logsumexp_over", "softmax"]

SHORT = 32  # numbers in a row
EXPECTED = "axis={} to be an axis of its input"


@with_settings
def softmax(axis: int = -1) -> ArrayOp:
    """exp(x) / sum(exp(x)).

    Example:
        >>> softmax()([0.0, 0.0]).data.tolist()
        [0.5, 0.5]
    """
    return ArrayOp(
        "softmax",
        lambda x: on_rows(shares, x, axis),
        # d s_i/dx_j = s_i * ((i == j) - s_j)
        lambda g, out, x: out * (g - functions.total(g * out, axis=axis, keepdims=True)),
        expected=EXPECTED.format(axis),
    )


@with_settings
def log_softmax(axis: int = -1) -> ArrayOp:
    """x - log(sum(exp(x))).

    Example:
        >>> log_softmax()([1e4, 0.0]).data.tolist()
        [0.0, -10000.0]
    """
    return ArrayOp(
        "log_softmax",
        lambda x: on_rows(log_shares, x, axis),
        # d log(s_i)/dx_j = (i == j) - s_j
        lambda g, out, x: g - np.exp(out) * functions.total(g, axis=axis, keepdims=True),
        expected=EXPECTED.format(axis),
    )


@with_settings
def logsumexp_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """log(sum(exp(x))); the largest is taken off first, so exp stays finite.

    Example:
        >>> round(logsumexp_over()([1000.0, 1000.0]).item(), 6)
        1000.693147
    """

    def forward(x: Any) -> Any:
        top = functions.largest(x, axis=axis, keepdims=True, initial=-np.inf)
        top = np.where(np.isfinite(top), top, 0.0)  # inf - inf would be nan
        out = np.log(functions.total(np.exp(x - top), axis=axis, keepdims=True)) + top
        return out if keepdims else np.squeeze(out, axis)

    return ArrayOp(
        "logsumexp",
        by_float32(forward),
        # d out/dx_i = softmax(x)_i
        by_float32(lambda g, out, x: kept(g, x, axis) * shares(x, axis)),
        expected=axes(axis),
    )


def shares(x: Any, axis: Axis) -> Any:
    """The softmax, also over several axes."""
    e = np.exp(below_largest(x, axis))
    return e / functions.total(e, axis=axis, keepdims=True)


def log_shares(x: Any, axis: Axis) -> Any:
    """The logarithm of the softmax."""
    x = below_largest(x, axis)
    return x - np.log(functions.total(np.exp(x), axis=axis, keepdims=True))


def on_rows(function: Callable[[Any, Any], Any], x: Any, axis: int) -> Any:
    """`function(x, axis)`; of many short rows, by way of a turned copy: a third of the time.

    NumPy reduces row by row, and starting a row takes longer than a dozen numbers do.
    """
    if x.ndim == 2 and axis in (1, -1) and x.shape[1] <= SHORT and x.shape[0] > x.shape[1]:
        return function(x.T.copy(), 0).T.copy()
    return function(x, axis)


def below_largest(x: Any, axis: Axis) -> Any:
    """x minus its largest number along the axis; of no numbers at all, nothing."""
    return x - functions.largest(x, axis=axis, keepdims=True, initial=-np.inf)
