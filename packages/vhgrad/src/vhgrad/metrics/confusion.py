"""Which classes are taken for which others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.counts import ClassMetric, distinct

__all__ = ["ConfusionMatrix", "confusion_matrix"]

SUMS = {"true": (1, True), "pred": (0, True), "all": (None, False)}  # axis and keepdims


class ConfusionMatrix(ClassMetric):
    """`confusion_matrix`, batch by batch.

    Args:
        labels: the classes of the rows and columns; by default all that came, in order.
        normalize: None, "true", "pred" or "all".

    Example:
        >>> metric = ConfusionMatrix()
        >>> metric.update(["cat", "dog"], ["cat", "cat"])
        >>> metric.update(["ant"], ["ant"])
        >>> metric.classes
        ['ant', 'cat', 'dog']
        >>> metric.compute()
        array([[1, 0, 0],
               [0, 1, 0],
               [0, 1, 0]])
    """

    name = "confusion_matrix"

    def __init__(
        self, *, labels: Sequence[Any] | None = None, normalize: str | None = None
    ) -> None:
        if normalize is not None and normalize not in SUMS:
            raise ValueError(
                f"confusion_matrix expected normalize=None, 'true', 'pred' or 'all', got "
                f"{normalize!r}."
            )
        self.labels, self.normalize = distinct(self.name, labels), normalize
        super().__init__()

    def nothing(self) -> dict[str, Any]:
        """No classes yet."""
        return {"classes": [], "counts": np.zeros((0, 0), np.int64)}

    def fits(self, state: dict[str, Any]) -> bool:
        """A square, one row and one column per class."""
        return (len(state["classes"]),) * 2 == state["counts"].shape

    def count(self, targets: NDArray[Any], predictions: NDArray[Any]) -> None:
        """Add the pairs of one batch."""
        true, predicted = np.split(self.make_room(targets, predictions), 2)
        np.add.at(self.counts, (true, predicted), 1)

    def grown(self, places: NDArray[np.intp], size: int) -> NDArray[np.int64]:
        """The counts so far at their new places among more classes."""
        counts = np.zeros((size, size), np.int64)
        counts[np.ix_(places, places)] = self.counts
        return counts

    def compute(self) -> NDArray[Any]:
        """Counts, or shares where `normalize` is set: true classes in rows."""
        places = self.places(self.shown(self.labels))
        if not np.isin(places, np.flatnonzero(self.counts.any(axis=1))).any():
            raise ValueError(
                f"confusion_matrix expected at least one of the `labels` among the targets, got "
                f"{self.labels}."
            )
        counts = np.pad(self.counts, (0, 1))[np.ix_(places, places)]
        if self.normalize is None:
            return counts
        axis, keepdims = SUMS[self.normalize]
        return counts / np.maximum(counts.sum(axis=axis, keepdims=keepdims), 1)


def confusion_matrix(
    y_true: Any,
    y_pred: Any,
    *,
    labels: Sequence[Any] | None = None,
    normalize: str | None = None,
) -> NDArray[Any]:
    """How often each class was taken for each other one: true classes in rows.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        labels: the classes of the rows and columns; by default all that come, in order. Examples
            of other classes are left out.
        normalize: "true" divides by the sum of each row, "pred" by that of each column, "all" by
            that of all; where nothing is, 0 stays 0.

    Returns:
        Counts or shares, shape `(classes, classes)`.

    Raises:
        ValueError: if the shapes differ, there are no examples, or none of the `labels` is a
            target.

    Example:
        >>> confusion_matrix([0, 2, 2], [0, 1, 2])
        array([[1, 0, 0],
               [0, 0, 0],
               [0, 1, 1]])
    """
    return ConfusionMatrix(labels=labels, normalize=normalize)(y_true, y_pred)
