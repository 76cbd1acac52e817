"""Losses for numbers: how far is each prediction from its target?"""

from __future__ import annotations

from typing import Any

from micrograd_plus.losses import absolute_error, huber_error, squared_error
from microgradx.losses.targets import matched, reduced

__all__ = ["huber", "l1", "mse"]


def mse(targets: Any, predictions: Any, *, reduction: str = "mean") -> Any:
    """Mean squared error over all entries.

    Args:
        targets: shape of the predictions.
        predictions: a tensor, or a list of tensors of one shape.
        reduction: "mean", "sum" or "none".

    Returns:
        One number; with `reduction="none"` the errors in the shape of the predictions.

    Raises:
        ValueError: if the shapes differ.
        TypeError: if targets and predictions are swapped.

    Example:
        >>> from microgradx import TensorValue
        >>> mse([1.0, 0.0], TensorValue([0.5, 0.5])).item()
        0.25
    """
    return reduced(squared_error(*matched(targets, predictions)), reduction)


def l1(targets: Any, predictions: Any, *, reduction: str = "mean") -> Any:
    """Mean absolute error over all entries: a far-off target pulls no harder than a near one.

    Args:
        targets: shape of the predictions.
        predictions: a tensor, or a list of tensors of one shape.
        reduction: "mean", "sum" or "none".

    Returns:
        One number; with `reduction="none"` the errors in the shape of the predictions.

    Raises:
        ValueError: if the shapes differ.
        TypeError: if targets and predictions are swapped.

    Example:
        >>> from microgradx import TensorValue
        >>> l1([1.0, 0.0], TensorValue([0.5, 2.0])).item()
        1.25
    """
    return reduced(absolute_error(*matched(targets, predictions)), reduction)


def huber(targets: Any, predictions: Any, *, delta: float = 1.0, reduction: str = "mean") -> Any:
    """Mean of errors that are squared near the target and straight further away.

    Args:
        targets: shape of the predictions.
        predictions: a tensor, or a list of tensors of one shape.
        delta: the distance at which the parabola goes over into a line.
        reduction: "mean", "sum" or "none".

    Returns:
        One number; with `reduction="none"` the errors in the shape of the predictions.

    Raises:
        ValueError: if the shapes differ, or `delta` is not positive.
        TypeError: if targets and predictions are swapped.

    Source:
        Huber, Robust estimation of a location parameter (1964), section 4.

    Example:
        >>> from microgradx import TensorValue
        >>> huber([0.0, 0.0], TensorValue([1.0, 3.0]), reduction="none").data
        array([0.5, 2.5])
    """
    if not 0 < delta < float("inf"):
        raise ValueError(f"huber needs a positive `delta`, got {delta}.")
    return reduced(huber_error(*matched(targets, predictions), delta), reduction)
