"""Losses on batches. The formulas of stage 2, averaged over arrays; targets come first."""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_plus.losses import squared_error
from micrograd_plus.op import Op
from microgradx import functions, ops
from microgradx.tensor import TensorValue, plain_array

__all__ = ["cross_entropy", "mse"]


def mse(targets: Any, predictions: Any, *, reduction: str = "mean") -> Any:
    """Mean squared error over all entries.

    Args:
        targets: shape of the predictions.
        predictions: a tensor, or a list of tensors of one shape.
        reduction: "mean", "sum" or "none".

    Returns:
        One number; with `reduction="none"` the errors in the shape of the predictions.

    Raises:
        ValueError: if the shapes differ, or there is nothing to average.
        TypeError: if targets and predictions are swapped.

    Example:
        >>> mse([1.0, 0.0], TensorValue([0.5, 0.5])).item()
        0.25
    """
    return reduced(squared_error(*matched(targets, predictions)), reduction)


def cross_entropy(labels: Any, logits: Any, *, reduction: str = "mean") -> Any:
    """Negative log-likelihood of the right class, from scores before the softmax.

    Takes logits, not probabilities, so confident predictions stay finite.

    Args:
        labels: the right class of each example, whole numbers, shape `(n,)`.
        logits: one score per class, shape `(n, classes)`.
        reduction: "mean", "sum" or "none".

    Returns:
        One number, in nats per example.

    Raises:
        TypeError: if the labels are not whole numbers, or the arguments are swapped.
        ValueError: if the shapes do not fit.
        IndexError: if a label is not a class.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.

    Example:
        >>> cross_entropy([0], TensorValue([[0.0, 0.0]])).item()
        0.6931471805599453
    """
    labels, logits = class_labels(labels, logits)
    return reduced(picked_log_softmax(labels, logits), reduction)


def softmax(x: Any) -> Any:
    """Shares of exp(x) along the last axis; the largest is taken off first, so exp stays finite."""
    e = np.exp(x - np.maximum.reduce(x, axis=-1, keepdims=True))
    return e / np.add.reduce(e, axis=-1, keepdims=True)


@functions.quiet
def surprise(labels: Any, x: Any) -> Any:
    """-log softmax(x)[label] for each row."""
    x = x - np.maximum.reduce(x, axis=-1, keepdims=True)
    return np.log(np.add.reduce(np.exp(x), axis=-1)) - x[np.arange(len(x)), labels]


picked_log_softmax = Op(
    "cross_entropy",
    surprise,
    None,  # labels are counted, not measured
    lambda g, out, labels, x: (
        g[:, None] * (softmax(x) - (labels[:, None] == np.arange(x.shape[1])))
    ),
)


def matched(targets: Any, predictions: Any) -> tuple[Any, TensorValue]:
    """Targets as an array of the predictions' dtype, after checking that the shapes are equal."""
    predictions = stacked(predictions)
    if not isinstance(predictions, TensorValue):
        if isinstance(stacked(targets), TensorValue):
            raise TypeError("targets come first: loss(targets, predictions); these look swapped.")
        predictions = TensorValue(predictions)
    targets = stacked(targets)
    if not isinstance(targets, TensorValue):
        targets = plain_array(targets).astype(predictions.dtype, copy=False)
    if targets.shape != predictions.shape:
        raise ValueError(
            f"expected targets and predictions of one shape, got {targets.shape} and "
            f"{predictions.shape}."
        )
    return targets, predictions


def class_labels(labels: Any, logits: Any) -> tuple[Any, TensorValue]:
    """Labels as an integer array, checked against the classes that the logits have."""
    if isinstance(stacked(labels), TensorValue):
        raise TypeError("targets come first: cross_entropy(labels, logits); these look swapped.")
    logits = stacked(logits)
    if not isinstance(logits, TensorValue):
        logits = TensorValue(logits)
    labels = np.asarray(labels)
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            "cross_entropy expected labels of shape (n,) and logits of shape (n, classes), got "
            f"{labels.shape} and {logits.shape}."
        )
    if not labels.size:
        raise ValueError("cross_entropy expected at least one example, got an empty batch.")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"cross_entropy expected whole numbers as labels, got {labels.dtype}.")
    classes = logits.shape[1]
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        row = int(outside.argmax())
        raise IndexError(
            f"cross_entropy expected labels from 0 to {classes - 1}, got {labels[row]} in row {row}."
        )
    return labels, logits


def stacked(outputs: Any) -> Any:
    """A list of outputs, one per example, as one batch."""
    if isinstance(outputs, list | tuple) and any(isinstance(x, TensorValue) for x in outputs):
        return ops.stack(len(outputs))(*outputs)
    return outputs


def reduced(errors: TensorValue, reduction: str) -> TensorValue:
    """The mean or the sum of the errors, or the errors themselves."""
    if reduction == "none":
        return errors
    if reduction not in ("mean", "sum"):
        raise ValueError(f"`reduction` needs 'mean', 'sum' or 'none', got {reduction!r}.")
    if not errors.size:
        raise ValueError("expected at least one example, got an empty batch.")
    return errors.mean() if reduction == "mean" else errors.sum()
