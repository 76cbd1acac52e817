"""Ctrl-C while training: finish the step, then stop. Nothing is left half-done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

from vhgrad.training.callbacks import StopTraining

__all__ = ["Interrupts"]


class Interrupts:
    """Within this block the first Ctrl-C is only noted; the second raises KeyboardInterrupt.

    That goes for the main thread, where Python delivers signals, and only in place of Python's own
    handler: a handler of yours stays in charge.
    """

    def __init__(self) -> None:
        self.noted = False
        self.installed = False

    def __enter__(self) -> Interrupts:
        if (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            signal.signal(signal.SIGINT, self.note)
            self.installed = True
        return self

    def __exit__(self, *error: object) -> None:
        if self.installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler."""
        if self.noted:
            signal.default_int_handler(number, frame)
        self.noted = True

    def check(self) -> None:
        """Raise StopTraining if Ctrl-C was pressed: called where nothing is half-done."""
        if self.noted:
            raise StopTraining

    def between(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Batches as they come, with a check before each."""
        for batch in batches:
            self.check()
            yield batch
