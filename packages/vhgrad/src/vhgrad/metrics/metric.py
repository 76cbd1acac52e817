"""`Metric`: what can be measured batch by batch, with the same result as in one go."""

from __future__ import annotations

import copy
import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np

__all__ = ["Metric", "UndefinedMetricWarning", "takes_scores", "undefined"]

F = TypeVar("F", bound=Callable[..., Any])


class UndefinedMetricWarning(UserWarning):
    """A metric has no value for these examples; the message says what is returned instead.

    Example:
        >>> import warnings
        >>> from vhgrad import precision
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore", UndefinedMetricWarning)
        ...     precision([1, 0], [0, 0])
        0.0
    """


class Metric:
    """Base of all streaming metrics: `update` with every batch, then `compute`.

    What is kept between batches are counts, exact sums or the examples themselves, never a mean of
    means. So the result depends on the examples alone, to the last bit: not on how they were cut
    into batches.

    Example:
        >>> from vhgrad.metrics import Accuracy
        >>> metric = Accuracy()
        >>> metric.update([0, 1], [0, 1])
        >>> metric.update([2], [0])
        >>> metric.compute()
        0.6666666666666666
        >>> metric([1, 1], [1, 0])  # these alone; what was gathered stays
        0.5
    """

    name: ClassVar[str]  # of the function for one call; errors begin with it
    takes_scores: ClassVar[bool] = False  # scores of every class, not the likeliest class

    def __init__(self) -> None:
        self.reset()

    def nothing(self) -> dict[str, Any]:
        """The attributes that are gathered, as they are before the first batch."""
        raise NotImplementedError

    def update(self, targets: Any, predictions: Any) -> None:
        """Take in one batch; one that does not fit is an error and changes nothing."""
        raise NotImplementedError

    def compute(self) -> Any:
        """The value for all batches since the start or the last `reset`."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget all batches."""
        vars(self).update(self.nothing())

    def __call__(self, targets: Any, predictions: Any) -> Any:
        """The value for these examples alone; what was gathered stays as it is."""
        fresh = copy.copy(self)
        fresh.reset()
        fresh.update(targets, predictions)
        return fresh.compute()

    def state_dict(self) -> dict[str, Any]:
        """A copy of what was gathered: lists, numbers and arrays. Settings are not part of it."""
        return {name: copy.deepcopy(getattr(self, name)) for name in self.nothing()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what another metric of the same settings had gathered.

        Raises:
            ValueError: if that is not a state of this metric; nothing is changed then.
        """
        wanted = self.nothing()
        wrong = [f"no {name!r}" for name in wanted if name not in state]
        wrong += [f"unexpected {name!r}" for name in state if name not in wanted]
        for name, empty in wanted.items():
            if name in state and not like(empty, state[name]):
                wrong.append(f"{name!r} is {type(state[name]).__name__}, not like {empty!r:.40}")
        if not wrong and not self.fits(dict(state)):
            wrong.append("its parts do not fit each other")
        if wrong:
            raise ValueError(
                f"{type(self).__name__} cannot load this state: {'; '.join(wrong)}. Nothing was "
                "changed."
            )
        vars(self).update(copy.deepcopy(dict(state)))

    def fits(self, state: dict[str, Any]) -> bool:
        """Whether the parts of a state, each of the right kind, belong together."""
        return True

    def some(self, seen: object) -> None:
        """Raise if nothing was seen yet: then there is nothing to compute."""
        if not seen:
            raise ValueError(f"{self.name} expected at least one example; call update(...) first.")

    def __repr__(self) -> str:
        gathered = self.nothing()
        settings = [f"{k}={v!r}" for k, v in vars(self).items() if k not in gathered]
        return f"{type(self).__name__}({', '.join(settings)})"


def takes_scores(function: F) -> F:
    """Decorate a metric that takes scores of every class: `fit` then hands it the outputs."""
    function.__dict__["takes_scores"] = True
    return function


def like(empty: Any, part: Any) -> bool:
    """Whether a part of a state is of the same kind as at the start."""
    if isinstance(empty, np.ndarray):
        found = (getattr(part, "dtype", None), getattr(part, "ndim", None))
        return isinstance(part, np.ndarray) and found == (empty.dtype, empty.ndim)
    if isinstance(empty, int):
        return isinstance(part, int) and not isinstance(part, bool) and part >= 0
    return isinstance(part, type(empty))


def undefined(message: str) -> None:
    """Warn that a metric has no value, at the line outside this package that asked for it."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("vhgrad."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UndefinedMetricWarning, stacklevel=level)
