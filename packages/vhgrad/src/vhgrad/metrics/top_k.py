"""Is the right class among the k with the highest scores?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vhgrad.metrics.columns import columns, ordered, present
from vhgrad.metrics.examples import score_rows
from vhgrad.metrics.metric import takes_scores, undefined
from vhgrad.metrics.share import Share

__all__ = ["TopKAccuracy", "top_k_accuracy"]


class TopKAccuracy(Share):
    """`top_k_accuracy`, batch by batch.

    Args:
        k: how many of the highest scores count.
        labels: the class of each column, in ascending order; by default 0, 1, 2, ...

    Example:
        >>> metric = TopKAccuracy(k=2)
        >>> metric.update([2, 0], [[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]])
        >>> metric.compute()
        0.5
    """

    name = "top_k_accuracy"
    takes_scores = True

    def __init__(self, *, k: int = 2, labels: Sequence[Any] | None = None) -> None:
        if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
            raise ValueError(f"top_k_accuracy expected `k` to be 1 or more, got {k!r}.")
        self.k, self.labels = int(k), ordered(self.name, labels)
        super().__init__()

    def update(self, targets: Any, predictions: Any) -> None:
        """Count one batch: classes `(n,)` and scores `(n, classes)`."""
        targets, scores = score_rows(self.name, targets, predictions)
        if scores.ndim != 2:
            raise ValueError(
                f"top_k_accuracy expected scores of shape (n, classes), got {scores.shape}."
            )
        n, count = scores.shape
        place = columns(self.name, targets, count, self.labels)[:, None]
        if self.k >= count:
            undefined(f"top_k_accuracy with k={self.k} is always 1, there are {count} classes.")
        own = np.take_along_axis(scores, place, axis=1)
        before = (scores > own) | ((scores == own) & (np.arange(count) > place))  # as scikit-learn
        self.right += int(np.count_nonzero(before.sum(axis=1) < self.k))
        self.examples += n


@takes_scores
def top_k_accuracy(
    y_true: Any, y_score: Any, *, k: int = 2, labels: Sequence[Any] | None = None
) -> float:
    """Share of the examples whose class is among the `k` with the highest scores.

    Of equal scores, that of the later column counts as higher.

    Args:
        y_true: the right classes, shape `(n,)`.
        y_score: scores such as logits, shape `(n, classes)`.
        k: how many of the highest scores count.
        labels: the class of each column, in ascending order; by default the classes in `y_true` if
            they are as many as the columns, else 0, 1, 2, ...

    Returns:
        A number from 0 to 1; 1 with a warning where `k` is no less than the number of classes.

    Raises:
        ValueError: if the shapes or labels do not fit, or there are no examples.

    Example:
        >>> top_k_accuracy([0, 1, 2], [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.7, 0.2, 0.1]], k=1)
        0.6666666666666666
    """
    labels = present("top_k_accuracy", y_true, y_score, labels)
    return TopKAccuracy(k=k, labels=labels)(y_true, y_score)
