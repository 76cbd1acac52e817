"""What a model says about every place of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from vhgrad.plot.figures import COLOURS, empty, rgb
from vhgrad.training import predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["decision_boundary"]


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
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1] or not y.size:
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
