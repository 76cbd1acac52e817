"""Images made smaller: of every window one number is left, the largest or the mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vhgrad import ops
from vhgrad.nn.images import images
from vhgrad.nn.module import Module
from vhgrad.ops.windows import Pair, pair, sweeps

__all__ = ["AvgPool2d", "MaxPool2d", "avg_pool2d", "max_pool2d"]

Size = int | Sequence[int]


class Pool2d(Module):
    """What both have: a window and how it moves."""

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None,
        padding: Size,
        ceil_mode: bool,
    ) -> None:
        self.kernel_size = pair("kernel_size", kernel_size)
        self.stride = self.kernel_size if stride is None else pair("stride", stride)
        self.padding = half(padding, self.kernel_size)
        self.ceil_mode = ceil_mode

    def settings(self) -> str:
        """The window; what is not the default."""
        text = f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        return text + ", ceil_mode=True" * self.ceil_mode


class MaxPool2d(Pool2d):
    """The largest number of every window.

    Args:
        kernel_size: height and width of a window, or one number for both.
        stride: how far it moves; None as far as it is wide, so that windows do not overlap.
        padding: rows and columns around the image, which never are the largest.
        dilation: distance of neighbours in a window.
        ceil_mode: whether a last window may reach beyond the border.

    Example:
        >>> import numpy as np
        >>> MaxPool2d(2)(np.zeros((64, 32, 28, 28))).shape
        (64, 32, 14, 14)
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        *,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode)
        self.dilation = pair("dilation", dilation)

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(n, channels, rows, columns)`."""
        return max_pool2d(
            images(self, x),
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
        )


class AvgPool2d(Pool2d):
    """The mean of every window.

    Args:
        kernel_size: as for `MaxPool2d`, like `stride` and `ceil_mode`.
        stride: None as far as the window is wide.
        padding: rows and columns of zeros around the image.
        ceil_mode: whether a last window may reach beyond the border.
        count_include_pad: whether the zeros of `padding` count as numbers.

    Example:
        >>> import numpy as np
        >>> AvgPool2d(2)(np.ones((64, 32, 28, 28))).shape
        (64, 32, 14, 14)
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(kernel_size, stride, padding, ceil_mode)
        self.count_include_pad = count_include_pad

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(n, channels, rows, columns)`."""
        return avg_pool2d(
            images(self, x),
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )


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
