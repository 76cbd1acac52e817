"""Small filters that slide over images: `conv2d`, and the layer `Conv2d` that owns the filters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from microgradx.random import as_generator
from vhgrad import ops
from vhgrad.nn.images import images
from vhgrad.nn.module import Module
from vhgrad.nn.parameter import Parameter
from vhgrad.ops.windows import pair, sweeps

__all__ = ["Conv2d", "conv2d"]

Size = int | Sequence[int]


class Conv2d(Module):
    """Filters over images: every output is one filter's sum over one window, and a bias.

    Args:
        in_channels: channels of the images, such as 3 for colours.
        out_channels: number of filters.
        kernel_size: height and width of a filter, or one number for both.
        stride: how far the window moves.
        padding: rows and columns of zeros around the image; "same" keeps its size, "valid" is 0.
        dilation: distance of neighbours in a window.
        groups: into how many groups channels are cut; each group of filters sees one of them.
        bias: False leaves it out.
        dtype: of the parameters.
        generator: what the weights are drawn from: a seed, a generator, or None for the default.

    Attributes:
        weight: shape `(out_channels, in_channels / groups, height, width)`.
        bias: shape `(out_channels,)`, or None. Both are drawn within ±1/sqrt(numbers per filter),
            as in PyTorch.

    Raises:
        ValueError: if a size is not positive, or `groups` does not divide both channels.

    Source:
        LeCun et al., Backpropagation applied to handwritten zip code recognition (1989).

    Example:
        >>> Conv2d(3, 32, 3, padding=1)(np.zeros((64, 3, 28, 28))).shape
        (64, 32, 28, 28)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        dtype: DTypeLike = np.float32,
        generator: int | np.random.Generator | None = None,
    ) -> None:
        pair("in_channels and out_channels", (in_channels, out_channels))
        if groups < 1 or in_channels % groups or out_channels % groups:
            raise ValueError(
                f"Conv2d needs `groups` to divide in_channels={in_channels} and "
                f"out_channels={out_channels}, got {groups}."
            )
        self.kernel_size = pair("kernel_size", kernel_size)
        self.stride, self.dilation = pair("stride", stride), pair("dilation", dilation)
        self.padding = padding if isinstance(padding, str) else pair("padding", padding, 0)
        sweeps(self.kernel_size, self.stride, self.padding, self.dilation)  # raises here already
        self.groups = groups
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        rng = as_generator(generator)
        self.weight = Parameter(rng.uniform(-bound, bound, shape), dtype=dtype)
        self.bias = (
            Parameter(rng.uniform(-bound, bound, out_channels), dtype=dtype) if bias else None
        )

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(n, out_channels, rows, columns)`."""
        x = images(self, x, self.weight.dtype, self.weight.shape[1] * self.groups)
        return conv2d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )

    def settings(self) -> str:
        """Channels and the window; what is not the default."""
        filters, channels = self.weight.shape[:2]
        text = f"{channels * self.groups}, {filters}, kernel_size={self.kernel_size}"
        text += f", stride={self.stride}"
        if self.padding not in ((0, 0), "valid"):
            text += f", padding={self.padding!r}"
        if self.dilation != (1, 1):
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        return text + ("" if self.bias is not None else ", bias=False")


def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Any:
    """Every window of an image times every filter.

    Args:
        x: images, shape `(n, in_channels, height, width)`.
        weight: filters, shape `(out_channels, in_channels / groups, height, width)`.
        bias: one number per filter, shape `(out_channels,)`.
        stride: how far the window moves.
        padding: rows and columns of zeros around the image, "same" or "valid".
        dilation: distance of neighbours in a window.
        groups: into how many groups channels are cut; each group of filters sees one of them.

    Returns:
        Shape `(n, out_channels, rows, columns)`.

    Raises:
        ValueError: if shapes or settings do not fit.

    Example:
        >>> conv2d([[[[1.0, 2.0, 4.0]]]], [[[[-1.0, 1.0]]]]).data
        array([[[[1., 2.]]]])
    """
    *_, high, wide = kernel = np.shape(weight)
    if len(kernel) != 4:
        raise ValueError(
            f"conv2d expected filters of shape (out, channels, height, width), got {kernel}."
        )
    rows, columns = sweeps((high, wide), stride, padding, dilation)
    inputs = (x, weight) if bias is None else (x, weight, bias)
    return ops.convolution(rows, columns, groups, bias is not None)(*inputs)
