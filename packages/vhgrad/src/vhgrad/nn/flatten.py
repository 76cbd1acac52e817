"""Layers that change no number: `Flatten` and `Identity`."""

from __future__ import annotations

import math
from typing import Any

from microgradx.calls import tensor
from vhgrad.nn.module import Module

__all__ = ["Flatten", "Identity"]


class Flatten(Module):
    """Several axes become one: images `(n, channels, height, width)` become rows `(n, all)`.

    Args:
        start_dim: the first axis to join; those before it stay.
        end_dim: the last axis to join.

    Example:
        >>> import numpy as np
        >>> Flatten()(np.zeros((64, 1, 28, 28))).shape
        (64, 784)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x: Any) -> Any:
        """All numbers of one example in one row, in reading order."""
        x = tensor(x)
        axes = range(x.ndim)
        try:
            start, end = axes[self.start_dim], axes[self.end_dim]
        except IndexError:
            start, end = 1, 0
        if start > end:
            raise ValueError(
                f"Flatten expected inputs with axes {self.start_dim} to {self.end_dim}, "
                f"got shape {x.shape}."
            )
        joined = math.prod(x.shape[start : end + 1])
        return x.reshape((*x.shape[:start], joined, *x.shape[end + 1 :]))

    def settings(self) -> str:
        """Which axes."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Identity(Module):
    """Gives back what it is given: a place for a layer that is left out.

    Args:
        settings: whatever the layer in its place would have taken.

    Example:
        >>> Identity()(3.0)
        3.0
    """

    def __init__(self, *settings: Any, **named: Any) -> None:
        pass

    def forward(self, x: Any) -> Any:
        """`x` itself."""
        return x
