"""Layers that make images smaller: of every window one number is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vhgrad.nn.functional import avg_pool2d, half, max_pool2d
from vhgrad.nn.images import images
from vhgrad.nn.module import Module
from vhgrad.ops.windows import pair

__all__ = ["AvgPool2d", "MaxPool2d"]


class Pool2d(Module):
    """What both have: a window and how it moves."""

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None,
        padding: int | Sequence[int],
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
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
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
        kernel_size: height and width of a window, or one number for both.
        stride: how far it moves; None as far as it is wide, so that windows do not overlap.
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
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
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
