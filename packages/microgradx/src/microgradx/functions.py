"""The functions of arrays that definitions of operations ask for: NumPy's, under NumPy's names.

They warn of poles as NumPy does; `quiet` makes a function that does not. At a pole, the inf or nan
that IEEE prescribes is the message.
"""

from __future__ import annotations

import contextvars
import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy import (
    absolute,
    cos,
    exp,
    expm1,
    log,
    log1p,
    maximum,
    minimum,
    power,
    sign,
    sin,
    sqrt,
    tanh,
)

__all__ = [
    "absolute",
    "cos",
    "exp",
    "expm1",
    "largest",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "power",
    "product",
    "quiet",
    "sign",
    "sin",
    "smallest",
    "sqrt",
    "tanh",
    "total",
    "where",
]

R = TypeVar("R")

# np.sum, np.max, np.min and np.prod without two microseconds of Python around them
total: Any = np.add.reduce
largest: Any = np.maximum.reduce
smallest: Any = np.minimum.reduce
product: Any = np.multiply.reduce


LONG = 4096  # from how many numbers on `where` looks for a shorter way
WHOLE: dict[Any, Any] = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}


def where(condition: Any, a: Any, b: Any) -> Any:
    """NumPy's `where`; of a long array where it is not 0.0, five to nine times as fast.

    NumPy asks entry by entry, and a machine that guessed the answer wrong starts again, as it does
    at every second entry of random ones. Here the bits of a number meet ones to stay and zeros to
    go: no question. inf and nan go like any other, as they would not in a product with 0.

    Example:
        >>> where(np.array([True, False]), 0.0, np.array([np.inf, 2.0]))
        array([0., 2.])
    """
    if type(a) is float and a == 0.0 and long(b, condition):
        bits = np.subtract(condition.view(np.int8), 1, dtype=WHOLE[b.dtype])  # 0 where it holds
        return np.bitwise_and(bits, b.view(bits.dtype), out=bits).view(b.dtype)
    if type(b) is float and b == 0.0 and long(a, condition):
        bits = np.negative(condition.view(np.int8), dtype=WHOLE[a.dtype])  # all ones where it holds
        return np.bitwise_and(bits, a.view(bits.dtype), out=bits).view(a.dtype)
    return np.where(condition, a, b)


def long(x: Any, condition: Any) -> bool:
    """Whether x is worth the way by bits, and can go it."""
    return (
        isinstance(x, np.ndarray)
        and x.size >= LONG
        and x.dtype in WHOLE
        and isinstance(condition, np.ndarray)
        and condition.dtype == bool
        and condition.shape == x.shape
    )


class Silence(threading.local):
    """For each thread a context in which NumPy does not warn, and `run`, which calls in it."""

    def __init__(self) -> None:
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")  # this context only: NumPy's state is a context's
        self.run = context.run

    @staticmethod
    def is_entered(error: RuntimeError) -> bool:
        """Whether `run` refused because this thread is in the context; nothing was called."""
        return str(error).startswith("cannot enter context")


silence = Silence()


def quiet(function: Callable[..., R]) -> Callable[..., R]:
    """The same function without NumPy's warnings.

    Example:
        >>> float(quiet(np.log)(0.0))
        -inf
    """

    @functools.wraps(function)
    def quietly(*args: Any) -> R:
        try:
            return silence.run(function, *args)  # 0.3 µs; entering np.errstate takes 0.9
        except RuntimeError as error:  # one quiet function within another
            if not silence.is_entered(error):
                raise
            with np.errstate(all="ignore"):
                return function(*args)

    return quietly
