"""Shares that add up to 1, and their logarithms, along an axis.

The largest number is taken off first: it changes nothing but keeps exp finite.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx import functions
from microgradx.op import ArrayOp, with_settings

__all__ = ["log_softmax", "softmax"]

EXPECTED = "axis={} to be an axis of its input"


@with_settings
def softmax(axis: int = -1) -> ArrayOp:
    """exp(x) / sum(exp(x)).

    Example:
        >>> softmax()([0.0, 0.0]).data.tolist()
        [0.5, 0.5]
    """

    def forward(x: Any) -> Any:
        e = np.exp(below_largest(x, axis))
        return e / functions.total(e, axis=axis, keepdims=True)

    return ArrayOp(
        "softmax",
        forward,
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

    def forward(x: Any) -> Any:
        x = below_largest(x, axis)
        return x - np.log(functions.total(np.exp(x), axis=axis, keepdims=True))

    return ArrayOp(
        "log_softmax",
        forward,
        # d log(s_i)/dx_j = (i == j) - s_j
        lambda g, out, x: g - np.exp(out) * functions.total(g, axis=axis, keepdims=True),
        expected=EXPECTED.format(axis),
    )


def below_largest(x: Any, axis: int) -> Any:
    """x minus its largest number along the axis; of no numbers at all, nothing."""
    return x - functions.largest(x, axis=axis, keepdims=True, initial=-np.inf)
