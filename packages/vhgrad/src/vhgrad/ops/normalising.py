"""Numbers shifted and scaled so that their mean is 0 and their variance 1.

`moments` gives mean and variance, and `standardise` uses them. The mean and the variance come from
the numbers themselves, so both belong into the gradient: the rule of `standardise` counts them in,
and `moments` has none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from microgradx.functions import total
from microgradx.op import ArrayOp, by_float32, with_settings

__all__ = ["moments", "standardise"]


@with_settings
def moments(axes: tuple[int, ...]) -> ArrayOp:
    """Mean and variance over some axes, one after the other in one array.

    Example:
        >>> moments((0,))([[1.0, 0.0], [3.0, 0.0]]).data.tolist()
        [[[2.0, 0.0]], [[1.0, 0.0]]]
    """

    def forward(x: Any) -> Any:
        n = entries(x, axes)
        mean = total(x, axis=axes, keepdims=True) / n
        d = x - mean
        d *= d
        return np.stack([mean, total(d, axis=axes, keepdims=True) / n])

    return ArrayOp("moments", by_float32(forward), None, expected=f"axes {axes}")


@with_settings
def standardise(axes: tuple[int, ...], eps: float) -> ArrayOp:
    """(x - mean) / sqrt(variance + eps), with the moments of x as the second input.

    Source:
        Ioffe and Szegedy, Batch normalization (2015), section 3: the gradient of algorithm 1.

    Example:
        >>> x = [[1.0, 5.0], [3.0, 5.0]]
        >>> standardise((0,), 1e-5)(x, moments((0,))(x)).data.round(4).tolist()
        [[-1.0, 0.0], [1.0, 0.0]]
    """

    def forward(x: Any, both: Any) -> Any:
        out = x - both[0]
        out *= 1 / np.sqrt(both[1] + eps)
        return out

    def rule(g: Any, out: Any, x: Any, both: Any) -> Any:
        """The part of g that changes mean and variance is taken off: they stay 0 and 1."""
        n = entries(x, axes)
        back = out * (-total(g * out, axis=axes, keepdims=True) / n)
        back += g
        back -= total(g, axis=axes, keepdims=True) / n
        back *= 1 / np.sqrt(both[1] + eps)
        return back

    return ArrayOp("standardise", forward, by_float32(rule), None, expected=f"axes {axes}")


def entries(x: Any, axes: tuple[int, ...]) -> int:
    """How many numbers of x share a mean."""
    return math.prod(x.shape[axis] for axis in axes)
