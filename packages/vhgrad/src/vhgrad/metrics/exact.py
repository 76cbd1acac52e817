"""Sums of floats without rounding, so that neither order nor batches change them.

A float is a whole number of 53 bits, shifted. All floats together need 2,100 bits, so a sum is kept
as a whole number that long, in 70 digits of 32 bits: an array with one row per sum. Adding two sums
adds the digits and carries. It is rounded only once, when it is read.

Source:
    Kulisch and Miranker, The arithmetic of the digital computer: a new approach (1986).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["DIGITS", "added", "exact_sums", "fractions", "squares"]

BITS = 32  # of a digit; in an int64, that leaves room for 2**31 of them before a carry
MASK = 2**BITS - 1
LOWEST = -36 * BITS  # the exponent of the first digit: below every float's last bit, 2**-1126
DIGITS = 70  # up to 2**1088, that is the largest float 2**64 times


def exact_sums(x: NDArray[np.float64]) -> NDArray[np.int64]:
    """The sum of each column.

    Args:
        x: finite numbers, shape `(n, columns)`.

    Returns:
        Digits, shape `(columns, DIGITS)`.

    Example:
        >>> [float(total) for total in fractions(exact_sums(np.array([[1e16], [1.0], [-1e16]])))]
        [1.0]
    """
    fraction, exponent = np.frexp(x)
    whole = np.ldexp(fraction, 53).astype(np.int64)  # x = whole * 2**(exponent - 53)
    digit, shift = np.divmod(exponent - 53 - LOWEST, BITS)
    low = (whole & MASK) << shift  # < 2**63
    high = (whole >> BITS) << shift  # signed, less than 2**53 in size
    sums = np.zeros((x.shape[1], DIGITS), np.int64)
    columns = np.broadcast_to(np.arange(x.shape[1]), x.shape)
    middle = (low >> BITS) + high
    for k, piece in enumerate((low & MASK, middle & MASK, middle >> BITS)):
        np.add.at(sums, (columns, digit + k), piece)
    return carried(sums)


def added(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sums of both."""
    return carried(a + b)


def carried(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every digit from 0 to 2**32 - 1; the last one holds the sign. Done in place."""
    while (carry := sums[:, :-1] >> BITS).any():
        sums[:, :-1] &= MASK
        sums[:, 1:] += carry
    return sums


def fractions(sums: NDArray[np.int64]) -> list[Fraction]:
    """The sums as exact numbers; `float` of one rounds to the nearest."""
    from fractions import Fraction  # here, because it takes 3 ms

    scale = Fraction(2) ** LOWEST
    return [scale * sum(d << BITS * k for k, d in enumerate(row)) for row in sums.tolist()]


def squares(x: NDArray[np.float64]) -> tuple[Any, Any]:
    """Every x² as two floats whose sum is x² exactly, if it is above 1e-290.

    Source:
        Dekker, A floating-point technique for extending the available precision (1971), section 5.

    Example:
        >>> high, low = squares(np.array([0.1]))
        >>> from fractions import Fraction
        >>> Fraction(high[0]) + Fraction(low[0]) == Fraction(0.1) ** 2
        True
    """
    high = x * x
    large = x * (2.0**27 + 1)
    top = large - (large - x)  # the upper 26 bits of x
    rest = x - top
    return high, ((top * top - high) + 2 * top * rest) + rest * rest
