"""Pooling: of every window of an image one number is left, the largest or the mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from microgradx.op import ArrayOp, with_settings
from vhgrad.ops.windows import Border, Pair, bordered, inside, places, windows

__all__ = ["max_pool"]


@with_settings
def max_pool(
    kernel: Pair,
    stride: Pair,
    around: Border = ((0, 0), (0, 0)),
    dilation: Pair = (1, 1),
) -> ArrayOp:
    """The largest number of every window; the first of equals gets the gradient.

    Example:
        >>> max_pool((2, 2), (2, 2))(np.arange(16.0).reshape(1, 1, 4, 4)).data[0, 0]
        array([[ 5.,  7.],
               [13., 15.]])
    """

    def forward(x: Any) -> Any:
        view = windows(bordered(x, around, -np.inf), kernel, stride, dilation)
        out = view[:, :, 0, 0].copy()
        for i, j, _ in places(view.shape, kernel, stride, dilation):
            np.maximum(out, view[:, :, i, j], out=out)
        return out

    def rule(g: Any, out: Any, x: Any) -> Any:
        """Place by place: whoever is the largest takes the gradient, if none before has."""
        full = bordered(x, around, -np.inf)
        back = np.zeros(full.shape, g.dtype)
        open_ = np.ones(out.shape, bool)  # windows that have not given their gradient yet
        for _, _, place in places(out.shape, kernel, stride, dilation):
            seen = full[place]
            takes = ((seen == out) | (seen != seen)) & open_
            back[place] += np.where(takes, g, 0.0)
            open_ &= ~takes
        return inside(back, around)

    return ArrayOp(
        "max_pool2d",
        forward,
        rule,
        expected=f"images (n, channels, height, width) no smaller than a window of {kernel}",
    )
