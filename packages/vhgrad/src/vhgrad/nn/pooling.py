"""Layers that make images smaller: of every window one number is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vhgrad.nn.functional import max_pool2d
from vhgrad.nn.images import images
from vhgrad.nn.module import Module
from vhgrad.ops.windows import pair

__all__ = ["MaxPool2d"]


class MaxPool2d(Module):
    """The largest number of every window.

    Args:
        kernel_size: height and width of a window, or one number for both.
        stride: how far it moves; None as far as it is wide, so that windows do not overlap.
        padding: rows and columns around the image, which never are the largest.
        dilation: distance of neighbours in a window.

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
    ) -> None:
        self.kernel_size = pair("kernel_size", kernel_size)
        self.stride = self.kernel_size if stride is None else pair("stride", stride)
        self.padding, self.dilation = pair("padding", padding, 0), pair("dilation", dilation)

    def forward(self, x: Any) -> Any:
        """Outputs of shape `(n, channels, rows, columns)`."""
        x = images(self, x)
        return max_pool2d(x, self.kernel_size, self.stride, self.padding, self.dilation)

    def settings(self) -> str:
        """The window."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
