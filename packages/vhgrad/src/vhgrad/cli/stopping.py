"""Ctrl-C, SIGTERM, SIGHUP: the first ends the run after its step, a second Ctrl-C leaves at once.

The system sends SIGHUP where a terminal is closed or its connection lost; `nohup` ignores it.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from vhgrad.training import StopTraining

__all__ = ["Stopped", "Stopping"]

HANGUP = getattr(signal, "SIGHUP", None)  # Windows has none
NUMBERS = [number for number in (signal.SIGINT, signal.SIGTERM, HANGUP) if number is not None]


class Stopped(BaseException):
    """The user or the system wants the command to end, and there is nothing to finish first.

    Attributes:
        code: the exit code, 128 and the number of the signal.
    """

    def __init__(self, number: int) -> None:
        self.code = 128 + number
        super().__init__("interrupted" if number == signal.SIGINT else "terminated")


class Stopping:
    """In this block signals are noted while `training`, and raise `Stopped` at all other times."""

    def __init__(self) -> None:
        self.number = 0
        self.training = False
        self.before: dict[int, Any] = {}

    def __enter__(self) -> Stopping:
        if threading.current_thread() is threading.main_thread():
            for number in NUMBERS:
                if number != HANGUP or signal.getsignal(number) != signal.SIG_IGN:
                    self.before[number] = signal.signal(number, self.note)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler."""
        again = self.number and number == signal.SIGINT
        self.number = number
        if again or not self.training:
            raise Stopped(number)

    @contextlib.contextmanager
    def later(self) -> Iterator[None]:
        """A block that a first signal does not interrupt: it raises `Stopped` at its end."""
        self.training = True
        try:
            yield
        finally:
            self.training = False
        if self.number:
            raise Stopped(self.number)

    def on_batch_end(self, step: int, logs: object) -> None:
        """After every step of `fit`, where nothing is half-done."""
        self.check()

    def on_epoch_end(self, epoch: int, logs: object) -> None:
        """After every epoch, when it has been measured."""
        self.check()

    def check(self) -> None:
        """Let `fit` save and return, if a signal came."""
        if self.number:
            raise StopTraining
