"""`History`: what was measured in every epoch, and how far the current one has come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import nan
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["History"]

UNFINISHED: dict[str, float] = {"steps": 0, "examples": 0, "total": 0.0, "seconds": 0.0}


class History(dict[str, list[float]]):
    """What was measured: one list per name, with one number per epoch.

    It also keeps the running sums of an epoch that is not finished, so that training can be
    stopped after any step and go on from there: `fit(..., history=history)`.

    Attributes:
        interrupted: whether the last `fit` was ended by Ctrl-C.
        steps: steps done of the unfinished epoch.
        examples: examples seen in them.
        total: the sum of the losses of these examples.
        seconds: time they took.

    Example:
        >>> history = History()
        >>> for loss in (0.5, 0.25):
        ...     history.count(loss, examples=10)
        ...     history.add({"loss": history.mean()})
        >>> history["loss"], history.epochs
        ([0.5, 0.25], 2)
    """

    interrupted: bool
    steps: int
    examples: int
    total: float
    seconds: float

    def __init__(self, *columns: Any, **named: Any) -> None:
        super().__init__(*columns, **named)
        self.interrupted = False
        vars(self).update(UNFINISHED)

    @property
    def epochs(self) -> int:
        """How many epochs are finished."""
        return max(map(len, self.values()), default=0)

    def count(self, loss: float, examples: int, seconds: float = 0.0) -> None:
        """Take in one step: its mean loss, over how many examples, in what time."""
        self.steps += 1
        self.examples += examples
        self.total += loss * examples
        self.seconds += seconds

    def mean(self) -> float:
        """Mean loss per example in the unfinished epoch."""
        return self.total / self.examples

    def add(self, logs: Mapping[str, float]) -> None:
        """Finish an epoch with what was measured; a name that is new, or left out, gets nan."""
        row = {name: number(name, value) for name, value in logs.items()}
        done = self.epochs
        for name in row:
            self.setdefault(name, [nan] * done)
        for name, column in self.items():
            column.append(row.get(name, nan))
        vars(self).update(UNFINISHED)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a table, one row per epoch. A file that is there is replaced at once, or not.

        Numbers are written so that reading them gives the same number; nan is `nan`.

        Raises:
            OSError: if the file cannot be written; the old one is as it was.
        """
        import csv

        from vhgrad.checkpoint.paths import path_given  # only where they are used
        from vhgrad.checkpoint.replacing import replacement

        with (
            replacement(path_given(path)) as new,
            open(new, "w", newline="", encoding="utf-8") as file,
        ):
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["epoch", *self])
            table.writerows(zip(range(1, self.epochs + 1), *self.values()))

    def plot(self) -> Figure:
        """The training curves, as a matplotlib figure (extra `vhgrad[plot]`)."""
        from vhgrad.plot import training_curves

        return training_curves(self)

    def state_dict(self) -> dict[str, Any]:
        """A copy in plain lists and numbers.

        Example:
            >>> again = History()
            >>> again.load_state_dict(History(loss=[0.5]).state_dict())
            >>> again
            {'loss': [0.5]}
        """
        columns = {name: list(column) for name, column in self.items()}
        return {"columns": columns, **{name: vars(self)[name] for name in UNFINISHED}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Become what was saved.

        Raises:
            ValueError: if that is not the state of a history; nothing is changed then.
        """
        wrong = [f"no {name!r}" for name in ("columns", *UNFINISHED) if name not in state]
        wrong += [f"unexpected {name!r}" for name in state if name not in {"columns", *UNFINISHED}]
        wrong += [
            f"{name!r} is {state[name]!r:.40}"
            for name, start in UNFINISHED.items()
            if name in state and not is_number(state[name], type(start))
        ]
        columns = state.get("columns", {})
        if not isinstance(columns, Mapping) or not all(map(is_column, columns.values())):
            wrong.append("'columns' holds something else than lists of numbers")
        elif len(set(map(len, columns.values()))) > 1:
            wrong.append("'columns' holds lists of different lengths")
        if wrong:
            raise ValueError(f"History cannot load this state: {'; '.join(wrong)}.")
        self.clear()
        self.update({name: list(column) for name, column in columns.items()})
        vars(self).update({name: state[name] for name in UNFINISHED})


def number(name: str, value: Any) -> float:
    """A measured value as a plain number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"a history holds numbers, got {type(value).__name__} as {name!r}; what is no number "
            "can be measured with evaluate()."
        ) from None


def is_number(x: Any, kind: type) -> bool:
    """Whether x is a number that can stand in a state; steps and examples are whole, from 0 on."""
    if isinstance(x, bool) or not isinstance(x, Real):
        return False
    return kind is float or (isinstance(x, int) and x >= 0)


def is_column(x: Any) -> bool:
    """Whether x is one measured number per epoch."""
    return isinstance(x, list) and all(is_number(number, float) for number in x)
