"""Activations as modules, to stand between the layers of a `Sequential`."""

from __future__ import annotations

from typing import Any

from microgradx import relu, tanh
from vhgrad.nn.module import Module

__all__ = ["ReLU", "Tanh"]


class ReLU(Module):
    """The input where it is positive, else 0."""

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return relu(x)


class Tanh(Module):
    """The hyperbolic tangent of every entry."""

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return tanh(x)
