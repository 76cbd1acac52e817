"""How training went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.plot.figures import COLOURS, empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["training_curves"]

VALIDATION = "validation_"


def training_curves(
    history: Mapping[str, Sequence[float]], *, logarithmic: bool = False, title: str = ""
) -> Figure:
    """What a history holds, one panel per quantity: the loss first, then the metrics.

    A quantity that was measured on both sets has both curves in one panel; the dot is the best
    epoch on validation data. Seconds are left out.

    Args:
        history: what `fit` returned, or any dict of lists with a number per epoch.
        logarithmic: whether losses have a logarithmic axis.
        title: a line above the picture.

    Raises:
        ImportError: without matplotlib.
        ValueError: if there is nothing to draw.

    Example:
        >>> history = {"loss": [1.0, 0.5], "validation_loss": [1.1, 0.8], "accuracy": [0.6, 0.9]}
        >>> figure = training_curves(history)
        >>> [axes.get_ylabel() for axes in figure.axes]
        ['loss', 'accuracy']
    """
    panels = grouped(history)
    if not panels:
        raise ValueError(
            "training_curves expected a history with numbers, such as {'loss': [0.5, 0.4]}, got "
            f"{dict(history)!r:.60}."
        )
    figure, axes = empty(4.6 * len(panels), 3.4, title, 1, len(panels))
    for place, (quantity, names) in zip(np.ravel(axes), panels.items()):
        place.set(xlabel="epoch", ylabel=quantity.replace("_", " "))
        place.locator_params(axis="x", integer=True)
        if logarithmic and "loss" in quantity:
            place.set_yscale("log")
        for name in names:
            draw(place, name, np.asarray(history[name], dtype=float))
        if len(names) > 1:
            place.legend(frameon=False)
        place.spines[["top", "right"]].set_visible(False)
        place.grid(axis="y", color="0.92")
        place.set_axisbelow(True)
    ends = [f"{name} {history[name][-1]:.4g}" for names in panels.values() for name in names]
    epochs = max(map(len, history.values()))
    figure.set_label(f"Training curves over {epochs} epochs, which end at {', '.join(ends)}.")
    return figure


def grouped(history: Mapping[str, Sequence[float]]) -> dict[str, list[str]]:
    """The names of the curves in each panel."""
    panels: dict[str, list[str]] = {}
    for name, numbers in history.items():
        if name != "seconds" and np.isfinite(np.asarray(numbers, dtype=float)).any():
            panels.setdefault(name.removeprefix(VALIDATION), []).append(name)
    return panels


def draw(place: Any, name: str, numbers: NDArray[np.float64]) -> None:
    """One curve; that of the validation data is dashed, with a dot at its best epoch."""
    validation = name.startswith(VALIDATION)
    epochs = np.arange(1, len(numbers) + 1)
    colour, line = (COLOURS[1], "--") if validation else (COLOURS[0], "-")
    few = "." if len(numbers) < 3 else ""
    label = "validation" if validation else "training"
    place.plot(epochs, numbers, line, color=colour, marker=few, label=label, linewidth=1.6)
    if validation and "loss" in name:
        best = int(np.nanargmin(numbers))
        place.plot(epochs[best], numbers[best], "o", color=colour, markersize=5)
