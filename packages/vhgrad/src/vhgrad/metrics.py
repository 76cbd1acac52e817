"""How good are predictions? Targets first, as in scikit-learn."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["accuracy"]


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Share of the examples whose predicted class is the right one.

    Args:
        y_true: the right classes, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: if the shapes differ or there are no examples.

    Example:
        >>> accuracy([0, 1, 2, 2], [0, 1, 1, 2])
        0.75
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape or y_true.ndim != 1:
        raise ValueError(
            f"accuracy expected two lists of classes of one length, got shapes {y_true.shape} "
            f"and {y_pred.shape}."
        )
    if not y_true.size:
        raise ValueError("accuracy expected at least one example, got none.")
    return float(np.mean(y_true == y_pred))
