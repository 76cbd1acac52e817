"""Optimisers for arrays: SGD as at stage 2, and Adam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import micrograd_plus

__all__ = ["SGD", "Adam", "Optimizer"]


class Optimizer(micrograd_plus.Optimizer):
    """Stage 2's optimiser, careful with arrays: nothing moves unless everything can."""

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Settings as Python's own numbers, which leave float32 arrays float32."""
        plain = {k: v.item() if isinstance(v, np.generic) else v for k, v in group.items()}
        super().add_param_group(plain)

    def step(self) -> None:
        """Move every parameter that has a gradient; inf and nan come without NumPy's warnings.

        Raises:
            ValueError: if a gradient of yours has another shape than its parameter.
        """
        for p in self.state:
            if p.grad is not None and np.shape(p.grad) != p.data.shape:
                raise ValueError(
                    f"{self.name} needs a gradient in the shape of its parameter, {p.data.shape}; "
                    f"got {np.shape(p.grad)}."
                )
        with np.errstate(all="ignore"):
            super().step()


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
            raise ValueError(f"Adam needs two betas from 0 up to below 1, got {betas}.")

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """`data - lr * mean / (sqrt(square) + eps)`, both means corrected for their start at 0."""
        beta1, beta2 = group["betas"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * data
        step = state["step"] = state.get("step", 0) + 1
        state["mean"] = mean = beta1 * state.get("mean", 0.0) + (1 - beta1) * g
        state["square"] = square = beta2 * state.get("square", 0.0) + (1 - beta2) * (g * g)
        scale = np.sqrt(square) / (1 - beta2**step) ** 0.5 + group["eps"]
        return data - (group["lr"] / (1 - beta1**step)) * mean / scale
