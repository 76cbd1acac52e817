"""Layers as functions, under PyTorch's names: `conv2d(x, weight, bias, stride=2)`.

The modules of `vhgrad.nn` are these functions with their parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vhgrad import ops
from vhgrad.ops.windows import border, pair

__all__ = ["conv2d", "max_pool2d"]

Size = int | Sequence[int]


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
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    kernel = getattr(weight, "shape", None) or np.shape(weight)
    around = border(padding, kernel[-2:], stride, dilation)
    inputs = (x, weight) if bias is None else (x, weight, bias)
    return ops.convolution(stride, around, dilation, groups, bias is not None)(*inputs)


def max_pool2d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
) -> Any:
    """The largest number of every window.

    Args:
        x: images, shape `(n, channels, height, width)`.
        kernel_size: of the window.
        stride: how far it moves; None as far as it is wide.
        padding: rows and columns around the image, which never are the largest.
        dilation: distance of neighbours in a window.

    Returns:
        Shape `(n, channels, rows, columns)`.

    Example:
        >>> max_pool2d([[[[1.0, 3.0, 2.0, 0.0]]]], (1, 2)).data
        array([[[[3., 2.]]]])
    """
    kernel, dilation = pair("kernel_size", kernel_size), pair("dilation", dilation)
    moves = kernel if stride is None else pair("stride", stride)
    around = border(padding, kernel, moves, dilation)
    return ops.max_pool(kernel, moves, around, dilation)(x)
