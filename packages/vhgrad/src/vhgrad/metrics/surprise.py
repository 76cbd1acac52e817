"""How surprising is the right class, in nats?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.columns import columns, ordered, present
from vhgrad.metrics.exact import DIGITS, added, exact_sums, fractions
from vhgrad.metrics.examples import probabilities, score_rows
from vhgrad.metrics.metric import Metric, takes_scores

__all__ = ["LogLoss", "log_loss"]


class LogLoss(Metric):
    """`log_loss`, batch by batch: the sum is exact, whatever the batches.

    Args:
        labels: the class of each column, in ascending order; by default 0, 1, 2, ...

    Example:
        >>> metric = LogLoss()
        >>> metric.update([0, 1], [[0.5, 0.5], [0.75, 0.25]])
        >>> round(metric.compute(), 12)
        1.03972077084
    """

    name = "log_loss"
    takes_scores = True
    surprise: NDArray[np.int64]
    examples: int

    def __init__(self, *, labels: Sequence[Any] | None = None) -> None:
        self.labels = ordered(self.name, labels)
        super().__init__()

    def nothing(self) -> dict[str, Any]:
        """A sum of 0."""
        return {"surprise": np.zeros((1, DIGITS), np.int64), "examples": 0}

    def fits(self, state: dict[str, Any]) -> bool:
        """One sum."""
        return bool(state["surprise"].shape == (1, DIGITS))

    def update(self, targets: Any, predictions: Any) -> None:
        """Add one batch: classes `(n,)` and probabilities `(n, classes)` or, of two, `(n,)`."""
        targets, scores = score_rows(self.name, targets, predictions)
        p = probabilities(self.name, scores)
        if p.ndim == 1:
            p = np.stack([1 - p, p], axis=1)
        place = columns(self.name, targets, p.shape[1], self.labels)
        eps = np.finfo(p.dtype).eps
        own = p[np.arange(len(p)), place].clip(eps, 1 - eps).astype(np.float64)
        self.surprise = added(self.surprise, exact_sums(-np.log(own)[:, None]))
        self.examples += len(p)

    def compute(self) -> float:
        """The mean over the examples."""
        self.some(self.examples)
        return float(fractions(self.surprise)[0] / self.examples)


@takes_scores
def log_loss(y_true: Any, y_proba: Any, *, labels: Sequence[Any] | None = None) -> float:
    """Mean over the examples of -log of the probability of the right class, in nats.

    Probabilities are moved away from 0 and 1 by the epsilon of their dtype, so the result is
    finite. Where they do not add up to 1, scikit-learn warns; here it is an error.

    Args:
        y_true: the right classes, shape `(n,)`.
        y_proba: probabilities, shape `(n, classes)`; or of the greater of two classes, `(n,)`.
        labels: the class of each column, in ascending order; by default the classes in `y_true` if
            they are as many as the columns, else 0, 1, 2, ...

    Raises:
        ValueError: if the shapes or labels do not fit, there are no examples, or these are no
            probabilities.

    Example:
        >>> round(log_loss([0, 1], [0.0, 0.0]), 4)  # F42: certain, and wrong once
        18.0218
    """
    return LogLoss(labels=present("log_loss", y_true, y_proba, labels))(y_true, y_proba)
