"""Convolution: every window of an image times every filter, as matrix products.

The windows of one image are written out as the columns of a matrix, so that one product with the
filters, as rows, gives the output: fast, because matrix products are what a machine does best. The
columns take nine times the memory of the image (for a 3 by 3 filter), so they are made for a few
images at a time, as many as stay in the cache, and made again for the gradient: that takes less
time than to keep them. `docs/convolution.md` compares what else was tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx.op import ArrayOp, with_settings
from vhgrad.ops.windows import Border, Pair, bordered, inside, places, windows

__all__ = ["convolution"]

CACHE = 2**19  # bytes of columns at a time: what a core keeps at hand


@with_settings
def convolution(
    stride: Pair = (1, 1),
    around: Border = ((0, 0), (0, 0)),
    dilation: Pair = (1, 1),
    groups: int = 1,
    bias: bool = True,
) -> ArrayOp:
    """Filters of shape `(out, in / groups, height, width)` over images `(n, in, height, width)`.

    Args:
        stride: how far the window moves.
        around: the border of zeros: above and below, left and right.
        dilation: distance of neighbours in a window.
        groups: into how many groups channels are cut; each group of filters sees one of them.
        bias: whether there is a third input: one number per filter.

    Source:
        Chellapilla, Puri and Simard, High performance convolutional neural networks for document
        processing (2006), section 4: convolution unfolded into a matrix product.

    Example:
        >>> edges = convolution(bias=False)(np.eye(3).reshape(1, 1, 3, 3), [[[[1.0, -1.0]]]])
        >>> edges.data[0, 0]
        array([[ 1.,  0.],
               [-1.,  1.],
               [ 0., -1.]])
    """

    def seen(x: Any, weight: Any) -> Any:
        return windows(bordered(x, around), weight.shape[2:], stride, dilation)

    def by_group(g: Any) -> Any:
        n, filters, rows, columns = g.shape
        return g.reshape(n, groups, filters // groups, rows * columns)

    def forward(x: Any, weight: Any, *shift: Any) -> Any:
        filters, channels = weight.shape[:2]
        if filters % groups or x.shape[1] != channels * groups:
            raise ValueError
        view = seen(x, weight)  # (n, in, height, width, rows, columns)
        n, (rows, columns) = len(view), view.shape[-2:]
        out = np.empty((n, groups, filters // groups, rows * columns), np.result_type(x, weight))
        matrix = weight.reshape(groups, filters // groups, weight[0].size)
        for some, unfolded in blocks(view, groups):
            np.matmul(matrix, unfolded, out=out[some])
        out = out.reshape(n, filters, rows, columns)
        if shift:
            out += shift[0][:, None, None]
        return out

    def to_x(g: Any, out: Any, x: Any, weight: Any, *shift: Any) -> Any:
        """Each window sends back `filters.T @ g`; where windows overlap, that adds up."""
        view = seen(x, weight)
        g = by_group(g)
        matrix = weight.reshape(groups, g.shape[2], weight[0].size).swapaxes(1, 2)
        (above, below), (left, right) = around
        height, width = x.shape[2] + above + below, x.shape[3] + left + right
        full = np.zeros((*x.shape[:2], height, width), g.dtype)
        for some in slices(view):
            images = full[some]
            back = (matrix @ g[some]).reshape(len(images), *view.shape[1:])
            for i, j, place in places(view.shape, weight.shape[2:], stride, dilation):
                images[place] += back[:, :, i, j]
        return inside(full, around)

    def to_weight(g: Any, out: Any, x: Any, weight: Any, *shift: Any) -> Any:
        """What each window saw times what came back to it, added up over all windows."""
        g = by_group(g)
        total = np.zeros((groups, weight[0].size, g.shape[2]), g.dtype)
        for some, unfolded in blocks(seen(x, weight), groups):
            total += np.add.reduce(unfolded @ g[some].swapaxes(2, 3))
        return total.swapaxes(1, 2).reshape(weight.shape)

    def to_bias(g: Any, out: Any, x: Any, weight: Any, shift: Any) -> Any:
        return np.add.reduce(g, axis=(0, 2, 3))

    return ArrayOp(
        "conv2d",
        forward,
        to_x,
        to_weight,
        *[to_bias] * bias,
        expected=(
            f"images (n, channels, height, width), filters (out, channels / {groups}, height, "
            "width) no larger than the images with their border" + ", a bias (out,)" * bias
        ),
    )


def slices(view: NDArray[Any]) -> list[slice]:
    """A few images at a time: as many as have columns that fit into the cache together."""
    few = max(1, CACHE // max(1, view[:1].size * view.itemsize))
    return [slice(start, start + few) for start in range(0, len(view), few)]


def blocks(view: NDArray[Any], groups: int) -> Iterator[tuple[slice, NDArray[Any]]]:
    """The windows of a few images at a time as columns `(few, groups, window, places)`.

    One buffer is filled again and again: new memory each time would take longer than the product.
    """
    channels, *window, rows, columns = view.shape[1:]
    parts = slices(view)
    buffer = np.empty_like(view[parts[0]], order="C") if parts else view
    for some in parts:
        part = view[some]
        np.copyto(buffer[: len(part)], part)
        shape = (len(part), groups, channels // groups * math.prod(window), rows * columns)
        yield some, buffer[: len(part)].reshape(shape)
