"""Layers as functions, under PyTorch's names: `conv2d(x, weight, bias, stride=2)`.

The modules of `vhgrad.nn` are these functions with their parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vhgrad import ops
from vhgrad.ops.windows import Pair, pair, sweeps

__all__ = ["avg_pool2d", "conv2d", "max_pool2d"]

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
    *_, high, wide = kernel = np.shape(weight)
    if len(kernel) != 4:
        raise ValueError(
            f"conv2d expected filters of shape (out, channels, height, width), got {kernel}."
        )
    rows, columns = sweeps((high, wide), stride, padding, dilation)
    inputs = (x, weight) if bias is None else (x, weight, bias)
    return ops.convolution(rows, columns, groups, bias is not None)(*inputs)


def max_pool2d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Any:
    """The largest number of every window.

    Args:
        x: images, shape `(n, channels, height, width)`.
        kernel_size: of the window.
        stride: how far it moves; None as far as it is wide.
        padding: rows and columns around the image, which never are the largest.
        dilation: distance of neighbours in a window.
        ceil_mode: whether a last window may reach beyond the border.

    Returns:
        Shape `(n, channels, rows, columns)`.

    Raises:
        ValueError: if the shape or a setting does not fit.

    Example:
        >>> max_pool2d([[[[1.0, 3.0, 2.0, 0.0]]]], (1, 2)).data
        array([[[[3., 2.]]]])
    """
    stride = kernel_size if stride is None else stride
    rows, columns = sweeps(kernel_size, stride, half(padding, kernel_size), dilation, ceil_mode)
    return ops.max_pool(-2, rows)(ops.max_pool(-1, columns)(x))


def avg_pool2d(
    x: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of every window.

    Args:
        x: images, shape `(n, channels, height, width)`.
        kernel_size: of the window.
        stride: how far it moves; None as far as it is wide.
        padding: rows and columns of zeros around the image.
        ceil_mode: whether a last window may reach beyond the border.
        count_include_pad: whether the zeros of `padding` count as numbers.

    Returns:
        Shape `(n, channels, rows, columns)`.

    Raises:
        ValueError: if the shape or a setting does not fit.

    Example:
        >>> avg_pool2d([[[[1.0, 3.0, 2.0, 0.0]]]], (1, 2)).data
        array([[[[2., 1.]]]])
    """
    stride = kernel_size if stride is None else stride
    rows, columns = sweeps(kernel_size, stride, half(padding, kernel_size), 1, ceil_mode)
    across = ops.avg_pool(-1, columns, count_include_pad)(x)
    return ops.avg_pool(-2, rows, count_include_pad)(across)


def half(padding: Size, kernel_size: Size) -> Pair:
    """The padding of a pooling window, which must see an image's number wherever it lies."""
    wide, kernel = pair("padding", padding, 0), pair("kernel_size", kernel_size)
    if any(2 * p > k for p, k in zip(wide, kernel)):
        raise ValueError(
            f"`padding` of a pooling window is at most half its size, got {padding} for {kernel}."
        )
    return wide
