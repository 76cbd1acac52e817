"""AdamW: Adam whose weight decay does not pass through its means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from microgradx import Adam
from microgradx.optim.in_place import Array, Spare, adam_movement

__all__ = ["AdamW"]


class AdamW(Adam):
    """Adam, and a pull towards 0 that is the same whatever the gradients were.

    Adam adds the pull to the gradient, and so divides it by the size of the gradients, too.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        betas: how much of the running means of the gradient and of its square is kept per step.
        eps: keeps the division finite.
        weight_decay: each step shortens the parameter by this share, times `lr`.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), Algorithm 2. The
        default of `weight_decay` is PyTorch's.

    Example:
        >>> from vhgrad import Parameter
        >>> w = Parameter([1.0, -2.0])
        >>> w.grad = np.zeros(2)
        >>> AdamW([w], lr=0.1, weight_decay=0.1).step()
        >>> w.data
        array([ 0.99, -1.98], dtype=float32)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def update(self, data: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Adam's step from a parameter that has been shortened first."""
        shortened = (1 - group["lr"] * group["weight_decay"]) * data
        return super().update(shortened, g, state, {**group, "weight_decay": 0.0})

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
        movement = adam_movement(g, state, group, spare)
        np.multiply(1 - group["lr"] * group["weight_decay"], data, spare[0])
        np.subtract(spare[0], movement, out)

    entrywise = update
    in_place = update_in_place
