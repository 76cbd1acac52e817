"""What training shows to whoever watches: on standard error, and only if that is a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from vhgrad.training.history import History

__all__ = ["Progress", "is_watched", "tell"]


class Progress:
    """A bar that counts the batches of an epoch, and a line when the epoch is done.

    Args:
        epochs: how many there will be.
        wanted: False shows nothing.
    """

    def __init__(self, epochs: int, wanted: bool) -> None:
        self.epochs = epochs
        self.shown = wanted and is_watched()

    def batches(self, rest: Iterable[Any], history: History, data: Any) -> Iterable[Any]:
        """The rest of the batches of `data`, counted while they pass, with the loss so far."""
        return self.counted(rest, history, data) if self.shown else rest

    def counted(self, rest: Iterable[Any], history: History, data: Any) -> Iterator[Any]:
        """The same, as it is shown."""
        from tqdm import tqdm  # 46 ms, so only where it is used

        epoch = f"epoch {history.epochs + 1}/{self.epochs}"
        count = len(data) if hasattr(data, "__len__") else None
        with tqdm(desc=epoch, initial=history.steps, total=count, leave=False, unit="batch") as bar:
            for batch in rest:
                yield batch
                bar.set_postfix_str(f"loss {history.mean():.4f}", refresh=False)
                bar.update()

    def line(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show what was measured in an epoch."""
        if self.shown:
            tell(summary(epoch, self.epochs, logs))


def is_watched() -> bool:
    """Whether standard error is a terminal; a program may have none at all."""
    return sys.stderr is not None and sys.stderr.isatty()


def tell(line: str) -> None:
    """A line on standard error, if it can be had there.

    Ctrl-C in `vhgrad train 2>&1 | tee log` ends `tee` as well, and a log may fill its disk: what a
    run has learned is worth more than what it has to say.
    """
    if sys.stderr is not None:  # print would take None for standard output
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)


def summary(epoch: int, epochs: int, logs: Mapping[str, float]) -> str:
    """One line about an epoch.

    Example:
        >>> summary(3, 20, {"loss": 0.03347, "seconds": 0.3249, "accuracy": 0.975})
        'epoch  3/20  loss 0.03347  accuracy 0.975  0.32 s'
    """
    numbers = [f"{name} {value:.4g}" for name, value in logs.items() if name != "seconds"]
    counter = f"epoch {epoch:{len(str(epochs))}}/{epochs}"
    return "  ".join([counter, *numbers, f"{logs['seconds']:.2f} s"])
