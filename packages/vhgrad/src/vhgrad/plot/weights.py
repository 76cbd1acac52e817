"""What the first layer of a model looks for in an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.nn import Module
from vhgrad.plot.figures import empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["first_layer"]

CHANNELS = (1, 3)


def first_layer(model: Any, *, count: int = 32, columns: int = 8, title: str = "") -> Figure:
    """The weights of the first layer as images, one for each neuron or filter.

    Gray images: red is for weights above 0, blue for those below, white for 0. Coloured images:
    gray is 0, and the colour is the one that the filter answers to. All have one scale, so what
    has learned nothing is pale. A layer whose inputs are no image is one table, a row per neuron.

    Args:
        model: a module; the first of its parameters with two or four axes is shown.
        count: how many neurons at most.
        columns: images in a row.
        title: a line above the picture.

    Raises:
        ImportError: without matplotlib.
        TypeError: if the model is not a module.
        ValueError: if it has no layer with weights, or a number is below 1.

    Example:
        >>> from vhgrad import MLP
        >>> figure = first_layer(MLP(784, [10], seed=0))
        >>> figure.axes[0].get_title()
        '0'
    """
    if not isinstance(model, Module):
        raise TypeError(f"first_layer needs a module, got {type(model).__name__}.")
    if count < 1 or columns < 1:
        raise ValueError(
            f"first_layer expected `count` and `columns` of 1 or more, got {count} and {columns}."
        )
    found = [(path, p.data) for path, p in model.named_parameters() if p.ndim in (2, 4) and p.size]
    if not found:
        raise ValueError("first_layer expected a model with a Linear or Conv2d layer, got none.")
    path, weight = found[0]
    some = weight[:count]
    images = as_filters(some)
    reach = float(abs(some).max()) or 1.0
    words = f"{len(some)} of {len(weight)}" if len(some) < len(weight) else f"The {len(weight)}"
    kind = "table" if images is None else "images"
    figure = table(some, reach, title) if images is None else tiles(images, reach, columns, title)
    figure.set_label(f"{words} rows of `{path}` as {kind}; the largest weight is {reach:.3g}.")
    return figure


def as_filters(weight: NDArray[Any]) -> NDArray[Any] | None:
    """Weights as `(n, height, width)` or, of three channels, `(n, height, width, 3)`.

    Flat inputs of three channels have the channels first, as CIFAR-10 does.
    """
    if weight.ndim == 2:
        for channels in CHANNELS:
            side = math.isqrt(weight.shape[1] // channels)
            if side > 2 and channels * side**2 == weight.shape[1]:
                weight = weight.reshape(-1, channels, side, side)
                break
        else:
            return None
    if weight.shape[1] not in CHANNELS:
        weight = weight.mean(axis=1, keepdims=True)  # many channels have no colours
    return weight[:, 0] if weight.shape[1] == 1 else weight.transpose(0, 2, 3, 1)


def tiles(images: NDArray[Any], reach: float, columns: int, title: str) -> Figure:
    """Every neuron as an image."""
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    gray = images.ndim == 3
    figure, axes = empty(0.95 * columns + 0.8 * gray, 1.15 * rows + 0.3, title, rows, columns)
    for place in np.ravel(axes):
        place.set_axis_off()
    for number, (place, image) in enumerate(zip(np.ravel(axes), images)):
        if gray:
            shown = place.imshow(image, cmap="RdBu_r", vmin=-reach, vmax=reach)
        else:
            place.imshow((0.5 + image / (2 * reach)).clip(0, 1))
        place.set_title(str(number), size=7, pad=2, color="0.35")
    if gray:
        figure.colorbar(shown, ax=axes, shrink=min(1.0, 2.5 / rows + 0.3), label="weight", pad=0.02)
    return figure


def table(weight: NDArray[Any], reach: float, title: str) -> Figure:
    """All weights in one table: a row for each neuron, a column for each input."""
    rows, columns = weight.shape
    figure, axes = empty(min(1.8 + 0.3 * columns, 12.0), min(1.2 + 0.25 * rows, 9.0), title)
    shown = axes.imshow(weight, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto")
    axes.set(xlabel="input", ylabel="neuron")
    axes.locator_params(integer=True)
    figure.colorbar(shown, ax=axes, label="weight")
    return figure
