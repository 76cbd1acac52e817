"""Activations as modules, to stand between the layers of a `Sequential`, and as functions."""

from __future__ import annotations

from typing import Any

import microgradx
from microgradx import elu, relu, sigmoid, silu, tanh
from vhgrad import ops
from vhgrad.nn.module import Module

__all__ = [
    "ELU",
    "GELU",
    "LeakyReLU",
    "LogSoftmax",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "elu",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """x, or `negative_slope * x` where x is not positive."""
    return microgradx.leaky_relu(x, negative_slope)


def gelu(x: Any, approximate: str = "none") -> Any:
    """x times the share of a normal distribution that lies below x.

    Args:
        x: any shape.
        approximate: "none" for the exact form, "tanh" for the usual approximation, off by up to
            5e-4; it is the function `gelu` of the earlier stages.

    Source:
        Hendrycks and Gimpel, Gaussian Error Linear Units (2016), section 2.

    Example:
        >>> gelu([1.0]).item(), gelu([1.0], "tanh").item()
        (0.841344746068543, 0.8411919906082768)
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"`approximate` needs 'none' or 'tanh', got {approximate!r}.")
    return microgradx.gelu(x) if approximate == "tanh" else ops.gelu(x)


def softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta * x)) / beta: a relu without the corner.

    Args:
        x: any shape.
        beta: how sharply it bends; the larger, the nearer to relu.
        threshold: beyond it, for `beta * x`, the result is x itself.

    Raises:
        ValueError: if `beta` is not positive.

    Example:
        >>> softplus([0.0]).item()
        0.6931471805599453
    """
    if not beta > 0:
        raise ValueError(f"softplus needs a positive `beta`, got {beta}.")
    return ops.softplus(beta, threshold)(x)


def softmax(x: Any, dim: int = -1) -> Any:
    """Shares along an axis that add up to 1: exp(x) / sum(exp(x))."""
    return microgradx.softmax(x, dim)


def log_softmax(x: Any, dim: int = -1) -> Any:
    """The logarithm of `softmax`, exact also where a share is almost 0."""
    return microgradx.log_softmax(x, dim)


class ReLU(Module):
    """The input where it is positive, else 0.

    Example:
        >>> ReLU()([-2.0, 3.0]).data.tolist()
        [0.0, 3.0]
    """

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return relu(x)


class LeakyReLU(Module):
    """The input where it is positive, else a small share of it.

    Args:
        negative_slope: that share.

    Example:
        >>> LeakyReLU(0.25)([-2.0, 3.0]).data.tolist()
        [-0.5, 3.0]
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return leaky_relu(x, self.negative_slope)

    def settings(self) -> str:
        """The slope."""
        return f"negative_slope={self.negative_slope}"


class Tanh(Module):
    """The hyperbolic tangent of every entry.

    Example:
        >>> Tanh()([-100.0, 0.0]).data.tolist()
        [-1.0, 0.0]
    """

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return tanh(x)


class Sigmoid(Module):
    """1 / (1 + exp(-x)) of every entry.

    Example:
        >>> Sigmoid()([0.0, 100.0]).data.tolist()
        [0.5, 1.0]
    """

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return sigmoid(x)


class GELU(Module):
    """x times the share of a normal distribution that lies below x.

    Args:
        approximate: "none" for the exact form, "tanh" for the usual approximation.

    Example:
        >>> GELU()([-100.0, 0.0, 100.0]).data.tolist()
        [-0.0, 0.0, 100.0]
    """

    def __init__(self, approximate: str = "none") -> None:
        gelu(0.0, approximate)  # says what is wrong with the setting
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return gelu(x, self.approximate)

    def settings(self) -> str:
        """Which form."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x * sigmoid(x), also called swish.

    Example:
        >>> SiLU()([-1000.0, 0.0, 1000.0]).data.tolist()
        [-0.0, 0.0, 1000.0]
    """

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return silu(x)


class ELU(Module):
    """The input where it is positive, else `alpha * (exp(x) - 1)`.

    Args:
        alpha: how far below 0 it goes.

    Example:
        >>> ELU(0.5)([-100.0, 3.0]).data.tolist()
        [-0.5, 3.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return elu(x, self.alpha)

    def settings(self) -> str:
        """The scale."""
        return f"alpha={self.alpha}"


class Softplus(Module):
    """log(1 + exp(beta * x)) / beta: a relu without the corner.

    Args:
        beta: how sharply it bends.
        threshold: beyond it, for `beta * x`, the result is x itself.

    Example:
        >>> Softplus()([-1000.0, 1000.0]).data.tolist()
        [0.0, 1000.0]
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        softplus(0.0, beta, threshold)  # says what is wrong with the settings
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return softplus(x, self.beta, self.threshold)

    def settings(self) -> str:
        """Bend and threshold."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Softmax(Module):
    """Shares along an axis that add up to 1.

    Args:
        dim: the axis; by default the last.
        axis: the same, for those who think in NumPy.

    Example:
        >>> Softmax()([[0.0, 0.0]]).data
        array([[0.5, 0.5]])
    """

    def __init__(self, dim: int = -1, *, axis: int | None = None) -> None:
        self.dim = dim if axis is None else axis

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return softmax(x, self.dim)

    def settings(self) -> str:
        """The axis."""
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """The logarithms of `Softmax`, exact also where a share is almost 0.

    Args:
        dim: the axis; by default the last.
        axis: the same, for those who think in NumPy.

    Example:
        >>> LogSoftmax()([[0.0, 1000.0]]).data.tolist()
        [[-1000.0, 0.0]]
    """

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        return log_softmax(x, self.dim)
