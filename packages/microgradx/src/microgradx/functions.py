"""The functions of arrays that definitions of operations ask for: NumPy's, under NumPy's names.

Those with a pole answer inf or nan as IEEE says, without a warning: the value is the message.
"""

import operator
from typing import Any

import numpy as np
from numpy import absolute, cos, expm1, log1p, maximum, minimum, sign, sin, tanh, where

__all__ = [
    "absolute",
    "cos",
    "divide",
    "exp",
    "expm1",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "power",
    "quiet",
    "sign",
    "sin",
    "sqrt",
    "tanh",
    "total",
    "where",
]

quiet = np.errstate(all="ignore")  # about a microsecond, so only where a pole is

total: Any = np.add.reduce  # np.sum without two microseconds of Python around it
exp = quiet(np.exp)
log = quiet(np.log)
sqrt = quiet(np.sqrt)
divide = quiet(operator.truediv)


@quiet
def power(a: Any, b: Any) -> Any:
    """`a ** b`: the operator knows that a square is a product, `np.power` does not."""
    return a**b
