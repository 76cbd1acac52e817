"""Rates that go from one value to another in so many epochs, and stay there."""

from __future__ import annotations

from microgradx import Optimizer
from vhgrad.optim.lr_scheduler.scheduler import Scheduler

__all__ = ["ConstantLR", "LinearLR", "PolynomialLR"]


class LinearLR(Scheduler):
    """From `start_factor` to `end_factor` of the initial rate in equal steps: a warm-up.

    Args:
        optimizer: whose rates are set.
        start_factor: share of the initial rate to begin with, above 0.
        end_factor: share in the end.
        total_iters: how many epochs it takes.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = LinearLR(SGD([Parameter([1.0])], lr=0.8), 0.25, total_iters=3)
        >>> [round(scheduler.rate(0.8, epoch, 0), 12) for epoch in range(5)]
        [0.2, 0.4, 0.6, 0.8, 0.8]
    """

    start_factor: float
    end_factor: float
    total_iters: int

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        super().__init__(
            optimizer,
            last_epoch,
            start_factor=start_factor,
            end_factor=end_factor,
            total_iters=total_iters,
        )

    def check(self) -> None:
        """Factors are at most 1, and the first is not 0: that epoch would be lost."""
        self.need_number("start_factor", 0.0, 1.0, without=0.0)
        self.need_number("end_factor", 0.0, 1.0)
        self.need_whole("total_iters", 0)

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * (start_factor + (end_factor - start_factor) * epoch / total_iters)`."""
        if epoch >= self.total_iters:
            return base * self.end_factor
        done = epoch / self.total_iters
        return base * (self.start_factor + (self.end_factor - self.start_factor) * done)


class ConstantLR(Scheduler):
    """`factor` of the initial rate for so many epochs, then all of it.

    Args:
        optimizer: whose rates are set.
        factor: share of the initial rate.
        total_iters: how many epochs it takes.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = ConstantLR(SGD([Parameter([1.0])], lr=0.8), 0.5, total_iters=2)
        >>> [scheduler.rate(0.8, epoch, 0) for epoch in range(4)]
        [0.4, 0.4, 0.8, 0.8]
    """

    factor: float
    total_iters: int

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        super().__init__(optimizer, last_epoch, factor=factor, total_iters=total_iters)

    def check(self) -> None:
        """The factor is at most 1."""
        self.need_number("factor", 0.0, 1.0)
        self.need_whole("total_iters", 0)

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * factor`, or `base`."""
        return base * self.factor if epoch < self.total_iters else base


class PolynomialLR(Scheduler):
    """Down to 0 in so many epochs, along a power of what is left.

    Args:
        optimizer: whose rates are set.
        total_iters: how many epochs it takes.
        power: 1 for a straight line, more to fall faster at first.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = PolynomialLR(SGD([Parameter([1.0])], lr=0.8), total_iters=4, power=2.0)
        >>> [scheduler.rate(0.8, epoch, 0) for epoch in range(6)]
        [0.8, 0.45, 0.2, 0.05, 0.0, 0.0]
    """

    total_iters: int
    power: float

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
    ) -> None:
        super().__init__(optimizer, last_epoch, total_iters=total_iters, power=power)

    def check(self) -> None:
        """The power is not negative."""
        self.need_whole("total_iters", 0)
        self.need_number("power")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base * (1 - epoch / total_iters) ** power`."""
        if epoch >= self.total_iters:
            return 0.0
        left = (self.total_iters - epoch) / self.total_iters
        return base * left ** float(self.power)
