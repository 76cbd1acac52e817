"""Windows that sweep over images: how many there are, what they see, and the border around.

Convolution and pooling look through the same windows. A `Sweep` tells how a window moves along one
axis; an image has one for its rows and one for its columns.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["Pair", "Sweep", "bordered", "pair", "sweeps", "windows", "without_border"]

Pair = tuple[int, int]


class Sweep(NamedTuple):
    """How a window moves along one axis.

    Attributes:
        kernel: how many numbers it sees.
        stride: how far it moves.
        before: length of the border before the first number.
        after: length of the border after the last one.
        dilation: distance of neighbours in the window.
        partial: whether a last window may reach beyond the border, if it starts within.

    Example:
        >>> Sweep(kernel=3, stride=2).places(7)  # what the windows see first, second and third
        [slice(0, 5, 2), slice(1, 6, 2), slice(2, 7, 2)]
    """

    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    partial: bool = False

    @property
    def span(self) -> int:
        """From the first number that a window sees to the last."""
        return self.dilation * (self.kernel - 1) + 1

    def count(self, length: int) -> int:
        """How many windows there are; ValueError if not even one fits."""
        room = self.before + length + self.after - self.span
        if room < 0:
            raise ValueError
        if not self.partial:
            return room // self.stride + 1
        last = -(-room // self.stride)
        # no window may lie in the border altogether
        return last + 1 if last * self.stride < self.before + length else last

    def around(self, length: int) -> Pair:
        """The border before and after, which is longer where the last window needs it."""
        needed = (self.count(length) - 1) * self.stride + self.span - self.before - length
        return self.before, max(self.after, needed)

    def places(self, length: int) -> list[slice]:
        """For each place in a window, where in an axis with its border all windows have it."""
        reach = (self.count(length) - 1) * self.stride + 1
        starts = range(0, self.span, self.dilation)
        return [slice(start, start + reach, self.stride) for start in starts]


def pair(name: str, numbers: int | Sequence[int], least: int = 1) -> Pair:
    """A setting for rows and columns: one number for both, or two.

    Example:
        >>> pair("stride", 2), pair("stride", [1, 2])
        ((2, 2), (1, 2))
    """
    try:
        if isinstance(numbers, Sequence):
            rows, columns = map(operator.index, numbers)
        else:
            rows = columns = operator.index(numbers)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` needs a whole number or two, got {numbers!r}.") from None
    if min(rows, columns) < least:
        raise ValueError(f"`{name}` needs numbers of {least} or more, got {numbers!r}.")
    return rows, columns


def sweeps(
    kernel: int | Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    partial: bool = False,
) -> tuple[Sweep, Sweep]:
    """The sweeps over rows and columns from settings in PyTorch's terms.

    Example:
        >>> [(sweep.before, sweep.after) for sweep in sweeps((3, 4), padding="same")]
        [(1, 1), (1, 2)]
    """
    kernels, dilations = pair("kernel_size", kernel), pair("dilation", dilation)
    moves = pair("stride", stride)
    if padding == "same":
        if moves != (1, 1):
            raise ValueError(f"padding='same' needs a stride of 1, got {stride}.")
        totals = [d * (k - 1) for k, d in zip(kernels, dilations)]
        borders = [(total // 2, total - total // 2) for total in totals]
    elif padding == "valid":
        borders = [(0, 0), (0, 0)]
    elif isinstance(padding, str):
        raise ValueError(f"`padding` needs numbers, 'same' or 'valid', got {padding!r}.")
    else:
        borders = [(p, p) for p in pair("padding", padding, 0)]
    rows, columns = (
        Sweep(k, s, before, after, d, partial)
        for k, s, (before, after), d in zip(kernels, moves, borders, dilations)
    )
    return rows, columns


def bordered(x: NDArray[Any], rows: Pair, columns: Pair, value: float = 0.0) -> NDArray[Any]:
    """Images with a border of one value; without a border, the images themselves."""
    if not any(rows + columns):
        return x
    *outer, height, width = x.shape
    out = np.full((*outer, height + sum(rows), width + sum(columns)), value, x.dtype)
    without_border(out, rows, columns)[...] = x
    return out


def without_border(x: NDArray[Any], rows: Pair, columns: Pair) -> NDArray[Any]:
    """What lies within the border, as a view."""
    *_, height, width = x.shape
    return x[..., rows[0] : height - rows[1], columns[0] : width - columns[1]]


def windows(x: NDArray[Any], rows: Sweep, columns: Sweep) -> NDArray[Any]:
    """What all windows see: a view `(n, channels, kernel rows, kernel columns, rows, columns)`.

    Entry `[:, :, i, j]` is what they see at their place i, j. Nothing is copied but for a border.

    Example:
        >>> windows(np.arange(4.0).reshape(1, 1, 1, 4), Sweep(1), Sweep(2))[0, 0, 0, :, 0]
        array([[0., 1., 2.],
               [1., 2., 3.]])
    """
    full = bordered(x, rows.around(x.shape[2]), columns.around(x.shape[3]))
    seen = sliding_window_view(full, (rows.span, columns.span), (2, 3))
    seen = seen[:, :, :: rows.stride, :: columns.stride, :: rows.dilation, :: columns.dilation]
    return seen.transpose(0, 1, 4, 5, 2, 3)
