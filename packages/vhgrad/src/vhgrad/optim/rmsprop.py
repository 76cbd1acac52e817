"""RMSprop: gradients divided by their usual size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from microgradx import Optimizer
from microgradx.optim.in_place import Array, Spare

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Each entry moves by its gradient over the root of a running mean of its square.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        alpha: how much of the running means is kept per step.
        eps: keeps the division finite.
        weight_decay: pull towards 0, added to the gradient.
        momentum: share of the last movement that is kept.
        centered: divide by the spread around the mean gradient instead: the root of the mean of
            squares less the square of the mean.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Tieleman and Hinton, Lecture 6.5, Neural Networks for Machine Learning (2012); `centered`:
        Graves, Generating Sequences with Recurrent Neural Networks (2013), equations 38 to 41.
        Defaults and the place of `eps` as in PyTorch.

    Example:
        >>> from vhgrad import Parameter
        >>> w = Parameter([1.0, -2.0])
        >>> (w * w).sum().backward()
        >>> RMSprop([w], lr=0.01, alpha=0.75).step()
        >>> w.data
        array([ 0.98, -1.98], dtype=float32)
    """

    remembers = ("square", "mean", "velocity")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
        )

    def check(self, group: dict[str, Any]) -> None:
        """Also: a mean that keeps everything never learns."""
        super().check(group)
        alpha = group["alpha"]
        if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not 0 <= alpha < 1:
            raise ValueError(f"RMSprop needs alpha from 0 up to below 1, got {alpha!r}.")

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """`data - lr * v` with `v = momentum * v + g / (sqrt(square - mean**2) + eps)`."""
        alpha, momentum = group["alpha"], group["momentum"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * data
        state["square"] = spread = alpha * state.get("square", 0.0) + (1 - alpha) * (g * g)
        if group["centered"]:
            state["mean"] = mean = alpha * state.get("mean", 0.0) + (1 - alpha) * g
            spread = spread - mean * mean
        movement = g / (np.sqrt(spread) + group["eps"])
        if momentum:
            movement = momentum * state.get("velocity", 0.0) + movement
            state["velocity"] = movement
        return data - group["lr"] * movement

    @staticmethod
    def update_in_place(
        data: Array,
        g: Array,
        state: dict[str, Any],
        group: dict[str, Any],
        out: Array,
        spare: Spare,
    ) -> None:
        """`update` without new arrays: see `microgradx.optim.in_place`."""
        first, second = spare
        alpha, momentum, square = group["alpha"], group["momentum"], state["square"]
        mean = state["mean"] if group["centered"] else None
        velocity = state["velocity"] if momentum else None
        if group["weight_decay"]:
            np.multiply(group["weight_decay"], data, second)
            g = np.add(g, second, second)
        np.multiply(alpha, square, square)
        np.multiply(g, g, first)
        np.multiply(1 - alpha, first, first)
        np.add(square, first, square)
        if mean is None:
            np.sqrt(square, first)
        else:
            np.multiply(alpha, mean, mean)
            np.multiply(1 - alpha, g, first)
            np.add(mean, first, mean)
            np.multiply(mean, mean, first)
            np.subtract(square, first, first)
            np.sqrt(first, first)
        np.add(first, group["eps"], first)
        movement = np.divide(g, first, second)
        if velocity is not None:
            np.multiply(momentum, velocity, velocity)
            movement = np.add(velocity, movement, velocity)
        np.multiply(group["lr"], movement, first)
        np.subtract(data, first, out)

    entrywise = update
    in_place = update_in_place
