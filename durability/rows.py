"""One line of the table: what was tried, how often, and how often something was lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Row", "measured"]


@dataclass
class Row:
    """What a proof found.

    Attributes:
        name: what was tried.
        tried: how often.
        losses: what went wrong, one text each; empty if the promise holds.
        notes: what else is worth knowing, such as how many tries hit the middle of a save.
        seconds: how long it took.
        found: what the notes are made of.
    """

    name: str
    tried: int = 0
    losses: list[str] = field(default_factory=list)
    notes: str = ""
    seconds: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)

    def expect(self, holds: bool, loss: str) -> None:
        """Count one try, and what was lost if it does not hold."""
        self.tried += 1
        if not holds:
            self.losses.append(loss)


def measured(proof: Callable[[int], Row], count: int) -> Row:
    """The row of a proof with so many tries, and its time."""
    start = time.perf_counter()
    row = proof(count)
    row.seconds = time.perf_counter() - start
    return row
