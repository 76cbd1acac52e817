"""Files that tell by themselves which save wrote them, and whether they are whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vhgrad.checkpoint import load_checkpoint, save_checkpoint

__all__ = ["found", "write"]


class Numbered:
    """A part whose every number is the number of the save."""

    def __init__(self, number: int, size: int) -> None:
        self.number, self.size = number, size

    def state_dict(self) -> dict[str, object]:
        """A large array, a small one and a number."""
        w = np.full(self.size, self.number, np.float64)
        return {"w": w, "b": w[:3].astype(np.float32), "number": self.number}

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Take a state; raise if its parts are of different saves."""
        numbers = {*np.unique(state["w"]), *np.unique(state["b"]), state["number"]}
        if numbers != {state["number"]} or len(state["w"]) != self.size_of(state["number"]):
            raise ValueError(f"torn: {numbers}, {len(state['w'])}")
        self.number = state["number"]

    @staticmethod
    def size_of(number: int) -> int:
        """Sizes change from save to save, so that a file of two halves would show."""
        return 1000 + number * 7919 % 120_000


def write(path: Path | str, number: int) -> None:
    """Save version `number`."""
    save_checkpoint(path, model=Numbered(number, Numbered.size_of(number)))


def found(path: Path | str) -> int:
    """The number of the version that is there, whole.

    Raises:
        CheckpointError: if it is not whole.
    """
    part = Numbered(-1, 3)
    load_checkpoint(path, model=part)
    return part.number
