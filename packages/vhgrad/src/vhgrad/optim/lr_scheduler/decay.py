"""Rates that fall by factors, or as a function of your own says."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from microgradx import Optimizer
from vhgrad.optim.lr_scheduler.scheduler import Scheduler, per_group

__all__ = ["ExponentialLR", "LambdaLR", "MultiStepLR", "StepLR"]


class StepLR(Scheduler):
    """Every `step_size` epochs, the rate is multiplied by `gamma`.

    Args:
        optimizer: whose rates are set.
        step_size: how many epochs a rate stays.
        gamma: the factor.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> optimizer = SGD([Parameter([1.0])], lr=0.5)
        >>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
        >>> rates = []
        >>> for epoch in range(5):
        ...     rates += scheduler.get_last_lr()
        ...     optimizer.step()
        ...     scheduler.step()
        >>> rates
        [0.5, 0.5, 0.25, 0.25, 0.125]
    """

    step_size: int
    gamma: float

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        super().__init__(optimizer, last_epoch, step_size=step_size, gamma=gamma)

    def check(self) -> None:
        """A step takes an epoch or more; rates are not negative."""
        self.need_whole("step_size", 1)
        self.need_number("gamma")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * gamma ** (epoch // step_size)`."""
        return base * power(self.gamma, epoch // self.step_size)


class MultiStepLR(Scheduler):
    """At every milestone, the rate is multiplied by `gamma`.

    Args:
        optimizer: whose rates are set.
        milestones: epochs, in any order; one that comes twice counts twice.
        gamma: the factor.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> optimizer = SGD([Parameter([1.0])], lr=0.5)
        >>> scheduler = MultiStepLR(optimizer, milestones=[30, 80], gamma=0.5)
        >>> [scheduler.rate(0.5, epoch, 0) for epoch in (29, 30, 79, 80)]
        [0.5, 0.25, 0.25, 0.125]
    """

    milestones: list[float]
    gamma: float

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Sequence[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        super().__init__(optimizer, last_epoch, milestones=sorted(milestones), gamma=gamma)

    def check(self) -> None:
        """Rates are not negative; milestones are numbers that can be put in order."""
        self.need_number("gamma")
        if self.milestones != sorted(self.milestones):
            raise ValueError(f"expected milestones in order, got {self.milestones}.")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * gamma ** (milestones reached)`."""
        return base * power(self.gamma, bisect_right(self.milestones, epoch))


class ExponentialLR(Scheduler):
    """After every epoch, the rate is multiplied by `gamma`.

    Args:
        optimizer: whose rates are set.
        gamma: the factor.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = ExponentialLR(SGD([Parameter([1.0])], lr=0.8), gamma=0.5)
        >>> [scheduler.rate(0.8, epoch, 0) for epoch in range(3)]
        [0.8, 0.4, 0.2]
    """

    gamma: float

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        super().__init__(optimizer, last_epoch, gamma=gamma)

    def check(self) -> None:
        """Rates are not negative."""
        self.need_number("gamma")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * gamma ** epoch`."""
        return base * power(self.gamma, epoch)


class LambdaLR(Scheduler):
    """The initial rate times a function of the epoch.

    The function is not part of the saved state: give the same one to resume.

    Args:
        optimizer: whose rates are set.
        lr_lambda: epoch to factor; one function for all groups, or a list with one for each.
        last_epoch: see `Scheduler`.

    Raises:
        TypeError: if it is no function.
        ValueError: if there are not as many as groups.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = LambdaLR(SGD([Parameter([1.0])], lr=0.8), lambda epoch: 1 / (epoch + 1))
        >>> [scheduler.rate(0.8, epoch, 0) for epoch in (0, 1, 3)]
        [0.8, 0.4, 0.2]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[float], float] | Sequence[Callable[[float], float]],
        last_epoch: int = -1,
    ) -> None:
        self.lr_lambda: Any = lr_lambda
        if isinstance(optimizer, Optimizer):
            for function in per_group("function", lr_lambda, optimizer):
                if not callable(function):
                    raise TypeError(f"LambdaLR needs functions, got {type(function).__name__}.")
        super().__init__(optimizer, last_epoch)

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * lr_lambda(epoch)`."""
        return base * per_group("function", self.lr_lambda, self.optimizer)[k](epoch)


def power(gamma: float, n: float) -> float:
    """`gamma ** n`; what is too large for a number is inf, where Python raises."""
    try:
        return float(gamma) ** n
    except OverflowError:
        return math.inf
