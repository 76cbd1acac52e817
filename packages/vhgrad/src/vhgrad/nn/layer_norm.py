"""Layer normalising: each example gets mean 0 and variance 1, over its last axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from microgradx.calls import tensor
from vhgrad import ops
from vhgrad.nn.module import Module
from vhgrad.nn.norm import of_dtype
from vhgrad.nn.parameter import Parameter

__all__ = ["LayerNorm", "layer_norm"]


class LayerNorm(Module):
    """Each example is normalised over its last axes, then scaled and shifted.

    Args:
        normalized_shape: the lengths of those axes, or one length.
        eps: added to the variance.
        elementwise_affine: whether there are weight and bias.
        bias: False leaves out the bias.
        dtype: of the parameters.

    Attributes:
        weight: shape `normalized_shape`, 1 at the start.
        bias: shape `normalized_shape`, 0 at the start.

    Source:
        Ba, Kiros and Hinton, Layer normalization (2016), equation 3.

    Example:
        >>> LayerNorm(2)([[1.0, 3.0], [5.0, 9.0]]).data.round(3)
        array([[-1.,  1.],
               [-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.normalized_shape = lengths(normalized_shape)
        self.eps, self.dtype = eps, np.dtype(dtype)
        self.weight = self.bias = None
        if elementwise_affine:
            self.weight = Parameter(np.ones(self.normalized_shape), dtype=dtype)
            if bias:
                self.bias = Parameter(np.zeros(self.normalized_shape), dtype=dtype)

    def forward(self, x: Any) -> Any:
        """The same shape as `x`."""
        x = of_dtype(x, self.dtype)
        return layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def settings(self) -> str:
        """Which axes, and how they are normalised."""
        affine = self.weight is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}"


def layer_norm(
    x: Any,
    normalized_shape: int | Sequence[int],
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Any:
    """Each example normalised over its last axes.

    Args:
        x: shape `(..., *normalized_shape)`.
        normalized_shape: the lengths of the axes, or one length.
        weight: scale, shape `normalized_shape`.
        bias: shift after the scale, shape `normalized_shape`.
        eps: added to the variance.

    Raises:
        ValueError: if `x` has other last axes.
    """
    x, wanted = tensor(x), lengths(normalized_shape)
    if x.shape[-len(wanted) :] != wanted:
        raise ValueError(
            f"layer_norm expected inputs of shape (..., {', '.join(map(str, wanted))}), got "
            f"{x.shape}."
        )
    axes = tuple(range(-len(wanted), 0))
    out = ops.standardise(axes, eps)(x, ops.moments(axes)(x))
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def lengths(shape: int | Sequence[int]) -> tuple[int, ...]:
    """One length or several, as a shape."""
    made = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    if not made:
        raise ValueError("`normalized_shape` needs a length or more, got none.")
    return made
