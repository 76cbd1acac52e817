"""Limits on gradients, for the step on which one explodes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd.graph import Node
from microgradx.freezing import Recorded, as_it_is, as_one_call

__all__ = ["clip_grad_norm_", "clip_grad_value_"]

BLOCK = 16384  # entries that are turned into float64 at a time, so that they stay in the cache


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Shorten all gradients alike, so that together they are no longer than `max_norm`.

    The gradients are changed in place. Sums are made in float64, and where squares would overflow
    of numbers that have been made smaller first, so a norm is infinite only if it cannot be
    written down.

    Args:
        parameters: one parameter or several; those without a gradient do not count.
        max_norm: the longest that stays as it is.
        norm_type: 2 for the usual length, `math.inf` for the largest entry; any number above 0.
        error_if_nonfinite: refuse where the norm is nan or infinite; else nan makes all gradients
            nan, and an infinite norm makes finite ones 0 and infinite ones nan.

    Returns:
        The norm before, of all gradients as one long vector.

    Raises:
        ValueError: if `max_norm` is negative or nan, or `norm_type` is not above 0.
        RuntimeError: if the norm is nan or infinite and that is to be an error; the gradients are
            as before.

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks
        (2013), Algorithm 1. The `1e-6` beside the norm is PyTorch's.

    Example:
        >>> from vhgrad import Parameter
        >>> w = Parameter([0.0, 0.0])
        >>> w.grad = np.array([3.0, 4.0])
        >>> clip_grad_norm_([w], 1.0)
        5.0
        >>> w.grad.round(6)
        array([0.6, 0.8])
    """
    params = with_gradients(parameters)
    max_norm = limit("max_norm", max_norm)
    norm_type = float(norm_type)
    if not norm_type > 0:
        raise ValueError(f"`norm_type` needs a number above 0, got {norm_type}.")
    with np.errstate(all="ignore"):  # what overflows is done again with smaller numbers
        total = norm([as_it_is(p.grad) for p in params], norm_type)
        if error_if_nonfinite and not math.isfinite(total):
            raise RuntimeError(
                f"the norm of the gradients is {total}, so they cannot be clipped; look for the "
                "first nan or inf, or pass error_if_nonfinite=False to go on."
            )
        factor = share(max_norm, total)
        if isinstance(factor, Recorded) or factor != 1:  # a compiled step multiplies by 1, too
            for p in params:
                scale(p, factor)
    return total


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Bring every entry of the gradients into the range from `-clip_value` to `clip_value`.

    The gradients are changed in place.

    Args:
        parameters: one parameter or several; those without a gradient do not count.
        clip_value: the largest entry that stays as it is.

    Raises:
        ValueError: if `clip_value` is negative or nan.

    Example:
        >>> from vhgrad import Parameter
        >>> w = Parameter([0.0, 0.0])
        >>> w.grad = np.array([3.0, -0.5])
        >>> clip_grad_value_([w], 1.0)
        >>> w.grad
        array([ 1. , -0.5])
    """
    params = with_gradients(parameters)
    clip_value = limit("clip_value", clip_value)
    for p in params:
        p.grad = np.clip(p.grad, -clip_value, clip_value, out=writable(p.grad))


def with_gradients(parameters: Any) -> list[Any]:
    """The parameters that have gradients, each once: shared ones must not be scaled twice."""
    if isinstance(parameters, Node):
        parameters = [parameters]
    if not isinstance(parameters, Iterable):
        raise TypeError(f"expected parameters, got {type(parameters).__name__}.")
    members = list(parameters)
    for p in members:
        if not isinstance(p, Node):
            raise TypeError(f"expected parameters, got {type(p).__name__}.")
    return [p for p in dict.fromkeys(members) if p.grad is not None]


def limit(name: str, x: Any) -> float:
    """A limit, checked: 0 or more."""
    if isinstance(x, bool) or not isinstance(x, Real) or not float(x) >= 0:
        raise ValueError(f"`{name}` needs a number, 0 or more, got {x!r}.")
    return float(x)


@as_one_call
def share(max_norm: float, total: float) -> float:
    """How much of the gradients is to stay."""
    factor = max_norm / (total + 1e-6) if max_norm < math.inf else 1.0
    return 1.0 if factor >= 1 else factor


@as_one_call
def norm(arrays: list[NDArray[Any]], p: float) -> float:
    """The p-norm of all entries of all arrays, as if they were one vector."""
    if p == 2:
        squares = sum(sum_of_squares(g) for g in arrays)
        if 1e-280 < squares < math.inf:  # nothing has overflowed, nor got lost
            return math.sqrt(squares)
    if any(np.isnan(g).any() for g in arrays):
        return math.nan
    largest = max((float(np.max(np.abs(g), initial=0.0)) for g in arrays), default=0.0)
    if largest in (0.0, math.inf) or p == math.inf:
        return largest
    shares = [np.abs(g).astype(np.float64) / largest for g in arrays]
    return largest * sum(float(np.sum(x**p)) for x in shares) ** (1 / p)


def sum_of_squares(g: NDArray[Any]) -> float:
    """In float64, in which squares of float32 cannot overflow."""
    flat = g.reshape(-1)
    total = 0.0
    for start in range(0, flat.size, BLOCK):
        block = flat[start : start + BLOCK].astype(np.float64)
        total += float(np.dot(block, block))
    return total


def scale(p: Any, factor: float) -> None:
    """Multiply a gradient in place; by a factor that its dtype cannot hold, in two halves."""
    out = writable(p.grad)
    if 0 < factor < np.finfo(as_it_is(p.grad).dtype).tiny:
        factor = math.sqrt(factor)
        p.grad = np.multiply(p.grad, factor, out=out)
    p.grad = np.multiply(p.grad, factor, out=out)


def writable(g: Any) -> Any:
    """The gradient itself, if it can be written into; else None, for a new array."""
    return g if isinstance(g, np.ndarray) and g.flags.writeable else None
