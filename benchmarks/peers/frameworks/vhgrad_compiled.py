"""Ours, recorded once and repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from networks import EPOCH

from frameworks import vhgrad_eager
from microgradx.compiling import compile
from vhgrad import DataLoader


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step, or an epoch: its last batch is shorter, and recorded on its own."""
    x, y = arrays.pop("x"), arrays.pop("y")
    one = compile(vhgrad_eager.step(network, arrays))
    if network != EPOCH:
        return lambda: one(x, y).item()
    loader = DataLoader((x, y), 64, shuffle=True, generator=0)

    def epoch() -> float:
        return sum(one(inputs, labels).item() for inputs, labels in loader) / len(loader)

    return epoch
