"""Numbers for a parameter that do not depend on its shape."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from microgradx import TensorValue
from microgradx.random import as_generator

__all__ = [
    "constant_",
    "filled",
    "normal_",
    "ones_",
    "shape_of",
    "trunc_normal_",
    "uniform_",
    "zeros_",
]

T = TypeVar("T", bound=TensorValue)
Generator = int | np.random.Generator | None


def uniform_(p: T, a: float = 0.0, b: float = 1.0, generator: Generator = None) -> T:
    """Numbers between `a` and `b`, each as likely.

    Args:
        p: the parameter.
        a: lowest number.
        b: highest number.
        generator: a seed or a generator to draw from; None is the default generator.

    Raises:
        ValueError: if `b` is below `a`.

    Example:
        >>> from vhgrad import Parameter
        >>> uniform_(Parameter([0.0, 0.0]), -1.0, 1.0, generator=0).data.round(3)
        array([ 0.274, -0.46 ], dtype=float32)
    """
    if not a <= b or math.isinf(b - a):
        raise ValueError(f"uniform_ needs finite a <= b, got {a=} and {b=}.")
    return filled(p, as_generator(generator).uniform(a, b, shape_of(p)))


def normal_(p: T, mean: float = 0.0, std: float = 1.0, generator: Generator = None) -> T:
    """Normally distributed numbers.

    Raises:
        ValueError: if `std` is negative.

    Example:
        >>> from vhgrad import Parameter
        >>> normal_(Parameter([0.0, 0.0]), generator=0).data.round(3)
        array([ 0.126, -0.132], dtype=float32)
    """
    if not std >= 0:
        raise ValueError(f"normal_ needs a std of 0 or more, got {std}.")
    return filled(p, as_generator(generator).normal(mean, std, shape_of(p)))


def trunc_normal_(
    p: T,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator = None,
) -> T:
    """Normally distributed numbers, drawn again where they are below `a` or above `b`.

    Raises:
        ValueError: if `std` is negative, or next to nothing lies between `a` and `b`.

    Example:
        >>> import numpy as np
        >>> from vhgrad import Parameter
        >>> weight = trunc_normal_(Parameter(np.zeros((100, 100))), a=-1.0, b=1.0, generator=0)
        >>> bool(abs(weight.data).max() <= 1)
        True
    """
    if not std >= 0 or not a <= b:
        raise ValueError(f"trunc_normal_ needs std >= 0 and a <= b, got {std=}, {a=}, {b=}.")
    rng = as_generator(generator)
    draws = rng.normal(mean, std, shape_of(p))
    for _ in range(1000):
        outside = (draws < a) | (draws > b)
        if not outside.any():
            return filled(p, draws)
        draws[outside] = rng.normal(mean, std, np.count_nonzero(outside))
    raise ValueError(f"trunc_normal_ found next to nothing between {a=} and {b=}; widen them.")


def constant_(p: T, value: float) -> T:
    """The same number everywhere.

    Example:
        >>> from vhgrad import Parameter
        >>> constant_(Parameter([1.0, 2.0]), 0.5).data
        array([0.5, 0.5], dtype=float32)
    """
    return filled(p, np.full(shape_of(p), value))


def zeros_(p: T) -> T:
    """0 everywhere.

    Example:
        >>> from vhgrad import Parameter
        >>> zeros_(Parameter([3.0, 4.0])).data
        array([0., 0.], dtype=float32)
    """
    return constant_(p, 0.0)


def ones_(p: T) -> T:
    """1 everywhere.

    Example:
        >>> from vhgrad import Parameter
        >>> ones_(Parameter([3.0, 4.0])).data
        array([1., 1.], dtype=float32)
    """
    return constant_(p, 1.0)


def shape_of(p: TensorValue) -> tuple[int, ...]:
    """The shape of a parameter; anything else is refused."""
    if not isinstance(p, TensorValue):
        raise TypeError(f"expected a parameter such as layer.weight, got {type(p).__name__}.")
    return p.shape


def filled(p: T, numbers: NDArray[np.float64]) -> T:
    """The parameter with new numbers in its own dtype."""
    p.data = numbers
    return p
