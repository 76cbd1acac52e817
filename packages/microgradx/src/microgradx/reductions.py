"""Many numbers become one: over all of an array, or along some of its axes.

In every rule `kept(g, ...)` is the gradient with the lost axes put back as axes of length 1, so it
broadcasts against the input. Where several entries are the largest, they share the gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.functions import largest, product, smallest, total
from microgradx.op import ArrayOp, with_settings

__all__ = [
    "Axis",
    "cumsum",
    "logsumexp_over",
    "max_over",
    "mean_over",
    "min_over",
    "norm_over",
    "prod_over",
    "std_over",
    "sum_over",
    "var_over",
]

Axis = int | tuple[int, ...] | None


@with_settings
def sum_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The sum; of nothing, 0."""
    return ArrayOp(
        "sum",
        lambda x: total(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: kept(g, x, axis),  # d sum(x)/dx_i = 1
        expected=axes(axis),
    )


@with_settings
def mean_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The mean; of nothing, nan."""

    def forward(x: Any) -> Any:
        out = total(x, axis=axis, keepdims=keepdims)
        return out / count(x, out)

    return ArrayOp(
        "mean",
        forward,
        lambda g, out, x: kept(g, x, axis) / count(x, out),  # d mean(x)/dx_i = 1/n
        expected=axes(axis),
    )


@with_settings
def max_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The largest entry, nan if there is one; equals share the gradient."""
    return ArrayOp(
        "max",
        lambda x: largest(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: shared(g, out, x, axis),  # 1/k for each of the k largest, else 0
        expected=f"at least one number, and {axes(axis)}",
    )


@with_settings
def min_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The smallest entry, nan if there is one; equals share the gradient."""
    return ArrayOp(
        "min",
        lambda x: smallest(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: shared(g, out, x, axis),  # 1/k for each of the k smallest, else 0
        expected=f"at least one number, and {axes(axis)}",
    )


@with_settings
def prod_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The product; of nothing, 1."""
    return ArrayOp(
        "prod",
        lambda x: product(x, axis=axis, keepdims=keepdims),
        lambda g, out, x: kept(g, x, axis) * others(x, axis),  # d prod(x)/dx_i = prod of the others
        expected=axes(axis),
    )


@with_settings
def var_over(axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> ArrayOp:
    """The mean square distance from the mean, with n - ddof in place of n."""

    return ArrayOp(
        "var",
        lambda x: variance(x, axis, ddof, keepdims),
        # d var(x)/dx_i = 2 * (x_i - mean) / (n - ddof)
        lambda g, out, x: kept(2 * g, x, axis) * centred(x, axis) / max(count(x, out) - ddof, 0),
        expected=axes(axis),
    )


@with_settings
def std_over(axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> ArrayOp:
    """The square root of the variance; where all numbers are equal the gradient is 0."""

    def rule(g: Any, out: Any, x: Any) -> Any:
        """d std(x)/dx_i = (x_i - mean) / (std * (n - ddof))."""
        scale = np.where(out == 0, 0.0, g / (out * max(count(x, out) - ddof, 0)))
        return kept(scale, x, axis) * centred(x, axis)

    return ArrayOp(
        "std",
        lambda x: np.sqrt(variance(x, axis, ddof, keepdims)),
        rule,
        expected=axes(axis),
    )


@with_settings
def logsumexp_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """log(sum(exp(x))); the largest is taken off first, so exp stays finite."""

    def forward(x: Any) -> Any:
        top = largest(x, axis=axis, keepdims=True, initial=-np.inf)
        top = np.where(np.isfinite(top), top, 0.0)  # inf - inf would be nan
        out = np.log(total(np.exp(x - top), axis=axis, keepdims=True)) + top
        return out if keepdims else np.squeeze(out, axis)

    return ArrayOp(
        "logsumexp",
        forward,
        lambda g, out, x: kept(g, x, axis) * np.exp(x - kept(out, x, axis)),  # softmax(x)_i
        expected=axes(axis),
    )


@with_settings
def norm_over(axis: Axis = None, keepdims: bool = False) -> ArrayOp:
    """The square root of the sum of squares; at 0 the gradient is 0."""
    return ArrayOp(
        "norm",
        lambda x: np.sqrt(total(x * x, axis=axis, keepdims=keepdims)),
        # d norm(x)/dx_i = x_i / norm
        lambda g, out, x: kept(np.where(out == 0, 0.0, g / out), x, axis) * x,
        expected=axes(axis),
    )


@with_settings
def cumsum(axis: int | None = None) -> ArrayOp:
    """Running sums along an axis; without one, over all entries in reading order."""

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


def kept(g: Any, x: Any, axis: Axis) -> Any:
    """What came out of a reduction of x, with the axes that it lost as axes of length 1."""
    if axis is None:
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


def variance(x: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """The sum of squared distances from the mean, divided by n - ddof."""
    d = centred(x, axis)
    out = total(d * d, axis=axis, keepdims=keepdims)
    return out / max(count(x, out) - ddof, 0)


def centred(x: Any, axis: Axis) -> Any:
    """x minus its mean. Seen from the first entry, so that equal numbers give exactly 0."""
    chosen = range(x.ndim) if axis is None else {k % x.ndim for k in np.atleast_1d(axis)}
    first = x[tuple(slice(1) if k in chosen else slice(None) for k in range(x.ndim))]
    d = x - first
    mean = total(d, axis=axis, keepdims=True)
    return d - mean / count(d, mean)


def others(x: Any, axis: Axis) -> Any:
    """For each entry the product of all others, without a division: an entry may be 0."""
    reduced = range(x.ndim) if axis is None else [k % x.ndim for k in np.atleast_1d(axis)]
    order = [*(k for k in range(x.ndim) if k not in reduced), *reduced]
    moved = x.transpose(order)
    n = int(np.prod(moved.shape[x.ndim - len(reduced) :]))
    rows = moved.reshape(*moved.shape[: x.ndim - len(reduced)], n)
    ones = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([ones, rows[..., :-1]], -1), -1)
    after = np.cumprod(np.concatenate([ones, rows[..., :0:-1]], -1), -1)[..., ::-1]
    return (before * after).reshape(moved.shape).transpose(np.argsort(order))


def axes(axis: Axis) -> str:
    """What an error says where an axis does not fit."""
    return f"axis={axis} to name axes of its input, each once"
