"""SGD on arrays: stage 2's formula, as it stands."""

from __future__ import annotations

import micrograd_plus
from microgradx.optim import in_place
from microgradx.optim.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(micrograd_plus.SGD, Optimizer):  # in this order, the settings keep their names
    """Stage 2's stochastic gradient descent, on arrays.

    Args:
        params: parameters or groups of them.
        lr: learning rate, the length of a step per unit of gradient.
        momentum: share of the last movement that is kept.
        dampening: share of the gradient that is left out of the movement.
        weight_decay: pull towards 0, as a share of the parameter.
        nesterov: look ahead by one momentum step; needs momentum and no dampening.

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
