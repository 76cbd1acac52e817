"""What all schedules share: the initial rates, the number of the epoch, and saving both."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np

from micrograd_plus.remembering import plain
from microgradx import Optimizer

__all__ = ["Scheduler", "per_group"]


class Scheduler:
    """Base of all schedules: a schedule is one formula, `rate`.

    Several schedules on one optimiser multiply: each contributes its rate as a share of the initial
    one. The initial rate of a group is its `lr` when the first schedule was made, and is kept as
    `group["initial_lr"]`. A rate set by hand, `group["lr"] = ...`, holds until the next step of a
    schedule; to change the whole course, set `group["initial_lr"]`. A group that is added later
    joins the schedule at the next step, as if it had been there from the start.

    Args:
        optimizer: whose rates are set, from now on.
        last_epoch: the last epoch that was done; -1 to begin. To go on, the groups need an
            `initial_lr`, and the schedule takes the place of one of its kind that was made before;
            `load_state_dict` is the easier way.
        settings: what the formula needs; kept as attributes and in the saved state.

    Raises:
        TypeError: if `optimizer` is none.
        KeyError: if `last_epoch` is 0 or more, and a group has no `initial_lr`.
        ValueError: if a setting is out of range.

    Example:
        >>> from vhgrad import SGD, Parameter
        >>> class Halved(Scheduler):
        ...     def rate(self, base, epoch, k):
        ...         return base * 0.5 ** epoch
        >>> optimizer = SGD([Parameter([1.0])], lr=0.8)
        >>> scheduler = Halved(optimizer)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.4]
    """

    unit: ClassVar[str] = "epoch"  # when to step: after each "epoch" or each "batch"

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1, **settings: Any) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{self.name} needs an optimiser, got {type(optimizer).__name__}.")
        if isinstance(last_epoch, bool) or not isinstance(last_epoch, int) or last_epoch < -1:
            raise ValueError(f"{self.name} needs last_epoch of -1 or more, got {last_epoch!r}.")
        self.optimizer = optimizer
        self.settings = tuple(settings)
        vars(self).update(settings)
        self.check()
        for k, group in enumerate(optimizer.param_groups):
            if last_epoch >= 0 and "initial_lr" not in group:
                raise KeyError(
                    f"{self.name} needs 'initial_lr' in group {k} to go on from epoch "
                    f"{last_epoch}; load the states of optimiser and schedule instead."
                )
        self.owner: Scheduler | None = None
        self.shares: list[float] = []  # of the initial rates: what this schedule contributes
        registered = all_shares(optimizer)
        kept = [(name, x) for name, x in registered if last_epoch == -1 or name != self.name]
        before, registered[:] = list(registered), [*kept, (self.name, self.shares)]
        try:
            self.go_to(last_epoch + 1)
        except BaseException:
            registered[:] = before
            raise

    @property
    def name(self) -> str:
        """The schedule's name in errors."""
        return type(self).__name__

    def __repr__(self) -> str:
        """The settings and where it stands, as in `StepLR(step_size=3, ..., last_epoch=0)`."""
        texts = [f"{name}={getattr(self, name)!r}" for name in self.saved]
        return f"{self.name}({', '.join(texts)})"

    def check(self) -> None:
        """Raise where a setting is out of range."""

    def rate(self, base: float, epoch: float, k: int) -> float:
        """The learning rate of group `k`, whose initial rate is `base`."""
        raise NotImplementedError(f"{self.name} needs a method rate(base, epoch, k).")

    def initial(self, k: int, group: dict[str, Any]) -> float:
        """The rate from which group `k` is counted."""
        return float(group.get("initial_lr", group["lr"]))

    def step(self, epoch: float | None = None) -> None:
        """Set the rates of the next epoch, or of a given one.

        Raises:
            RuntimeError: if this schedule is part of another.
            ValueError: if the formula gives no rate: nan, infinite or negative. Nothing changes.
        """
        if self.owner is not None:
            raise RuntimeError(f"this {self.name} is part of a {self.owner.name}; step that one.")
        if epoch is None and self.last_epoch == 0 and not self.optimizer.stepped:
            warnings.warn(
                f"{self.name}.step() came before the first optimizer.step(), so the first rate of "
                "the schedule is skipped; step the optimiser first.",
                stacklevel=2,
            )
        if epoch is not None and not 0 <= epoch < math.inf:
            raise ValueError(f"{self.name}.step(epoch) needs an epoch of 0 or more, got {epoch}.")
        self.go_to(self.last_epoch + 1 if epoch is None else epoch)

    def go_to(self, epoch: float) -> None:
        """Set the rates of an epoch, of all groups or, after an error, of none."""
        bases, rates, shares = [], [], []
        others = [x for _, x in all_shares(self.optimizer) if x is not self.shares]
        for k, group in enumerate(self.optimizer.param_groups):
            base = self.initial(k, group)
            rate = float(self.rate(base, epoch, k))
            if not 0 <= rate < math.inf:
                raise ValueError(
                    f"{self.name} gives lr={rate} in {self.unit} {epoch} for group {k}; a rate "
                    "needs to be a number, 0 or more."
                )
            bases.append(base)
            shares.append(rate / base if base else 1.0)
            rates.append(math.prod([rate, *(x[k] for x in others if k < len(x))]))
        for group, base, rate in zip(self.optimizer.param_groups, bases, rates):
            group["initial_lr"], group["lr"] = base, rate
        self.shares[:] = shares
        self.last_epoch = epoch

    def get_last_lr(self) -> list[float]:
        """The rates of all groups now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    @property
    def base_lrs(self) -> list[float]:
        """The initial rates of all groups."""
        return [group["initial_lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Settings, epoch and rates as plain data. Functions are not saved."""
        state = {name: numbers(getattr(self, name)) for name in self.saved}
        return {**state, "base_lrs": self.base_lrs, "lrs": self.get_last_lr()}

    @property
    def saved(self) -> tuple[str, ...]:
        """The names of all that `state_dict` keeps, beside the rates."""
        return (*self.settings, "last_epoch")

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was called: saved settings and rates win over the present ones.

        Raises:
            ValueError: if the state is not one of such a schedule and of so many groups, with all
                that does not fit; then nothing has changed.
        """
        expected, groups = (*self.saved, "base_lrs", "lrs"), self.optimizer.param_groups
        if not isinstance(state, dict):
            raise ValueError(f"{self.name} expected a dict as state, got {type(state).__name__}.")
        wrong = [f"no {name!r}" for name in expected if name not in state]
        wrong += [f"unexpected {name!r}" for name in state if name not in expected]
        wrong += self.misfits([name for name in self.saved if name in state], state)
        wrong += [
            f"expected {name} for {len(groups)} groups, 0 or more, got {state[name]!r:.80}"
            for name in ("base_lrs", "lrs")
            if name in state and not are_rates(state[name], len(groups))
        ]
        if wrong:
            raise ValueError(f"{self.name} cannot load this state: {'; '.join(wrong)}")
        trial = self.trial(self.saved, state)
        bases, lrs = (list(map(float, state[name])) for name in ("base_lrs", "lrs"))
        try:
            shares = [
                trial.rate(base, trial.last_epoch, k) / base if base else 1.0
                for k, base in enumerate(bases)
            ]
        except (TypeError, ValueError, ArithmeticError) as error:
            raise ValueError(f"{self.name} cannot load this state: {error}") from None
        vars(self).update({name: getattr(trial, name) for name in self.saved})
        self.shares[:] = shares
        for group, base, lr in zip(groups, bases, lrs):
            group["initial_lr"], group["lr"] = base, lr

    def trial(self, names: Iterable[str], state: Mapping[str, Any]) -> Self:
        """A copy of this schedule with some settings of a state."""
        trial = copy.copy(self)
        vars(trial).update({name: plain(state[name]) for name in names})
        return trial

    def misfits(self, names: Sequence[str], state: Mapping[str, Any]) -> list[str]:
        """What is wrong with these settings together; where it shows in single ones, with each."""
        try:
            trial = self.trial(names, state)
            trial.check()
            trial.check_epoch()
        except (TypeError, ValueError, ArithmeticError) as error:
            alone = [self.misfits([name], state) for name in names] if len(names) > 1 else []
            return list(dict.fromkeys(chain(*alone))) or [str(error)]
        return []

    def check_epoch(self) -> None:
        """Raise if the number of the epoch is none."""
        self.need_number("last_epoch")

    def need_whole(self, name: str, low: int) -> None:
        """Raise unless a setting is a whole number, `low` or more."""
        x = getattr(self, name)
        if isinstance(x, bool) or not isinstance(x, int | np.integer) or x < low:
            raise ValueError(f"{self.name} needs {name}, a whole number from {low} on, got {x!r}.")

    def need_number(
        self, name: str, low: float = 0.0, high: float = math.inf, without: float | None = None
    ) -> None:
        """Raise unless a setting is a finite number in a range, `without` one of its ends."""
        x = getattr(self, name)
        if isinstance(x, bool) or not isinstance(x, Real):
            raise TypeError(f"{self.name} needs a number as {name}, got {x!r}.")
        if not (low <= float(x) <= high and math.isfinite(x)) or x == without:
            least = f"more than {low:g}" if without == low else f"{low:g} or more"
            most = f"less than {high:g}" if without == high else f"at most {high:g}"
            limits = f"{least} and {most}" if high < math.inf else least
            raise ValueError(f"{self.name} needs {name} of {limits}, got {name}={x}.")


def all_shares(optimizer: Optimizer) -> list[tuple[str, list[float]]]:
    """What each schedule of an optimiser contributes: its kind, and one number per group.

    Numbers, not schedules: what a schedule has done stays done when it is gone.
    """
    return vars(optimizer).setdefault("schedules", [])


def per_group(name: str, x: Any, optimizer: Optimizer) -> list[Any]:
    """One thing for every group: a list of as many, or the same for all."""
    groups = len(optimizer.param_groups)
    if not isinstance(x, list | tuple):
        return [x] * groups
    if len(x) != groups:
        raise ValueError(f"expected one {name} for each of {groups} groups, got {len(x)}.")
    return list(x)


def are_rates(x: Any, count: int) -> bool:
    """Whether x is one finite rate of 0 or more for each of so many groups."""
    try:
        return len(x) == count and all(0 <= float(rate) < math.inf for rate in x)
    except (TypeError, ValueError, OverflowError):
        return False


def numbers(x: Any) -> Any:
    """Plain data: Python's numbers in place of NumPy's, lists in place of tuples."""
    if isinstance(x, Sequence) and not isinstance(x, str):
        return [numbers(part) for part in x]
    return x.item() if isinstance(x, np.generic) else x
