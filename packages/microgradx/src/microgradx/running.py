"""Running sums, and products, whose gradient is made of running products."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.functions import product
from microgradx.op import ArrayOp, with_settings
from microgradx.reductions import Axis, axes, kept

__all__ = ["cumsum", "prod_over"]


@with_settings
def cumsum(axis: int | None = None) -> ArrayOp:
    """Running sums along an axis; without one, over all entries in reading order.

    Example:
        >>> cumsum()([1.0, 2.0, 3.0]).data
        array([1., 3., 6.])
    """

    def rule(g: Any, out: Any, x: Any) -> Any:
        """d out_j/dx_i = 1 for j >= i: sums that run backwards."""
        along = 0 if axis is None else axis
        sums = np.flip(np.cumsum(np.flip(g, along), along), along)
        return sums.reshape(x.shape)

    return ArrayOp(
        "cumsum",
        lambda x: np.cumsum(x, axis),
        rule,
        expected=f"axis={axis} to be an axis of its input",
    )


@with_settings
def prod_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The product; of nothing, 1.

    Example:
        >>> prod_over(axis=1)([[1.0, 2.0], [3.0, 4.0]]).data
        array([ 2., 12.])
    """
    return ArrayOp(
        "prod",
        lambda x: product(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: kept(g, x, axis) * others(x, axis),  # d prod(x)/dx_i = prod of the others
        expected=axes(axis),
    )


def others(x: Any, axis: Axis) -> Any:
    """For each entry the product of all others, without a division: an entry may be 0."""
    if not x.ndim:
        axis = None  # the only axis of one number
    reduced = range(x.ndim) if axis is None else [k % x.ndim for k in np.atleast_1d(axis)]
    order = [*(k for k in range(x.ndim) if k not in reduced), *reduced]
    moved = x.transpose(order)
    n = int(np.prod(moved.shape[x.ndim - len(reduced) :]))
    rows = moved.reshape(*moved.shape[: x.ndim - len(reduced)], n)
    ones = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([ones, rows[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([ones, rows[..., :0:-1]], -1), -1)[..., ::-1]
    return (before * after).reshape(moved.shape).transpose(np.argsort(order))
