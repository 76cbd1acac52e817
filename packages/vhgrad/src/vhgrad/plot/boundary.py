"""What a model says about every place of the plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vhgrad.plot.figures import COLOURS, MARKERS, empty, plain, rgb
from vhgrad.training import predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["decision_boundary"]


def decision_boundary(
    model: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    threshold: float = 0.0,
    names: Sequence[str] | None = None,
    title: str = "",
    resolution: int = 300,
) -> Figure:
    """The class that a model sees at every place of the plane, with the points it was shown.

    Strong colours mean that it is sure; the black line is where it changes its mind.

    Args:
        model: a module that takes `(n, 2)` and gives scores of shape `(n, classes)`, or one number
            per example for two classes, shape `(n,)` or `(n, 1)`.
        X: points, shape `(n, 2)`.
        y: their classes, shape `(n,)`: 0, 1, 2, ..., at most seven; for a model of one number any
            two classes, the lesser of which lies below the threshold.
        threshold: where a model of one number changes its mind: 0 for logits and for classes -1
            and 1, 0.5 for probabilities.
        names: what the classes are called; they stand in a legend then.
        title: a line above the picture.
        resolution: number of pixels along each side.

    Raises:
        ImportError: without matplotlib.
        ValueError: if the shapes or classes do not fit.

    Example:
        >>> from vhgrad import MLP
        >>> figure = decision_boundary(MLP(2, [3], seed=0), [[0, 0], [1, 1], [0, 1]], [0, 1, 2])
        >>> figure.axes[0].get_xlabel()
        '$x_1$'
    """
    X, y = plain(X), plain(y)
    if X.ndim != 2 or X.shape[1] != 2 or y.shape != X.shape[:1] or not y.size:
        raise ValueError(
            f"decision_boundary expected points (n, 2) and classes (n,), got {X.shape}, {y.shape}."
        )
    centre, reach = (X.min(axis=0) + X.max(axis=0)) / 2, 0.6 * np.ptp(X, axis=0).max() or 1.0
    across, up = (np.linspace(c - reach, c + reach, resolution) for c in centre)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    scores, classes = scored(predict(model, grid), y, threshold)
    if names is not None and len(names) != len(classes):
        raise ValueError(
            f"decision_boundary expected a name for each of {len(classes)} classes, got "
            f"{len(names)}."
        )
    figure, axes = empty(6.0, 6.0, title)
    colours = rgb(COLOURS[: len(classes)])
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    surface = (0.45 + 0.55 * (1 - shares @ (1 - colours))).clip(0, 1)  # halfway to white
    frame = (across[0], across[-1], up[0], up[-1])
    square = (resolution, resolution)
    axes.imshow(surface.reshape(*square, 3), extent=frame, origin="lower", interpolation="bilinear")
    size = 26 if len(X) > 50 else 90
    for k, (label, colour) in enumerate(zip(classes, colours)):
        others = np.delete(scores, k, axis=1).max(axis=1, initial=-np.inf)
        lead = (scores[:, k] - others).reshape(square)  # the line is where it is 0
        if lead.min() < 0 < lead.max():
            axes.contour(across, up, lead, [0.0], colors="black", linewidths=0.8)
        own = X[y == label]
        look = {"marker": MARKERS[k], "color": [colour], "edgecolors": "white", "linewidths": 0.7}
        axes.scatter(*own.T, s=size, zorder=3, label=names[k] if names else str(label), **look)
    if names is not None:
        axes.legend(loc="best", framealpha=0.9)
    axes.set(xlim=frame[:2], ylim=frame[2:], xlabel="$x_1$", ylabel="$x_2$")
    seen = scored(predict(model, X), y, threshold)[0].argmax(axis=1)
    right = int(np.sum(np.asarray(classes)[seen] == y))
    figure.set_label(
        f"The plane in the colours of {len(classes)} classes as a model sees them, with {len(y)} "
        f"points, {right} of them on their own ground."
    )
    return figure


def scored(
    outputs: NDArray[Any], y: NDArray[Any], threshold: float
) -> tuple[NDArray[Any], list[Any]]:
    """Scores of shape `(n, classes)`, and the class of each column."""
    if outputs.ndim == 1 or outputs.shape[1:] == (1,):
        classes = np.unique(y).tolist()
        if len(classes) > 2:
            raise ValueError(
                f"decision_boundary expected two classes for a model of one number, got {classes}."
            )
        lead = outputs.reshape(-1, 1).astype(float) - threshold
        above = 4 * lead / (abs(lead).max() or 1.0)  # whatever the scale, from faint to strong
        return np.hstack([-above, above]), classes if len(classes) == 2 else [0, 1]
    count = outputs.shape[-1]
    if outputs.ndim != 2 or count > len(COLOURS):
        raise ValueError(
            f"decision_boundary expected scores of shape (n, classes) with 1 to {len(COLOURS)} "
            f"classes from the model, got {outputs.shape}."
        )
    strange = sorted(set(y.tolist()) - set(range(count)))
    if strange:
        raise ValueError(
            f"decision_boundary expected classes from 0 to {count - 1}, one for each score of the "
            f"model, got {strange[0]!r}."
        )
    return outputs, list(range(count))
