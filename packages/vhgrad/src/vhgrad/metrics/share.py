"""`Share`: how many of all."""

from __future__ import annotations

from typing import Any

from vhgrad.metrics.metric import Metric

__all__ = ["Share"]


class Share(Metric):
    """Base of the metrics that count right ones.

    Attributes:
        right: how many were right.
        examples: of how many.
    """

    right: int
    examples: int

    def nothing(self) -> dict[str, Any]:
        """None right, none seen."""
        return {"right": 0, "examples": 0}

    def fits(self, state: dict[str, Any]) -> bool:
        """No more can be right than there are."""
        return state["right"] <= state["examples"]

    def compute(self) -> float:
        """The share that is right."""
        self.some(self.examples)
        return self.right / self.examples
