"""Rates that fall when a metric stops getting better."""

from __future__ import annotations

import math
from typing import Any

from microgradx import Optimizer
from vhgrad.optim.lr_scheduler.scheduler import Scheduler, per_group

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(Scheduler):
    """Multiply the rates by `factor` when a metric has not improved in more than `patience` epochs.

    This is the one schedule that goes by what happens, not by the number of the epoch; so it takes
    the rate as it is, also one that was set by hand. A metric of nan is no improvement.

    Args:
        optimizer: whose rates are set.
        mode: "min" if less is better, such as a loss; "max" if more is, such as an accuracy.
        factor: below 1.
        patience: how many epochs without improvement are borne.
        threshold: by how much a metric must improve to count.
        threshold_mode: "rel" for a share of the best so far, "abs" for a difference. As in PyTorch,
            the share is of the number with its sign: for negative metrics "abs" is what you want.
        cooldown: for how many epochs after a change nothing is counted.
        min_lr: the lowest rate; one number, or a list with one per group.
        eps: smaller changes than this are not made.

    Raises:
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> optimizer = SGD([Parameter([1.0])], lr=1.0)
        >>> scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
        >>> for loss in (3.0, 2.0, 2.0, 2.0):
        ...     scheduler.step(loss)
        ...     print(scheduler.get_last_lr())
        [1.0]
        [1.0]
        [1.0]
        [0.5]
    """

    mode: str
    factor: float
    patience: int
    threshold: float
    threshold_mode: str
    cooldown: int
    min_lr: float | list[float]
    eps: float

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        self.best: float | None = None
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.reductions: list[float] = []
        super().__init__(
            optimizer,
            mode=mode,
            factor=factor,
            patience=patience,
            threshold=threshold,
            threshold_mode=threshold_mode,
            cooldown=cooldown,
            min_lr=min_lr,
            eps=eps,
        )

    def check(self) -> None:
        """A factor of 1 or more would not reduce anything."""
        for name, allowed in (("mode", ("min", "max")), ("threshold_mode", ("rel", "abs"))):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{self.name} needs {name} {' or '.join(map(repr, allowed))}, got "
                    f"{getattr(self, name)!r}."
                )
        self.need_number("factor", 0.0, 1.0, without=1.0)
        self.need_number("threshold")
        self.need_number("eps")
        self.need_whole("patience", 0)
        self.need_whole("cooldown", 0)
        for low in per_group("min_lr", self.min_lr, self.optimizer):
            if isinstance(low, bool) or not isinstance(low, int | float) or not low >= 0:
                raise ValueError(f"{self.name} needs min_lr of 0 or more, got {low!r}.")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """`base`, less what all reductions so far have taken from it."""
        return base * self.reductions[k] if k < len(self.reductions) else base

    def step(self, metrics: Any) -> None:  # type: ignore[override]  # a metric, as in PyTorch
        """Take note of a metric at the end of an epoch, and reduce the rates if it is time.

        Raises:
            TypeError: if the metric is no number.
        """
        metric = float(metrics)
        self.last_epoch += 1
        if self.improved(metric):
            self.best = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0

    def improved(self, metric: float) -> bool:
        """Whether a metric is better than the best so far by more than the threshold."""
        sign = 1 if self.mode == "max" else -1
        best = -sign * math.inf if self.best is None else self.best
        change = sign * self.threshold
        level = best * (1 + change) if self.threshold_mode == "rel" else best + change
        return metric > level if self.mode == "max" else metric < level

    def reduce(self) -> None:
        """Multiply the rates by the factor, down to the lowest."""
        groups = self.optimizer.param_groups
        self.reductions += [1.0] * (len(groups) - len(self.reductions))
        lowest = per_group("min_lr", self.min_lr, self.optimizer)
        for k, (group, low) in enumerate(zip(groups, lowest)):
            lr = max(group["lr"] * self.factor, low)
            if group["lr"] - lr > self.eps:
                self.reductions[k] *= lr / group["lr"]
                group["lr"] = lr
        self.shares[:] = self.reductions

    @property
    def saved(self) -> tuple[str, ...]:
        """Also what has been seen so far."""
        return (*super().saved, "best", "num_bad_epochs", "cooldown_counter", "reductions")
