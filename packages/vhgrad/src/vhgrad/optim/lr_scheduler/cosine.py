"""Rates that fall along a cosine."""

from __future__ import annotations

import math

from microgradx import Optimizer
from vhgrad.optim.lr_scheduler.scheduler import Scheduler

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts"]


def cosine(base: float, low: float, done: float) -> float:
    """From `base` to `low` along half a wave."""
    return low + (base - low) * (1 + math.cos(math.pi * done)) / 2


class CosineAnnealingLR(Scheduler):
    """From the initial rate to `eta_min` in `T_max` epochs, along half a cosine wave.

    After that it goes up again: the wave continues.

    Args:
        optimizer: whose rates are set.
        T_max: how many epochs it takes to reach the lowest rate.
        eta_min: the lowest rate.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Loshchilov and Hutter, SGDR (2017), equation 5.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = CosineAnnealingLR(SGD([Parameter([1.0])], lr=0.8), T_max=4)
        >>> [round(scheduler.rate(0.8, epoch, 0), 3) for epoch in (0, 1, 2, 4, 6)]
        [0.8, 0.683, 0.4, 0.0, 0.4]
    """

    T_max: int
    eta_min: float

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        super().__init__(optimizer, last_epoch, T_max=T_max, eta_min=eta_min)

    def check(self) -> None:
        """The way down takes an epoch or more."""
        self.need_whole("T_max", 1)
        self.need_number("eta_min")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`eta_min + (base - eta_min) * (1 + cos(pi * epoch / T_max)) / 2`."""
        # whole waves taken off first: pi times a million would be rounded in its tenth digit
        return cosine(base, self.eta_min, epoch % (2 * self.T_max) / self.T_max)


class CosineAnnealingWarmRestarts(Scheduler):
    """Down along half a cosine wave, then back to the initial rate at once, and down again.

    `step(epoch)` takes parts of epochs, such as `epoch + batch / batches`.

    Args:
        optimizer: whose rates are set.
        T_0: how many epochs the first way down takes.
        T_mult: how many times longer each is than the one before.
        eta_min: the lowest rate.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range.

    Source:
        Loshchilov and Hutter, SGDR (2017), equation 5.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> scheduler = CosineAnnealingWarmRestarts(SGD([Parameter([1.0])], lr=0.8), 2, T_mult=2)
        >>> [round(scheduler.rate(0.8, epoch, 0), 3) for epoch in (0, 1, 2, 4, 5, 6)]
        [0.8, 0.4, 0.8, 0.4, 0.117, 0.8]
    """

    T_0: int
    T_mult: int
    eta_min: float

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        super().__init__(optimizer, last_epoch, T_0=T_0, T_mult=T_mult, eta_min=eta_min)

    def check(self) -> None:
        """Ways down take an epoch or more, and do not get shorter."""
        self.need_whole("T_0", 1)
        self.need_whole("T_mult", 1)
        self.need_number("eta_min")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`eta_min + (base - eta_min) * (1 + cos(pi * since / length)) / 2`."""
        since, length = epoch, self.T_0
        if self.T_mult == 1:
            since = epoch % length
        while since >= length:  # a few rounds: each is at least twice as long as the last
            since, length = since - length, length * self.T_mult
        return cosine(base, self.eta_min, since / length)
