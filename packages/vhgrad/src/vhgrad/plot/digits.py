"""Images side by side, each with what it is and what a model took it for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vhgrad.plot.figures import empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["digit_grid"]


def digit_grid(
    images: ArrayLike, y_true: ArrayLike, y_pred: ArrayLike, *, columns: int = 6, title: str = ""
) -> Figure:
    """Images in rows, each with what it is and what it was taken for.

    Args:
        images: square images, shape `(n, side, side)` or `(n, side * side)`.
        y_true: the right classes, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        columns: images in a row.
        title: a line above the picture.

    Raises:
        ImportError: without matplotlib.
        ValueError: if the images are not square, the lengths differ, or there is no column.

    Example:
        >>> figure = digit_grid(np.zeros((2, 28, 28)), [7, 3], [1, 3])
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['7, taken for 1', '3']
    """
    images, y_true, y_pred = np.asarray(images), np.asarray(y_true), np.asarray(y_pred)
    side = math.isqrt(math.prod(images.shape[1:]))
    if side**2 != math.prod(images.shape[1:]) or not len(images) == len(y_true) == len(y_pred):
        raise ValueError(
            "digit_grid expected n square images and n classes twice, got shapes "
            f"{images.shape}, {y_true.shape} and {y_pred.shape}."
        )
    if columns < 1:
        raise ValueError(f"digit_grid expected 1 column or more, got {columns}.")
    rows = max(1, -(-len(images) // columns))
    figure, axes = empty(1.25 * columns, 1.55 * rows + 0.5, title, rows, columns)
    places = np.ravel(axes)
    for place in places:
        place.set_axis_off()
    for place, image, right, predicted in zip(places, images, y_true, y_pred):
        place.imshow(image.reshape(side, side), cmap="gray_r")
        colour = "black" if right == predicted else "#B02A3B"
        words = f"{right}" if right == predicted else f"{right}, taken for {predicted}"
        place.set_title(words, size=9, color=colour)
    return figure
