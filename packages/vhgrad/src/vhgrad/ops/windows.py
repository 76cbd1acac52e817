"""Windows over images: where they lie, what they see, and the way back.

Convolution and pooling look at the same windows. `windows` shows them without copying a number, as
an array of shape `(n, channels, kernel height, kernel width, rows, columns)`: entry `[..., i, j, :,
:]` is the image moved by i rows and j columns. `places` says where in
the image each of those entries lies.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["Border", "Pair", "border", "bordered", "inside", "pair", "places", "windows"]

Pair = tuple[int, int]
Border = tuple[Pair, Pair]  # rows above and below, columns left and right


def pair(name: str, numbers: int | Sequence[int], least: int = 1) -> Pair:
    """A setting for height and width: one number for both, or two.

    Example:
        >>> pair("stride", 2), pair("stride", [1, 2])
        ((2, 2), (1, 2))
    """
    try:
        parts = tuple(map(operator.index, numbers)) if isinstance(numbers, Sequence) else ()
        height, width = parts or (operator.index(numbers),) * 2  # type: ignore[arg-type]  # below
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` needs a whole number or two, got {numbers!r}.") from None
    if min(height, width) < least:
        raise ValueError(f"`{name}` needs numbers of {least} or more, got {numbers!r}.")
    return height, width


def border(
    padding: int | Sequence[int] | str, kernel: Pair, stride: Pair, dilation: Pair
) -> Border:
    """How many zeros go around an image: given, "valid" (none) or "same" (the size stays).

    Example:
        >>> border("same", (3, 4), (1, 1), (1, 1))
        ((1, 1), (1, 2))
    """
    if padding == "same":
        if stride != (1, 1):
            raise ValueError(f"padding='same' needs a stride of 1, got {stride}.")
        around = [d * (k - 1) for k, d in zip(kernel, dilation)]
        return (around[0] // 2, -(-around[0] // 2)), (around[1] // 2, -(-around[1] // 2))
    if isinstance(padding, str) and padding != "valid":
        raise ValueError(f"`padding` needs numbers, 'same' or 'valid', got {padding!r}.")
    height, width = (0, 0) if isinstance(padding, str) else pair("padding", padding, 0)
    return (height, height), (width, width)


def bordered(x: NDArray[Any], around: Border, value: float = 0.0) -> NDArray[Any]:
    """Images with a border of one value; without a border, the images themselves."""
    (above, below), (left, right) = around
    if not (above or below or left or right):
        return x
    *outer, height, width = x.shape
    out = np.full((*outer, above + height + below, left + width + right), value, x.dtype)
    out[..., above : above + height, left : left + width] = x
    return out


def windows(x: NDArray[Any], kernel: Pair, stride: Pair, dilation: Pair) -> NDArray[Any]:
    """All windows as a view; ValueError where an image is smaller than a window.

    Example:
        >>> windows(np.arange(4.0).reshape(1, 1, 1, 4), (1, 2), (1, 1), (1, 1))[0, 0, 0, :, 0]
        array([[0., 1., 2.],
               [1., 2., 3.]])
    """
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation))
    seen = sliding_window_view(x, spans, (2, 3))
    rows, columns = stride
    seen = seen[:, :, ::rows, ::columns, :: dilation[0], :: dilation[1]]
    return seen.transpose(0, 1, 4, 5, 2, 3)


def places(
    shape: Sequence[int], kernel: Pair, stride: Pair, dilation: Pair
) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """For each place `i, j` in a window, the index of what all windows see there.

    `shape` is that of the windows: rows and columns last.
    """
    rows, columns = (s * (n - 1) + 1 for s, n in zip(stride, shape[-2:]))
    for i, j in itertools.product(*map(range, kernel)):
        top, left = i * dilation[0], j * dilation[1]
        yield (
            i,
            j,
            (
                ...,
                slice(top, top + rows, stride[0]),
                slice(left, left + columns, stride[1]),
            ),
        )


def inside(image: NDArray[Any], around: Border) -> NDArray[Any]:
    """An image without its border, as a view."""
    (above, below), (left, right) = around
    height, width = image.shape[-2:]
    return image[..., above : height - below, left : width - right]
