"""Adam for frameworks that give gradients and leave the rest to NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from networks import RATE


class PlainAdam:
    """One update in place, parameter by parameter."""

    def __init__(self, arrays: list[Any]) -> None:
        self.arrays, self.steps = arrays, 0
        self.moments = [(np.zeros_like(a), np.zeros_like(a)) for a in arrays]

    def step(self, gradients: list[Any]) -> None:
        """Kingma and Ba (2015)."""
        self.steps += 1
        a, b = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for p, g, (mean, square) in zip(self.arrays, gradients, self.moments, strict=True):
            mean += np.float32(0.1) * (g - mean)
            square += np.float32(0.001) * (g * g - square)
            p -= np.float32(RATE / a) * mean / (np.sqrt(square / np.float32(b)) + 1e-8)
