"""Which classes a model takes for which others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vhgrad.plot.figures import empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["confusion_matrix"]


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
        ValueError: if the shapes differ, there is nothing to count, or a class is not a whole
            number from 0.

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
    for labels in (y_true, y_pred):
        if labels.dtype.kind not in "iu" or labels.min() < 0:
            raise ValueError(
                f"confusion_matrix expected whole numbers from 0 as classes, got {labels}."
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
