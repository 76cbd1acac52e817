"""How far are predicted numbers from the true ones?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vhgrad.metrics.exact import DIGITS, added, exact_sums, fractions, squares
from vhgrad.metrics.examples import number_pair
from vhgrad.metrics.metric import Metric, undefined

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["R2", "MeanSquaredError", "mean_squared_error", "r2"]


class Regression(Metric):
    """Base of the metrics for numbers: exact sums over the examples, one of each per output.

    Args:
        multioutput: "uniform_average", the mean over the outputs, or "raw_values", one each.
    """

    sums: NDArray[np.int64]
    examples: int

    def __init__(self, *, multioutput: str = "uniform_average") -> None:
        if multioutput not in ("uniform_average", "raw_values"):
            raise ValueError(
                f"{self.name} expected multioutput='uniform_average' or 'raw_values', got "
                f"{multioutput!r}."
            )
        self.multioutput = multioutput
        super().__init__()

    def nothing(self) -> dict[str, Any]:
        """No outputs yet."""
        return {"sums": np.zeros((0, DIGITS), np.int64), "examples": 0}

    def fits(self, state: dict[str, Any]) -> bool:
        """There are sums where there were examples."""
        rows, digits = state["sums"].shape
        return digits == DIGITS and (rows > 0) == (state["examples"] > 0)

    def update(self, targets: Any, predictions: Any) -> None:
        """Add one batch, two arrays of one shape, `(n,)` or `(n, outputs)`."""
        targets, predictions = number_pair(self.name, targets, predictions)
        with np.errstate(over="ignore", invalid="ignore"):
            columns = np.hstack(self.summands(targets, predictions))
        if not np.isfinite(columns).all():
            raise ValueError(f"{self.name} expected numbers whose squares are finite, below 1e154.")
        sums = exact_sums(columns)
        if not self.examples:
            self.sums = np.zeros_like(sums)
        if sums.shape != self.sums.shape:
            raise ValueError(
                f"{self.name} expected as many outputs in every batch, got {targets.shape[1]}."
            )
        self.sums = added(self.sums, sums)
        self.examples += len(targets)

    def summands(self, y: Any, predicted: Any) -> list[NDArray[np.float64]]:
        """What is summed over the examples, arrays of shape `(n, outputs)`."""
        raise NotImplementedError

    def compute(self) -> Any:
        """One number, or one per output."""
        self.some(self.examples)
        values = self.values(fractions(self.sums))
        if self.multioutput == "raw_values":
            return np.array([float(x) for x in values])
        return float(sum(values) / len(values))

    def values(self, sums: list[Fraction]) -> list[Any]:
        """The metric for each output."""
        raise NotImplementedError


class MeanSquaredError(Regression):
    """`mean_squared_error`, batch by batch: the sum is exact, whatever the batches.

    Args:
        multioutput: "uniform_average", the mean over the outputs, or "raw_values", one each.

    Example:
        >>> metric = MeanSquaredError()
        >>> metric.update([1.0, 2.0], [1.0, 2.0])
        >>> metric.update([3.0], [0.0])
        >>> metric.compute()
        3.0
    """

    name = "mean_squared_error"

    def summands(self, y: Any, predicted: Any) -> list[NDArray[np.float64]]:
        """Squared errors."""
        return [(y - predicted) ** 2]

    def values(self, sums: list[Fraction]) -> list[Any]:
        """Their mean."""
        return [total / self.examples for total in sums]


class R2(Regression):
    """`r2`, batch by batch: the sums are exact, whatever the batches.

    Args:
        multioutput: "uniform_average", the mean over the outputs, or "raw_values", one each.

    Example:
        >>> metric = R2()
        >>> metric.update([1.0, 2.0], [1.0, 2.0])
        >>> metric.update([3.0], [2.0])
        >>> metric.compute()
        0.5
    """

    name = "r2"

    def summands(self, y: Any, predicted: Any) -> list[NDArray[np.float64]]:
        """Squared errors, the targets, and their squares in two parts: nothing is rounded away."""
        return [(y - predicted) ** 2, y, *squares(y)]

    def values(self, sums: list[Fraction]) -> list[Any]:
        """1 - squared errors / squared distances from the mean."""
        from fractions import Fraction

        outputs = len(sums) // 4
        if self.examples < 2:
            undefined("r2 is nan for fewer than two examples.")
            return [math.nan] * outputs
        values = []
        for k in range(outputs):
            errors, total, high, low = sums[k::outputs]
            spread = high + low - total**2 / self.examples
            values.append(1 - errors / spread if spread > 0 else Fraction(errors == 0))
        return values


def mean_squared_error(y_true: Any, y_pred: Any, *, multioutput: str = "uniform_average") -> Any:
    """Mean of the squared differences.

    Args:
        y_true: the true numbers, shape `(n,)` or `(n, outputs)`.
        y_pred: the predicted ones, same shape.
        multioutput: "uniform_average", the mean over the outputs, or "raw_values", one each.

    Raises:
        ValueError: if the shapes differ, there are no examples, or a number is not finite.

    Example:
        >>> mean_squared_error([1.0, 2.0, 3.0], [1.0, 2.0, 0.0])
        3.0
    """
    return MeanSquaredError(multioutput=multioutput)(y_true, y_pred)


def r2(y_true: Any, y_pred: Any, *, multioutput: str = "uniform_average") -> Any:
    """How much better than the mean the predictions are: 1 is perfect, 0 as good as the mean.

    Where all targets are equal it is 1 if the predictions are exact, else 0. The sums are exact, so
    this holds for `[0.1, 0.1, 0.1]` too, whose mean in floats is not 0.1.

    Args:
        y_true: the true numbers, shape `(n,)` or `(n, outputs)`.
        y_pred: the predicted ones, same shape.
        multioutput: "uniform_average", the mean over the outputs, or "raw_values", one each.

    Returns:
        A number up to 1, also negative ones; nan with a warning for a single example.

    Raises:
        ValueError: if the shapes differ, there are no examples, or a number is not finite.

    Example:
        >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 2.0])
        0.5
    """
    return R2(multioutput=multioutput)(y_true, y_pred)
