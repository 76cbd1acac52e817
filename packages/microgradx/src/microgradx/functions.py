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
    where,
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


class Silence(threading.local):
    """For each thread a context in which NumPy does not warn, and `run`, which calls in it."""

    def __init__(self) -> None:
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")  # this context only: NumPy's state is a context's
        self.run = context.run


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
        except RuntimeError:  # a context cannot be entered twice: one quiet function within another
            with np.errstate(all="ignore"):
                return function(*args)

    return quietly
