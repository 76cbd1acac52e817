"""How parameters start: PyTorch's names and formulas.

Each function gives a parameter new numbers, in its own shape and dtype, and returns it.
"""

from vhgrad.init.filling import constant_, normal_, ones_, trunc_normal_, uniform_, zeros_
from vhgrad.init.scaling import (
    calculate_gain,
    kaiming_normal_,
    kaiming_uniform_,
    orthogonal_,
    xavier_normal_,
    xavier_uniform_,
)

__all__ = [
    "calculate_gain",
    "constant_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
