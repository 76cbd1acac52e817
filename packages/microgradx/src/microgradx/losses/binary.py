"""Losses for yes or no: stage 2's formulas, asked to be themselves on arrays."""

from __future__ import annotations

from typing import Any

from micrograd_plus import losses as plus
from micrograd_plus.losses import margin_error
from microgradx.losses.targets import check_each, matched, reduced
from microgradx.op import on_arrays
from microgradx.tensor import TensorValue

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits", "hinge"]

log_loss = on_arrays(plus.log_loss)
logit_loss = on_arrays(plus.logit_loss)


def binary_cross_entropy(targets: Any, probabilities: Any, *, reduction: str = "mean") -> Any:
    """Mean negative log-likelihood of yes/no labels, from probabilities.

    Args:
        targets: labels from 0 to 1, shape of the probabilities.
        probabilities: of the label 1, from 0 to 1.
        reduction: "mean", "sum" or "none".

    Returns:
        One number, in nats per example; a wrong certainty costs 100, not inf.

    Raises:
        ValueError: if a number lies outside of 0 to 1, or the shapes differ.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning (2016), equation 5.59, as in PyTorch.

    Example:
        >>> from microgradx import TensorValue
        >>> binary_cross_entropy([1.0, 0.0], TensorValue([0.5, 0.5])).item()
        0.6931471805599453
    """
    targets, probabilities = matched(targets, probabilities)
    check_shares("targets", targets)
    check_shares("probabilities", probabilities)
    return reduced(log_loss(targets, probabilities), reduction)


def binary_cross_entropy_with_logits(targets: Any, logits: Any, *, reduction: str = "mean") -> Any:
    """Mean negative log-likelihood of yes/no labels, from scores before the sigmoid.

    Takes logits, not probabilities, so that confident predictions stay finite.

    Args:
        targets: labels from 0 to 1, shape of the logits.
        logits: scores before the sigmoid.
        reduction: "mean", "sum" or "none".

    Returns:
        One number, in nats per example.

    Raises:
        ValueError: if a target lies outside of 0 to 1, or the shapes differ.

    Source:
        Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.2.

    Example:
        >>> from microgradx import TensorValue
        >>> binary_cross_entropy_with_logits([1.0, 0.0], TensorValue([0.0, -1e4])).item()
        0.34657359027997264
    """
    targets, logits = matched(targets, logits)
    check_shares("targets", targets)
    return reduced(logit_loss(targets, logits), reduction)


def hinge(targets: Any, scores: Any, *, reduction: str = "mean") -> Any:
    """Mean margin error: how far scores fall short of 1 on their target's side.

    Args:
        targets: -1 or 1, shape of the scores.
        scores: any numbers.
        reduction: "mean", "sum" or "none".

    Returns:
        One number.

    Raises:
        ValueError: if a target is neither -1 nor 1, or the shapes differ.

    Source:
        Cortes and Vapnik, Support-vector networks (1995).

    Example:
        >>> from microgradx import TensorValue
        >>> hinge([1, -1], TensorValue([2.0, -0.5])).item()
        0.25
    """
    targets, scores = matched(targets, scores)
    sides = plain(targets)
    check_each(abs(sides) == 1, sides, "targets of -1 or 1")
    return reduced(margin_error(targets, scores), reduction)


def check_shares(name: str, numbers: Any) -> None:
    """Raise ValueError for a number that is not from 0 to 1."""
    array = plain(numbers)
    check_each((array >= 0) & (array <= 1), array, f"{name} from 0 to 1")  # nan is neither


def plain(numbers: Any) -> Any:
    """The array in a tensor, or the array itself."""
    return numbers.data if isinstance(numbers, TensorValue) else numbers
