"""One cycle: up to a high rate and down to a very low one, batch by batch."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from microgradx import Optimizer
from vhgrad.optim.lr_scheduler.scheduler import Scheduler, per_group

__all__ = ["OneCycleLR"]


class OneCycleLR(Scheduler):
    """Up to `max_lr`, then down to far below where it began; momentum goes the other way.

    Step it after each batch. The rates of the optimiser do not count: the cycle begins at
    `max_lr / div_factor`. The step after the last batch leaves the last rate (PyTorch's goes past
    it).

    Args:
        optimizer: whose rates are set.
        max_lr: the highest rate; one number, or a list with one per group.
        total_steps: how many batches the cycle has; or else give `epochs` and `steps_per_epoch`.
        epochs: how many epochs the cycle has.
        steps_per_epoch: how many batches an epoch has.
        pct_start: the share of the cycle in which the rate rises.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether `momentum`, or the first of `betas`, is changed too.
        base_momentum: momentum where the rate is highest; one number or a list.
        max_momentum: momentum at the ends; one number or a list.
        div_factor: how many times lower the first rate is than the highest.
        final_div_factor: how many times lower the last rate is than the first.
        three_phase: go down as it went up first, and to the last rate after that.
        last_epoch: see `Scheduler`.

    Raises:
        ValueError: if a setting is out of range, or the optimiser has no momentum to cycle; from
            `step()`, if the cycle is over.

    Source:
        Smith and Topin, Super-Convergence (2018); two phases and cosines as in fastai and PyTorch.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> optimizer = SGD([Parameter([1.0])], momentum=0.9)
        >>> scheduler = OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
        >>> [round(scheduler.rate(0.04, step, 0), 3) for step in (0, 1, 2, 5, 9)]
        [0.04, 0.52, 1.0, 0.611, 0.0]
    """

    unit: ClassVar[str] = "batch"

    max_lr: list[float]
    total_steps: int
    pct_start: float
    anneal_strategy: str
    cycle_momentum: bool
    base_momentum: list[float]
    max_momentum: list[float]
    div_factor: float
    final_div_factor: float
    three_phase: bool

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR needs total_steps, or epochs and steps_per_epoch.")
            total_steps = epochs * steps_per_epoch
        groups = getattr(optimizer, "param_groups", [])
        if cycle_momentum and not all("momentum" in g or "betas" in g for g in groups):
            raise ValueError(
                f"OneCycleLR needs an optimiser with momentum or betas, {type(optimizer).__name__} "
                "has neither; pass cycle_momentum=False."
            )
        given = {"max_lr": max_lr, "base_momentum": base_momentum, "max_momentum": max_momentum}
        if isinstance(optimizer, Optimizer):
            given = {name: per_group(name, x, optimizer) for name, x in given.items()}
        super().__init__(
            optimizer,
            last_epoch,
            **given,
            total_steps=total_steps,
            pct_start=pct_start,
            anneal_strategy=anneal_strategy,
            cycle_momentum=cycle_momentum,
            div_factor=div_factor,
            final_div_factor=final_div_factor,
            three_phase=three_phase,
        )

    def check(self) -> None:
        """Shares are from 0 to 1, divisors above 0."""
        self.need_whole("total_steps", 1)
        self.need_number("pct_start", 0.0, 1.0)
        self.need_number("div_factor", without=0.0)
        self.need_number("final_div_factor", without=0.0)
        if self.anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"OneCycleLR needs anneal_strategy 'cos' or 'linear', got {self.anneal_strategy!r}."
            )
        for name, high in (("max_lr", math.inf), ("base_momentum", 1.0), ("max_momentum", 1.0)):
            for x in per_group(name, getattr(self, name), self.optimizer):
                if isinstance(x, bool) or not isinstance(x, int | float) or not 0 <= x < high:
                    raise ValueError(f"OneCycleLR needs {name} from 0 to below {high}, got {x!r}.")

    def initial(self, k: int, group: dict[str, Any]) -> float:
        """The cycle sets its own beginning."""
        return self.of_group("max_lr", k) / self.div_factor

    def of_group(self, name: str, k: int) -> float:
        """A setting of a group."""
        return float(per_group(name, getattr(self, name), self.optimizer)[k])

    def rate(self, base: float, epoch: float, k: int) -> float:
        """Where the cycle is after so many batches."""
        high = self.of_group("max_lr", k)
        first = high / self.div_factor
        return self.along(epoch, [first, high, first], first / self.final_div_factor)

    def along(self, step: float, ends: list[float], last: float) -> float:
        """From the first of `ends` to the second, and, in three phases, the third; then `last`."""
        if step > self.total_steps:
            raise ValueError(
                f"OneCycleLR has {self.total_steps} steps, and this would be number {step}; "
                "give as many total_steps as there are batches in all epochs."
            )
        stops = [0.0, self.pct_start * self.total_steps - 1]
        if self.three_phase:
            stops.append(2 * self.pct_start * self.total_steps - 2)
        stops.append(self.total_steps - 1)
        values = [*ends[: len(stops) - 1], last]
        phase = next((k for k, stop in enumerate(stops[1:-1]) if step <= stop), len(stops) - 2)
        start, stop = stops[phase], stops[phase + 1]
        done = min((step - start) / (stop - start), 1.0) if stop != start else 1.0
        a, b = values[phase], values[phase + 1]
        if self.anneal_strategy == "linear":
            return a + (b - a) * done
        return b + (a - b) / 2 * (1 + math.cos(math.pi * done))

    def go_to(self, epoch: float) -> None:
        """Also set the momenta."""
        super().go_to(epoch)
        self.set_momenta()

    def set_momenta(self) -> None:
        """Momentum is low where the rate is high."""
        if not self.cycle_momentum:
            return
        for k, group in enumerate(self.optimizer.param_groups):
            low, high = self.of_group("base_momentum", k), self.of_group("max_momentum", k)
            momentum = self.along(self.last_epoch, [high, low, high], high)
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Also the momenta that belong to the saved step."""
        super().load_state_dict(state)
        self.set_momenta()
