"""NumPy, written by hand: the limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from handwritten import Handwritten
from networks import EPOCH, LAYERS, RATE


def training(network: str, arrays: dict[str, Any]) -> Callable[[], float]:
    """A step, or an epoch, whose last batch is shorter and has buffers of its own."""
    if network == "C":
        raise NotImplementedError("the convolution written by hand is ours")
    x, y = arrays.pop("x"), arrays.pop("y")
    if network != EPOCH:
        by_hand = Handwritten(list(arrays.values()), LAYERS[network][1], RATE)
        return lambda: by_hand.step(x, y)
    by_hand = Handwritten(list(arrays.values()), 64, RATE)
    rng = np.random.default_rng(0)

    def epoch() -> float:
        order = rng.permutation(len(x) // 64 * 64).reshape(-1, 64)
        return sum(by_hand.step(x[rows], y[rows]) for rows in order) / len(order)

    return epoch
