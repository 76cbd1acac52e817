"""Pictures of what a model does. Every function returns a matplotlib `Figure`; nothing is shown.

Save one with `figure.savefig("name.png")`; a notebook shows it by itself. matplotlib comes with the
extra `vhgrad[plot]` and is imported when the first picture is made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vhgrad.training import predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["confusion_matrix", "decision_boundary", "digit_grid"]

# Paul Tol's "bright" scheme: told apart with every kind of colour vision
COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB")


def decision_boundary(
    model: Any, X: ArrayLike, y: ArrayLike, *, title: str = "", resolution: int = 300
) -> Figure:
    """The class that a model sees at every place of the plane, with the points it was shown.

    Strong colours mean that it is sure; the black line is where it changes its mind.

    Args:
        model: a module that takes `(n, 2)` and gives scores of shape `(n, classes)`.
        X: points, shape `(n, 2)`.
        y: their classes, shape `(n,)`, at most seven different ones.
        title: a line above the picture.
        resolution: number of pixels along each side.

    Raises:
        ImportError: without matplotlib.
        ValueError: if the shapes do not fit.

    Example:
        >>> from vhgrad import MLP
        >>> figure = decision_boundary(MLP(2, [3], seed=0), [[0, 0], [1, 1], [0, 1]], [0, 1, 2])
        >>> figure.axes[0].get_xlabel()
        '$x_1$'
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1]:
        raise ValueError(
            f"decision_boundary expected points (n, 2) and classes (n,), got {X.shape}, {y.shape}."
        )
    centre, reach = (X.min(axis=0) + X.max(axis=0)) / 2, 0.6 * np.ptp(X, axis=0).max() or 1.0
    across, up = (np.linspace(c - reach, c + reach, resolution) for c in centre)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    scores = predict(model, grid)
    if scores.ndim != 2 or scores.shape[1] > len(COLOURS):
        raise ValueError(
            f"decision_boundary expected scores of shape (n, classes) with 1 to {len(COLOURS)} "
            f"classes from the model, got {scores.shape}."
        )
    figure, axes = empty(6.0, 6.0, title)
    colours = rgb(COLOURS[: scores.shape[1]])
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    surface = (0.45 + 0.55 * (1 - shares @ (1 - colours))).clip(0, 1)  # halfway to white
    frame = (across[0], across[-1], up[0], up[-1])
    square = (resolution, resolution)
    axes.imshow(surface.reshape(*square, 3), extent=frame, origin="lower", interpolation="bilinear")
    size = 26 if len(X) > 50 else 90
    for label, colour in enumerate(colours):
        others = np.delete(scores, label, axis=1).max(axis=1, initial=-np.inf)
        lead = (scores[:, label] - others).reshape(square)  # the line is where it is 0
        if lead.min() < 0 < lead.max():
            axes.contour(across, up, lead, [0.0], colors="black", linewidths=0.8)
        own = X[y == label]
        axes.scatter(*own.T, s=size, color=[colour], edgecolors="white", linewidths=0.7, zorder=3)
    axes.set(xlim=frame[:2], ylim=frame[2:], xlabel="$x_1$", ylabel="$x_2$")
    return figure


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, *, title: str = "") -> Figure:
    """How often each class was taken for each other one.

    True classes in rows, predicted in columns. Colours show mistakes as a share of their row, so a
    rare class is seen as well as a common one.

    Args:
        y_true: the right classes, whole numbers from 0, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        title: a line above the picture.

    Raises:
        ImportError: without matplotlib.
        ValueError: if the shapes differ or there is nothing to count.

    Example:
        >>> figure = confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2], title="one mistake")
        >>> figure.axes[0].get_xlabel()
        'predicted'
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape or y_true.ndim != 1 or not y_true.size:
        raise ValueError(
            "confusion_matrix expected two lists of classes of one length, got shapes "
            f"{y_true.shape} and {y_pred.shape}."
        )
    classes = int(max(y_true.max(), y_pred.max())) + 1
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    mistakes = np.where(np.eye(classes, dtype=bool), 0, counts)
    shares = mistakes / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.0 + 0.5 * classes
    figure, axes = empty(side, side, title)
    top = shares.max() or 1.0
    axes.imshow(
        np.ma.masked_where(np.eye(classes, dtype=bool), shares), cmap="Reds", vmax=1.6 * top
    )
    axes.set_facecolor("#DDE7F0")  # the diagonal
    for (row, column), count in np.ndenumerate(counts):
        if count:
            heavy = "bold" if row == column else "normal"
            axes.text(column, row, f"{count:,}", ha="center", va="center", size=9, weight=heavy)
    ticks = range(classes)
    axes.set(xticks=ticks, yticks=ticks, xlabel="predicted", ylabel="true")
    axes.tick_params(length=0)
    return figure


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
        ValueError: if the images are not square, or the lengths differ.

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
    rows = max(1, -(-len(images) // columns))
    figure, axes = empty(1.25 * columns, 1.55 * rows + 0.5, title, rows, columns)
    for place in axes.flat:
        place.set_axis_off()
    for place, image, right, predicted in zip(axes.flat, images, y_true, y_pred):
        place.imshow(image.reshape(side, side), cmap="gray_r")
        colour = "black" if right == predicted else "#B02A3B"
        words = f"{right}" if right == predicted else f"{right}, taken for {predicted}"
        place.set_title(words, size=9, color=colour)
    return figure


def empty(
    width: float, height: float, title: str, rows: int = 1, columns: int = 1
) -> tuple[Figure, Any]:
    """A figure of that size in inches, and its axes: an array of them where there are several."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("Pictures need matplotlib: pip install 'vhgrad[plot]'.") from None
    figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
    if title:
        figure.suptitle(title)
    return figure, figure.subplots(rows, columns, squeeze=rows * columns == 1)


def rgb(colours: Sequence[str]) -> NDArray[np.float64]:
    """Red, green and blue of each colour, from 0 to 1, shape `(n, 3)`."""
    return np.array([list(bytes.fromhex(colour[1:])) for colour in colours]) / 255
