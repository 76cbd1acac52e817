"""Convolution: every window of an image times every filter, as matrix products.

What the windows of an image see is written out as the columns of a matrix, so that one product
with the filters, as rows, is the output: matrix products are what a machine does best. The columns
of a 3 by 3 filter take nine times the memory of the image. So they are made for a few images at a
time, as many as stay in the cache, and made again for the gradient, which takes less time than to
fetch them from memory. `docs/convolution.md` tells what else was tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.op import ArrayOp, with_settings
from vhgrad.ops.windows import Sweep, windows, without_border

__all__ = ["convolution"]

CACHE = 2**20  # bytes of columns at a time: what a core has at hand


@with_settings
def convolution(rows: Sweep, columns: Sweep, groups: int = 1, bias: bool = True) -> ArrayOp:
    """Filters of shape `(out, in / groups, height, width)` over images `(n, in, height, width)`.

    Args:
        rows: how the window, as high as a filter, moves down.
        columns: how the window, as wide as a filter, moves to the right.
        groups: into how many groups channels are cut; each group of filters sees one of them.
        bias: whether there is a third input, one number per filter.

    Source:
        Chellapilla, Puri and Simard, High performance convolutional neural networks for document
        processing (2006), section 4: convolution unfolded into a matrix product.

    Example:
        >>> differences = convolution(Sweep(1), Sweep(2), bias=False)
        >>> differences([[[[1.0, 2.0, 4.0]]]], [[[[-1.0, 1.0]]]]).data
        array([[[[1., 2.]]]])
    """

    def forward(x: Any, weight: Any, *shift: Any) -> Any:
        filters, channels, *window = weight.shape
        fits = window == [rows.kernel, columns.kernel] and x.shape[1] == channels * groups
        if not fits or filters % groups:
            raise ValueError
        view = windows(x, rows, columns)
        shape = len(x), filters, *view.shape[4:]
        out = np.empty(shape, np.result_type(x, weight))
        by_group, matrix = grouped(out), rows_of(weight)
        for some, unfolded in blocks(view, groups):
            np.matmul(matrix, unfolded, out=by_group[some])
        if shift:
            out += shift[0][:, None, None]
        return out

    def to_x(g: Any, out: Any, x: Any, weight: Any, *shift: Any) -> Any:
        """Each window sends back `filters.T @ g`; where windows overlap, that adds up."""
        n, channels, height, width = x.shape
        borders = rows.around(height), columns.around(width)
        size = height + sum(borders[0]), width + sum(borders[1])
        full = np.zeros((n, groups, channels // groups, *size), g.dtype)
        # places in the window first: what is added up below then lies together in memory
        matrix = weight.reshape(groups, len(weight) // groups, *weight.shape[1:])
        matrix = matrix.transpose(0, 3, 4, 2, 1).reshape(groups, weight[0].size, -1)
        shape = groups, rows.kernel, columns.kernel, channels // groups, *g.shape[2:]
        by_group = grouped(g)
        for some in blocks_of(n, math.prod(shape) * g.itemsize):
            images = full[some]
            back = (matrix @ by_group[some]).reshape(len(images), *shape)
            for i, down in enumerate(rows.places(height)):
                for j, right in enumerate(columns.places(width)):
                    images[..., down, right] += back[:, :, i, j]
        return without_border(full.reshape(n, channels, *size), *borders)

    def to_weight(g: Any, out: Any, x: Any, weight: Any, *shift: Any) -> Any:
        """What each window saw times what came back to it, added up over all windows."""
        by_group = grouped(g)
        total = np.zeros((groups, weight[0].size, by_group.shape[2]), g.dtype)
        for some, unfolded in blocks(windows(x, rows, columns), groups):
            total += np.add.reduce(unfolded @ by_group[some].swapaxes(2, 3))
        return total.swapaxes(1, 2).reshape(weight.shape)

    def to_bias(g: Any, out: Any, x: Any, weight: Any, shift: Any) -> Any:
        """Every place of every output has the bias added once."""
        return np.add.reduce(g, axis=(0, 2, 3))

    def grouped(out: Any) -> Any:
        """Outputs, or their gradient, as `(n, groups, filters of a group, places)`."""
        n, filters, high, wide = out.shape
        return out.reshape(n, groups, filters // groups, high * wide)

    def rows_of(weight: Any) -> Any:
        """Filters as the rows of a matrix for each group."""
        return weight.reshape(groups, len(weight) // groups, weight[0].size)

    return ArrayOp(
        "conv2d",
        forward,
        to_x,
        to_weight,
        *[to_bias] * bias,
        expected=(
            f"images (n, channels, height, width), filters (out, channels / {groups}, "
            f"{rows.kernel}, {columns.kernel}) no larger than the images with their border"
            + ", and a bias (out,)"
            * bias
        ),
    )


def blocks(view: NDArray[Any], groups: int) -> Iterator[tuple[slice, NDArray[Any]]]:
    """The windows of a few images at a time, as columns `(few, groups, window, places)`.

    One buffer is filled again and again: new memory each time would take longer than the product.
    """
    n, channels, *window, high, wide = view.shape
    buffer: Any = None
    for some in blocks_of(n, view[:1].size * view.itemsize):
        part = view[some]
        buffer = np.empty(part.shape, part.dtype) if buffer is None else buffer[: len(part)]
        np.copyto(buffer, part)
        columns = len(part), groups, channels // groups * math.prod(window), high * wide
        yield some, buffer.reshape(columns)


def blocks_of(n: int, size: int) -> list[slice]:
    """A few of n images at a time: as many as have columns, of so many bytes, for the cache."""
    few = max(1, CACHE // max(1, size))
    return [slice(start, start + few) for start in range(0, n, few)]
