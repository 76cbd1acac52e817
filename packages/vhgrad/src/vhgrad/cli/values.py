"""Reading the values of options: each reader returns the value, or says what it needs."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from typing import Any

from vhgrad.cli.tasks import TASKS

__all__ = ["OPTIMIZERS", "READERS", "SCHEDULES", "one_of", "rate", "suggestion", "whole"]

OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd")
SCHEDULES = ("constant", "cosine", "onecycle", "step")


def whole(least: int, most: int = 10**6) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(word: str) -> int:
        try:
            number = int(word)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise ValueError(f"needs a whole number from {least} to {most}, got {word!r}")
        return number

    return read


def rate(word: str) -> float:
    """Reads a learning rate."""
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"needs a number above 0, got {word!r}")
    return number


def one_of(what: str, known: Iterable[str]) -> Callable[[str], str]:
    """Reads one of a few words."""
    words = tuple(known)

    def read(word: str) -> str:
        if word not in words:
            raise ValueError(f"no {what} {word!r}{suggestion(word, words)}")
        return word

    return read


def suggestion(word: str, known: Iterable[str]) -> str:
    """The end of an error message: the nearest known word, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; there is {', '.join(known)}"


READERS: dict[str, Callable[[str], Any]] = {
    "task": one_of("task", TASKS),
    "samples": whole(1),
    "epochs": whole(0),
    "batch_size": whole(1),
    "lr": rate,
    "optimizer": one_of("optimizer", OPTIMIZERS),
    "schedule": one_of("schedule", SCHEDULES),
    "seed": whole(0, 2**64 - 1),
}
