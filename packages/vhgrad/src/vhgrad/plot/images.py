"""Images side by side, each with what it is and what a model took it for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vhgrad.plot.figures import empty, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["as_images", "image_grid"]


def image_grid(
    images: ArrayLike,
    y_true: ArrayLike | None = None,
    y_pred: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    columns: int = 6,
    title: str = "",
) -> Figure:
    """Images in rows, each with what it is and what it was taken for; mistakes in red.

    Args:
        images: gray ones of shape `(n, height, width)`, `(n, 1, height, width)` or, if they are
            square, `(n, height * width)`; in colour `(n, 3, height, width)` or
            `(n, height, width, 3)`. Numbers from 0 to 1 or bytes from 0 to 255 are shown as they
            are, others between their least and their greatest.
        y_true: the right classes, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        names: what classes 0, 1, 2, ... are called.
        columns: images in a row.
        title: a line above the picture.

    Raises:
        ImportError: without matplotlib.
        ValueError: if these are no images, the lengths differ, or there is no column.

    Example:
        >>> figure = image_grid(np.zeros((2, 28, 28)), [7, 3], [1, 3])
        >>> [axes.get_title() for axes in figure.axes[:2]]
        ['7, taken for 1', '3']
    """
    shown = as_images("image_grid", plain(images))
    classes = [None if y is None else plain(y) for y in (y_true, y_pred)]
    for y in classes:
        if y is not None and y.shape != shown.shape[:1]:
            raise ValueError(
                f"image_grid expected a class for each of {len(shown)} images, got shape {y.shape}."
            )
    if columns < 1:
        raise ValueError(f"image_grid expected 1 column or more, got {columns}.")
    rows = max(1, -(-len(shown) // columns))
    words = captions(classes[0], classes[1], names, len(shown))
    lines = max((text.count("\n") + 1 if text else 0 for text, _ in words), default=0)
    height = 1.25 * shown.shape[1] / max(shown.shape[2], 1) + 0.2 * lines
    figure, axes = empty(1.25 * columns, height * rows + 0.3, title, rows, columns)
    low, high = span(shown)
    for place in np.ravel(axes):
        place.set_axis_off()
    for place, image, (text, wrong) in zip(np.ravel(axes), shown, words):
        place.imshow(image, cmap="gray_r", vmin=low, vmax=high)
        place.set_title(text, size=9, color="#B02A3B" if wrong else "black")
    mistakes = sum(wrong for _, wrong in words)
    of_them = "" if y_true is None or y_pred is None else f", {mistakes} taken for something else"
    figure.set_label(f"{len(shown)} images{of_them}.")
    return figure


def captions(
    y_true: NDArray[Any] | None,
    y_pred: NDArray[Any] | None,
    names: Sequence[str] | None,
    count: int,
) -> list[tuple[str, bool]]:
    """What stands above each image, and whether it was taken for something else."""

    def called(y: NDArray[Any] | None) -> list[str]:
        return [""] * count if y is None else [str(k) if names is None else names[k] for k in y]

    found = []
    for right, predicted in zip(called(y_true), called(y_pred)):
        wrong = "" not in (right, predicted) and right != predicted
        space = "\n" if len(right + predicted) > 5 else " "  # an image is 16 letters wide
        text = f"{right},{space}taken for {predicted}" if wrong else right or predicted
        found.append((text, wrong))
    return found


def span(images: NDArray[Any]) -> tuple[float, float]:
    """The numbers that are drawn darkest and brightest: 0 to 1, 0 to 255, or what there is."""
    low, high = (float(images.min()), float(images.max())) if images.size else (0.0, 1.0)
    if low < 0:
        return low, max(high, 0.0)
    return 0.0, 1.0 if high <= 1 else max(high, 255.0)


def as_images(name: str, images: NDArray[Any]) -> NDArray[Any]:
    """Gray images as `(n, height, width)`, coloured ones as `(n, height, width, 3)`."""
    shape = images.shape
    if images.ndim == 4 and shape[1] == 1:
        return images[:, 0]
    if images.ndim == 4 and 3 in (shape[1], shape[3]):
        return coloured(images if shape[3] == 3 else images.transpose(0, 2, 3, 1))
    if images.ndim == 3 and images.dtype.kind in "biuf":
        return images
    side = math.isqrt(shape[1]) if images.ndim == 2 else 0
    if images.ndim != 2 or side**2 != shape[1]:
        raise ValueError(
            f"{name} expected images of shape (n, height, width), (n, channels, height, width) "
            f"with 1 or 3 channels, or n flat squares, got {shape}."
        )
    return images.reshape(-1, side, side)


def coloured(images: NDArray[Any]) -> NDArray[Any]:
    """Colours from 0 to 1, as matplotlib takes them."""
    low, high = span(images)
    return (images - low) / (high - low)
