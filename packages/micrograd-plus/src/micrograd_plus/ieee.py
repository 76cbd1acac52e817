"""Arithmetic that never raises: what IEEE 754 says where Python refuses to answer.

Python raises ZeroDivisionError for 1/0, OverflowError for exp(1000) and ValueError for log(0);
the standard, NumPy and PyTorch answer inf, inf and -inf. An operation that raised is done again
with these numbers and functions, so only the operations at an edge pay for the care.
"""

from __future__ import annotations

import math

from micrograd_plus.functions import absolute, maximum, minimum, sign, where

__all__ = [
    "Number",
    "absolute",
    "cos",
    "exp",
    "expm1",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "power",
    "sign",
    "sin",
    "sqrt",
    "tanh",
    "where",
]


class Number(float):
    """A float that divides by zero, and whose results do so too.

    Example:
        >>> Number(1.0) / 0.0, -Number(1.0) / 0.0, Number(0.0) / 0.0
        (inf, -inf, nan)
    """

    def __truediv__(self, other: float) -> Number:
        if other != 0:
            return Number(float(self) / other)
        if not self or self != self:
            return NAN
        return Number(math.copysign(math.inf, self) * math.copysign(1.0, other))

    def __rtruediv__(self, other: float) -> Number:
        return Number(other) / self

    def __add__(self, other: float) -> Number:
        return Number(float(self) + other)

    __radd__ = __add__

    def __sub__(self, other: float) -> Number:
        return Number(float(self) - other)

    def __rsub__(self, other: float) -> Number:
        return Number(other - float(self))

    def __mul__(self, other: float) -> Number:
        return Number(float(self) * other)

    __rmul__ = __mul__

    def __neg__(self) -> Number:
        return Number(-float(self))


NAN, INF = Number(math.nan), Number(math.inf)


def exp(x: float) -> Number:
    """exp(1000) is inf."""
    try:
        return Number(math.exp(x))
    except OverflowError:
        return INF


def expm1(x: float) -> Number:
    """exp(x) - 1; expm1(1000) is inf."""
    try:
        return Number(math.expm1(x))
    except OverflowError:
        return INF


def log(x: float) -> Number:
    """log(0) is -inf, log of a negative number is nan."""
    return Number(math.log(x)) if x > 0 else -INF if x == 0 else NAN


def log1p(x: float) -> Number:
    """log(1 + x); log1p(-1) is -inf."""
    return Number(math.log1p(x)) if x > -1 else -INF if x == -1 else NAN


def sqrt(x: float) -> Number:
    """sqrt of a negative number is nan."""
    return Number(math.sqrt(x)) if x >= 0 else NAN


def sin(x: float) -> Number:
    """sin(inf) is nan."""
    return NAN if math.isinf(x) else Number(math.sin(x))


def cos(x: float) -> Number:
    """cos(inf) is nan."""
    return NAN if math.isinf(x) else Number(math.cos(x))


def tanh(x: float) -> Number:
    """tanh has no edge; here so that it answers with a Number."""
    return Number(math.tanh(x))


def power(a: float, b: float) -> Number:
    """0**-1 is inf, 10**400 is inf, and a negative base with a broken exponent is nan."""
    odd = b % 2 == 1  # an odd power keeps the sign of the base, even of -0.0
    try:
        return Number(math.pow(a, b))
    except OverflowError:
        return -INF if a < 0 and odd else INF
    except ValueError:
        if a != 0:
            return NAN
        return Number(math.copysign(math.inf, a)) if odd else INF
