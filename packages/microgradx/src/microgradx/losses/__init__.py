"""Losses on batches: the formulas of stage 2 on arrays, and those for several classes.

Targets come first in all of them. Each is one number, 0 where the predictions are right.
"""

from microgradx.losses.binary import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    hinge,
)
from microgradx.losses.classes import cross_entropy, nll
from microgradx.losses.regression import huber, l1, mse

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "hinge",
    "huber",
    "l1",
    "mse",
    "nll",
]
