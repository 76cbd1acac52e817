"""What all pictures share: an empty figure, and colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "empty", "rgb"]

# Paul Tol's "bright" scheme: told apart with every kind of colour vision
COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB")


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
