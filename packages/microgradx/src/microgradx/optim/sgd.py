"""SGD on arrays: stage 2's formula, as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import micrograd_plus
from microgradx.optim import in_place
from microgradx.optim.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer, micrograd_plus.SGD):
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

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
        )

    in_place = staticmethod(in_place.sgd)
