"""Dropout: in training, some numbers are left out at random, so that none is relied upon."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.random import as_generator
from vhgrad import ops
from vhgrad.nn.module import Module

__all__ = ["Dropout", "dropout"]


class Dropout(Module):
    """In training each number becomes 0 with probability p, and the others grow by 1 / (1 - p).

    So sums stay the same on average, and in use (`model.eval()`) nothing needs to be done: the
    layer gives back its input itself.

    Args:
        p: the probability, from 0 to 1.
        generator: what decides: a seed, a generator, or None for the default one.

    Raises:
        ValueError: if `p` is not a probability.

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014),
        section 10 for the form that scales in training.

    Example:
        >>> Dropout(0.5, generator=0)(np.ones(6)).data
        array([2., 2., 2., 0., 0., 0.])
    """

    def __init__(
        self, p: float = 0.5, *, generator: int | np.random.Generator | None = None
    ) -> None:
        self.p = probability(p)
        self.generator = None if generator is None else as_generator(generator)

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return dropout(x, self.p, self.training, generator=self.generator)

    def settings(self) -> str:
        """The probability."""
        return f"p={self.p}"


def dropout(
    x: Any,
    p: float = 0.5,
    training: bool = True,
    *,
    generator: int | np.random.Generator | None = None,
) -> Any:
    """Numbers that become 0 with probability p; the others are divided by 1 - p.

    Args:
        x: any shape.
        p: the probability, from 0 to 1.
        training: False gives back `x` itself.
        generator: what decides: a seed, a generator, or None for the default one.

    Raises:
        ValueError: if `p` is not a probability.

    Example:
        >>> dropout([1.0, 2.0], p=1.0).data
        array([0., 0.])
    """
    p = probability(p)
    if not training or p == 0:
        return x
    shape = np.shape(x)
    keep = as_generator(generator).random(shape, dtype=np.float32) >= p
    return ops.dropout(p)(x, keep)


def probability(p: float) -> float:
    """p, if it is one."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout needs a probability from 0 to 1, got p={p}.")
    return float(p)
