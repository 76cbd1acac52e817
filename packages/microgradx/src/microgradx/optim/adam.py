"""Adam: steps of about the same size for every entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from microgradx.optim import in_place
from microgradx.optim.optimizer import Optimizer

__all__ = ["Adam"]


class Adam(Optimizer):
    """A step of about `lr` for every entry, whatever the size of its gradient.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        betas: how much of the running means of the gradient and of its square is kept per step.
        eps: keeps the division finite.
        weight_decay: pull towards 0, added to the gradient.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Kingma and Ba, Adam (2015), Algorithm 1, which also gives the defaults.

    Example:
        >>> from microgradx import TensorValue
        >>> w = TensorValue([1.0, -2.0])
        >>> optimizer = Adam([w], lr=0.1)
        >>> (w * w).sum().backward()
        >>> optimizer.step()
        >>> w.data.round(6)
        array([ 0.9, -1.9])
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def check(self, group: dict[str, Any]) -> None:
        """Also: a mean that keeps everything never learns."""
        super().check(group)
        betas = group["betas"]
        pair = isinstance(betas, tuple | list) and len(betas) == 2
        if not pair or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"{self.name} needs two betas from 0 up to below 1, got {betas}.")

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """`data - lr * mean / (sqrt(square) + eps)`, both means corrected for their start at 0."""
        beta1, beta2 = group["betas"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * data
        step = state["step"] = state.get("step", 0) + 1
        state["mean"] = mean = beta1 * state.get("mean", 0.0) + (1 - beta1) * g
        state["square"] = square = beta2 * state.get("square", 0.0) + (1 - beta2) * (g * g)
        # both corrections as one number: fewer operations on arrays
        root = (1 - beta2**step) ** 0.5
        rate = group["lr"] * root / (1 - beta1**step)
        return data - rate * mean / (np.sqrt(square) + root * group["eps"])

    entrywise = update
    in_place = staticmethod(in_place.adam)
    remembers = ("mean", "square")
    counts = ("step",)
