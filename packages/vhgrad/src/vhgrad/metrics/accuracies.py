"""How many are right: of all, and of each class."""

from __future__ import annotations

from typing import Any

import numpy as np

from vhgrad.metrics.counts import ClassMetric
from vhgrad.metrics.examples import classes
from vhgrad.metrics.metric import undefined
from vhgrad.metrics.share import Share

__all__ = ["Accuracy", "BalancedAccuracy", "accuracy", "balanced_accuracy"]


class Accuracy(Share):
    """`accuracy`, batch by batch.

    Example:
        >>> metric = Accuracy()
        >>> metric.update([0, 1, 2, 2], [0, 1, 1, 2])
        >>> metric.compute()
        0.75
    """

    name = "accuracy"

    def update(self, targets: Any, predictions: Any) -> None:
        """Count one batch of classes, shapes `(n,)` and `(n,)`."""
        targets, predictions = classes(self.name, targets, predictions)
        self.right += int(np.count_nonzero(targets == predictions))
        self.examples += len(targets)


class BalancedAccuracy(ClassMetric):
    """`balanced_accuracy`, batch by batch.

    Example:
        >>> metric = BalancedAccuracy()
        >>> metric.update([0, 0, 0, 1], [0, 0, 0, 0])
        >>> metric.compute()
        0.5
    """

    name = "balanced_accuracy"

    def compute(self) -> float:
        """The mean over the classes."""
        right, true, _ = self.rows(self.shown(None)).T
        if not true.all():
            undefined(
                "balanced_accuracy leaves out classes that are predicted and never the target."
            )
        return float(np.mean(right[true > 0] / true[true > 0]))


def accuracy(y_true: Any, y_pred: Any) -> float:
    """Share of the examples whose predicted class is the right one.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: if the shapes differ or there are no examples.

    Example:
        >>> accuracy([0, 1, 2, 2], [0, 1, 1, 2])
        0.75
    """
    return Accuracy()(y_true, y_pred)


def balanced_accuracy(y_true: Any, y_pred: Any) -> float:
    """Mean over the classes of the share that is right: a rare class counts as a common one.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.

    Returns:
        A number from 0 to 1. Classes that are never the target are left out, with a warning.

    Raises:
        ValueError: if the shapes differ or there are no examples.

    Example:
        >>> balanced_accuracy([0, 0, 0, 1], [0, 0, 0, 0])
        0.5
    """
    return BalancedAccuracy()(y_true, y_pred)
