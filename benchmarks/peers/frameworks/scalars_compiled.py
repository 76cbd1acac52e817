"""Stage 2 with the loss of one point compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frameworks.scalars import Scalars
from micrograd_plus import Value, compile


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step."""
    scalars = Scalars(Value, arrays)
    of_one = compile(scalars.of_one)

    def backward() -> float:
        return float(sum(of_one.backward(x, y) for x, y in zip(scalars.x, scalars.y)))

    return lambda: scalars.step(backward)
