"""`EarlyStopping`: stop when nothing gets better, and go back to where it was best."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

__all__ = ["EarlyStopping"]

SETTINGS = ("patience", "min_delta", "mode", "restore_best", "monitor")
MEMORY = ("best", "best_epoch", "bad_epochs", "epochs", "stopped", "weights")


class EarlyStopping:
    """Stop training when a number has not become better for some epochs.

    Args:
        patience: after so many epochs in a row without improvement, training stops; 0 is as 1.
        min_delta: what is better by no more than this is no improvement.
        mode: "min" if smaller is better, "max" if larger.
        restore_best: whether the model gets back the weights of its best epoch at the end.
        monitor: the name of the number among what `fit` measures.

    Attributes:
        best: the best number so far, None before the first; nan is never the best.
        best_epoch: the epoch it is from, counted from 1.
        stopped: whether it is time to stop.

    Raises:
        TypeError: if a setting is of another type.
        ValueError: if one is out of range.

    Source:
        Prechelt, Early Stopping — But When? (1998), the criterion UP.

    Example:
        >>> stopping = EarlyStopping(patience=2)
        >>> for loss in (0.5, 0.3, 0.4, 0.3):
        ...     stopping.update({"validation_loss": loss})
        >>> stopping.stopped, stopping.best_epoch
        (True, 2)
    """

    def __init__(
        self,
        patience: int = 10,
        min_delta: float = 0.0,
        mode: str = "min",
        restore_best: bool = False,
        monitor: str = "validation_loss",
    ) -> None:
        settings = (patience, min_delta, mode, restore_best, monitor)
        check(dict(zip(SETTINGS, settings)))
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.restore_best, self.monitor = restore_best, monitor
        self.reset()

    def reset(self) -> None:
        """Forget all epochs; a new run of `fit` begins with it."""
        self.best: float | None = None
        self.best_epoch = self.bad_epochs = self.epochs = 0
        self.stopped = False
        self.weights: dict[str, Any] | None = None

    def check(self, names: Iterable[str]) -> None:
        """Raise ValueError if what it looks at is not among the names of what is measured."""
        names = list(names)
        if self.monitor not in names:
            hint = "; pass `validation`, or" if self.monitor.startswith("validation") else ";"
            raise ValueError(
                f"EarlyStopping looks at {self.monitor!r}, which is not among {', '.join(names)}"
                f"{hint} choose one of these as `monitor`."
            )

    def update(self, logs: Mapping[str, float], model: Any = None) -> None:
        """Look at what was measured in an epoch, and say in `stopped` whether to stop.

        Args:
            logs: numbers by name.
            model: where the best weights are copied from, with `restore_best`.

        Raises:
            ValueError: if `monitor` is not in `logs`.
        """
        self.check(logs)
        number = float(logs[self.monitor])
        self.epochs += 1
        if self.improves(number):
            self.best, self.best_epoch, self.bad_epochs = number, self.epochs, 0
            if self.restore_best and model is not None:
                self.weights = model.state_dict()
        else:
            self.bad_epochs += 1
        self.stopped = self.bad_epochs >= max(self.patience, 1)

    def improves(self, number: float) -> bool:
        """Whether a number is better than the best by more than `min_delta`."""
        if math.isnan(number) or self.best is None:
            return not math.isnan(number)
        better = self.best - number if self.mode == "min" else number - self.best
        return better > self.min_delta

    def restore(self, model: Any) -> None:
        """Give the model the weights of its best epoch, if they were to be kept."""
        if self.weights is not None:
            model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """Settings, counters and the best weights, copied, as plain data."""
        return copy.deepcopy({name: getattr(self, name) for name in (*SETTINGS, *MEMORY)})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Become what was saved, whatever settings this one was made with.

        Raises:
            ValueError: if that is not the state of an EarlyStopping; nothing is changed then.
        """
        wanted = (*SETTINGS, *MEMORY)
        wrong = [f"no {name!r}" for name in wanted if name not in state]
        wrong += [f"unexpected {name!r}" for name in state if name not in wanted]
        if not wrong:
            try:
                check(state)
            except (TypeError, ValueError) as error:
                wrong.append(str(error))
            misfits = [name for name in MEMORY if not fits(name, state[name])]
            wrong += [f"{name!r} is {state[name]!r:.40}" for name in misfits]
        if wrong:
            raise ValueError(f"EarlyStopping cannot load this state: {'; '.join(wrong)}")
        vars(self).update(copy.deepcopy(dict(state)))


def check(settings: Mapping[str, Any]) -> None:
    """Raise where a setting is of another type or out of range."""
    patience, min_delta, mode, restore_best, monitor = (settings[name] for name in SETTINGS)
    if isinstance(patience, bool) or not isinstance(patience, int) or patience < 0:
        raise ValueError(f"`patience` needs to be a whole number, 0 or more, got {patience!r}.")
    if isinstance(min_delta, bool) or not isinstance(min_delta, Real):
        raise TypeError(f"`min_delta` needs to be a number, got {min_delta!r}.")
    if not 0 <= float(min_delta) < math.inf:
        raise ValueError(f"`min_delta` needs to be 0 or more, got {min_delta!r}; see `mode`.")
    if mode not in ("min", "max"):
        raise ValueError(f"`mode` needs to be 'min' or 'max', got {mode!r}.")
    if not isinstance(restore_best, bool):
        raise TypeError(f"`restore_best` needs to be True or False, got {restore_best!r}.")
    if not isinstance(monitor, str):
        raise TypeError(f"`monitor` needs to be the name of a number, got {monitor!r}.")


def fits(name: str, part: Any) -> bool:
    """Whether a part of a saved memory is of the right kind."""
    if name == "best":
        return part is None or (isinstance(part, float) and not math.isnan(part))
    if name == "weights":
        return part is None or (isinstance(part, dict) and all(isinstance(k, str) for k in part))
    if name == "stopped":
        return isinstance(part, bool)
    return isinstance(part, int) and not isinstance(part, bool) and part >= 0
