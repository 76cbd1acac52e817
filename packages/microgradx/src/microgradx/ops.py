"""The operations of stages 1 and 2 on arrays, and those that only arrays have.

No rule of an earlier stage stands here again: an operation is asked to be itself on NumPy's
functions (`plus.exp.on(functions)`). Rules may leave a gradient in its broadcast shape;
`TensorValue.accumulate` brings it back to the shape of the input, for all operations.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from micrograd_plus import ops as plus
from micrograd_plus.op import Op
from microgradx import functions

__all__ = [
    "absolute",
    "add",
    "cos",
    "div",
    "exp",
    "leaky_relu",
    "log",
    "matmul",
    "maximum",
    "mean_over",
    "minimum",
    "mul",
    "neg",
    "pow",
    "power",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "stack",
    "sub",
    "sum_over",
    "tanh",
    "transpose",
]

Axis = int | tuple[int, ...] | None

add, sub, mul, neg = plus.add, plus.sub, plus.mul, plus.neg  # Python's operators know arrays
absolute = plus.absolute.on(functions)
cos = plus.cos.on(functions)
div = plus.div.with_forward(functions.divide)
exp = plus.exp.on(functions)
log = plus.log.on(functions)
maximum = plus.maximum.on(functions)
minimum = plus.minimum.on(functions)
pow = plus.pow.on(functions)
relu = plus.relu.on(functions)
sigmoid = plus.sigmoid.on(functions)
sin = plus.sin.on(functions)
softplus = plus.softplus.on(functions)
sqrt = plus.sqrt.on(functions)
tanh = plus.tanh.on(functions)


def power(n: float) -> Op:
    """Raise to a fixed power."""
    return plus.power(n).on(functions)


def leaky_relu(slope: float = 0.01) -> Op:
    """x, or `slope * x` where x is not positive."""
    return plus.leaky_relu(slope).on(functions)


def matmul_left(g: Any, out: Any, a: Any, b: Any) -> Any:
    """d(a@b)/da: `g @ b.T` for matrices; a vector is a matrix with one row, or one column."""
    if b.ndim == 1:
        return g[..., None] * b  # (..., n) and (k,) -> (..., n, k)
    if a.ndim == 1:
        return (g[..., None, :] @ b.swapaxes(-1, -2))[
            ..., 0, :
        ]  # (..., m), (..., k, m) -> (..., k)
    return g @ b.swapaxes(-1, -2)


def matmul_right(g: Any, out: Any, a: Any, b: Any) -> Any:
    """d(a@b)/db: `a.T @ g` for matrices."""
    if a.ndim == 1:
        return a * g if b.ndim == 1 else a[:, None] * g[..., None, :]  # -> (..., k, m)
    if b.ndim == 1:
        return (a.swapaxes(-1, -2) @ g[..., None])[..., 0]  # (..., n, k), (..., n) -> (..., k)
    return a.swapaxes(-1, -2) @ g


matmul = Op("@", np.matmul, matmul_left, matmul_right)


@functools.lru_cache(maxsize=1024)
def sum_over(axis: Axis = None, keepdims: bool = False) -> Op:
    """Sum along axes: each entry of the input counts once in one entry of the sum."""
    return Op(
        "sum",
        lambda x: functions.total(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: spread(g, x, axis, keepdims),
    )


@functools.lru_cache(maxsize=1024)
def mean_over(axis: Axis = None, keepdims: bool = False) -> Op:
    """Mean along axes: a sum in which each of the n entries counts 1/n."""

    @functions.quiet  # the mean of nothing is 0/0
    def forward(x: Any) -> Any:
        total = functions.total(x, axis=axis, keepdims=keepdims)
        return total / (x.size / max(total.size, 1))

    return Op(
        "mean",
        forward,
        lambda g, out, x: spread(g / (x.size / max(out.size, 1)), x, axis, keepdims),
    )


def spread(g: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    """Hand the gradient of a reduction to every entry that went into it."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)


@functools.lru_cache(maxsize=1024)
def reshape(shape: tuple[int, ...]) -> Op:
    """The same numbers in another shape."""
    return Op("reshape", lambda x: x.reshape(shape), lambda g, out, x: g.reshape(x.shape))


@functools.lru_cache(maxsize=1024)
def transpose(axes: tuple[int, ...] | None = None) -> Op:
    """Axes in another order, reversed by default; the gradient goes through the inverse order."""
    inverse = None if axes is None else tuple(int(k) for k in np.argsort(axes))
    return Op("transpose", lambda x: x.transpose(axes), lambda g, out, x: g.transpose(inverse))


def part_of_stack(k: int) -> Any:
    """The rule of the k-th input of a stack: its own slice of the gradient."""
    return lambda g, out, *inputs: g[k]


@functools.lru_cache(maxsize=1024)
def stack(n: int) -> Op:
    """Join `n` arrays of one shape along a new first axis."""
    return Op("stack", lambda *inputs: np.stack(inputs), *map(part_of_stack, range(n)))
