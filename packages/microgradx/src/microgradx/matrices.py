"""The matrix product, for vectors, matrices and stacks of matrices; and a layer's `linear`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from microgradx.op import ArrayOp

__all__ = ["linear", "matmul"]


def left(g: Any, out: Any, a: Any, b: Any) -> Any:
    """d(a@b)/da: `g @ b.T` for matrices; a vector is a matrix with one row, or one column."""
    if b.ndim == 1:
        return g[..., None] * b  # (..., n) and (k,) -> (..., n, k)
    if a.ndim == 1:
        g = g[..., None, :] @ b.swapaxes(-1, -2)  # (..., 1, m) @ (..., m, k)
        return g[..., 0, :]
    return g @ b.swapaxes(-1, -2)


def right(g: Any, out: Any, a: Any, b: Any) -> Any:
    """d(a@b)/db: `a.T @ g` for matrices."""
    if a.ndim == 1:
        return a * g if b.ndim == 1 else a[:, None] * g[..., None, :]  # -> (..., k, m)
    if b.ndim == 1:
        return (a.swapaxes(-1, -2) @ g[..., None])[..., 0]  # (..., k, n) @ (..., n, 1)
    return a.swapaxes(-1, -2) @ g


matmul = ArrayOp(
    "@",
    np.matmul,
    left,
    right,
    expected="as many columns on the left (last axis) as rows on the right (last axis but one) and "
    "batch axes that broadcast (single numbers are multiplied with *)",
)


def rows(x: Any) -> Any:
    """All axes but the last as one: a matrix with a row for every example."""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def layer(x: Any, weight: Any, bias: Any) -> Any:
    """A row of sums for every example; a bias does not make more rows."""
    if weight.ndim != 2:
        raise ValueError
    out = x @ weight.T
    if type(bias) is float:
        out = out + bias if bias else out  # where there is none, it is 0.0
    else:
        same = out.dtype == bias.dtype
        out = np.add(out, bias, out) if same else out + bias  # in place: no fresh memory
    if out.shape != (*x.shape[:-1], len(weight)):
        raise ValueError
    return out


# What a layer of neurons computes, as one node instead of three: the weight is not turned around,
# nor is its gradient (a third of the time of a step on MNIST).
linear = ArrayOp(
    "linear",
    layer,
    lambda g, out, x, weight, bias: g @ weight,  # d/dx
    lambda g, out, x, weight, bias: rows(g).T @ rows(x),  # d/dweight, summed over the examples
    lambda g, out, x, weight, bias: g,  # d/dbias = 1 in each example
    expected="x of shape (..., nin), weight of shape (nout, nin) and bias of shape (nout,)",
)
