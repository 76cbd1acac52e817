"""Which classes a model takes for which others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from vhgrad.metrics import ConfusionMatrix
from vhgrad.plot.figures import empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["confusion_matrix"]


def confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    title: str = "",
) -> Figure:
    """How often each class was taken for each other one.

    True classes in rows, predicted in columns. Colours show mistakes as a share of their row, so a
    rare class is seen as well as a common one.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        labels: the classes to show; by default all that come, in order.
        names: what to call them, one for each.
        title: a line above the picture.

    Raises:
        ImportError: without matplotlib.
        ValueError: if the shapes differ, there is nothing to count, or there are more or fewer
            names than classes.

    Example:
        >>> figure = confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2], title="one mistake")
        >>> figure.axes[0].get_xlabel()
        'predicted'
    """
    metric = ConfusionMatrix(labels=labels)
    metric.update(y_true, y_pred)
    counts = metric.compute()
    shown = [str(label) for label in metric.shown(metric.labels)] if names is None else list(names)
    classes = len(counts)
    if len(shown) != classes:
        raise ValueError(
            f"confusion_matrix expected a name for each of {classes} classes, got {len(shown)}."
        )
    diagonal = np.eye(classes, dtype=bool)
    mistakes = np.where(diagonal, 0, counts)
    shares = mistakes / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 1.6 + 0.55 * classes + 0.08 * max(map(len, shown))
    figure, axes = empty(max(side, 2.6), max(side, 2.6), title)
    top = shares.max() or 1.0
    axes.imshow(np.ma.masked_where(diagonal, shares), cmap="Reds", vmin=0, vmax=1.6 * top)
    axes.set_facecolor("#DDE7F0")  # the diagonal
    for (row, column), count in np.ndenumerate(counts):
        if count:
            heavy = "bold" if row == column else "normal"
            size = 9 if count < 10_000 else 7
            axes.text(column, row, f"{count:,}", ha="center", va="center", size=size, weight=heavy)
    ticks = range(classes)
    axes.set(xticks=ticks, yticks=ticks, xlabel="predicted", ylabel="true")
    long = max(map(len, shown)) > 5
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if long else {}
    axes.set_xticklabels(shown, **turned)
    axes.set_yticklabels(shown)
    axes.tick_params(length=0)
    right, total = int(np.trace(counts)), int(counts.sum())
    words = f"Confusion matrix of {classes} classes: {right:,} of {total:,} right."
    if mistakes.any():
        row, column = np.unravel_index(np.argmax(mistakes), mistakes.shape)
        most = int(mistakes[row, column])
        often = "once" if most == 1 else f"{most:,} times"
        words += f" Most often {shown[row]} is taken for {shown[column]}, {often}."
    figure.set_label(words)
    return figure
