"""Precision, recall, and F1 between the two."""

from __future__ import annotations

from typing import Any, Unpack

from vhgrad.metrics.averaged import Averaged, AverageSettings

__all__ = ["F1", "Precision", "Recall", "f1", "precision", "recall"]


class Precision(Averaged):
    """`precision`, batch by batch, with the same settings.

    Example:
        >>> metric = Precision()
        >>> metric.update([0, 1], [1, 1])
        >>> metric.compute()
        0.5
    """

    name = "precision"
    lacks = "predictions"

    @staticmethod
    def fraction(right: Any, true: Any, predicted: Any) -> tuple[Any, Any]:
        """Of the predictions, those that are right."""
        return right, predicted


class Recall(Averaged):
    """`recall`, batch by batch, with the same settings.

    Example:
        >>> metric = Recall()
        >>> metric.update([0, 1, 1], [1, 1, 0])
        >>> metric.compute()
        0.5
    """

    name = "recall"
    lacks = "targets"

    @staticmethod
    def fraction(right: Any, true: Any, predicted: Any) -> tuple[Any, Any]:
        """Of the targets, those that were found."""
        return right, true


class F1(Averaged):
    """`f1`, batch by batch, with the same settings.

    Example:
        >>> metric = F1(average="macro")
        >>> metric.update([0, 1, 2], [0, 1, 1])
        >>> metric.compute()
        0.5555555555555555
    """

    name = "f1"
    lacks = "targets and no predictions"

    @staticmethod
    def fraction(right: Any, true: Any, predicted: Any) -> tuple[Any, Any]:
        """The harmonic mean of precision and recall."""
        return 2 * right, true + predicted


def precision(y_true: Any, y_pred: Any, **settings: Unpack[AverageSettings]) -> Any:
    """Of the examples that are predicted to be of a class, the share that is.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        settings: `average="binary"` for class `pos_label=1`, "micro", "macro", "weighted" or None
            for every class; `labels`, the classes that count; `zero_division="warn"`, 0, 1 or nan.
            `Precision` says more about each.

    Returns:
        A number from 0 to 1, or one per class.

    Raises:
        ValueError: if the shapes differ, there are no examples, or a setting does not fit.

    Example:
        >>> precision([0, 1, 0, 1], [0, 1, 1, 1])
        0.6666666666666666
        >>> precision(["a", "b", "c"], ["a", "b", "b"], average=None, zero_division=0)
        array([1. , 0.5, 0. ])
    """
    return Precision(**settings)(y_true, y_pred)


def recall(y_true: Any, y_pred: Any, **settings: Unpack[AverageSettings]) -> Any:
    """Of the examples of a class, the share that is found.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        settings: as for `precision`.

    Returns:
        A number from 0 to 1, or one per class.

    Raises:
        ValueError: if the shapes differ, there are no examples, or a setting does not fit.

    Example:
        >>> recall([0, 1, 0, 1], [0, 1, 0, 0])
        0.5
    """
    return Recall(**settings)(y_true, y_pred)


def f1(y_true: Any, y_pred: Any, **settings: Unpack[AverageSettings]) -> Any:
    """The harmonic mean of precision and recall.

    Args:
        y_true: the right classes, whole numbers or strings, shape `(n,)`.
        y_pred: the predicted classes, shape `(n,)`.
        settings: as for `precision`.

    Returns:
        A number from 0 to 1, or one per class.

    Raises:
        ValueError: if the shapes differ, there are no examples, or a setting does not fit.

    Example:
        >>> f1([0, 1, 2], [0, 1, 1], average="macro")
        0.5555555555555555
    """
    return F1(**settings)(y_true, y_pred)
