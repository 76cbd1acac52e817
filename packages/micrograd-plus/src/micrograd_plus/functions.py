"""The functions of plain numbers that definitions of operations ask for, under NumPy's names."""

from math import cos, exp, expm1, log, log1p, nan, sin, sqrt, tanh
from math import pow as power  # `**` answers a negative base with a complex number

__all__ = [
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

absolute = abs


def where(condition: bool, x: float, y: float) -> float:
    """`x` if the condition holds, else `y`."""
    return x if condition else y


def maximum(a: float, b: float) -> float:
    """The larger of two numbers; nan if one is nan."""
    return a if a > b or a != a else b


def minimum(a: float, b: float) -> float:
    """The smaller of two numbers; nan if one is nan."""
    return a if a < b or a != a else b


def sign(x: float) -> float:
    """-1, 0 or 1; nan of nan."""
    return 1.0 if x > 0 else -1.0 if x < 0 else 0.0 if x == 0 else nan
