"""What all losses do before and after their formula: bring the arguments together, and average."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from microgradx import ops
from microgradx.tensor import TensorValue, frozen, plain_array

__all__ = ["check_each", "matched", "outputs", "reduced"]


def matched(targets: Any, predictions: Any) -> tuple[Any, TensorValue]:
    """Targets as an array of the predictions' dtype, after checking that the shapes are equal."""
    targets, predictions = outputs(targets, predictions)
    if not isinstance(targets, TensorValue):
        targets = frozen(plain_array(targets), predictions.dtype)
    if targets.shape != predictions.shape:
        raise ValueError(
            f"expected targets and predictions of one shape, got {targets.shape} and "
            f"{predictions.shape}."
        )
    return targets, predictions


def outputs(targets: Any, predictions: Any) -> tuple[Any, TensorValue]:
    """Targets, and predictions as one tensor; lists of tensors are joined to a batch."""
    targets, predictions = stacked(targets), stacked(predictions)
    if not isinstance(predictions, TensorValue):
        if isinstance(targets, TensorValue):
            raise TypeError("targets come first: loss(targets, predictions); these look swapped.")
        predictions = TensorValue(predictions)
    return targets, predictions


def stacked(numbers: Any) -> Any:
    """A list of tensors, one per example, as one batch; anything else as it is."""
    if isinstance(numbers, list | tuple) and any(isinstance(x, TensorValue) for x in numbers):
        return ops.stack(len(numbers))(*numbers)
    return numbers


def check_each(right: Any, numbers: NDArray[Any], wanted: str, error: Any = ValueError) -> None:
    """Raise where `right` is False, with the first number that is wrong and the row it is in."""
    if not np.logical_and.reduce(right, axis=None):  # np.all takes a microsecond more
        place = tuple(int(k) for k in np.argwhere(np.logical_not(right))[0])
        row = f" in row {place[0] if len(place) == 1 else place}" if place else ""
        raise error(f"expected {wanted}, got {numbers[place]}{row}.")


def reduced(errors: TensorValue, reduction: str, count: Any = None) -> TensorValue:
    """The errors themselves, their sum, or their sum divided by `count`: of how many, or of all."""
    if reduction == "none":
        return errors
    if reduction not in ("mean", "sum"):
        raise ValueError(f"`reduction` needs 'mean', 'sum' or 'none', got {reduction!r}.")
    if reduction == "mean" and count is None:
        return errors.mean()
    return errors.sum() / count if reduction == "mean" else errors.sum()
