"""One schedule after the other: such as a warm-up, then a cosine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from microgradx import Optimizer
from vhgrad.optim.lr_scheduler.plateau import ReduceLROnPlateau
from vhgrad.optim.lr_scheduler.scheduler import Scheduler, all_shares

__all__ = ["SequentialLR"]


class SequentialLR(Scheduler):
    """The first schedule up to the first milestone, then the next; each counts from its own 0.

    The schedules become part of this one: only this one is stepped, and saved.

    Args:
        optimizer: whose rates are set.
        schedulers: schedules of that optimiser.
        milestones: the epochs at which the second, third, ... begins.
        last_epoch: see `Scheduler`.

    Raises:
        TypeError: if one of `schedulers` is none, or goes by a metric.
        ValueError: if they belong to another optimiser or schedule, or the milestones are not one
            fewer, or not in order.

    Example:
        Three epochs of warm-up, then a cosine:

        >>> from vhgrad import SGD, Parameter
        >>> from vhgrad.optim.lr_scheduler import CosineAnnealingLR, LinearLR
        >>> optimizer = SGD([Parameter([1.0])], lr=0.8)
        >>> parts = [LinearLR(optimizer, 0.25, total_iters=3), CosineAnnealingLR(optimizer, 10)]
        >>> scheduler = SequentialLR(optimizer, parts, milestones=[3])
        >>> [round(scheduler.rate(0.8, epoch, 0), 3) for epoch in (0, 1, 2, 3, 8, 13)]
        [0.2, 0.4, 0.6, 0.8, 0.4, 0.0]
    """

    milestones: list[int]

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[Scheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        self.schedulers = list(schedulers)
        for part in self.schedulers:
            if not isinstance(part, Scheduler) or isinstance(part, ReduceLROnPlateau):
                raise TypeError(
                    f"SequentialLR needs schedules that go by epochs, got {type(part).__name__}."
                )
            if part.optimizer is not optimizer:
                raise ValueError("SequentialLR needs schedules of its own optimiser.")
            if getattr(part, "cycle_momentum", False):
                raise ValueError(
                    f"SequentialLR sets rates only; make {part.name} with cycle_momentum=False."
                )
            if part.owner is not None:
                raise ValueError(f"this {part.name} is already part of a {part.owner.name}.")
        if len(set(map(id, self.schedulers))) != len(self.schedulers):
            raise ValueError("SequentialLR got a schedule twice; make one for each place.")
        shares = all_shares(optimizer)
        kept = list(shares)
        parts = [part.shares for part in self.schedulers]
        shares[:] = [(name, x) for name, x in kept if not any(x is part for part in parts)]
        try:
            super().__init__(optimizer, last_epoch, milestones=list(milestones))
        except BaseException:
            shares[:] = kept
            raise
        for part in self.schedulers:
            part.owner = self

    def check(self) -> None:
        """As many beginnings as schedules after the first."""
        if len(self.milestones) != len(self.schedulers) - 1:
            raise ValueError(
                f"SequentialLR needs {len(self.schedulers) - 1} milestones for "
                f"{len(self.schedulers)} schedules, got {len(self.milestones)}."
            )
        if self.milestones != sorted(self.milestones):
            raise ValueError(f"SequentialLR needs milestones in order, got {self.milestones}.")

    def rate(self, base: float, epoch: float, k: int) -> float:
        """The rate of the schedule whose turn it is."""
        turn = bisect_right(self.milestones, epoch)
        began = self.milestones[turn - 1] if turn else 0
        return self.schedulers[turn].rate(base, epoch - began, k)

    def state_dict(self) -> dict[str, Any]:
        """Also the states of all parts."""
        return {
            **super().state_dict(),
            "schedulers": [part.state_dict() for part in self.schedulers],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Also of all parts, or, after an error that lists all that does not fit, nothing."""
        parts = state.get("schedulers") if isinstance(state, dict) else None
        if not isinstance(parts, list | tuple) or len(parts) != len(self.schedulers):
            raise ValueError(f"SequentialLR expected the states of {len(self.schedulers)} parts.")
        before = [part.state_dict() for part in self.schedulers]
        rates = [(group["initial_lr"], group["lr"]) for group in self.optimizer.param_groups]
        own = {k: x for k, x in state.items() if k != "schedulers"}
        wrong: list[str] = []
        try:
            loads = [*(part.load_state_dict for part in self.schedulers), super().load_state_dict]
            for load, saved in zip(loads, (*parts, own)):
                try:
                    load(saved)
                except ValueError as error:
                    wrong.append(str(error))
            if wrong:
                raise ValueError(" ".join(wrong))
        except BaseException:
            for part, saved in zip(self.schedulers, before):
                part.load_state_dict(saved)
            for group, (initial, lr) in zip(self.optimizer.param_groups, rates):
                group["initial_lr"], group["lr"] = initial, lr
            raise
