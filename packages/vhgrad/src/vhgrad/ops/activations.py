"""Activations that the stages before do not have: GELU with the error function, scaled softplus."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from microgradx import ops
from microgradx.op import ArrayOp, with_settings
from vhgrad.ops.error_function import erfc

__all__ = ["gelu", "softplus"]

TINY = 1e-30  # nearer to 0, the share of smaller numbers is 1/2


def below(x: Any) -> Any:
    """The share of the standard normal distribution that lies below x."""
    tail = 0.5 * erfc(np.absolute(x) * math.sqrt(0.5))
    return np.where(x < 0, tail, 1.0 - tail)


def slope(out: Any, x: Any) -> Any:
    """d x*below(x)/dx = below(x) + x * density(x); what lies below need not be computed again."""
    share = np.where(np.absolute(x) < TINY, 0.5, out / x)
    return share + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


# Hendrycks and Gimpel, Gaussian Error Linear Units (2016), equation 2: the exact form.
gelu = ArrayOp("gelu", lambda x: x * below(x), lambda g, out, x: g * slope(out, x))


@with_settings
def softplus(beta: float = 1.0, threshold: float = 20.0) -> ArrayOp:
    """log(1 + exp(beta * x)) / beta, and x itself where `beta * x` is beyond the threshold.

    Example:
        >>> softplus(2.0)([0.0, 30.0]).data.round(6)
        array([ 0.346574, 30.      ])
    """
    # the function itself, for `softplus` below keeps NumPy from warning in all of it
    forward, (rule,) = inspect.unwrap(ops.softplus.forward), ops.softplus.backward
    assert rule is not None
    return ArrayOp(
        "softplus",
        lambda x: np.where(beta * x > threshold, x, forward(beta * x) / beta),
        lambda g, out, x: np.where(beta * x > threshold, g, rule(g, out, beta * x)),
    )
