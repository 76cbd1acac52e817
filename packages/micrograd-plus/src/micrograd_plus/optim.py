"""Optimisers: what to do with the parameters once their gradients are known.

`Optimizer` holds the parameters and walks them; an optimiser is one pure formula, `update`, that
works on numbers and on arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_plus.optimizer import Optimizer

__all__ = ["SGD", "Optimizer"]


class SGD(Optimizer):
    """Stochastic gradient descent: a step downhill, with momentum if wanted.

    Args:
        params: parameters or groups of them.
        lr: learning rate, the length of a step per unit of gradient.
        momentum: share of the last movement that is kept.
        dampening: share of the gradient that is left out of the movement.
        weight_decay: pull towards 0, as a share of the parameter.
        nesterov: look ahead by one momentum step; needs momentum and no dampening.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Sutskever et al., On the importance of initialization and momentum (2013), as in PyTorch.

    Example:
        >>> from micrograd_plus import Value
        >>> w = Value(1.0)
        >>> optimizer = SGD([w], lr=0.1)
        >>> (w * w).backward()
        >>> optimizer.step()
        >>> w.data
        0.8
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

    def check(self, group: dict[str, Any]) -> None:
        """Also: Nesterov's look ahead needs a momentum to look along."""
        super().check(group)
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError("SGD needs momentum and no dampening for nesterov=True.")

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """`data - lr * v` with `v = momentum * v + (1 - dampening) * g`; at first `v = g`."""
        momentum = group["momentum"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * data
        if momentum:
            if "velocity" in state:
                state["velocity"] = momentum * state["velocity"] + (1 - group["dampening"]) * g
            else:
                state["velocity"] = +g  # of an array, a copy: the user may change the gradient
            g = g + momentum * state["velocity"] if group["nesterov"] else state["velocity"]
        return data - group["lr"] * g

    entrywise = update
    remembers = ("velocity",)
