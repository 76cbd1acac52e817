"""What all pictures share: an empty figure, colours, words for those who cannot see it, a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from micrograd.graph import Node

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

__all__ = ["COLOURS", "MARKERS", "alt_text", "empty", "plain", "rgb", "save"]

# Paul Tol's "bright" scheme: told apart with every kind of colour vision
COLOURS = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB")
MARKERS = "osD^vPX"  # so that classes are told apart without colours, too


def empty(
    width: float, height: float, title: str, rows: int = 1, columns: int = 1
) -> tuple[Figure, Any]:
    """A figure of that size in inches, and its axes: an array of them where there are several."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("Pictures need matplotlib: pip install 'vhgrad[plot]'.") from None
    # white behind it, so that it can be read on a dark page
    figure = Figure(figsize=(width, height), dpi=150, layout="constrained", facecolor="white")
    if title:
        figure.suptitle(title)
    return figure, figure.subplots(rows, columns, squeeze=rows * columns == 1)


def plain(x: ArrayLike) -> NDArray[Any]:
    """A plain array; of a tensor, its numbers."""
    return np.asarray(x.data if isinstance(x, Node) else x)


def rgb(colours: Sequence[str]) -> NDArray[np.float64]:
    """Red, green and blue of each colour, from 0 to 1, shape `(n, 3)`."""
    return np.array([list(bytes.fromhex(colour[1:])) for colour in colours]) / 255


def alt_text(figure: Figure) -> str:
    """What is seen in a figure of this package, in words, for readers who do not see it.

    Example:
        >>> from vhgrad import plot
        >>> alt_text(plot.confusion_matrix([0, 1, 1], [0, 1, 0]))
        'Confusion matrix of 2 classes: 2 of 3 right. Most often 1 is taken for 0, once.'
    """
    return str(figure.get_label())


def save(figure: Figure, path: str | os.PathLike[str], *, dpi: float | None = None) -> Path:
    """Write a figure to a file, with its `alt_text` inside where the format has a place for it.

    Args:
        figure: any matplotlib figure.
        path: its ending is the format: `.png`, `.svg` or `.pdf`. A folder that is not there is
            made.
        dpi: pixels per inch, 150 by default.

    Returns:
        The path.

    Raises:
        OSError: if the file cannot be written.
        ValueError: if there is no such format.

    Example:
        >>> import tempfile
        >>> from vhgrad import plot
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     figure = plot.image_grid([[[0.0, 1.0], [1.0, 0.0]]])
        ...     print(save(figure, f"{folder}/new/grid.png").name)
        grid.png
    """
    from pathlib import Path

    path = Path(path).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    place = {".png": "Description", ".svg": "Description", ".pdf": "Subject"}
    key = place.get(path.suffix.lower())
    words = alt_text(figure)
    metadata = {key: words} if key and words else None
    figure.savefig(path, dpi="figure" if dpi is None else dpi, metadata=metadata)
    return path
