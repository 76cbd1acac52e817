"""SGD on arrays: stage 2's formula, as it stands."""

from __future__ import annotations

import micrograd_plus
from microgradx.optim import in_place
from microgradx.optim.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer, micrograd_plus.SGD):
    """Stage 2's stochastic gradient descent, on arrays.

    Args:
        params: parameters or groups of them.
        settings: `lr`, `momentum`, `dampening`, `weight_decay` and `nesterov`, as at stage 2.

    Example:
        >>> from microgradx import TensorValue
        >>> w = TensorValue([1.0, -2.0])
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w.data
        array([ 0.8, -1.6])
    """

    in_place = staticmethod(in_place.sgd)
