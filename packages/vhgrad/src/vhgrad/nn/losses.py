"""Losses as modules. Targets come first, as in the functions: `CrossEntropyLoss()(labels, logits)`.

PyTorch takes them the other way round; swapped arguments are an error that says so wherever they
can be told apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import microgradx
from vhgrad.nn.module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HingeLoss",
    "HuberLoss",
    "L1Loss",
    "MSELoss",
    "NLLLoss",
    "SmoothL1Loss",
]


class Loss(Module):
    """What all have: how the errors become one number."""

    def __init__(self, *, reduction: str = "mean") -> None:
        if reduction not in ("mean", "sum", "none"):
            raise ValueError(f"`reduction` needs 'mean', 'sum' or 'none', got {reduction!r}.")
        self.reduction = reduction

    def settings(self) -> str:
        """What is not the default."""
        return "" if self.reduction == "mean" else f"reduction={self.reduction!r}"


class MSELoss(Loss):
    """Mean squared error.

    Args:
        reduction: "mean", "sum" or "none".

    Example:
        >>> MSELoss()([1.0, 0.0], [0.5, 0.5]).item()
        0.25
    """

    def forward(self, targets: Any, predictions: Any) -> Any:
        """One number."""
        return microgradx.mse(targets, predictions, reduction=self.reduction)


class L1Loss(Loss):
    """Mean absolute error.

    Args:
        reduction: "mean", "sum" or "none".

    Example:
        >>> L1Loss()([1.0, 0.0], [0.5, 0.5]).item()
        0.5
    """

    def forward(self, targets: Any, predictions: Any) -> Any:
        """One number."""
        return microgradx.l1(targets, predictions, reduction=self.reduction)


class HuberLoss(Loss):
    """Mean of errors that are squared near the target and straight further away.

    Args:
        reduction: "mean", "sum" or "none".
        delta: the distance at which the parabola goes over into a line.

    Example:
        >>> HuberLoss(delta=1.0)([0.0, 0.0], [1.0, 3.0]).item()  # of 0.5 and 2.5
        1.5
    """

    def __init__(self, *, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        if not delta > 0:
            raise ValueError(f"HuberLoss needs a positive `delta`, got {delta}.")
        self.delta = delta

    def forward(self, targets: Any, predictions: Any) -> Any:
        """One number."""
        return microgradx.huber(targets, predictions, delta=self.delta, reduction=self.reduction)


class SmoothL1Loss(Loss):
    """`HuberLoss` divided by the distance where it goes over: far away, the slope is 1.

    Args:
        reduction: "mean", "sum" or "none".
        beta: that distance; at 0 it is `L1Loss`.

    Source:
        Girshick, Fast R-CNN (2015), equation 3.

    Example:
        >>> SmoothL1Loss(beta=2.0)([0.0], [5.0]).item()
        4.0
    """

    def __init__(self, *, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        if not beta >= 0:
            raise ValueError(f"SmoothL1Loss needs a `beta` of 0 or more, got {beta}.")
        self.beta = beta

    def forward(self, targets: Any, predictions: Any) -> Any:
        """One number."""
        if self.beta == 0:
            return microgradx.l1(targets, predictions, reduction=self.reduction)
        errors = microgradx.huber(targets, predictions, delta=self.beta, reduction=self.reduction)
        return errors / self.beta


class BCELoss(Loss):
    """Negative log-likelihood of yes/no labels, from probabilities.

    Args:
        reduction: "mean", "sum" or "none".

    Example:
        >>> BCELoss()([1.0, 0.0], [0.5, 0.5]).item()
        0.6931471805599453
    """

    def forward(self, targets: Any, probabilities: Any) -> Any:
        """One number."""
        return microgradx.binary_cross_entropy(targets, probabilities, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """Negative log-likelihood of yes/no labels, from scores before the sigmoid.

    Args:
        reduction: "mean", "sum" or "none".

    Example:
        >>> BCEWithLogitsLoss()([1.0, 0.0], [0.0, 0.0]).item()
        0.6931471805599453
    """

    def forward(self, targets: Any, logits: Any) -> Any:
        """One number."""
        return microgradx.binary_cross_entropy_with_logits(
            targets, logits, reduction=self.reduction
        )


class HingeLoss(Loss):
    """How far scores fall short of 1 on their target's side, which is -1 or 1.

    Args:
        reduction: "mean", "sum" or "none".

    Example:
        >>> HingeLoss()([1.0, -1.0], [0.5, -2.0]).item()  # of 0.5 and 0
        0.25
    """

    def forward(self, targets: Any, scores: Any) -> Any:
        """One number."""
        return microgradx.hinge(targets, scores, reduction=self.reduction)


class NLLLoss(Loss):
    """Negative log-likelihood of the right class, from logarithms of probabilities.

    Args:
        weight: how much each class counts, shape `(classes,)`.
        ignore_index: the label of examples that do not count; by default all count, where PyTorch
            leaves out those labelled -100.
        reduction: "mean", "sum" or "none".

    Example:
        >>> NLLLoss()([0], np.log([[0.5, 0.5]])).item()
        0.6931471805599453
    """

    def __init__(
        self,
        weight: ArrayLike | None = None,
        *,
        ignore_index: int | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        self.weight = None if weight is None else np.asarray(weight)
        self.ignore_index = ignore_index

    def forward(self, labels: Any, log_probabilities: Any) -> Any:
        """One number."""
        return microgradx.nll(
            labels,
            log_probabilities,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class CrossEntropyLoss(NLLLoss):
    """Negative log-likelihood of the right class, from scores before the softmax.

    Args:
        weight: how much each class counts, shape `(classes,)`.
        ignore_index: the label of examples that do not count; by default all count, where PyTorch
            leaves out those labelled -100.
        label_smoothing: share of every label that is spread evenly over all classes.
        reduction: "mean", "sum" or "none".

    Example:
        >>> CrossEntropyLoss()([0], [[0.0, 0.0]]).item()
        0.6931471805599453
    """

    def __init__(
        self,
        weight: ArrayLike | None = None,
        *,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, ignore_index=ignore_index, reduction=reduction)
        if not 0 <= label_smoothing <= 1:
            raise ValueError(f"`label_smoothing` needs a share from 0 to 1, got {label_smoothing}.")
        self.label_smoothing = label_smoothing

    def forward(self, labels: Any, logits: Any) -> Any:
        """One number."""
        return microgradx.cross_entropy(
            labels,
            logits,
            weight=self.weight,
            label_smoothing=self.label_smoothing,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )
